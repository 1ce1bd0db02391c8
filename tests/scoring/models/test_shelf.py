"""How models come into the models folder, are listed, checked and leave it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.scoring.tiny_detoxify import (
    FAMILIES,
    PROSE,
    change,
    needs_detoxify,
    poison,
    write_original,
    write_tiny,
)
from triage.domain.scores import Scores
from triage.errors import ScorerError, UsageError
from triage.scoring.detoxify import DetoxifyScorer
from triage.scoring.models.card import Card, Verified
from triage.scoring.models.catalogue import MODELS
from triage.scoring.models.listing import ModelListing, ModelState
from triage.scoring.models.shelf import Shelf

pytestmark = needs_detoxify

TEXTS = PROSE.split(". ")


def rated(models_dir: Path, name: str = "original") -> list[Scores]:
    return DetoxifyScorer(name, models_dir=models_dir).score(TEXTS)


def everything(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def entry(shelf: Shelf, name: str = "original") -> ModelListing:
    return next(one for one in shelf.entries() if one.name == name)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty models folder that does not exist yet."""
    return Shelf(tmp_path / "models")


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """What a person carries over on a disk: a folder with a checkpoint and its base files."""
    return write_original(tmp_path / "disk").parent


def checkpoint_in(folder: Path) -> Path:
    (path,) = folder.glob("*.ckpt")
    return path


@pytest.mark.parametrize("name", FAMILIES)
def test_a_model_is_recognised_by_its_classes_and_architecture(
    shelf: Shelf, tmp_path: Path, name: str
) -> None:
    path = write_tiny(tmp_path / "disk", name)
    folder = path.parent.rename(tmp_path / "stick")
    (folder / path.name).rename(folder / "weights.ckpt")
    before = everything(folder)
    card = shelf.add(folder)
    assert card.name == name
    assert everything(folder) == before, "the disk stays as it was"
    made = shelf.models_dir / name
    assert {one.name for one in made.iterdir()} == {*card.files, "model.json"}
    folder.rename(shelf.models_dir.parent / "by-hand")
    by_hand = tmp_path / "by-hand"
    shutil.copytree(by_hand, tmp_path / "other" / name)
    assert rated(shelf.models_dir, name) == rated(tmp_path / "other", name)


def test_base_files_may_lie_elsewhere(shelf: Shelf, disk: Path, tmp_path: Path) -> None:
    path = checkpoint_in(disk).rename(tmp_path / "weights.ckpt")
    with pytest.raises(ScorerError, match=r"config\.json is missing.*--base"):
        shelf.add(path)
    assert everything(shelf.models_dir) == []
    assert shelf.add(path, base=disk).name == "original"


def test_only_the_base_models_files_are_taken_along(shelf: Shelf, disk: Path) -> None:
    (disk / "salaries.json").write_text("{}")
    (disk / "notes.txt").write_text("private")
    shelf.add(disk)
    assert not {"salaries.json", "notes.txt"} & {
        one.name for one in (shelf.models_dir / "original").iterdir()
    }


def test_a_converted_folder_is_taken_as_it_is(shelf: Shelf, disk: Path, tmp_path: Path) -> None:
    card = shelf.add(disk)
    other = Shelf(tmp_path / "another machine")
    assert other.add(shelf.models_dir / "original") == card
    assert rated(other.models_dir) == rated(shelf.models_dir)
    with pytest.raises(UsageError, match="holds original, not unbiased"):
        Shelf(tmp_path / "third").add(shelf.models_dir / "original", name="unbiased")


def test_a_converted_folder_that_is_not_its_cards_is_not_taken(
    shelf: Shelf, disk: Path, tmp_path: Path
) -> None:
    shelf.add(disk)
    weights = shelf.models_dir / "original" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    other = Shelf(tmp_path / "another machine")
    with pytest.raises(ScorerError, match="not the file that its card names"):
        other.add(shelf.models_dir / "original")
    assert not other.models_dir.exists() or everything(other.models_dir) == []


