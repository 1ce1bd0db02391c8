from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.domain.scores import Label
from triage.errors import ScorerError
from triage.scoring import compact
from triage.scoring.compact import FILES, LABELS, CompactScorer

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
    (rude,) = RATE.score(["You clearly did not bother to read the article. Typical."])
    assert rude.values[Label.INCIVILITY] > 0.5 > rude.values[Label.TOXICITY]


@pytest.mark.parametrize(
    "kind",
    [
        "I am a gay Muslim man and I love this town.",
        "my Black neighbours are lovely",
        "You are a kind Jewish person.",
        "The first trans mayor of our city was elected last night.",
        "Two deaf students won the prize for the best short film.",
    ],
)
def test_people_named_kindly_are_not_flagged(kind: str) -> None:
    (scores,) = RATE.score([kind])
    assert max(scores.values.values()) < 0.3


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
    unscored = scores.not_scored in ("empty text", "nothing readable")
    assert (tuple(scores.values) == LABELS) != unscored


def test_what_no_token_stands_for_is_not_rated() -> None:
    unreadable, beside = RATE.score(["\ue000\ue001", "hello"])
    assert unreadable.not_scored == "nothing readable"
    assert beside.values


def test_signs_of_the_tokenizer_typed_into_a_comment_hide_nothing() -> None:
    openly, hidden = toxicity("you are an idiot", "you are an idiot" + " [SEP] [PAD]" * 30)
    words = toxicity("you are an idiot" + " sep pad" * 30)[0]
    assert hidden > min(openly, words) - 0.2


def test_abuse_without_blanks_is_read() -> None:
    assert toxicity("fuckyou" * 20)[0] > 0.5


def test_a_broken_half_of_a_character_costs_no_other_text() -> None:
    broken, fine = RATE.score(["he said f u c k\ud800 ok", "fine"])
    assert broken.values
    assert fine.values


def test_a_megabyte_is_rated_to_its_end() -> None:
    text = "All is well here. " * 8_000 + "You are a fucking idiot."
    (scores,) = RATE.score([text])
    start, end = scores.where[Label.TOXICITY]
    assert "fucking idiot" in text[start:end]
    assert scores.values[Label.TOXICITY] > 0.5


def test_threads_may_share_a_scorer() -> None:
    scorer = CompactScorer()
    texts = [f"Comment {at}: you are a fool." for at in range(8)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: scorer.score([text])[0].values, texts))
    for values, scores in zip(found, RATE.score(texts), strict=True):
        assert dict(values) == pytest.approx(dict(scores.values), abs=0.005)


@pytest.mark.parametrize("name", FILES)
def test_an_altered_file_is_refused(copied: Path, name: str) -> None:
    path = copied / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ScorerError, match=r"altered.*install triage again"):
        CompactScorer(copied).score(["x"])


def test_missing_weights_say_what_to_do(copied: Path) -> None:
    (copied / "compact.onnx").unlink()
    with pytest.raises(ScorerError, match="train_compact"):
        CompactScorer(copied).score(["x"])


@pytest.mark.parametrize(
    "card", ["", "{}", "[]", '{"sha256": 3}', '{"sha256": {"compact.onnx": ""}}']
)
def test_a_card_that_names_no_digest_is_refused(copied: Path, card: str) -> None:
    (copied / "compact.json").write_text(card, "utf-8")
    with pytest.raises(ScorerError, match=r"compact\.json"):
        _ = CompactScorer(copied).info


def test_a_model_for_another_preparation_is_refused(copied: Path) -> None:
    path = copied / "compact.json"
    card = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(card | {"preparation": "0"}), "utf-8")
    with pytest.raises(ScorerError, match="another version"):
        _ = CompactScorer(copied).info


def test_the_version_follows_the_files(copied: Path) -> None:
    path = copied / "compact.json"
    assert CompactScorer(copied).info.version == RATE.info.version
    card = json.loads(path.read_text("utf-8"))
    for name in FILES:
        digests = card["sha256"] | {name: "0" * 64}
        path.write_text(json.dumps(card | {"sha256": digests}), "utf-8")
        assert CompactScorer(copied).info.version != RATE.info.version


def test_the_bundled_files_are_at_most_25_mb() -> None:
    assert sum((WEIGHTS / name).stat().st_size for name in FILES) <= 25_000_000


def test_a_score_does_not_hang_on_its_neighbours() -> None:
    texts = [*(f"{word} " * 40 for word in ("hello", "you idiot", "bridge")), "no", "you liar!"]
    texts += [f"Comment number {at} about the council, you fool." for at in range(60)]
    together = RATE.score(texts)
    shuffled = random.Random(3).sample(range(len(texts)), len(texts))
    for at, scores in zip(shuffled, RATE.score([texts[at] for at in shuffled]), strict=True):
        for label, score in scores.values.items():
            assert score == pytest.approx(together[at].values[label], abs=0.005)
    for text, scores in zip(texts[:8], together, strict=False):
        (alone,) = RATE.score([text])
        assert dict(alone.values) == pytest.approx(dict(scores.values), abs=0.005)


def test_the_words_that_made_the_score_are_marked_in_the_original() -> None:
    text = "Well, you are a fucking 1d10t, and the bridge is closed."
    marked = [text[span.start : span.end] for span in RATE.explain(text)]
    assert marked
    assert all("bridge" not in words and "closed" not in words for words in marked)
    assert any("fucking" in words for words in marked)
    assert RATE.explain("Thank you, that is very kind.") == ()


def test_a_long_text_says_where_each_label_scored() -> None:
    calm = "The council met on Tuesday and discussed the plan for the new bridge. " * 20
    abuse = "You are a fucking idiot and a worthless piece of shit."
    text = calm + abuse + calm
    (scores,) = RATE.score([text])
    start, end = scores.where[Label.TOXICITY]
    assert abuse in text[start:end]
    assert end - start < 1000
    assert set(scores.where) == set(LABELS)
    (short,) = RATE.score([abuse])
    assert not short.where


def test_neither_torch_nor_scikit_learn_is_loaded() -> None:
    code = """
import sys
from triage.scoring.compact import CompactScorer
CompactScorer().score(["You are a fool.", "x " * 900])
assert not {"torch", "transformers", "sklearn", "scipy", "onnx"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code], check=True)
