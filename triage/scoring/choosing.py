"""Which mode a model of Detoxify's is used in: as it is set, or as a trial on this machine says."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from triage.domain.policy import DEFAULT_THRESHOLDS, Threshold
from triage.domain.scores import Mode, Scorer, Scores
from triage.errors import ScorerError
from triage.scoring.calibration_texts import calibration_texts
from triage.scoring.careful import CarefulScorer
from triage.scoring.detoxify import DetoxifyScorer
from triage.scoring.models.catalogue import how_to_get, known_model
from triage.scoring.models.folder import find
from triage.scoring.models.int8 import no_int8
from triage.scoring.models.trials import Trial, recall, remember
from triage.scoring.onnx_runtime import cores
from triage.scoring.torch_classifier import CPU

__all__ = ["Choices", "detoxify_scorer", "outlook", "tried", "try_again"]

_WORTH_IT = 1.2  # times as fast: for less, exact scores are not given up
_FIRST, _MOST = 4, 40  # texts
_SECONDS = 0.8  # for which the exact mode is timed
_AS_SET = "exact mode, as it is set"
_UNTRIED = "fast or exact mode: its first use here tries which is worth it"


@dataclass(frozen=True, slots=True)
class Choices:
    """What is wanted of scorers that have two modes.

    `thresholds` gives those near which scores must be exact; it is asked at every call.
    `in_force` maps keys of scorers to the versions whose scores are in use: with AUTO, a scorer
    that can still give that version does, so that nothing is rated anew unasked. `device` is where
    exact scores are computed (`cpu`, `cuda`, `cuda:1`). Without `trial` none is made: what only a
    trial could decide is exact, which is good enough to ask what a scorer is.
    """

    mode: Mode = Mode.EXACT
    thresholds: Callable[[], Iterable[Threshold]] = lambda: DEFAULT_THRESHOLDS
    in_force: Mapping[str, str] = field(default_factory=dict)
    device: str = CPU
    trial: bool = True


def detoxify_scorer(
    name: str, models_dir: Path | None, choices: Choices, *, allow_download: bool = False
) -> Scorer:
    """Return a model of Detoxify's in the mode that was chosen; its `info.note` says why.

    With AUTO this makes the trial (see `tried`), which loads the model in both modes, where there
    is an int8 file and neither scores in force nor an earlier trial tell. Raises ScorerError where
    FAST is wanted and there is no such file.
    """
    both = None if choices.mode is Mode.EXACT else _wanted(name, models_dir, choices)
    if both is None:
        exact = DetoxifyScorer(
            name, models_dir=models_dir, allow_download=allow_download, device=choices.device
        )
        why = _AS_SET if choices.mode is Mode.EXACT else _no_file(name)
        return _noted(exact, why, choices)
    found = _chosen(both, choices)
    if found is None:
        found = _after(both.try_both(), both) if choices.trial else (Mode.EXACT, _UNTRIED)
    mode, why = found
    return _noted(both.careful if mode is Mode.FAST else both.exact, why, choices)


def outlook(name: str, models_dir: Path | None, choices: Choices) -> str:
    """Return what mode a model would be used in where it has scored nothing yet, and why.

    Tries and loads nothing.
    """
    if choices.mode is Mode.EXACT:
        return _AS_SET
    both = _wanted(name, models_dir, choices)
    if both is None:
        return _no_file(name)
    found = _chosen(both, choices)
    return _UNTRIED if found is None else found[1]


def try_again(name: str, models_dir: Path, device: str = CPU) -> str:
    """Make the trial anew, whatever an earlier one said; return what came of it, in words.

    The exact mode computes on `device`.

    Raises UsageError for an unknown name, ScorerError where there is no int8 file.
    """
    known_model(name)
    both = _needed(name, models_dir, Choices(Mode.FAST, device=device))
    return _after(both.try_both(), both)[1]


def tried(exact: Scorer, fast: Scorer) -> Trial:
    """Rate some of our own texts in both modes; takes about two seconds once both are loaded.

    The texts are others than those that ranges are measured on. They are as many as the exact mode
    rates in most of a second, but 4 at least: a very slow machine needs longer.
    """
    texts = calibration_texts(2 * _FIRST + _MOST + 1, seed=2)[1:]  # the first is as long as any
    for scorer in (exact, fast):
        scorer.score(texts[:_FIRST])  # loads it, and warms it up
    seconds, _ = _timed(exact, texts[:_FIRST])
    count = int(_FIRST * _SECONDS / seconds)
    some = texts[_FIRST:][: max(_FIRST, min(_MOST, count))]
    exact_seconds, wanted = _timed(exact, some)
    fast_seconds, found = _timed(fast, some)
    apart = max(
        abs(score - near.values[label])
        for right, near in zip(wanted, found, strict=True)
        for label, score in right.values.items()
    )
    return Trial(len(some) / exact_seconds, len(some) / fast_seconds, apart)


@dataclass(frozen=True, slots=True)
class _Both:
    """A model in either mode, none of them loaded."""

    name: str
    models_dir: Path
    exact: DetoxifyScorer
    careful: CarefulScorer

    def key(self) -> str:
        """Return what a trial's result hangs on: files, packages, processor and threads."""
        infos = [self.exact.info, self.careful.info]
        parts = [[one.version, dict(one.details)] for one in infos]
        machine = [_processor(), cores(), os.environ.get("OMP_NUM_THREADS", "")]
        return sha256(json.dumps([parts, machine], sort_keys=True).encode()).hexdigest()

    def try_both(self) -> tuple[Trial, bool]:
        """Make the trial; return what it found, and whether that will be remembered."""
        trial = tried(self.exact, self.careful.fast)
        return trial, remember(self.name, self.models_dir, self.key(), trial)