def test_what_is_there_is_not_replaced_unasked(shelf: Shelf, disk: Path) -> None:
    shelf.add(disk)
    before = {path: path.read_bytes() for path in everything(shelf.models_dir) if path.is_file()}
    with pytest.raises(UsageError, match="triage models remove original"):
        shelf.add(disk)
    after = {path: path.read_bytes() for path in everything(shelf.models_dir) if path.is_file()}
    assert after == before


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda it: it["dataset"]["args"].update(classes=["toxic", "rude"]), "2 labels"),
        (lambda it: it["dataset"]["args"].update(classes=["a", "b", "c", "d", "e", "f"]), "known"),
        (
            lambda it: it["dataset"]["args"].update(
                classes=["toxic", "obscene", "threat", "insult", "sexual_explicit", "incivility"]
            ),
            "--as",
        ),
    ],
)
def test_a_model_that_is_none_of_detoxifys_is_refused(
    shelf: Shelf, disk: Path, edit: Callable[[dict[str, Any]], object], says: str
) -> None:
    change(checkpoint_in(disk), lambda content: edit(content["config"]))
    with pytest.raises((ScorerError, UsageError), match=says):
        shelf.add(disk)
    assert not shelf.models_dir.exists() or everything(shelf.models_dir) == []


def test_a_model_of_another_family_stands_for_one_where_a_person_says_so(
    shelf: Shelf, tmp_path: Path
) -> None:
    """A BERT with ALBERT's labels: its classes alone do not tell which model it is."""
    path = write_original(tmp_path / "disk")
    card = shelf.add(path, name="original-small")
    assert (card.name, card.architecture) == ("original-small", "BertForSequenceClassification")
    assert rated(shelf.models_dir, "original-small")
    with pytest.raises(ScorerError, match="not detoxify:unbiased"):
        shelf.add(path, name="unbiased")
    with pytest.raises(UsageError, match="known are: original"):
        shelf.add(path, name="../outside")


# What is known of the bytes.


