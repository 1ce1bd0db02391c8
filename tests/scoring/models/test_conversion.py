"""A checkpoint is read once, without running it; from then on no pickle is opened, and no hub."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.scoring.tiny_detoxify import (
    FAMILIES,
    change,
    needs_detoxify,
    poison,
    write_original,
    write_tiny,
)
from triage.domain.scores import Scores
from triage.errors import ScorerError
from triage.scoring.detoxify import DetoxifyScorer
from triage.scoring.models.card import Card
from triage.scoring.models.catalogue import IDENTITIES, MODELS

pytestmark = needs_detoxify

TEXTS = ["The library opens at nine.", "What a silly, rotten idea!"]


def rated(models_dir: Path, name: str = "original") -> list[Scores]:
    return DetoxifyScorer(name, models_dir=models_dir).score(TEXTS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with every family, converted by being used once."""
    folder = tmp_path_factory.mktemp("models")
    for name in FAMILIES:
        write_tiny(folder, name)
        rated(folder, name)
    return folder


@pytest.fixture
def converted(whole: Path, tmp_path: Path) -> Path:
    """A copy of `original`, converted, to be damaged; its folder."""
    return Path(shutil.copytree(whole / "original", tmp_path / "original"))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks any host for anything fails, and is not told to be offline beforehand."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", FAMILIES)
def test_the_card_says_what_the_model_is_and_where_it_came_from(whole: Path, name: str) -> None:
    card = json.loads((whole / name / "model.json").read_text("utf-8"))
    known, checkpoint = MODELS[name], whole / name / MODELS[name].file
    assert card["name"] == name
    assert card["base"] == known.base
    assert card["architecture"] == known.architecture
    assert set(card["outputs"]) >= set(known.labels)
    assert card["checkpoint"]["name"] == known.file
    assert card["checkpoint"]["sha256"] == sha256(checkpoint.read_bytes()).hexdigest()
    assert card["converted_by"].startswith("triage ")
    for file, digest in card["files"].items():
        assert sha256((whole / name / file).read_bytes()).hexdigest() == digest
    if len(known.labels) == 7:
        assert tuple(card["outputs"][7:]) == IDENTITIES
    settings = json.loads((whole / name / "config.json").read_text("utf-8"))
    named = sorted(settings["id2label"].items(), key=lambda item: int(item[0]))
    assert [output for _, output in named] == card["outputs"]


def test_the_weights_are_no_more_private_than_the_rest(whole: Path) -> None:
    modes = {path.stat().st_mode for path in (whole / "original").iterdir()}
    assert len(modes) == 1


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", FAMILIES)
def test_transformers_alone_builds_it_from_the_folder(whole: Path, name: str) -> None:
    """The checkpoint's configuration names a hub model; nothing asks for it any more."""
    from transformers import AutoModelForSequenceClassification

    model, report = AutoModelForSequenceClassification.from_pretrained(
        whole / name, local_files_only=True, output_loading_info=True
    )
    assert model.config.num_labels == len(Card.read(whole / name).outputs)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", FAMILIES)
def test_neither_a_pickle_nor_a_hub_is_needed_any_more(
    whole: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a pickle was opened")

    expected = rated(whole, name)
    folder = Path(shutil.copytree(whole / name, tmp_path / name))
    (folder / MODELS[name].file).unlink()
    monkeypatch.setattr(torch, "load", refuse)
    assert rated(tmp_path, name) == expected


@pytest.mark.usefixtures("no_network")
def test_the_first_use_asks_no_hub_either(tmp_path: Path) -> None:
    write_original(tmp_path)
    assert rated(tmp_path)


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "vocab.txt"])
def test_a_file_that_is_not_the_cards_is_refused(converted: Path, file: str) -> None:
    content = bytearray((converted / file).read_bytes())
    content[-2] ^= 1
    (converted / file).write_bytes(content)
    with pytest.raises(ScorerError, match=rf"{file} is not the file that its card names"):
        rated(converted.parent)


def test_a_missing_file_is_named(converted: Path) -> None:
    (converted / "vocab.txt").unlink()
    with pytest.raises(ScorerError, match=r"vocab\.txt is missing"):
        rated(converted.parent)


def test_a_file_that_the_tokenizer_would_read_and_no_card_names_is_refused(converted: Path) -> None:
    (converted / "tokenizer.json").write_text("{}")
    with pytest.raises(ScorerError, match=r"tokenizer\.json came after the conversion"):
        rated(converted.parent)


