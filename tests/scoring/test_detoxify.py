"""Detoxify's models, tried on tiny real checkpoints in its own format, without a network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.scoring.tiny_detoxify import PROSE, needs_detoxify, write_original, write_unbiased
from triage.domain.scores import Label, Scores
from triage.errors import ScorerError
from triage.scoring.checkpoint import MODELS
from triage.scoring.detoxify import DetoxifyScorer

pytestmark = needs_detoxify

SENTENCES = PROSE.replace("\n", " ").split(". ")
TEXTS = [*SENTENCES, *(one.upper() + "!!" for one in SENTENCES), PROSE, "a", "?", "日本 🙂"]
CLOSE = 1e-5


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_original(folder)
    write_unbiased(folder)
    return folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(params=["original", "unbiased"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def scorer(models_dir: Path, name: str = "original", **options: Any) -> DetoxifyScorer:
    return DetoxifyScorer(name, models_dir=models_dir, **options)


def values(scores: Scores) -> dict[str, float]:
    return {label.value: score for label, score in scores.values.items()}


def by_the_package(models_dir: Path, name: str) -> Any:
    """Return Detoxify's own object over the same checkpoint, rewritten to work offline."""
    import torch
    from detoxify import Detoxify

    path = next((models_dir / name).glob("*.ckpt"))
    content = torch.load(path, weights_only=True)
    content["config"]["arch"]["args"]["model_type"] = str(path.parent)
    copy = models_dir / f"{name}.offline"
    torch.save(content, copy)
    return Detoxify(checkpoint=str(copy))


def test_scores_agree_with_the_package_text_by_text(models: Path, name: str) -> None:
    package = by_the_package(models, name)
    found = scorer(models, name).score(TEXTS)
    expected = [package.predict(text) for text in TEXTS]
    assert len({row["toxicity"] for row in expected}) > len(TEXTS) / 2  # they do differ
    for ours, theirs in zip(found, expected, strict=True):
        assert values(ours) == pytest.approx(theirs, abs=CLOSE)


def test_scores_do_not_hang_on_the_batch(models: Path, name: str) -> None:
    one_by_one = scorer(models, name, token_budget=1).score(TEXTS)
    together = scorer(models, name, token_budget=100_000).score(TEXTS[::-1])[::-1]
    for left, right in zip(one_by_one, together, strict=True):
        assert values(left) == pytest.approx(values(right), abs=CLOSE)


def test_the_nine_identity_outputs_are_left_out(models: Path) -> None:
    (scores,) = scorer(models, "unbiased").score(["The library opens."])
    assert tuple(scores.values) == MODELS["unbiased"].labels
    assert Label.SEXUAL_EXPLICIT in scores.values


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


def test_missing_weights_say_where_to_put_which_file(tmp_path: Path) -> None:
    with pytest.raises(ScorerError) as caught:
        scorer(tmp_path).score(["x"])
    message = str(caught.value)
    assert str(tmp_path / "original") in message
    assert "toxic_original-c1212f89.ckpt" in message
    assert "bert-base-uncased" in message
    with pytest.raises(ScorerError, match="TRIAGE_ALLOW_DOWNLOAD"):
        _ = DetoxifyScorer("original").info


def test_a_missing_vocabulary_is_said_so(tmp_path: Path) -> None:
    write_original(tmp_path)
    (tmp_path / "original" / "vocab.txt").unlink()
    with pytest.raises(ScorerError, match="bert-base-uncased"):
        scorer(tmp_path).score(["x"])


def test_missing_settings_are_said_so(tmp_path: Path) -> None:
    write_original(tmp_path)
    (tmp_path / "original" / "config.json").unlink()
    with pytest.raises(ScorerError, match="config and tokenizer files of bert-base-uncased"):
        scorer(tmp_path).score(["x"])


def test_two_checkpoints_in_one_folder_are_refused(tmp_path: Path) -> None:
    path = write_original(tmp_path)
    path.with_name("other.ckpt").write_bytes(path.read_bytes())
    with pytest.raises(ScorerError, match=r"other\.ckpt"):
        _ = scorer(tmp_path).info


def test_weights_that_are_not_all_there_are_refused_rather_than_made_up(tmp_path: Path) -> None:
    import torch

    path = write_original(tmp_path)
    content = torch.load(path, weights_only=True)
    del content["state_dict"]["classifier.weight"]
    torch.save(content, path)
    with pytest.raises(ScorerError, match=r"classifier\.weight"):
        scorer(tmp_path).score(["x"])


def test_a_checkpoint_in_another_models_folder_is_refused(tmp_path: Path) -> None:
    path = write_original(tmp_path)
    path.parent.rename(tmp_path / "unbiased")
    with pytest.raises(ScorerError, match="not detoxify:unbiased"):
        scorer(tmp_path, "unbiased").score(["x"])


def test_a_bare_state_dict_is_refused(tmp_path: Path) -> None:
    import torch

    path = write_original(tmp_path)
    torch.save(torch.load(path, weights_only=True)["state_dict"], path)
    with pytest.raises(ScorerError, match="no Detoxify checkpoint"):
        scorer(tmp_path).score(["x"])


def test_a_checkpoint_with_fewer_outputs_than_labels_is_refused(tmp_path: Path) -> None:
    write_original(tmp_path, num_classes=4)
    with pytest.raises(ScorerError, match="4 outputs for 6 labels"):
        scorer(tmp_path).score(["x"])


@pytest.mark.parametrize(
    "content", [b"", b"not a checkpoint", b"PK\x03\x04 half a zip", b"\x80\x02\x8c\x05ab"]
)
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    write_original(tmp_path).write_bytes(content)
    with pytest.raises(ScorerError, match="damaged"):
        scorer(tmp_path).score(["x"])


class Payload:
    """Pickles to a call that leaves a file behind when it is loaded carelessly."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.mark,))


def test_code_in_a_checkpoint_is_refused_and_does_not_run(tmp_path: Path) -> None:
    import torch

    path, mark = write_original(tmp_path), tmp_path / "it-ran"
    content = torch.load(path, weights_only=True)
    content["config"]["extra"] = Payload(mark)
    torch.save(content, path)
    with pytest.raises(ScorerError, match="can run code"):
        scorer(tmp_path).score(["x"])
    assert not mark.exists()
    torch.load(path, weights_only=False)  # the payload is a real one
    assert mark.exists()


def test_a_checkpoint_cannot_name_any_class_of_transformers(tmp_path: Path) -> None:
    write_original(tmp_path, model_name="AutoModel")
    with pytest.raises(ScorerError, match="AutoModel"):
        scorer(tmp_path).score(["x"])


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


def test_an_allowed_download_goes_to_detoxifys_cache_and_is_reused(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detoxify import detoxify

    source = next((models / "original").glob("*.ckpt"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setitem(detoxify.MODEL_URLS, "original", source.as_uri())
    version = DetoxifyScorer("original", allow_download=True).info.version
    kept = tmp_path / "hub" / "checkpoints" / MODELS["original"].file
    assert kept.read_bytes() == source.read_bytes()
    monkeypatch.setitem(detoxify.MODEL_URLS, "original", "file:///nowhere.ckpt")
    assert DetoxifyScorer("original", allow_download=True).info.version == version


def test_a_download_that_fails_says_what_else_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detoxify import detoxify

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setitem(detoxify.MODEL_URLS, "original", "file:///nowhere.ckpt")
    with pytest.raises(ScorerError, match="cannot be fetched"):
        _ = DetoxifyScorer("original", allow_download=True).info
    assert not list((tmp_path / "hub" / "checkpoints").glob("*.ckpt"))