def test_digits_in_an_official_name_that_match_are_recorded(
    shelf: Shelf, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    path = checkpoint_in(disk)
    digest = sha256(path.read_bytes()).hexdigest()
    official = path.rename(disk / f"toxic_original-{digest[:8]}.ckpt")
    monkeypatch.setitem(MODELS, "original", replace(MODELS["original"], file=official.name))  # type: ignore[arg-type]
    assert shelf.add(disk).source.verified is Verified.NAME


def test_digits_that_do_not_match_are_recorded_and_refused_for_that_alone_by_nobody(
    shelf: Shelf, disk: Path
) -> None:
    """Detoxify names a file by the digest of the one it saved before: see convert_weights.py."""
    assert shelf.add(disk).source.verified is Verified.MISMATCH
    assert "does not match" in entry(shelf).verified
    assert rated(shelf.models_dir)


def test_torch_itself_makes_official_names_that_do_not_match(tmp_path: Path) -> None:
    """What convert_weights.py does: save, hash, save under a name with the digits of the hash."""
    import torch

    content = torch.load(write_original(tmp_path), weights_only=True)
    torch.save(content, tmp_path / "model.ckpt")
    digits = sha256((tmp_path / "model.ckpt").read_bytes()).hexdigest()[:8]
    torch.save(content, tmp_path / f"model-{digits}.ckpt")
    second = sha256((tmp_path / f"model-{digits}.ckpt").read_bytes()).hexdigest()
    assert not second.startswith(digits)


def test_a_digest_that_the_caller_gives_is_held_against_the_file_before_it_is_opened(
    shelf: Shelf, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("it was opened")

    path = checkpoint_in(disk)
    with monkeypatch.context() as patch:
        patch.setattr(torch, "load", refuse)
        for take in (shelf.add, lambda it, **more: shelf.convert(str(it), trust=True, **more)):
            with pytest.raises(ScorerError, match="was not opened: its SHA-256 is"):
                take(path, sha256="0" * 64)
    digest = sha256(path.read_bytes()).hexdigest().upper()
    assert shelf.add(path, sha256=digest).source.verified is Verified.SHA256


# Code in a checkpoint.


def test_code_in_a_checkpoint_runs_neither_when_it_is_added_nor_converted_nor_scored_with(
    shelf: Shelf, disk: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "it-ran"
    path = poison(checkpoint_in(disk), mark)
    with pytest.raises(ScorerError, match="--trust"):
        shelf.add(disk)
    with pytest.raises(ScorerError, match="--trust"):
        shelf.convert(str(path))
    shutil.copytree(disk, shelf.models_dir / "original")
    with pytest.raises(ScorerError, match="--trust"):
        shelf.convert("original")
    with pytest.raises(ScorerError, match="--trust"):
        rated(shelf.models_dir)
    shelf.entries()
    shelf.verify()
    assert not mark.exists()
    assert not (shelf.models_dir / "original" / "model.json").exists()


def test_on_trust_it_is_unpickled_in_a_process_of_its_own_and_the_scores_are_the_same(
    shelf: Shelf, disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = shelf.add(disk)
    clean = rated(shelf.models_dir)
    shelf.remove("original")
    mark = tmp_path / "it-ran"
    poison(checkpoint_in(disk), mark)
    ran_in: list[list[str]] = []
    really = subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        ran_in.append(command)
        assert "SECRET" not in options["env"]
        return really(command, **options)

    monkeypatch.setenv("SECRET", "a database's password")
    monkeypatch.setattr(subprocess, "run", run)
    card = shelf.convert(str(checkpoint_in(disk)), trust=True)
    assert mark.exists(), "that is what trust means"
    assert len(ran_in) == 1
    assert card.source.trusted
    assert "on trust" in entry(shelf).verified
    assert card.weights == expected.weights
    assert rated(shelf.models_dir) == clean
    assert [path.name for path in shelf.models_dir.iterdir()] == ["original"]


class Dies:
    """Pickles to the end of the process that loads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (sys.exit, ("I am no model",))


def test_trusted_code_that_fails_is_told_and_leaves_nothing(shelf: Shelf, disk: Path) -> None:
    path = change(checkpoint_in(disk), lambda content: content.update(extra=Dies()))
    with pytest.raises(ScorerError, match="I am no model"):
        shelf.convert(str(path), trust=True)
    assert everything(shelf.models_dir) == []


def test_what_detoxifys_training_writes_can_be_converted(shelf: Shelf, disk: Path) -> None:
    """Lightning's checkpoint: the configuration among hyper-parameters, `model.` before weights."""
    import torch

    expected = shelf.add(disk)
    shelf.remove("original")
    path = checkpoint_in(disk)
    content = torch.load(path, weights_only=True)
    named = {f"model.{name}": tensor for name, tensor in content["state_dict"].items()}
    config = content["config"]
    torch.save({"state_dict": named, "hyper_parameters": {"config": config}, "epoch": 3}, path)
    assert shelf.add(disk).weights == expected.weights


# Converting what is there.


def test_a_folder_made_by_hand_is_converted_by_its_name_and_keeps_its_checkpoint(
    shelf: Shelf,
) -> None:
    path = write_original(shelf.models_dir)
    version = DetoxifyScorer("original", models_dir=shelf.models_dir).info.version
    assert entry(shelf).state is ModelState.CHECKPOINT
    first = shelf.convert("original")
    weights = path.with_name("model.safetensors")
    made = weights.stat().st_mtime_ns
    card = shelf.convert("original")
    assert path.exists()
    assert card == first
    assert weights.stat().st_mtime_ns == made, "what is whole is not written again"
    listed = entry(shelf)
    assert listed.state is ModelState.CONVERTED
    assert f"{path.name} is not needed any more" in listed.note
    assert DetoxifyScorer("original", models_dir=shelf.models_dir).info.version == version
    path.unlink()
    assert shelf.convert("original") == card
    assert entry(shelf).note == ""


def test_a_damaged_model_is_converted_anew_from_the_checkpoint_beside_it(shelf: Shelf) -> None:
    write_original(shelf.models_dir)
    first = shelf.convert("original", fast=False)
    (shelf.models_dir / "original" / "model.safetensors").write_bytes(b"")
    card = shelf.convert("original", fast=False)
    assert (card.files, card.base_files) == (first.files, first.base_files)
    (found,) = shelf.verify("original")
    assert found.problems == ()


def test_a_digest_that_is_none_is_no_fault_of_the_file(shelf: Shelf, disk: Path) -> None:
    for wrong in ("", "c1212f89", "sha256:" + "0" * 64):
        with pytest.raises(UsageError, match="is no SHA-256"):
            shelf.add(disk, sha256=wrong)


def test_a_newer_checkpoint_in_a_converted_folder_takes_its_place_when_asked(shelf: Shelf) -> None:
    import torch

    path = write_original(shelf.models_dir)
    before = rated(shelf.models_dir)
    content = torch.load(path, weights_only=True)
    content["state_dict"]["classifier.bias"] += 1.0
    torch.save(content, path.with_name("newer.ckpt"))
    assert entry(shelf).state is ModelState.UNUSABLE
    card = shelf.convert("original")
    assert card.source.name == "newer.ckpt"
    path.unlink()
    assert rated(shelf.models_dir) != before


def test_nothing_to_convert_is_said_so(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="original is not in"):
        shelf.convert("original")
    with pytest.raises(UsageError, match="neither a file nor a model"):
        shelf.convert(str(tmp_path / "nowhere.ckpt"))
    with pytest.raises(UsageError, match="no file or folder"):
        shelf.add(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="holds no checkpoint"):
        shelf.add(tmp_path)


def test_adding_that_is_killed_leaves_nothing_that_looks_whole(shelf: Shelf, disk: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from triage.scoring.models.shelf import Shelf

Path.rename = lambda self, target: os.kill(os.getpid(), signal.SIGKILL)
Shelf(Path({str(shelf.models_dir)!r})).add(Path({str(disk)!r}))
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [path.name[0] for path in shelf.models_dir.iterdir()] == ["."], "hidden, and no model"
    assert entry(shelf).state is ModelState.ABSENT
    with pytest.raises(ScorerError, match="missing"):
        rated(shelf.models_dir)
    assert shelf.add(disk).name == "original"


# Looking, checking, removing.


def test_the_list_tells_what_is_here(shelf: Shelf, disk: Path) -> None:
    assert [one.state for one in shelf.entries()] == [ModelState.ABSENT] * len(MODELS)
    shelf.add(disk)
    listed = entry(shelf)
    assert listed.state is ModelState.CONVERTED
    assert listed.folder == shelf.models_dir / "original"
    assert listed.size == sum(path.stat().st_size for path in listed.folder.iterdir())
    (listed.folder / "model.json").write_text("{}")
    assert entry(shelf).state is ModelState.UNUSABLE
    assert "no card" in entry(shelf).note


def test_verifying_reads_every_byte(shelf: Shelf, disk: Path) -> None:
    assert shelf.verify() == []
    shelf.add(disk)
    write_tiny(shelf.models_dir, "unbiased")
    whole, unconverted = shelf.verify()
    assert (whole.name, whole.problems) == ("original", ())
    assert unconverted.state is ModelState.CHECKPOINT
    assert "does not match" in unconverted.verified
    weights = shelf.models_dir / "original" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    (damaged,) = shelf.verify("original")
    assert "digest differs" in damaged.problems[0]
    with pytest.raises(UsageError, match="multilingual is not in"):
        shelf.verify("multilingual")
    with pytest.raises(UsageError, match="no model 'x'"):
        shelf.verify("x")


def test_removing_deletes_the_folder_and_nothing_else(shelf: Shelf, disk: Path) -> None:
    shelf.add(disk)
    beside = shelf.models_dir / "mine"
    beside.mkdir()
    size = entry(shelf).size
    assert shelf.remove("original") == size
    assert everything(shelf.models_dir) == [beside]
    with pytest.raises(UsageError, match="original is not in"):
        shelf.remove("original")
    with pytest.raises(UsageError, match="no model"):
        shelf.remove("../disk")


def test_removing_a_link_leaves_what_it_leads_to(shelf: Shelf, disk: Path) -> None:
    shelf.models_dir.mkdir()
    (shelf.models_dir / "original").symlink_to(disk)
    before = everything(disk)
    assert shelf.remove("original") == 0, "nothing is freed"
    assert everything(disk) == before
    assert everything(shelf.models_dir) == []


def test_the_card_can_be_read_by_other_programs(shelf: Shelf, disk: Path) -> None:
    card = shelf.add(disk)
    path = shelf.models_dir / "original" / "model.json"
    assert json.loads(path.read_text("utf-8"))["format"] == 1
    assert Card.read(path.parent) == card