@pytest.mark.parametrize(
    "edit",
    [
        lambda card: card.update(format=2),
        lambda card: card.update(name="unheard-of"),
        lambda card: card.update(architecture="AutoModel"),
        lambda card: card.update(tokenizer="AutoTokenizer"),
        lambda card: card.update(outputs=["toxicity", "toxicity"]),
        lambda card: card.update(outputs=[]),
        lambda card: card.update(outputs=["\x1b[2J"]),
        lambda card: card["files"].update({"../../outside": "0" * 64}),
        lambda card: card["files"].update({"vocab.txt": "short"}),
        lambda card: card["files"].pop("model.safetensors"),
        lambda card: card.update(files=[]),
        lambda card: card.update(checkpoint=None),
        lambda card: card.update(converted_at="yesterday"),
        lambda card: card.clear(),
    ],
)
def test_a_card_that_no_conversion_writes_is_refused(
    converted: Path, edit: Callable[[dict[str, Any]], object]
) -> None:
    path = converted / "model.json"
    card = json.loads(path.read_text("utf-8"))
    edit(card)
    path.write_text(json.dumps(card), "utf-8")
    with pytest.raises(ScorerError, match=r"model\.json is no card"):
        rated(converted.parent)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_card_that_is_no_json_is_refused(converted: Path, content: bytes) -> None:
    (converted / "model.json").write_bytes(content)
    with pytest.raises(ScorerError, match=r"model\.json is no card"):
        rated(converted.parent)


def test_a_converted_model_under_another_name_is_refused(converted: Path) -> None:
    converted.rename(converted.parent / "unbiased")
    with pytest.raises(ScorerError, match="not detoxify:unbiased"):
        rated(converted.parent, "unbiased")


def test_another_checkpoint_beside_a_converted_model_is_not_passed_over(converted: Path) -> None:
    (converted / "newer.ckpt").write_bytes(b"...")
    with pytest.raises(ScorerError, match=r"triage models convert .*newer\.ckpt"):
        rated(converted.parent)


def test_what_older_versions_saved_and_nobody_reads_is_no_stranger(tmp_path: Path) -> None:
    import torch

    expected = rated(write_original(tmp_path / "a").parent.parent)
    path = write_original(tmp_path / "b")
    ids = torch.arange(512).expand((1, -1))  # as it was saved: a view
    change(path, lambda it: it["state_dict"].update({"bert.embeddings.position_ids": ids}))
    assert rated(tmp_path / "b") == expected


def test_a_pooler_that_classification_never_reads_is_left_out(tmp_path: Path) -> None:
    import torch

    expected = rated(write_tiny(tmp_path / "a", "unbiased").parent.parent, "unbiased")
    path = write_tiny(tmp_path / "b", "unbiased")
    pooler = {"roberta.pooler.dense.weight": torch.ones(32, 32)}
    change(path, lambda it: it["state_dict"].update(pooler))
    assert rated(tmp_path / "b", "unbiased") == expected


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda state: state.pop("classifier.weight"), r"missing .*classifier\.weight"),
        (lambda state: state.update(more=state["classifier.bias"].clone()), r"left over .*more"),
        (lambda state: state.update({"classifier.bias": 3}), "classifier.bias is no tensor"),
        (
            lambda state: state.update(
                {"classifier.weight": state["classifier.bias"][:1].expand(10**7, 10**4)}
            ),
            "more weights than bytes",
        ),
        (lambda state: state.update({"classifier.bias": state["classifier.bias"][:3]}), "built"),
    ],
)
def test_weights_that_are_not_the_models_are_refused_and_nothing_is_made_up(
    tmp_path: Path, edit: Callable[[dict[str, Any]], object], says: str
) -> None:
    path = change(write_original(tmp_path), lambda content: edit(content["state_dict"]))
    before = sorted(path.parent.iterdir())
    with pytest.raises(ScorerError, match=says):
        rated(tmp_path)
    assert sorted(path.parent.iterdir()) == before


def test_a_missing_vocabulary_is_said_so(tmp_path: Path) -> None:
    path = write_original(tmp_path)
    path.with_name("vocab.txt").unlink()
    with pytest.raises(ScorerError, match="bert-base-uncased"):
        rated(tmp_path)
    assert not path.with_name("model.json").exists()


