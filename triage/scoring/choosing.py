"""Which mode a model of Detoxify's is used in: as it is set, or as a trial on this machine says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from triage.domain.policy import DEFAULT_THRESHOLDS, Threshold
from triage.domain.scores import Mode, Scorer
from triage.errors import ScorerError
from triage.scoring.careful import CarefulScorer
from triage.scoring.detoxify import DetoxifyScorer
from triage.scoring.models.catalogue import how_to_get, known_model
from triage.scoring.models.folder import Place, find
from triage.scoring.models.int8 import no_int8
from triage.scoring.models.trials import Trial, recall, remember
from triage.scoring.onnx_runtime import cores
from triage.scoring.processor import CPU, Precision, half_precision, processor
from triage.scoring.trying import tried

__all__ = ["Choices", "detoxify_scorer", "outlook", "try_again"]

_WORTH_IT = 1.2  # times as fast: for less, exact scores are not given up
_HALF_MARGIN = 0.04
"""Within how far of a threshold half-precise scores are not trusted. That of int8 is measured, for
each file; this is the least that one may have. Where a trial finds more, half is not used."""
_AS_SET = "exact mode, as it is set"


@dataclass(frozen=True, slots=True)
class Choices:
    """What is wanted of scorers that have more than one mode.

    `thresholds` gives those near which scores must be exact; it is asked at every call.
    `in_force` maps keys of scorers to the versions whose scores are in use: with AUTO, a scorer
    that can still give that version does, so that nothing is rated anew unasked. `device` is where
    torch computes (`cpu`, `cuda`, `cuda:1`), `half` says which half precision is quick there, if
    one is. Without `trial` none is made: what only a trial could decide is exact, which is good
    enough to ask what a scorer is. `token_budget` fixes how large torch's exact batches are, where
    scores have to come out the same to the last digit; else they find their best size.
    """

    mode: Mode = Mode.EXACT
    thresholds: Callable[[], Iterable[Threshold]] = lambda: DEFAULT_THRESHOLDS
    in_force: Mapping[str, str] = field(default_factory=dict)
    device: str = CPU
    trial: bool = True
    half: Callable[[str], Precision | None] = half_precision
    token_budget: int | None = None


def detoxify_scorer(
    name: str, models_dir: Path | None, choices: Choices, *, allow_download: bool = False
) -> Scorer:
    """Return a model of Detoxify's in the mode that was chosen; its `info.note` says why.

    With AUTO this makes the trial (see `tried`), which loads the model in all its modes, where it
    has more than one here and neither scores in force nor an earlier trial tell. Raises ScorerError
    where a mode is wanted that this model, or this machine, has not.
    """
    model = _model(name, models_dir, choices, allow_download=allow_download)
    found = _chosen(model, choices)
    if found is None:
        found = _after(model.try_all(), model) if choices.trial else (Mode.EXACT, _untried(model))
    mode, why = found
    scorer = model.exact if mode is Mode.EXACT else model.near[mode]
    scorer.note = why if choices.device == CPU else f"{why}; exact scores on {choices.device}"
    return scorer


def outlook(name: str, models_dir: Path | None, choices: Choices) -> str:
    """Return what mode a model would be used in where it has scored nothing yet, and why.

    Tries and loads nothing.
    """
    model = _model(name, models_dir, choices)
    found = _chosen(model, choices)
    return _untried(model) if found is None else found[1]


def try_again(name: str, models_dir: Path, choices: Choices) -> str:
    """Make the trial anew, whatever an earlier one said; return what came of it, in words.

    Raises UsageError for an unknown name, ScorerError where there is but one mode to try.
    """
    known_model(name)
    model = _model(name, models_dir, choices)
    if not model.near:
        raise _lacking(name, models_dir)
    return _after(model.try_all(), model)[1]


@dataclass(frozen=True, slots=True)
class _Model:
    """A model in each mode that it has on this machine, none of them loaded."""

    name: str
    models_dir: Path | None
    exact: DetoxifyScorer
    near: Mapping[Mode, CarefulScorer]
    """Those whose scores are only near the exact ones."""

    def key(self) -> str:
        """Return what a trial's result hangs on: files, packages, processor and threads."""
        infos = [self.exact.info, *(one.info for one in self.near.values())]
        parts = [[one.version, dict(one.details)] for one in infos]
        machine = [processor(), cores(), os.environ.get("OMP_NUM_THREADS", "")]
        return sha256(json.dumps([parts, machine], sort_keys=True).encode()).hexdigest()

    def recalled(self) -> tuple[Trial, bool] | None:
        """Return what an earlier trial found, if any, and whether it is kept for others."""
        return None if self.models_dir is None else recall(self.name, self.models_dir, self.key())

    def try_all(self) -> tuple[Trial, bool]:
        """Make the trial; return what it found, and whether that will be remembered."""
        trial = tried(self.exact, {mode: one.fast for mode, one in self.near.items()})
        if self.models_dir is None:
            return trial, False
        return trial, remember(self.name, self.models_dir, self.key(), trial)


