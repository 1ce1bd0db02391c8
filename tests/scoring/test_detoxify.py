"""Detoxify's models, tried on tiny real checkpoints in its own format, without a network."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.models.loopback import published, serving
from tests.scoring.tiny_detoxify import (
    FAMILIES,
    PROSE,
    by_the_package,
    needs_detoxify,
    write_original,
    write_tiny,
)
from triage.domain.scores import Label, Scores
from triage.errors import ScorerError
from triage.scoring.detoxify import DetoxifyScorer, _chunks
from triage.scoring.models.catalogue import IDENTITIES, MODELS
from triage.scoring.processor import Precision

pytestmark = needs_detoxify

SENTENCES = PROSE.replace("\n", " ").split(". ")
TEXTS = [
    *SENTENCES,
    *(one.upper() + "!!" for one in SENTENCES),
    PROSE,
    "a",
    "?",
    ". ",
    "日本 🙂",
    "🙂",
]
CLOSE = 1e-5


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for family in FAMILIES:
        write_tiny(folder, family)
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["original", "unbiased"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def scorer(models_dir: Path, name: str = "original", **options: Any) -> DetoxifyScorer:
    return DetoxifyScorer(name, models_dir=models_dir, **options)


def values(scores: Scores) -> dict[str, float]:
    return {label.value: score for label, score in scores.values.items()}


def test_scores_agree_with_the_package_text_by_text(models: Path, family: str) -> None:
    package = by_the_package(models / family / MODELS[family].file)
    found = scorer(models, family).score(TEXTS)
    expected = [package.predict(text) for text in TEXTS]
    assert len({row["toxicity"] for row in expected}) > len(TEXTS) / 2  # they do differ
    for ours, theirs in zip(found, expected, strict=True):
        assert values(ours) == pytest.approx(theirs, abs=CLOSE)
    (alone,) = scorer(models, family).score(TEXTS[:1])  # converted by now
    assert values(alone) == pytest.approx(expected[0], abs=CLOSE)


def test_the_window_that_the_package_reads_is_rated_as_it_rates_it(
    models: Path, family: str
) -> None:
    """5,000 words: the package reads the first 512 tokens and drops the rest without a word."""
    text = " ".join(PROSE.split() * 80)
    words = len(text.split())
    assert words >= 5_000
    package = by_the_package(models / family / MODELS[family].file)
    package.tokenizer.model_max_length = 512  # it crashes where no settings of a tokenizer lie
    rate = scorer(models, family)
    read = package.tokenizer(text, truncation=True, return_offsets_mapping=True)["offset_mapping"]
    first = text[: max(end for _, end in read)]
    (alone,), (whole,) = rate.score([first]), rate.score([text])
    expected = package.predict(text)
    assert values(alone) == pytest.approx(expected, abs=CLOSE)
    for label, score in values(whole).items():
        assert score >= expected[label] - CLOSE, "the first window is one of those that count"


def test_scores_do_not_hang_on_the_batch(models: Path, family: str) -> None:
    one_by_one = scorer(models, family, token_budget=1).score(TEXTS)
    together = scorer(models, family, token_budget=100_000).score(TEXTS[::-1])[::-1]
    for left, right in zip(one_by_one, together, strict=True):
        assert values(left) == pytest.approx(values(right), abs=CLOSE)
        assert left.mentions == pytest.approx(dict(right.mentions), abs=CLOSE)


@pytest.mark.parametrize("precision", [Precision.BFLOAT16, Precision.FLOAT16])
def test_in_half_precision_scores_do_not_hang_on_the_batch(
    models: Path, family: str, precision: Precision
) -> None:
    rate = scorer(models, family, precision=precision)
    together = rate.score(TEXTS)
    order = random.Random(1).sample(range(len(TEXTS)), len(TEXTS))
    for some in (order[:5], order[5:9], order[9:]):
        for at, found in zip(some, rate.score([TEXTS[at] for at in some]), strict=True):
            assert values(found) == pytest.approx(values(together[at]), abs=1e-6)
            assert found.mentions == pytest.approx(dict(together[at].mentions), abs=1e-6)
    for near, exact in zip(together, scorer(models, family).score(TEXTS), strict=True):
        assert values(near) == pytest.approx(values(exact), abs=0.06)


def test_each_precision_is_a_version_of_its_own(models: Path) -> None:
    infos = [scorer(models, precision=precision).info for precision in Precision]
    assert len({info.version for info in infos}) == len(Precision)
    assert [info.details["precision"] for info in infos] == [one.value for one in Precision]
    assert scorer(models).info == infos[0]
    assert infos[0].details["device"] == "cpu"


def test_a_gpu_that_is_not_there_is_an_error_that_names_it(models: Path) -> None:
    with pytest.raises(ScorerError, match="torch finds no GPU 'cuda:99' here"):
        scorer(models, device="cuda:99").score(["a word"])


def test_many_texts_are_rated_some_at_a_time_each_in_its_place(models: Path) -> None:
    texts = [f"{SENTENCES[at % len(SENTENCES)]}{'?' * (at // 10)}" for at in range(2_005)]
    rate = scorer(models)
    found = rate.score(texts)
    for at in (0, 1_000, 1_999, 2_000, 2_004):
        assert values(found[at]) == pytest.approx(values(rate.score([texts[at]])[0]), abs=CLOSE)


@given(st.lists(st.integers(1, 900_000), max_size=30), st.integers(0, 5_000))
def test_what_is_held_at_once_is_bounded(long: list[int], short: int) -> None:
    texts = ["x" * length for length in long] + ["y"] * short
    chunks = list(_chunks(texts))
    assert [text for chunk in chunks for text in chunk] == texts
    for chunk in chunks:
        assert 0 < len(chunk) <= 2_000
        assert sum(map(len, chunk)) <= 1_000_000


def test_a_vocabulary_with_more_words_than_weights_is_an_error_not_a_crash(tmp_path: Path) -> None:
    vocabulary = write_original(tmp_path).with_name("vocab.txt")
    vocabulary.write_text(vocabulary.read_text("utf-8") + "newword\n", "utf-8")
    rate = scorer(tmp_path)
    assert rate.score(["a word"])[0].values
    with pytest.raises(ScorerError, match="vocabulary and weights do not fit each other"):
        rate.score(["a newword"])


def test_all_sixteen_outputs_are_kept(models: Path, family: str) -> None:
    """Labels are scores; the nine identities that the package drops are mentions."""
    import torch

    text = "The library opens."
    (scores,) = scorer(models, family).score([text])
    assert tuple(scores.values) == MODELS[family].labels
    package = by_the_package(models / family / MODELS[family].file)
    with torch.no_grad():
        outputs = torch.sigmoid(package.model(**package.tokenizer(text, return_tensors="pt"))[0])
    hidden = outputs[0].tolist()[len(package.class_names) :]
    assert tuple(scores.mentions) == (IDENTITIES if hidden else ())
    assert list(scores.mentions.values()) == pytest.approx(hidden, abs=CLOSE)


def test_a_mention_in_a_long_text_is_that_of_its_strongest_window(models: Path) -> None:
    import torch

    text = "".join(f"{sentence}. " * 60 for sentence in SENTENCES[:3])
    package = by_the_package(models / "unbiased" / MODELS["unbiased"].file)
    windows = package.tokenizer(
        text, truncation=True, max_length=512, stride=128, return_overflowing_tokens=True
    )["input_ids"]
    assert len(windows) > 2
    with torch.no_grad():
        rows = [torch.sigmoid(package.model(torch.tensor([one]))[0])[0] for one in windows]
    strongest = torch.stack(rows).max(dim=0).values.tolist()
    (scores,) = scorer(models, "unbiased").score([text])
    assert list(scores.mentions.values()) == pytest.approx(strongest[7:], abs=CLOSE)


def test_a_text_longer_than_the_model_reads_is_rated_in_windows(models: Path, name: str) -> None:
    rate = scorer(models, name)
    blocks = [f"{sentence}. " * 100 for sentence in SENTENCES]
    found = {block: rate.score([block])[0].values[Label.TOXICITY] for block in blocks}
    calm, loud = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
    assert found[loud] > found[calm] + 0.02
    (whole,) = rate.score([calm * 4 + loud])
    assert whole.values[Label.TOXICITY] >= found[loud] - 0.02


def test_each_label_of_a_long_text_gets_its_strongest_window(models: Path) -> None:
    rate = scorer(models)
    # Two blocks, far longer than a window each: the whole holds at least what is inside each.
    first, second = SENTENCES[0] + ". ", SENTENCES[4] + ". "
    (whole,) = rate.score([first * 200 + second * 200])
    for block in (first * 200, second * 200):
        (alone,) = rate.score([block])
        for label, score in alone.values.items():
            assert whole.values[label] >= score - 0.02


def test_the_window_behind_each_score_of_a_long_text_is_told(models: Path, name: str) -> None:
    rate = scorer(models, name)
    blocks = [f"{sentence}. " * 40 for sentence in SENTENCES]
    ranked = sorted(
        zip(rate.score(blocks), blocks, strict=True),
        key=lambda found: found[0].values[Label.TOXICITY],
    )
    calm, loud = ranked[0][1] * 4, ranked[-1][1] * 2
    text = calm + loud + calm
    (scores,) = rate.score([text])
    assert scores.where.keys() == scores.values.keys()
    start, end = scores.where[Label.TOXICITY]
    assert start < len(calm + loud), "the window and the loud part overlap"
    assert end > len(calm)
    assert end - start < len(text) / 2
    assert rate.score(["A short one."])[0].where == {}


@pytest.mark.parametrize("strewn", ["\u200b", "\u00ad\ufeff", "\u202e", "\u200d"])
def test_the_window_counts_the_characters_of_the_original(
    models: Path, name: str, strewn: str
) -> None:
    rate = scorer(models, name)
    plain = "  " + PROSE * 4 + " 👩\u200d🚀 " + PROSE * 4
    pieces = re.split(r"(?<=[a-z])(?=[a-z])", plain)
    laced = strewn.join(pieces)
    before = [number for number, piece in enumerate(pieces) for _ in piece]
    places = [at + number * len(strewn) for at, number in enumerate(before)]
    (expected,), (found,) = rate.score([plain]), rate.score([laced])
    assert values(found) == pytest.approx(values(expected), abs=CLOSE)
    for label, (start, end) in expected.where.items():
        assert found.where[label] == (places[start], places[end - 1] + 1)


def test_half_a_pair_counts_as_one_character(models: Path, name: str) -> None:
    rate = scorer(models, name)
    (expected,) = rate.score(["\ufffd " * 40 + PROSE * 8])
    (found,) = rate.score(["\ud83d " * 40 + PROSE * 8])
    assert found.where == expected.where != {}


def test_a_folder_without_tokenizer_settings_does_not_crash_on_a_long_text(models: Path) -> None:
    assert not (models / "unbiased" / "tokenizer_config.json").exists()
    (scores,) = scorer(models, "unbiased").score([PROSE * 30])
    assert not scores.not_scored


def test_invisible_characters_change_nothing(models: Path) -> None:
    plain, laced = scorer(models).score(["a silly idea", "a si\u200blly\u00ad idea"])
    assert values(plain) == pytest.approx(values(laced), abs=CLOSE)


def test_a_lone_surrogate_is_rated(models: Path) -> None:
    assert scorer(models).score(["broken \ud83d emoji"])[0].values


def test_missing_weights_say_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(ScorerError) as caught:
        scorer(tmp_path).score(["x"])
    message = str(caught.value)
    assert "triage models pull original" in message
    assert str(tmp_path / "original") in message
    assert "toxic_original-c1212f89.ckpt" in message
    assert "bert-base-uncased" in message
    with pytest.raises(ScorerError, match="triage models add FOLDER"):
        _ = DetoxifyScorer("original", allow_download=True).info


def test_the_version_follows_every_file_that_changes_scores(tmp_path: Path) -> None:
    path = write_original(tmp_path)
    before = scorer(tmp_path).info.version
    assert scorer(tmp_path).info.version == before
    vocabulary = path.with_name("vocab.txt")
    vocabulary.write_text(vocabulary.read_text("utf-8") + "\nnewword", "utf-8")
    changed = scorer(tmp_path).info.version
    assert changed != before
    path.write_bytes(path.read_bytes() + b" ")
    assert scorer(tmp_path).info.version not in {before, changed}


def test_the_version_is_what_it_was_before_the_conversion(tmp_path: Path) -> None:
    path = write_original(tmp_path)
    rate = scorer(tmp_path)
    before = rate.info
    first = rate.score(TEXTS)
    assert (path.parent / "model.json").exists()
    again = scorer(tmp_path)
    assert again.info == before
    assert again.score(TEXTS) == first
    late = scorer(write_original(tmp_path / "other").parent.parent)
    late.score(["x"])
    assert late.info.version == before.version, "also where it is asked for only afterwards"
    path.unlink()
    assert scorer(tmp_path).info == before


def test_info_loads_neither_torch_nor_transformers(models: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from triage.scoring.registry import load_scorer
info = load_scorer("detoxify:original", models_dir=Path({str(models)!r})).info
assert info.key == "detoxify:original", info
assert not {{"torch", "transformers", "detoxify", "sklearn"}} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_where_downloads_are_allowed_a_missing_model_is_pulled_first(
    models: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(published(models, "original")) as server:
        rate = scorer(tmp_path, allow_download=True, origin=server.origin)
        assert rate.info.labels == MODELS["original"].labels
        asked = len(server.asked)
        assert asked == len(server.files)
        (said,) = caplog.messages
        assert said.startswith(f"detoxify:original is not in {tmp_path}: fetching it")
        again = scorer(tmp_path, allow_download=True, origin=server.origin)
        assert values(again.score(["a word"])[0]) == pytest.approx(
            values(scorer(models).score(["a word"])[0]), abs=CLOSE
        )
        assert len(server.asked) == asked, "what is here is not fetched again"


def test_a_model_that_another_process_converts_meanwhile_is_used_as_it_is(tmp_path: Path) -> None:
    write_original(tmp_path)
    early, other = scorer(tmp_path), scorer(tmp_path)
    version = early.info.version
    expected = other.score(["a word"])
    card = (tmp_path / "original" / "model.json").read_bytes()
    assert early.score(["a word"]) == expected
    assert early.info.version == version == other.info.version
    assert (tmp_path / "original" / "model.json").read_bytes() == card
