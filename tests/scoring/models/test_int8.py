"""The int8 file of the fast mode: written whole, known by its card, and never run when damaged."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.scoring.tiny_detoxify import PROSE, needs_detoxify, write_original
from triage.domain.scores import Mode, Scores
from triage.errors import ScorerError
from triage.scoring.calibration_texts import calibration_texts
from triage.scoring.detoxify import DetoxifyScorer
from triage.scoring.models.card import Card
from triage.scoring.models.int8 import WRITER, write_int8
from triage.scoring.models.shelf import Shelf

pytestmark = needs_detoxify

TEXTS = PROSE.split(". ")


def scorer(models_dir: Path, mode: Mode = Mode.FAST) -> DetoxifyScorer:
    return DetoxifyScorer("original", models_dir=models_dir, mode=mode)


def rated(models_dir: Path, mode: Mode = Mode.FAST) -> list[Scores]:
    return scorer(models_dir, mode).score(TEXTS)


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with `original` in it, converted for both modes."""
    models_dir = tmp_path_factory.mktemp("models")
    write_original(models_dir).rename(models_dir / "weights.ckpt")
    folder = (models_dir / "original").rename(models_dir / "base")
    Shelf(models_dir).convert(str(models_dir / "weights.ckpt"), base=folder)
    return models_dir


@pytest.fixture
def models(made: Path, tmp_path: Path) -> Path:
    """A copy of that, to be damaged."""
    shutil.copytree(made / "original", tmp_path / "original")
    return tmp_path


@pytest.fixture
def graph(models: Path) -> Path:
    return models / "original" / "model.int8.onnx"


def test_the_card_says_what_the_file_is_and_how_it_was_made(made: Path) -> None:
    card = json.loads((made / "original" / "model.json").read_text("utf-8"))["int8"]
    content = (made / "original" / "model.int8.onnx").read_bytes()
    assert card["sha256"] == sha256(content).hexdigest()
    assert card["writer"] == WRITER
    assert card["texts"] == sha256("\0".join(calibration_texts()).encode()).hexdigest()
    assert 0 < card["mean"] < card["greatest"]
    assert card["margin"] == max(0.04, 2 * card["greatest"])
    assert card["made_by"].startswith("triage ")
    assert Card.read(made / "original").to_json() == (made / "original" / "model.json").read_text()


def test_fast_scores_are_near_the_exact_ones_and_under_another_version(made: Path) -> None:
    fast, exact = rated(made), rated(made, Mode.EXACT)
    gaps = [
        abs(near.values[label] - score)
        for near, right in zip(fast, exact, strict=True)
        for label, score in right.values.items()
    ]
    assert 0 < max(gaps) < 0.15
    infos = scorer(made).info, scorer(made, Mode.EXACT).info
    assert infos[0].version.startswith("int8-")
    assert infos[0].version != infos[1].version
    assert infos[0].details["precision"] == "int8"
    assert infos[1].details["precision"] == "float32"


def test_the_version_of_the_exact_mode_is_what_it_was_without_the_file(models: Path) -> None:
    before = scorer(models, Mode.EXACT).info
    path = models / "original" / "model.json"
    card = Card.read(path.parent)
    path.write_text(replace(card, int8=None).to_json())
    assert scorer(models, Mode.EXACT).info == before


def test_a_long_text_is_cut_as_in_the_exact_mode(made: Path) -> None:
    text = PROSE * 20
    (fast,), (exact,) = (scorer(made, mode).score([text]) for mode in (Mode.FAST, Mode.EXACT))
    assert fast.where.keys() == exact.where.keys() == fast.values.keys()
    assert fast.values == pytest.approx(dict(exact.values), abs=0.15)


