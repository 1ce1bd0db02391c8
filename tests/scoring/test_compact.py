from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.domain.scores import Label
from triage.errors import ScorerError
from triage.scoring import compact
from triage.scoring.compact import LABELS, CompactScorer, calibrated
from triage.scoring.features import WIDTH, features

WEIGHTS = Path(compact.__file__).with_name("weights")
RATE = CompactScorer()


def toxicity(*texts: str) -> list[float]:
    return [scores.values[Label.TOXICITY] for scores in RATE.score(texts)]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a folder with the bundled weights, to be spoiled."""
    return Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))


def test_abuse_scores_high_and_thanks_score_low() -> None:
    abuse, thanks = toxicity("You are a fucking idiot.", "Thank you, that is very kind.")
    assert abuse > 0.9
    assert thanks < 0.1


def test_a_threat_is_told_from_an_insult() -> None:
    threat, insult = RATE.score(["I will kill you and your family.", "You are a stupid moron."])
    assert threat.values[Label.THREAT] > 0.5 > insult.values[Label.THREAT]
    assert insult.values[Label.INSULT] > 0.5


def test_incivility_is_a_label_of_its_own() -> None:
    (rude,) = RATE.score(["You clearly have no idea what you are talking about, you clown."])
    assert rude.values[Label.INCIVILITY] > rude.values[Label.TOXICITY]


@pytest.mark.parametrize(
    "disguised",
    ["you are a f#cking id1ot", "you are a f u c k i n g idiot", "you are a fu\u200bcking іdiot"],
)
def test_a_disguise_helps_nobody(disguised: str) -> None:
    plain, hidden = toxicity("you are a fucking idiot", disguised)
    assert hidden == pytest.approx(plain, abs=0.02)


def test_a_quoted_insult_is_not_held_against_the_one_who_quotes() -> None:
    quoted, own = toxicity(
        "> you fucking idiot\nPlease stay polite.", "you fucking idiot\nPlease stay polite."
    )
    assert quoted < 0.1 < 0.5 < own


def test_one_abusive_paragraph_is_not_diluted_by_1500_words() -> None:
    calm = "The council met on Tuesday and discussed the plan for the new bridge. " * 60
    abuse = "You are a fucking idiot and a worthless piece of shit, all of you."
    whole, alone, without = toxicity(calm + abuse + calm, abuse, calm)
    assert whole > 0.7
    assert without < 0.1
    assert alone > 0.9


@settings(max_examples=50)
@given(st.text(st.characters(codec=None)))
def test_any_text_gets_scores_or_a_reason(text: str) -> None:
    (scores,) = RATE.score([text])
    assert (tuple(scores.values) == LABELS) != (scores.not_scored == "empty text")


def test_an_altered_weights_file_is_refused(copied: Path) -> None:
    path = copied / "compact.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ScorerError, match=r"altered.*install triage again"):
        CompactScorer(copied).score(["x"])


def test_missing_weights_say_what_to_do(copied: Path) -> None:
    (copied / "compact.npz").unlink()
    with pytest.raises(ScorerError, match="train_compact"):
        CompactScorer(copied).score(["x"])


@pytest.mark.parametrize("card", ["", "{}", "[]", '{"sha256": 3}'])
def test_a_card_that_names_no_digest_is_refused(copied: Path, card: str) -> None:
    (copied / "compact.json").write_text(card, "utf-8")
    with pytest.raises(ScorerError, match=r"compact\.json"):
        _ = CompactScorer(copied).info


def test_weights_for_other_features_are_refused(copied: Path) -> None:
    path = copied / "compact.json"
    card = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(card | {"preparation": "0"}), "utf-8")
    with pytest.raises(ScorerError, match="another version"):
        CompactScorer(copied).score(["x"])


def test_the_version_follows_the_weights(copied: Path) -> None:
    path = copied / "compact.json"
    assert CompactScorer(copied).info.version == RATE.info.version
    card = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(card | {"sha256": "0" * 64}), "utf-8")
    assert CompactScorer(copied).info.version != RATE.info.version


def test_the_bundled_weights_are_small_and_hold_no_objects() -> None:
    path = WEIGHTS / "compact.npz"
    assert path.stat().st_size < 4_000_000
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["weights"].shape == (WIDTH, len(LABELS))
        assert arrays["weights"].dtype == np.int8


def test_features_of_a_text_do_not_hang_on_its_neighbours() -> None:
    texts = ["one text", "another one!", "", "日本"]
    together = features(texts)
    assert together.shape == (len(texts), WIDTH)
    for row, text in enumerate(texts):
        assert (together[row] != features([text])).nnz == 0
    assert np.isfinite(together.data).all()


def test_calibration_with_1_1_0_is_the_sigmoid_and_keeps_order() -> None:
    logits = np.linspace(-40, 40, 81)[:, None]
    assert calibrated(logits, np.array([[1.0, 1.0, 0.0]])) == pytest.approx(
        1 / (1 + np.exp(-logits))
    )
    bent = calibrated(logits, np.array([[0.5, 2.0, -1.0]]))[:, 0]
    assert (np.diff(bent) >= 0).all()
    assert 0.0 <= bent.min() <= bent.max() <= 1.0
