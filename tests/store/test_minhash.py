"""Band keys: near copies share one, others rarely do, on every machine alike."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import numpy as np

from triage.domain.copies import LONGEST, comparable, likeness, shingles
from triage.store import minhash
from triage.store.minhash import BANDS, band_keys

LETTERS = "abcdefghijklmnopqrstuvwxyz      "


def written(chance: random.Random, length: int) -> str:
    text = comparable("x" * 20 + "".join(chance.choices(LETTERS, k=length)))
    assert text is not None
    return text


def changed(chance: random.Random, text: str, times: int) -> str:
    letters = list(text)
    for _ in range(times):
        letters[chance.randrange(len(letters))] = chance.choice("abcdefgh")
    return "".join(letters)


def shared(keys: np.ndarray, others: np.ndarray) -> np.ndarray:
    return (keys == others).any(axis=1)


def test_near_copies_share_a_key() -> None:
    chance = random.Random(1)
    ones = [written(chance, 60 + n % 200) for n in range(4_000)]
    others = [changed(chance, one, 1 + n % 3) for n, one in enumerate(ones)]
    near = [likeness(shingles(a), b) > 0 for a, b in zip(ones, others, strict=True)]
    found = shared(band_keys(ones), band_keys(others))
    assert sum(near) > 2_000
    assert found[near].mean() >= 0.999


def test_texts_that_have_little_in_common_rarely_share_a_key() -> None:
    chance = random.Random(2)
    ones = band_keys([written(chance, 150) for _ in range(2_000)])
    others = band_keys([written(chance, 150) for _ in range(2_000)])
    assert shared(ones, others).mean() < 0.01


def test_no_text_has_one_key_twice_and_its_keys_hang_on_nothing_but_itself() -> None:
    chance = random.Random(3)
    texts = [written(chance, n) for n in range(0, 900, 7)]
    together = band_keys(texts)
    assert all(len(set(row)) == BANDS for row in together.tolist())
    alone = np.concatenate([band_keys([text]) for text in texts])
    assert (alone == together).all()


def test_more_text_than_is_hashed_at_once_gets_the_same_keys() -> None:
    chance = random.Random(4)
    texts = [written(chance, LONGEST - 40) for _ in range(3 * minhash._AT_ONCE // LONGEST)]
    assert (band_keys(texts)[::40] == band_keys(texts[::40])).all()


def test_keys_are_the_same_in_every_run_and_on_every_machine() -> None:
    text = comparable("Any text will do, as long as it stays the same: ümlaut 😀 漢字")
    program = (
        "import sys; from triage.store.minhash import band_keys; "
        "print(band_keys([sys.argv[1]])[0].tolist())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program, text or ""],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {f"{KNOWN}\n"}


def test_half_a_surrogate_pair_is_a_character_like_any_other() -> None:
    assert band_keys(["\ud800" * 30]).shape == (1, BANDS)


def test_no_texts_have_no_keys() -> None:
    assert band_keys([]).shape == (0, BANDS)


KNOWN = [
    -1487846864,
    1570640225,
    978872402,
    1066596307,
    1290496180,
    -2109119419,
    -332333098,
    -1750826345,
    -141206552,
    -1073769799,
    1650271594,
    -1306448357,
    1104601772,
    -1088694323,
]