def test_the_fast_mode_alone_loads_no_torch(made: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from triage.domain.scores import Mode
from triage.scoring.detoxify import DetoxifyScorer
found = DetoxifyScorer("original", models_dir=Path({str(made)!r}), mode=Mode.FAST).score(["a word"])
assert found[0].values
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("file", ["model.int8.onnx", "vocab.txt", "config.json"])
def test_a_flipped_bit_is_refused_before_the_file_is_loaded(models: Path, file: str) -> None:
    flip(models / "original" / file)
    with pytest.raises(ScorerError, match=rf"{file} is not the file that its card names") as caught:
        rated(models)
    assert "`triage models convert original` writes the int8 file anew" in str(caught.value)
    assert "TRIAGE_DETOXIFY=exact" in str(caught.value)


def test_onnxruntime_itself_would_run_the_damaged_file(graph: Path) -> None:
    """Why the digest is held against the card: scores would be wrong, and nobody told."""
    from triage.scoring.onnx_classifier import OnnxClassifier

    before = OnnxClassifier(graph).outputs([[5, 6, 7]])
    flip(graph)
    assert OnnxClassifier(graph).outputs([[5, 6, 7]]).shape == before.shape


def test_the_exact_mode_does_not_mind_a_damaged_file(models: Path, graph: Path) -> None:
    expected = rated(models, Mode.EXACT)
    flip(graph)
    assert rated(models, Mode.EXACT) == expected
    graph.unlink()
    assert rated(models, Mode.EXACT) == expected


def test_a_missing_file_says_how_to_have_it_written(models: Path, graph: Path) -> None:
    graph.unlink()
    with pytest.raises(ScorerError, match=r"model\.int8\.onnx is missing"):
        rated(models)
    card = Card.read(graph.parent)
    (graph.parent / "model.json").write_text(replace(card, int8=None).to_json())
    for ask in (rated, lambda it: scorer(it).info):
        with pytest.raises(ScorerError, match="`triage models convert original` writes it"):
            ask(models)


@pytest.mark.parametrize(
    "edit",
    [
        lambda card: card.update(sha256="short"),
        lambda card: card.update(texts=""),
        lambda card: card.update(margin=float("nan")),
        lambda card: card.update(margin=-1),
        lambda card: card.update(margin=10**400),
        lambda card: card.update(greatest="much"),
        lambda card: card.update(writer="\x1b[2J"),
        lambda card: card.pop("mean"),
    ],
)
def test_a_card_that_nothing_here_writes_is_refused(
    models: Path, edit: Callable[[dict[str, Any]], object]
) -> None:
    path = models / "original" / "model.json"
    card = json.loads(path.read_text("utf-8"))
    edit(card["int8"])
    path.write_text(json.dumps(card), "utf-8")
    with pytest.raises(ScorerError, match=r"model\.json is no card"):
        rated(models)


# Writing it.


def test_converting_mends_what_is_damaged_and_leaves_what_is_whole(
    models: Path, graph: Path
) -> None:
    shelf, stamp = Shelf(models), graph.stat().st_mtime_ns
    card = shelf.convert("original")
    assert graph.stat().st_mtime_ns == stamp, "it is whole and of today's kind"
    flip(graph)
    assert shelf.convert("original").int8 == card.int8
    assert rated(models)


def test_a_file_by_an_older_writer_is_used_and_told_of_until_it_is_written_anew(
    models: Path,
) -> None:
    shelf, before = Shelf(models), rated(models)
    card = Card.read(models / "original")
    assert card.int8 is not None
    older = replace(card, int8=replace(card.int8, writer="0"))
    (models / "original" / "model.json").write_text(older.to_json())
    assert rated(models) == before
    listed = next(one for one in shelf.entries() if one.name == "original")
    for told in (listed.fast, shelf.verify("original")[0].fast):
        assert f"by an older writer (0, now {WRITER})" in told
        assert "triage models convert original" in told
    assert shelf.convert("original").int8 == card.int8


def test_without_onnx_it_says_what_to_install(
    models: Path, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.unlink()
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ScorerError, match=r"is converted, but got no.*it takes onnx: pip"):
        Shelf(models).convert("original")
    assert rated(models, Mode.EXACT)


def test_a_damaged_model_gets_no_int8_file(models: Path, graph: Path) -> None:
    graph.unlink()
    flip(graph.parent / "model.safetensors")
    with pytest.raises(ScorerError, match=r"got no int8 file .*model\.safetensors is not"):
        Shelf(models).convert("original")
    assert not graph.exists()


def test_a_model_that_is_converted_anew_meanwhile_keeps_its_new_card(
    models: Path, graph: Path
) -> None:
    path = graph.parent / "model.json"
    newer = replace(Card.read(graph.parent), int8=None, converted_by="triage 9").to_json()

    class Meanwhile(list[str]):
        def __iter__(self) -> Iterator[str]:
            path.write_text(newer)
            return super().__iter__()

    with pytest.raises(ScorerError, match="converted anew meanwhile: run it again"):
        write_int8(graph.parent, Meanwhile(TEXTS * 2))
    assert path.read_text() == newer


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_writing_that_is_killed_leaves_a_model_without_the_file_or_with_the_whole_one(
    models: Path, graph: Path, moves: int
) -> None:
    code = f"""
import os, signal
from pathlib import Path
from triage.scoring.models.int8 import write_int8

move, left = Path.replace, [{moves}]
def replace(self, target):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return move(self, target)
Path.replace = replace
write_int8(Path({str(models / "original")!r}), texts={TEXTS * 2!r})
"""
    before = Card.read(graph.parent).int8
    done = subprocess.run([sys.executable, "-c", code], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    assert Card.read(graph.parent).int8 == (before if moves == 0 else None)
    assert Shelf(models).verify("original")[0].problems == ()
    assert rated(models, Mode.EXACT)
    if moves:
        with pytest.raises(ScorerError, match="no int8 file"):
            rated(models)
    Shelf(models).convert("original")
    assert rated(models)


def test_another_checkpoint_takes_the_file_of_the_one_before_out_of_use(models: Path) -> None:
    path = write_original(models / "newer")
    shutil.copyfile(path, models / "original" / "newer.ckpt")
    card = Shelf(models).convert(str(models / "original" / "newer.ckpt"), fast=False)
    assert card.int8 is None
    with pytest.raises(ScorerError, match="no int8 file"):
        rated(models)


# On the shelf.


def test_the_list_says_whether_the_file_is_there_and_what_it_is_worth(
    models: Path, graph: Path
) -> None:
    shelf = Shelf(models)
    listed = next(one for one in shelf.entries() if one.name == "original")
    assert "int8 file for the fast mode: its scores are off by 0.0" in listed.fast
    assert listed.size == sum(path.stat().st_size for path in graph.parent.iterdir())
    card = Card.read(graph.parent)
    (graph.parent / "model.json").write_text(replace(card, int8=None).to_json())
    listed = next(one for one in shelf.entries() if one.name == "original")
    assert listed.fast.startswith("no int8 file")


def test_verifying_reads_it_too(models: Path, graph: Path) -> None:
    shelf = Shelf(models)
    assert shelf.verify("original")[0].problems == ()
    flip(graph)
    (problem,) = shelf.verify("original")[0].problems
    assert problem == f"{graph} is not the file that its card names: its digest differs"


def test_a_converted_folder_brings_it_along_whole_or_not_at_all(
    models: Path, graph: Path, tmp_path: Path
) -> None:
    other = Shelf(tmp_path / "another machine")
    other.add(models / "original")
    assert rated(other.models_dir) == rated(models)
    other.remove("original")
    flip(graph)
    with pytest.raises(ScorerError, match=r"was not added: .*model\.int8\.onnx is not"):
        other.add(models / "original")
    assert list(other.models_dir.iterdir()) == []
