"""What decisions teach of one scorer's labels: fitted, and tried on what was held out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from triage.domain.scores import Label
from triage.scoring.learned import Taught
from triage.scoring.ngrams import BUCKETS, Grams, grams
from triage.store import Panel
from triage.store.evidence import UNDECIDED
from triage.tuning.calibration import LEAST_LABELS, LEAST_OF_A_CLASS
from triage.tuning.curves import Evidence
from triage.tuning.learning import (
    FOLDS,
    Fitted,
    Kind,
    Trial,
    enough,
    fit_site,
    judged,
    predicted,
    word_matrix,
)
from triage.workbench.alike import first_alike
from triage.workbench.findings import Findings

__all__ = ["Lesson", "Reader", "TooFew", "learned", "refused"]

Vector = NDArray[np.float64]
Bits = NDArray[np.bool_]
Batch = Sequence[tuple[int, str]]


class Reader(Protocol):
    """Gives comments' texts in batches: of those with some keys, or of all."""

    def __call__(self, keys: Sequence[int] | None) -> Iterable[Batch]:
        """Return the batches, keys rising."""
        ...


@dataclass(frozen=True, slots=True)
class TooFew:
    """Why nothing is learned of a label: so many labels, of which so many carry it."""

    labels: int
    positives: int

    @property
    def said(self) -> str:
        """The same in words."""
        return (
            f"{self.labels:,} decided comments to learn from, of which {self.positives:,} carry "
            f"it: it takes {LEAST_LABELS}, and {LEAST_OF_A_CLASS} of either kind"
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned on a version of a scorer (`base`), at one moment; nothing uses it yet.

    `in_use` holds that scorer's seats, or those of what was learned on it before. `trials` say of
    each label and kind whether it is better than what is in use; `too_few` which labels could not
    be learned. `taught` is what would be adopted, `scores` what it says of every comment; `unseen`
    too, but of those that taught it what a fit without them says: by these it is judged. `refused`
    says why nothing can be learned on this scorer, where that is so.
    """

    base: tuple[str, str]
    in_use: Panel
    findings: Findings
    trials: Mapping[Kind, Mapping[Label, Trial]]
    too_few: Mapping[Label, TooFew]
    taught: Mapping[Kind, Mapping[Label, Taught]]
    scores: Mapping[Kind, Mapping[Label, Vector]]
    unseen: Mapping[Kind, Mapping[Label, Vector]]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Pupil:
    """One label's part: the comments with a score, and who teaches.

    `rows` are the comments with scores both in use and of the scorer below; `evidence` and `below`
    are about these. `teaches` marks those that are decided and no part of an audit.
    """

    label: Label
    rows: NDArray[np.int64]
    evidence: Evidence
    below: Vector
    teaches: Bits
    held_out: Bits
    threshold: float | None


def pupil(findings: Findings, label: Label, below: Vector, drawn_texts: Bits) -> Pupil:
    """Return who teaches a label; `drawn_texts` marks audited ones and near copies of them."""
    in_use = findings.known.scores[label]
    target = findings.rated_by(label, np.where(np.isnan(below), np.nan, in_use))
    rows, evidence = target.rows, target.evidence
    drawn = findings.known.drawn[rows]
    return Pupil(
        label=label,
        rows=rows,
        evidence=evidence,
        below=below[rows],
        teaches=evidence.settled & (evidence.probability == 1) & ~drawn_texts[rows],
        held_out=drawn & (findings.known.verdict[rows] != UNDECIDED),
        threshold=target.in_force,
    )


def refused(findings: Findings, base: tuple[str, str], labels: Iterable[Label], why: str) -> Lesson:
    """Return a lesson in which nothing is learned."""
    in_use = {label: findings.known.panel[label] for label in labels}
    nothing: Mapping[Kind, Mapping[Label, Any]] = {kind: {} for kind in Kind}
    return Lesson(base, in_use, findings, nothing, {}, nothing, nothing, nothing, why)


def learned(
    findings: Findings,
    base: tuple[str, str],
    below: Mapping[Label, Vector],
    read: Reader,
) -> Iterator[int | Lesson]:
    """Yield how many comments' words were looked at, and last the lesson.

    `below` holds the scores of the scorer that is learned on, of the labels where it is in use,
    itself or by what was learned before.
    """
    keys = findings.known.comment
    drawn = findings.known.drawn
    asked = np.flatnonzero(drawn | (findings.known.verdict != UNDECIDED))
    texts = [text for batch in read(keys[asked].tolist()) for _, text in batch]
    # What is nearly the same text must not teach what it is asked about.
    kind_of = first_alike(texts)
    copies = drawn.copy()
    copies[asked] |= np.isin(kind_of, kind_of[drawn[asked]])
    pupils = [pupil(findings, label, one, copies) for label, one in below.items()]
    too_few = {
        one.label: TooFew(int(one.teaches.sum()), int((_truth(one) & one.teaches).sum()))
        for one in pupils
        if not enough(_truth(one)[one.teaches])
    }
    pupils = [one for one in pupils if one.label not in too_few]
    place = np.full(len(keys), -1)
    place[asked] = np.arange(len(asked))
    words = _matrix(grams(texts))
    own_folds = [crc32(text.encode("utf-8", "surrogatepass")) % FOLDS for text in texts]
    folds = np.array([own_folds[first] for first in kind_of])
    fits = {
        (kind, one.label): _fitted(one, kind, words, place, folds)
        for kind in Kind
        for one in pupils
    }
    sums = {one.label: np.zeros(len(keys)) for one in pupils}
    seen = 0
    for batch in read(None) if pupils else ():
        batch = [row for row in batch if row[0] <= keys[-1]]  # not what came in meanwhile
        features = grams([text for _, text in batch])
        here = np.searchsorted(keys, [key for key, _ in batch])
        for label, own in sums.items():
            own[here] = features.times(fits[Kind.RERANKING, label][0].weights)
        seen += len(batch)
        yield seen
    trials: dict[Kind, dict[Label, Trial]] = {kind: {} for kind in Kind}
    taught: dict[Kind, dict[Label, Taught]] = {kind: {} for kind in Kind}
    scores: dict[Kind, dict[Label, Vector]] = {kind: {} for kind in Kind}
    unseen: dict[Kind, dict[Label, Vector]] = {kind: {} for kind in Kind}
    for kind in Kind:
        for one in pupils:
            fit, held = fits[kind, one.label]
            own = sums[one.label] if kind is Kind.RERANKING else np.zeros(len(keys))
            new = predicted(fit, one.below, own[one.rows])
            scores[kind][one.label] = _spread(new, one.rows, len(keys))
            weights = fit.weights if len(fit.weights) else np.zeros(BUCKETS)
            taught[kind][one.label] = Taught(fit.beta, weights)
            new[one.teaches] = held
            unseen[kind][one.label] = _spread(new, one.rows, len(keys))
            trials[kind][one.label] = judged(
                kind, one.evidence, one.held_out, one.teaches, new, one.threshold
            )
    in_use = {label: findings.known.panel[label] for label in below}
    yield Lesson(base, in_use, findings, trials, too_few, taught, scores, unseen)


def _fitted(
    one: Pupil, kind: Kind, words: Any, place: NDArray[np.int64], folds: NDArray[np.int64]
) -> tuple[Fitted, Vector]:
    """Return the fit on all who teach, and of each of them the score by a fit without its fold."""
    rows = np.flatnonzero(one.teaches)
    truth, below = _truth(one)[rows], one.below[rows]
    weights = 1 / one.evidence.probability[rows]
    texts = place[one.rows[rows]]
    own = words[texts] if kind is Kind.RERANKING else None

    def fit(some: Bits) -> Fitted:
        return fit_site(below[some], truth[some], weights[some], None if own is None else own[some])

    held = np.empty(len(rows))
    for fold in range(FOLDS):
        out = folds[texts] == fold
        if out.any():
            without = fit(~out)
            said = 0.0 if own is None else own[out] @ without.weights
            held[out] = predicted(without, below[out], said)
    return fit(np.ones(len(rows), bool)), held


def _truth(one: Pupil) -> Bits:
    return np.asarray(one.evidence.label == 1)


def _matrix(found: Grams) -> Any:
    return word_matrix(found.column, found.start, found.value, BUCKETS)


def _spread(values: Vector, rows: NDArray[np.int64], count: int) -> Vector:
    found = np.full(count, np.nan)
    found[rows] = values
    return found