def _both(name: str, models_dir: Path | None, choices: Choices) -> _Both | None:
    """Return a model in both modes; None where there is no int8 file."""
    place = find(name, models_dir)
    if models_dir is None or place is None or place.card is None or place.card.int8 is None:
        return None
    exact = DetoxifyScorer(name, models_dir=models_dir, device=choices.device)
    fast = DetoxifyScorer(name, models_dir=models_dir, mode=Mode.FAST)
    margin = place.card.int8.margin
    careful = CarefulScorer(fast, exact, margin=margin, thresholds=choices.thresholds)
    return _Both(name, models_dir, exact, careful)


def _needed(name: str, models_dir: Path | None, choices: Choices) -> _Both:
    """Return a model in both modes; raise ScorerError where there is no int8 file."""
    both = _both(name, models_dir, choices)
    if both is not None:
        return both
    if find(name, models_dir) is not None:
        raise no_int8(name)
    how = how_to_get(name, models_dir)
    raise ScorerError(f"the weights of detoxify:{name} are missing: {how}")


def _wanted(name: str, models_dir: Path | None, choices: Choices) -> _Both | None:
    """Return a model in both modes; None where there is no int8 file, but for FAST, which needs it.

    Raises ScorerError where FAST lacks it.
    """
    get = _needed if choices.mode is Mode.FAST else _both
    return get(name, models_dir, choices)


def _chosen(both: _Both, choices: Choices) -> tuple[Mode, str] | None:
    """Return the mode, and why it is that one; None where only a trial can tell."""
    if choices.mode is Mode.FAST:
        return Mode.FAST, f"fast mode, as it is set; {_near(both)}"
    in_force = choices.in_force.get(both.exact.info.key)
    if in_force == both.careful.info.version:
        return Mode.FAST, f"fast mode, as the scores in force; {_near(both)}"
    if in_force == both.exact.info.version:
        return Mode.EXACT, (
            "exact mode, as the scores in force (TRIAGE_DETOXIFY=fast would rate all texts anew)"
        )
    found = recall(both.name, both.models_dir, both.key())
    return None if found is None else _after(found, both)


def _after(found: tuple[Trial, bool], both: _Both) -> tuple[Mode, str]:
    """Return the mode that a trial speaks for, and what it found."""
    trial, kept = found
    speeds = f"fast {trial.fast:.1f} comments/s on this machine, exact {trial.exact:.1f}"
    forgotten = "" if kept else f"; not remembered, for {both.models_dir} cannot be written"
    if trial.apart > both.careful.margin:  # this machine computes something else
        return Mode.EXACT, (
            f"exact mode: the fast one gives other scores on this machine, {trial.apart:.3f} "
            f"off where {both.careful.margin:.3f} is allowed for{forgotten}"
        )
    if trial.fast < _WORTH_IT * trial.exact:
        return Mode.EXACT, f"exact mode ({speeds}: too little a gain){forgotten}"
    return Mode.FAST, f"fast mode ({speeds}); {_near(both)}{forgotten}"


def _noted(scorer: DetoxifyScorer | CarefulScorer, why: str, choices: Choices) -> Scorer:
    """Return the scorer with what is to be said of it."""
    elsewhere = "" if choices.device == CPU else f"; exact scores on {choices.device}"
    scorer.note = f"{why}{elsewhere}"
    return scorer


def _near(both: _Both) -> str:
    return f"within {both.careful.margin:.3f} of a threshold, scores are exact"


def _no_file(name: str) -> str:
    return f"exact mode: no int8 file is here (`triage models convert {name}` writes it)"


def _timed(scorer: Scorer, texts: Sequence[str]) -> tuple[float, list[Scores]]:
    started = perf_counter()
    found = scorer.score(texts)
    return max(perf_counter() - started, 1e-6), found


def _processor() -> str:
    """Return which processor this is, by all that its speed hangs on that it says of itself."""
    with suppress(OSError):
        first, _, _ = Path("/proc/cpuinfo").read_text("utf-8", "replace").partition("\n\n")
        named = ("model name", "flags", "CPU part", "Features")
        return "\n".join(line for line in first.splitlines() if line.startswith(named))
    return f"{platform.machine()} {platform.processor()}"