def _model(
    name: str, models_dir: Path | None, choices: Choices, *, allow_download: bool = False
) -> _Model:
    """Return a model in the modes that it has here."""
    exact = DetoxifyScorer(
        name,
        models_dir=models_dir,
        allow_download=allow_download,
        device=choices.device,
        token_budget=choices.token_budget,
    )
    near: dict[Mode, CarefulScorer] = {}
    place = None if choices.mode is Mode.EXACT else find(name, models_dir)
    margin = _int8_margin(place)
    if margin is not None:
        fast = DetoxifyScorer(name, models_dir=models_dir, mode=Mode.FAST)
        near[Mode.FAST] = CarefulScorer(
            fast, exact, margin=margin, thresholds=choices.thresholds, mode=Mode.FAST
        )
    precision = None if place is None else choices.half(choices.device)
    if precision is not None:
        half = DetoxifyScorer(
            name, models_dir=models_dir, precision=precision, device=choices.device
        )
        near[Mode.HALF] = CarefulScorer(
            half, exact, margin=_HALF_MARGIN, thresholds=choices.thresholds, mode=Mode.HALF
        )
    return _Model(name, models_dir, exact, near)


def _int8_margin(place: Place | None) -> float | None:
    """Return the margin of a model's int8 file; None where there is none."""
    if place is None or place.card is None or place.card.int8 is None:
        return None
    return place.card.int8.margin


def _chosen(model: _Model, choices: Choices) -> tuple[Mode, str] | None:
    """Return the mode, and why it is that one; None where only a trial can tell.

    Raises ScorerError where a mode is set that is not to be had.
    """
    mode = choices.mode
    if mode is Mode.EXACT:
        return mode, _AS_SET
    if mode is not Mode.AUTO:
        if mode not in model.near:
            raise _lacking(model.name, model.models_dir, mode)
        return mode, f"{mode} mode, as it is set; {_near(model.near[mode])}"
    if not model.near:
        return Mode.EXACT, f"exact mode: {_no_file(model.name)}"
    in_force = choices.in_force.get(model.exact.info.key)
    for mode, scorer in model.near.items():
        if in_force == scorer.info.version:
            return mode, f"{mode} mode, as the scores in force; {_near(scorer)}"
    if in_force == model.exact.info.version:
        other = next(iter(model.near))
        return Mode.EXACT, (
            f"exact mode, as the scores in force (TRIAGE_DETOXIFY={other} would rate all texts "
            "anew)"
        )
    found = model.recalled()
    return None if found is None else _after(found, model)


def _after(found: tuple[Trial, bool], model: _Model) -> tuple[Mode, str]:
    """Return the mode that a trial speaks for, and what it found: the fastest that is near."""
    trial, kept = found
    more = _more(model)
    more += "" if kept else f"; not remembered, for {model.models_dir} cannot be written"
    near = {mode: one for mode, one in trial.near.items() if mode in model.near}
    good = {mode: one for mode, one in near.items() if one.apart <= model.near[mode].margin}
    if not good:  # this machine computes something else
        worst = "; ".join(
            f"the {mode} one gives other scores on this machine, {one.apart:.3f} off where "
            f"{model.near[mode].margin:.3f} is allowed for"
            for mode, one in near.items()
        )
        return Mode.EXACT, f"exact mode: {worst}{more}"
    best = max(good, key=lambda mode: good[mode].speed)
    first, *rest = sorted(near, key=lambda mode: -near[mode].speed)
    speeds = f"{first} {near[first].speed:.1f} comments/s on this machine, " + "".join(
        f"{mode} {near[mode].speed:.1f}, " for mode in rest
    )
    speeds += f"exact {trial.exact:.1f}"
    if good[best].speed < _WORTH_IT * trial.exact:
        return Mode.EXACT, f"exact mode ({speeds}: too little a gain){more}"
    return best, f"{best} mode ({speeds}); {_near(model.near[best])}{more}"


def _near(scorer: CarefulScorer) -> str:
    return f"within {scorer.margin:.3f} of a threshold, scores are exact"


def _untried(model: _Model) -> str:
    return f"its first use here tries which mode is worth it{_more(model)}"


def _more(model: _Model) -> str:
    """Return what else could be tried."""
    return "" if Mode.FAST in model.near else f"; {_no_file(model.name)}"


def _no_file(name: str) -> str:
    return f"no int8 file is here (`triage models convert {name}` writes it)"


def _lacking(name: str, models_dir: Path | None, mode: Mode = Mode.FAST) -> ScorerError:
    """Return what is said where a mode is not to be had."""
    if find(name, models_dir) is None:
        how = how_to_get(name, models_dir)
        return ScorerError(f"the weights of detoxify:{name} are missing: {how}")
    if mode is Mode.HALF:
        return ScorerError(
            "half precision is slower than the exact mode on a processor without AMX, and no GPU "
            "is named: set TRIAGE_DETOXIFY to exact or fast, or TRIAGE_DEVICE"
        )
    return no_int8(name)