def test_missing_settings_are_said_so(tmp_path: Path) -> None:
    write_original(tmp_path).with_name("config.json").unlink()
    with pytest.raises(ScorerError, match="config and tokenizer files of bert-base-uncased"):
        rated(tmp_path)


def test_two_checkpoints_in_one_folder_are_refused(tmp_path: Path) -> None:
    path = write_original(tmp_path)
    path.with_name("other.ckpt").write_bytes(path.read_bytes())
    with pytest.raises(ScorerError, match=r"other\.ckpt"):
        rated(tmp_path)


def test_a_checkpoint_in_another_models_folder_is_refused(tmp_path: Path) -> None:
    write_original(tmp_path).parent.rename(tmp_path / "unbiased")
    with pytest.raises(ScorerError, match="not detoxify:unbiased"):
        rated(tmp_path, "unbiased")


def test_a_bare_state_dict_is_refused(tmp_path: Path) -> None:
    import torch

    path = write_original(tmp_path)
    torch.save(torch.load(path, weights_only=True)["state_dict"], path)
    with pytest.raises(ScorerError, match="no Detoxify checkpoint"):
        rated(tmp_path)


def test_a_checkpoint_whose_outputs_have_no_names_is_refused(tmp_path: Path) -> None:
    write_original(tmp_path, num_classes=4)
    with pytest.raises(ScorerError, match="4 outputs for 6 labels"):
        rated(tmp_path)


@pytest.mark.parametrize("named", ["AutoModel", "BertModel", "GPT2ForSequenceClassification"])
def test_a_checkpoint_cannot_name_any_class_of_transformers(tmp_path: Path, named: str) -> None:
    write_original(tmp_path, model_name=named)
    with pytest.raises(ScorerError, match=named):
        rated(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"not a checkpoint", b"PK\x03\x04 half a zip", b"\x80\x02\x8c\x05ab"]
)
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    write_original(tmp_path).write_bytes(content)
    with pytest.raises(ScorerError, match="damaged"):
        rated(tmp_path)


def test_code_in_a_checkpoint_does_not_run_and_the_way_out_is_told(tmp_path: Path) -> None:
    import torch

    mark = tmp_path / "it-ran"
    path = poison(write_original(tmp_path), mark)
    with pytest.raises(ScorerError, match=rf"triage models convert {path} --trust") as caught:
        rated(tmp_path)
    assert "can run code" in str(caught.value)
    assert "pathlib.Path" in str(caught.value), "what it asks for is named"
    assert not mark.exists()
    torch.load(path, weights_only=False)  # the payload is a real one
    assert mark.exists()


def test_a_folder_that_cannot_be_written_is_used_from_memory(tmp_path: Path) -> None:
    path = write_original(tmp_path)
    before = sorted(path.parent.iterdir())
    with largest_file(path.stat().st_size // 2):
        found = rated(tmp_path)
        assert rated(tmp_path) == found
    assert sorted(path.parent.iterdir()) == before
    assert rated(tmp_path) == found, "converted by now, and no score has changed"
    assert path.with_name("model.json").exists()


def test_a_conversion_that_is_killed_leaves_a_checkpoint_and_nothing_that_looks_whole(
    tmp_path: Path,
) -> None:
    path = write_original(tmp_path)
    code = f"""
import os, signal
from pathlib import Path
from triage.scoring.detoxify import DetoxifyScorer

# When the first file is to be put in its place, all is written.
Path.replace = lambda self, target: os.kill(os.getpid(), signal.SIGKILL)
DetoxifyScorer("original", models_dir=Path({str(tmp_path)!r})).score(["x"])
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = path.parent.glob(".converting-*")
    assert not path.with_name("model.json").exists()
    assert not path.with_name("model.safetensors").exists()
    info = DetoxifyScorer("original", models_dir=tmp_path).info
    assert rated(tmp_path)
    assert DetoxifyScorer("original", models_dir=tmp_path).info == info
    assert left.exists(), "it may belong to somebody who is still at work"
    old = time.time() - 7200
    for other in ("a", "b"):
        shutil.copytree(left, path.parent / f".converting-{other}")
    os.utime(path.parent / ".converting-a", (old, old))
    path.with_name("model.json").unlink()
    assert rated(tmp_path)
    assert not (path.parent / ".converting-a").exists(), "what was forgotten is swept away"
    assert (path.parent / ".converting-b").exists()
