"""In which mode a model is used: as set, as the scores in force, or as a trial here says."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.scoring.tiny_detoxify import needs_detoxify, write_original
from triage.domain.policy import Threshold
from triage.domain.scores import Label, Mode, Scorer
from triage.errors import ScorerError
from triage.scoring.careful import CarefulScorer
from triage.scoring.choosing import Choices, detoxify_scorer, outlook, try_again
from triage.scoring.detoxify import DetoxifyScorer
from triage.scoring.models.shelf import Shelf
from triage.scoring.models.trials import forget
from triage.scoring.processor import Precision
from triage.scoring.trying import tried

pytestmark = needs_detoxify


def no_half(_device: str) -> None:
    """Say what a processor without AMX says, whatever runs the tests."""


def bfloat16(_device: str) -> Precision:
    return Precision.BFLOAT16


def at_half() -> list[Threshold]:
    return [Threshold(Label.TOXICITY, 0.5)]


AUTO = Choices(Mode.AUTO, half=no_half)
WITH_HALF = Choices(Mode.AUTO, half=bfloat16)
FAST = Choices(Mode.FAST, half=no_half)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with `original` in it, converted for both modes."""
    models_dir = tmp_path_factory.mktemp("models")
    write_original(models_dir)
    Shelf(models_dir).convert("original")
    return models_dir


@pytest.fixture
def models(made: Path) -> Path:
    """The same, and no trial was made yet."""
    for path in trials(made):
        if path.is_dir():
            path.rmdir()
    forget("original", made)
    return made


def trials(models_dir: Path) -> list[Path]:
    return list(models_dir.glob(".original.trial-*"))


def chosen(models_dir: Path, choices: Choices = AUTO) -> Scorer:
    return detoxify_scorer("original", models_dir, choices)


def told(models_dir: Path, exact: float = 10.0, **near: tuple[float, float]) -> None:
    """Let the earlier trial have found this."""
    (path,) = trials(models_dir)
    modes = {mode: {"speed": speed, "apart": apart} for mode, (speed, apart) in near.items()}
    path.write_text(json.dumps({"exact": exact, "near": modes}), "utf-8")


def is_loaded(scorer: DetoxifyScorer) -> bool:
    return "_loaded" in scorer.__dict__


def test_exactly_means_without_any_trial(models: Path) -> None:
    scorer = chosen(models, Choices())
    assert isinstance(scorer, DetoxifyScorer)
    assert scorer.info.details["mode"] == "exact"
    assert scorer.info.note == "exact mode, as it is set"
    assert trials(models) == []


def test_fast_means_fast_and_exact_near_thresholds_without_any_trial(models: Path) -> None:
    scorer = chosen(models, replace(FAST, thresholds=at_half))
    assert isinstance(scorer, CarefulScorer)
    assert scorer.info.note.startswith("fast mode, as it is set; within 0.0")
    assert scorer.doubtful().keys() == {Label.TOXICITY}
    assert trials(models) == []


def test_fast_without_its_file_says_how_to_have_it_written(tmp_path: Path) -> None:
    for models_dir in (None, tmp_path):
        with pytest.raises(ScorerError, match="triage models pull original"):
            detoxify_scorer("original", models_dir, FAST)
    write_original(tmp_path)
    with pytest.raises(ScorerError, match="`triage models convert original` writes it"):
        chosen(tmp_path, FAST)
    with pytest.raises(ScorerError, match="`triage models convert original` writes it"):
        try_again("original", tmp_path, AUTO)


def test_auto_without_the_file_is_exact_and_says_what_would_be_faster(tmp_path: Path) -> None:
    write_original(tmp_path)
    scorer = chosen(tmp_path)
    assert scorer.info.version == chosen(tmp_path, Choices()).info.version
    assert "no int8 file is here (`triage models convert original` writes it)" in scorer.info.note
    assert outlook("original", tmp_path, AUTO) == scorer.info.note


