"""What decisions teach about a scorer's scores: fitted without the audit, judged with it.

Two things can be learned of a label. A *calibration* bends the scores so that they say how likely
the label is; their order stays. A *re-ranking* also weighs the n-grams of the text, in the same
logistic model. Both are judged on comments that they were not fitted on: those that an audit drew,
and each fold of the others by a fit on the rest. Whether a re-ranking is better is asked at a queue
of the same length: how many more comments that carry the label would be in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.tuning.calibration import LEAST_LABELS, LEAST_OF_A_CLASS, logits
from triage.tuning.curves import UNKNOWN, UNSETTLED, Evidence
from triage.tuning.evaluation import Interval, area

__all__ = [
    "FOLDS",
    "Fitted",
    "Gain",
    "Kind",
    "Trial",
    "Verdict",
    "count_interval",
    "enough",
    "fit_site",
    "gain",
    "judged",
    "level_threshold",
    "predicted",
    "word_matrix",
]

Vector = NDArray[np.float64]
Bits = NDArray[np.bool_]

FOLDS = 5
_STEEPNESS = 0.01  # as in beta calibration: no two scores are made one
_RIDGE = 1.0
_Z = 1.959964


class Kind(StrEnum):
    """What is learned."""

    CALIBRATION = "calibration"
    RERANKING = "reranking"


class Verdict(StrEnum):
    """What the held-out comments say of it."""

    BETTER = "better"
    NOT_BETTER = "not better"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Fitted:
    """logit p = a ln s - b ln(1 - s) + c + words; `weights` are 0 for a calibration."""

    beta: Vector
    weights: Vector


@dataclass(frozen=True, slots=True)
class Gain:
    """At a queue of the same length: about how many comments that carry the label come and go.

    `gained` and `lost` are sums of 1/probability over decided comments, each with its interval
    (`count_interval`); `low` and `high` bound the difference (Zou and Donner's MOVER, 2008).
    `waiting` of those that would go are undecided: all are counted as lost in `low`.
    """

    queue: int
    comes: int
    goes: int
    gained: float
    gained_95: Interval
    lost: float
    lost_95: Interval
    waiting: int
    low: float
    high: float

    @property
    def difference(self) -> float:
        """About how many more of those that carry the label would be in the queue."""
        return self.gained - self.lost


@dataclass(frozen=True, slots=True)
class Trial:
    """Old against new for one label, on comments that the new one was not fitted on.

    `trained` comments taught it, of which `positives` carry the label; `audited` are held out,
    `audited_positives` of which carry it. AUC is over all held-out comments. `loss_before` and
    `loss_after` are the mean logarithmic losses over the audited ones, each counted for as many as
    it stands for, and `loss_95` bounds what the new one saves. `gain` is None without a threshold
    in force. `verdict` says what follows, `why` in words.
    """

    kind: Kind
    trained: int
    positives: int
    audited: int
    audited_positives: int
    auc_before: float | None
    auc_after: float | None
    auc_after_95: Interval | None
    loss_before: float | None
    loss_after: float | None
    loss_95: Interval | None
    gain: Gain | None
    verdict: Verdict
    why: str


def enough(truth: Bits) -> bool:
    """Return whether labels are enough to learn from: 60, and 5 of either kind."""
    positives = int(truth.sum())
    return len(truth) >= LEAST_LABELS and (
        LEAST_OF_A_CLASS <= positives <= len(truth) - LEAST_OF_A_CLASS
    )


def word_matrix(
    column: NDArray[np.int64], start: NDArray[np.int64], value: Vector, width: int
) -> Any:
    """Return texts' n-grams as scipy's sparse rows: row i has `column[start[i]:start[i+1]]`.

    Each with the value `value[i]`.
    """
    from scipy.sparse import csr_array

    data = np.repeat(value, np.diff(start))
    return csr_array((data, column, start), shape=(len(value), width))


def fit_site(
    scores: Vector, truth: Bits, weights: Vector, words: Any | None = None, pull: float = 1.0
) -> Fitted:
    """Return the most likely (a, b, c), and n-gram weights where there are `words`.

    Logistic regression with a, b > 0, drawn slightly to (1, 1) as in `fit_beta`, and n-gram weights
    to 0 (ridge). Comments count by `weights`: 1/probability of being asked about. `words` has a row
    per comment (`word_matrix`).
    """
    from scipy.optimize import minimize

    values, y = logits(scores), truth.astype(np.float64)
    columns = np.stack([-np.logaddexp(0, -values), np.logaddexp(0, values), np.ones(len(values))])
    width = 0 if words is None else words.shape[1]
    used = np.empty(0, np.int64) if words is None else np.unique(words.indices)
    # Only n-grams that occur are fitted: the others' weights stay 0.
    sparse = None if words is None else words[:, used]

    def loss(parameters: Vector) -> tuple[float, Vector]:
        own, rest = parameters[:3], parameters[3:]
        z = own @ columns
        if sparse is not None:
            z = z + sparse @ rest
        off = own[:2] - 1
        value = weights @ (np.logaddexp(0.0, z) - y * z)
        value += 0.5 * pull * (off @ off) + 0.5 * _RIDGE * (rest @ rest)
        error = weights * (np.exp(-np.logaddexp(0.0, -z)) - y)
        slope = columns @ error
        slope[:2] += pull * off
        if sparse is None:
            return float(value), slope
        return float(value), np.concatenate([slope, sparse.T @ error + _RIDGE * rest])

    found = minimize(
        loss,
        np.concatenate([[1.0, 1.0, 0.0], np.zeros(len(used))]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(_STEEPNESS, None), (_STEEPNESS, None), *[(None, None)] * (1 + len(used))],
        options={"ftol": 1e-12, "gtol": 1e-7, "maxiter": 2_000},
    )
    spread = np.zeros(width)
    spread[used] = found.x[3:]
    return Fitted(np.asarray(found.x[:3]), spread)


def predicted(fitted: Fitted, scores: Vector, words: Vector | float = 0.0) -> Vector:
    """Return the new scores; `words` are the sums of the weights of the texts' n-grams."""
    values = logits(scores)
    a, b, c = fitted.beta
    z = -a * np.logaddexp(0, -values) + b * np.logaddexp(0, values) + c + words
    return np.asarray(np.exp(-np.logaddexp(0.0, -z)))


def count_interval(weights: Vector, largest: float, confidence: float = 0.95) -> Interval:
    """Return the interval of a count, from those seen, each of which stands for `weights`.

    The gamma interval of Fay and Feuer (1997) for weighted sums of Poisson counts; with weights of
    1 it is Garwood's exact one. `largest` is the largest weight that could have been seen.
    """
    from scipy.special import gammaincinv

    rest = (1 - confidence) / 2
    y, v = float(weights.sum()), float((weights**2).sum())
    low = float(gammaincinv(y * y / v, rest) * v / y) if v > 0 else 0.0
    y, v = y + largest, v + largest**2
    return Interval(low, float(gammaincinv(y * y / v, 1 - rest) * v / y))


def gain(evidence: Evidence, before: Bits, after: Bits) -> Gain:
    """Return who comes and goes between two queues of one length, and how many of them are right.

    `before` and `after` say which comments each flags. What is unsettled is lost where it goes, and
    not gained where it comes.
    """
    known = (evidence.label != UNKNOWN) & (evidence.probability > 0)
    w = 1 / np.where(known, evidence.probability, 1.0)
    largest = float(w[known].max(initial=1.0))
    comes, goes = after & ~before, before & ~after
    right = known & (evidence.label == 1)
    open_ = known & (evidence.label == UNSETTLED)
    gained, lost = w[comes & right], w[goes & (right | open_)]
    more = count_interval(gained, largest)
    less = count_interval(lost, float(w[goes & known].max(initial=1.0)))
    waiting = int((goes & ~known).sum())
    g, m = float(gained.sum()), float(lost.sum())
    down = np.hypot(g - more.low, less.high - m) + waiting
    return Gain(
        queue=int(before.sum()),
        comes=int(comes.sum()),
        goes=int(goes.sum()),
        gained=g,
        gained_95=more,
        lost=m,
        lost_95=less,
        waiting=waiting,
        low=float(g - m - down),
        high=float(g - m + np.hypot(more.high - g, m - less.low)),
    )


def level_threshold(before: Vector, after: Vector, at: float) -> float:
    """Return the threshold that flags as many comments by `after` as `at` does by `before`.

    Scores of the same comments, NaN for none. Where nothing is flagged, so far above the highest
    new score, in proportion, as `at` is above the highest old one. Of comments that share a score
    none is flagged where only some would fit.
    """
    old, new = (np.sort(one[~np.isnan(one)]) for one in (before, after))
    count = len(old) - int(np.searchsorted(old, at))
    if count >= len(new):
        return float(new[0]) if len(new) else at
    if count:
        first = int(np.searchsorted(new, new[len(new) - count - 1], side="right"))
        if first < len(new):
            return float(new[first])
    highest, was = (float(one[-1]) for one in (new, old))
    room = (at - was) / (1 - was) if was < 1 else 1.0
    return min(1.0, max(float(np.nextafter(highest, 2)), highest + room * (1 - highest)))


def judged(
    kind: Kind,
    evidence: Evidence,
    held_out: Bits,
    trained: Bits,
    new: Vector,
    threshold: float | None,
) -> Trial:
    """Return the trial of new scores against those of `evidence`, both of the same comments.

    `held_out` marks the audit's comments, `trained` those that taught; `new` holds for the latter
    what a fit without them says.
    """
    known = evidence.settled
    audit = held_out & known & (evidence.probability > 0)
    truth = evidence.label == 1
    rows = audit | trained
    y = truth[rows]
    both = 0 < y.sum() < len(y)
    before, _ = area(evidence.score[rows], y) if both else (None, None)
    after, after_95 = area(new[rows], y) if both else (None, None)
    losses = _losses(evidence, new, audit)
    change = None if threshold is None else _change(evidence, new, threshold)
    verdict, why = _verdict(kind, int(audit.sum()), losses, change)
    return Trial(
        kind=kind,
        trained=int(trained.sum()),
        positives=int((truth & trained).sum()),
        audited=int(audit.sum()),
        audited_positives=int((truth & audit).sum()),
        auc_before=before,
        auc_after=after,
        auc_after_95=after_95,
        loss_before=losses and losses[0],
        loss_after=losses and losses[1],
        loss_95=losses and losses[2],
        gain=change,
        verdict=verdict,
        why=why,
    )


def _change(evidence: Evidence, new: Vector, threshold: float) -> Gain:
    """Return the gain at a queue of the same length: the new scores' highest take its places."""
    before = evidence.score >= threshold
    after = np.zeros(len(new), bool)
    after[np.argsort(-new, kind="stable")[: int(before.sum())]] = True
    return gain(evidence, before, after)


def _losses(evidence: Evidence, new: Vector, audit: Bits) -> tuple[float, float, Interval] | None:
    """Return the audited comments' mean losses, and the interval of what the new scores save.

    Means weighted by 1/probability (Hajek 1971), the interval by the linearised variance.
    """
    if audit.sum() < 2:
        return None
    w = 1 / evidence.probability[audit]
    y = evidence.label[audit] == 1
    old, now = (
        np.logaddexp(0.0, np.where(y, -1, 1) * logits(one[audit])) for one in (evidence.score, new)
    )
    saved = old - now
    mean = float(np.average(saved, weights=w))
    half = _Z * float(np.sqrt(((w * (saved - mean)) ** 2).sum())) / float(w.sum())
    means = (float(np.average(one, weights=w)) for one in (old, now))
    return (*means, Interval(mean - half, mean + half))  # type: ignore[return-value]


def _verdict(
    kind: Kind, audited: int, losses: tuple[float, float, Interval] | None, change: Gain | None
) -> tuple[Verdict, str]:
    if losses is None:
        return Verdict.UNKNOWN, (
            "nothing is held out to judge it by: draw an audit sample and decide it first"
        )
    saved = losses[2]
    if kind is Kind.CALIBRATION:
        if saved.low > 0:
            return Verdict.BETTER, f"its scores mean more what they say, on {audited:,} held out"
        return Verdict.NOT_BETTER, (
            f"it is not shown that its scores mean more, on {audited:,} held out: do not adopt it"
        )
    if change is None:
        return Verdict.UNKNOWN, "no threshold of this label is in force"
    said = f"{change.low:+,.0f} to {change.high:+,.0f} in a queue of {change.queue:,}"
    if change.low > 0:
        return Verdict.BETTER, f"more of those to be found: {said}"
    return Verdict.NOT_BETTER, f"it is not shown to find more: {said}; do not adopt it"
