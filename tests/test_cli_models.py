"""`triage models` as a person uses it."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.scoring.models.loopback import published, serving
from tests.scoring.tiny_detoxify import needs_detoxify, poison, write_original
from triage.cli import main
from triage.scoring.models.catalogue import MODELS
from triage.scoring.models.shelf import Shelf
from triage.workbench import parts

pytestmark = needs_detoxify


class Triage:
    """Runs commands in a folder of their own, as the console script does."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.models = folder / "models"
        self._patch, self._capture = patch, capture
        for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
            patch.delenv(name)
        patch.setenv("TRIAGE_MODELS_DIR", str(self.models))
        patch.chdir(folder)

    def __call__(self, *arguments: object, code: int = 0) -> str:
        """Run a command, expect its exit code, return what it printed on both streams."""
        self._patch.setattr(sys, "argv", ["triage", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = self._capture.readouterr()
        assert (stopped.value.code or 0) == code, printed
        return printed.out + printed.err


@pytest.fixture
def triage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Triage:
    return Triage(tmp_path, monkeypatch, capsys)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return write_original(tmp_path / "disk").parent


def test_from_a_disk_to_scores_and_away_again(triage: Triage, disk: Path) -> None:
    said = triage("models", "list")
    assert all(f"{name}: not here" in said for name in MODELS)
    said = triage("models", "add", disk)
    assert "original: converted, digest in the name does not match" in said
    assert "BertForSequenceClassification on bert-base-uncased: toxicity" in said
    said = triage("models", "list")
    assert "original: converted," in said
    assert str(triage.models / "original") in said
    assert "original: converted" in triage("models", "verify")
    assert "detoxify:original: Detoxify" in triage("scorers")
    Path("in.csv").write_text("id,text\n1,a silly idea\n")
    assert "1 row" in triage("rate", "in.csv", "-o", "out.csv", "--scorer", "detoxify:original")
    assert "freed" in triage("models", "remove", "original", "--yes")
    assert not (triage.models / "original").exists()


def test_a_model_is_pulled_by_its_name(
    triage: Triage, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(published(disk.parent, "original")) as server:
        monkeypatch.setattr(parts, "Shelf", partial(Shelf, origin=server.origin))
        assert "original: converted" in triage("models", "pull", "original")
    assert (triage.models / "original" / "model.json").exists()


def test_a_model_is_made_fast_and_says_how_fast_it_is_here(triage: Triage, disk: Path) -> None:
    said = triage("models", "add", disk)
    assert "no int8 file for the fast mode: triage models convert original writes it" in said
    assert "no int8 file for the fast mode" in triage("models", "list")
    assert "no int8 file is here" in triage("scorers")
    Path("in.csv").write_text("id,text\n1,a silly idea\n")
    rate = ("rate", "in.csv", "-o", "out.csv", "--scorer", "detoxify:original")
    assert "no int8 file for the fast mode" in triage(*rate, "--mode", "fast", code=1)
    assert "int8 file for the fast mode: off by 0.0" in triage("models", "convert", "original")
    for command in ("list", "verify"):
        said = triage("models", command)
        assert "int8 file for the fast mode: its scores are off by 0.0" in said
    assert "its first use here tries" in triage("scorers")
    assert "comments/s on this machine, " in triage("models", "trial", "original")
    assert "comments/s on this machine, " in triage("scorers")
    said = triage(*rate)
    assert "detoxify:original: " in said
    assert "comments/s on this machine, " in said
    said = triage(*rate, "--mode", "fast")
    assert "detoxify:original: fast mode, as it is set; within 0.0" in said
    assert "1 scored by detoxify:original@fast-" in said
    assert "fast mode" not in triage(*rate, "--mode", "exact")
    triage("import", "in.csv")
    said = triage("score", "--scorer", "detoxify:original", "--mode", "fast")
    assert "detoxify:original: fast mode, as it is set" in said
    path = triage.models / "original" / "model.int8.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    said = triage(*rate, "--mode", "fast", code=1).replace("\n", " ")
    assert "model.int8.onnx is not the file that its card names" in said
    assert "model.int8.onnx is not" in triage("models", "verify", code=1).replace("\n", " ")
    triage("models", "remove", "original", "--yes")
    assert list(triage.models.iterdir()) == []


def test_removing_a_link_says_that_nothing_is_freed(triage: Triage, disk: Path) -> None:
    triage.models.mkdir()
    (triage.models / "original").symlink_to(disk)
    said = triage("models", "remove", "original", "--yes")
    assert "original removed: only a link, 0.0 MB freed" in said
    assert disk.is_dir()


def test_a_gpu_that_is_not_there_ends_with_what_to_set(
    triage: Triage, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    triage("models", "add", disk)
    Path("in.csv").write_text("id,text\n1,a silly idea\n")
    monkeypatch.setenv("TRIAGE_DEVICE", "cuda:99")
    how = ("--scorer", "detoxify:original", "--mode", "exact")
    said = triage("rate", "in.csv", "-o", "out.csv", *how, code=1)
    assert "; exact scores on cuda:99" in said
    assert "torch finds no GPU 'cuda:99' here" in said
    assert "TRIAGE_DEVICE=cpu" in said
    assert not Path("out.csv").exists()
    assert not Path("out.csv.resume").exists()


def test_no_int8_file_is_written_where_none_is_wanted(triage: Triage, disk: Path) -> None:
    triage("models", "add", disk)
    said = triage("models", "convert", "original", "--no-fast")
    assert "no int8 file for the fast mode" in said
    assert not (triage.models / "original" / "model.int8.onnx").exists()


def test_damage_is_told_and_is_an_error(triage: Triage, disk: Path) -> None:
    triage("models", "add", disk)
    path = triage.models / "original" / "vocab.txt"
    path.write_text(path.read_text() + "more\n")
    said = triage("models", "verify", "original", code=1)
    assert "vocab.txt is not the file that its card names" in said.replace("\n", " ")


def test_code_runs_on_trust_only_and_that_is_said_plainly(
    triage: Triage, disk: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "it-ran"
    path = poison(disk / MODELS["original"].file, mark)
    said = triage("models", "add", disk, code=1)
    assert f"triage models convert {path} --trust" in said
    triage("models", "convert", path, code=1)
    assert not mark.exists()
    assert not triage.models.exists() or not list(triage.models.iterdir())
    said = triage("models", "convert", path, "--trust")
    assert f"The code in {path} will run now, with your rights." in said
    assert mark.exists()
    assert "unpickled on trust" in triage("models", "list")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["pull", "unheard-of"], "known are: original, unbiased"),
        (["remove", "../disk"], "known are: original"),
        (["remove", "original"], "original is not in"),
        (["verify", "original"], "original is not in"),
        (["convert", "original"], "original is not in"),
        (["trial", "unheard-of"], "known are: original"),
        (["add", "nowhere"], "no file or folder nowhere"),
        (["add", "disk", "--as", "unheard-of"], "known are: original"),
    ],
)
def test_a_mistake_is_explained(
    triage: Triage, disk: Path, arguments: list[str], says: str
) -> None:
    assert says in triage("models", *arguments, code=2)


def test_removing_asks_and_shows_what_would_go(triage: Triage, disk: Path, tmp_path: Path) -> None:
    triage("models", "add", disk)
    asked = [sys.executable, "-m", "triage.cli", "models", "remove", "original"]
    for answer, code, there in (("n\n", 130, True), ("", 130, True), ("y\n", 0, False)):
        done = subprocess.run(asked, input=answer, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert "model.safetensors" in done.stdout
        assert (triage.models / "original").exists() == there