def test_a_trial_is_made_once_and_the_next_start_loads_nothing(models: Path) -> None:
    assert "its first use here tries" in outlook("original", models, AUTO)
    first = chosen(models)
    (path,) = trials(models)
    assert json.loads(path.read_text())["near"].keys() == {"fast"}
    assert "comments/s on this machine, exact" in first.info.note
    code = f"""
import sys
from pathlib import Path
from triage.domain.scores import Mode
from triage.scoring.choosing import Choices, detoxify_scorer
auto = Choices(Mode.AUTO, half=lambda _device: None)
info = detoxify_scorer("original", Path({str(models)!r}), auto).info
assert not {{"torch", "transformers", "onnxruntime", "numpy"}} & sys.modules.keys()
print(info.version, info.note)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{first.info.version} {first.info.note}"


@pytest.mark.parametrize(
    ("found", "mode", "says"),
    [
        (
            (40.0, 0.01),
            "fast",
            "fast mode (fast 40.0 comments/s on this machine, exact 10.0); within",
        ),
        (
            (11.0, 0.01),
            "exact",
            "exact mode (fast 11.0 comments/s on this machine, exact 10.0: too little",
        ),
        ((40.0, 0.9), "exact", "the fast one gives other scores on this machine, 0.900 off"),
    ],
)
def test_what_the_trial_found_decides_and_is_told(
    models: Path, found: tuple[float, float], mode: str, says: str
) -> None:
    chosen(models)
    told(models, fast=found)
    info = chosen(models).info
    assert says in info.note
    assert says in outlook("original", models, AUTO)
    assert info.details["mode"].startswith(mode)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"exact": 0, "near": {}}',
        '{"exact": 1, "near": {"fast": {"speed": 1, "apart": 2}}}',
        '{"exact": 1, "near": {"slow": {"speed": 1, "apart": 0}}}',
        '{"exact": 1, "near": [1]}',
        f'{{"exact": 1{"0" * 400}, "near": {{}}}}',
        "\x00",
    ],
)
def test_a_record_that_nobody_here_wrote_is_passed_over(models: Path, content: str) -> None:
    chosen(models)
    (path,) = trials(models)
    path.write_text(content)
    chosen(models)
    assert json.loads(path.read_text())["exact"] > 0, "it was tried again"


@pytest.mark.parametrize("speed", [40.0, 1.0])
def test_scores_in_force_are_gone_on_with_whatever_a_trial_says(models: Path, speed: float) -> None:
    """Or every text would be rated anew because a machine was busy at the start."""
    chosen(models)
    told(models, fast=(speed, 0.01))
    for mode, says in ((Mode.FAST, "fast mode, as the scores"), (Mode.EXACT, "would rate all")):
        version = chosen(models, replace(AUTO, mode=mode)).info.version
        again = chosen(models, replace(AUTO, in_force={"detoxify:original": version}))
        assert again.info.version == version
        assert says in again.info.note


def test_where_scores_are_in_force_no_trial_is_made(models: Path) -> None:
    version = chosen(models, FAST).info.version
    chosen(models, replace(AUTO, in_force={"detoxify:original": version}))
    assert trials(models) == []


def test_other_threads_are_another_machine(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(models)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    chosen(models)
    assert len(trials(models)) == 2


def test_a_trial_that_cannot_be_kept_is_said_so(models: Path) -> None:
    chosen(models)
    (path,) = trials(models)
    path.unlink()
    path.mkdir()  # nothing can be written there
    note = chosen(models).info.note
    assert f"not remembered, for {models} cannot be written" in note
    assert chosen(models).info.note == note, "this process remembers: no speed is the same twice"
    assert outlook("original", models, AUTO) == note
    path.rmdir()
    assert try_again("original", models, AUTO) != note
    assert len(trials(models)) == 1
    assert "not remembered" not in chosen(models).info.note


def test_without_a_trial_nothing_is_loaded_and_what_is_known_holds(models: Path) -> None:
    asked = replace(AUTO, trial=False)
    untried = chosen(models, asked)
    assert isinstance(untried, DetoxifyScorer)
    assert untried.info.note == outlook("original", models, AUTO)
    assert not is_loaded(untried)
    assert trials(models) == []
    in_force = {"detoxify:original": chosen(models, FAST).info.version}
    assert isinstance(chosen(models, replace(asked, in_force=in_force)), CarefulScorer)
    chosen(models)
    told(models, fast=(40.0, 0.01))
    assert isinstance(chosen(models, asked), CarefulScorer), "an earlier trial counts"


def test_the_exact_mode_computes_where_it_is_told_and_says_so(models: Path) -> None:
    nowhere = "cuda:99"
    missing = r"torch finds no GPU 'cuda:99' here \(it sees \d+\): .*TRIAGE_DEVICE=cpu"
    exact = chosen(models, Choices(device=nowhere))
    assert exact.info.note == "exact mode, as it is set; exact scores on cuda:99"
    assert exact.info.version == chosen(models, Choices()).info.version
    with pytest.raises(ScorerError, match=missing):
        exact.score(["a word"])
    fast = chosen(models, replace(FAST, thresholds=at_half, device=nowhere))
    assert isinstance(fast, CarefulScorer)
    assert fast.exact.info.details["device"] == nowhere
    with pytest.raises(ScorerError, match=missing):
        try_again("original", models, replace(AUTO, device=nowhere))
    with pytest.raises(ScorerError, match=missing):
        chosen(models, replace(AUTO, device=nowhere))
    chosen(models)
    assert "its first use here tries" in outlook("original", models, replace(AUTO, device=nowhere))


def test_a_trial_can_be_asked_for_anew(models: Path) -> None:
    chosen(models)
    told(models, fast=(123_456.0, 0.01))
    assert "123456.0 comments/s" in chosen(models).info.note
    found = try_again("original", models, AUTO)
    assert "123456.0" not in found
    assert chosen(models).info.note == found


def test_a_damaged_file_is_no_reason_to_go_over_to_other_scores(
    models: Path, tmp_path: Path
) -> None:
    import shutil

    shutil.copytree(models, tmp_path / "copy")
    graph = tmp_path / "copy" / "original" / "model.int8.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ScorerError, match="its digest differs"):
        chosen(tmp_path / "copy")


@pytest.mark.parametrize(
    ("fast", "half", "mode", "says"),
    [
        ((40.0, 0.01), (50.0, 0.01), "half", "half mode (half 50.0 comments/s on this machine, "),
        ((40.0, 0.01), (30.0, 0.01), "fast", "fast 40.0 comments/s on this machine, half 30.0, "),
        ((40.0, 0.01), (50.0, 0.05), "fast", "half 50.0 comments/s on this machine, fast 40.0, "),
        ((11.0, 0.01), (9.0, 0.01), "exact", "exact 10.0: too little a gain"),
        ((40.0, 0.9), (50.0, 0.05), "exact", "half one gives other scores on this machine, 0.050"),
    ],
)
def test_of_several_modes_the_fastest_that_is_near_the_exact_one_is_used(
    models: Path,
    fast: tuple[float, float],
    half: tuple[float, float],
    mode: str,
    says: str,
) -> None:
    chosen(models, WITH_HALF)
    told(models, fast=fast, half=half)
    info = chosen(models, WITH_HALF).info
    assert info.details["mode"].startswith(mode)
    assert says in info.note


def test_half_precision_needs_no_file_and_is_exact_near_thresholds(tmp_path: Path) -> None:
    write_original(tmp_path)
    scorer = chosen(tmp_path, replace(WITH_HALF, mode=Mode.HALF, thresholds=at_half))
    assert isinstance(scorer, CarefulScorer)
    assert scorer.info.note == (
        "half mode, as it is set; within 0.040 of a threshold, scores are exact"
    )
    assert scorer.info.version.startswith("half-")
    assert scorer.info.details["mode"] == "half, exact near thresholds"
    assert scorer.info.details["precision"] == "bfloat16"
    texts = ["a word", "you idiot", "words " * 40]
    exact = chosen(tmp_path, Choices()).score(texts)
    for near, right in zip(scorer.score(texts), exact, strict=True):
        gap = abs(right.values[Label.TOXICITY] - 0.5)
        assert near.rough or gap < 0.09
        if not near.rough:
            assert near.values == right.values


def test_a_model_without_int8_file_is_tried_in_half_and_hears_of_the_file(tmp_path: Path) -> None:
    write_original(tmp_path)
    scorer = chosen(tmp_path, WITH_HALF)
    (path,) = trials(tmp_path)
    assert json.loads(path.read_text())["near"].keys() == {"half"}
    assert "no int8 file is here (`triage models convert original` writes it)" in scorer.info.note


def test_half_where_it_would_be_slower_is_refused(models: Path) -> None:
    with pytest.raises(ScorerError, match="processor without AMX, and no GPU is named"):
        chosen(models, replace(AUTO, mode=Mode.HALF))


def test_removing_a_model_forgets_its_trials(models: Path, tmp_path: Path) -> None:
    write_original(tmp_path)
    shelf = Shelf(tmp_path)
    shelf.convert("original")
    chosen(tmp_path)
    assert trials(tmp_path)
    shelf.remove("original")
    assert list(tmp_path.iterdir()) == []


def test_the_trial_measures_what_it_says(models: Path) -> None:
    exact = DetoxifyScorer("original", models_dir=models)
    fast = DetoxifyScorer("original", models_dir=models, mode=Mode.FAST)
    found = tried(exact, {Mode.FAST: fast})
    assert is_loaded(exact)
    assert is_loaded(fast)
    assert 0 < found.near[Mode.FAST].apart < 0.15
    assert found.exact > 1
    assert found.near[Mode.FAST].speed > 1
    assert tried(exact, {Mode.HALF: exact}).near[Mode.HALF].apart < 1e-5


def test_a_slow_machine_is_given_few_texts() -> None:
    from time import sleep

    from triage.domain.scores import ScorerInfo, Scores

    class Slow:
        info = ScorerInfo("slow", "1", (Label.TOXICITY,))
        rated = 0

        def score(self, texts: Any) -> list[Scores]:
            sleep(0.11 * len(texts))
            Slow.rated += len(texts)
            return [Scores({Label.TOXICITY: 0.5}) for _ in texts]

    trial = tried(Slow(), {Mode.FAST: Slow()})
    assert trial.exact == pytest.approx(1 / 0.11, rel=0.2)
    assert Slow.rated <= (4 + 4 + 8) + (8 + 8)
