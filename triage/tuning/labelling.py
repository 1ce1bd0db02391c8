"""From what people decided, and what an audit drew, to evidence: labels and their chances.

Arrays of one length, an entry per comment. Where a rule has to guess it takes the careful side:
what is not known to be found counts as missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.tuning.curves import UNKNOWN, UNSETTLED, Evidence
from triage.tuning.sampling import Draw

__all__ = ["Asked", "Chances", "Sample", "chances", "evidence", "is_among", "is_rejected"]

Bits = NDArray[np.bool_]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """What an audit drew, and from what.

    `probability` is a comment's inclusion probability, 0 where it could not be drawn, `number` its
    permanent random number, `drawn` says whether it was.
    """

    probability: Vector
    number: Vector
    drawn: Bits


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about, and why: how a comment came to be reviewed, or not.

    `by_policy` and `by_person` flag a comment now. `earlier` marks what another policy flagged, or
    what was decided before the audit was last drawn: the audit did not draw from it, because
    it was known or due. `decided` says who has a verdict by a person who looked. `automatic` marks
    what a policy decides by itself, but for the sample: flagged as it may be, nobody else is asked
    about it. `share` is the part of such comments that is left to people, 0 for all others.
    """

    by_policy: Bits
    by_person: Bits
    earlier: Bits
    decided: Bits
    automatic: Bits
    share: Vector
    sample: Sample


@dataclass(frozen=True, slots=True)
class Chances:
    """The chance that each comment is asked about, whose labels count, and who was drawn.

    `drawn` and `in_turn` are the audited ones: drawn from what no threshold flags now, and, of
    those, reviewed in turn so far. Other labels that count are of comments that are certain.
    """

    probability: Vector
    counts: Bits
    drawn: Bits
    in_turn: Bits


def chances(asked: Asked) -> Chances:
    """Return the chances, by the rules of docs/thresholds.md.

    Sampled comments are those that an audit could draw and that no threshold flags now. One of
    them that a person flags is certain, unless it was drawn: then the flag may come of that.
    An audit that is under way counts as far as it was reviewed in turn (`Draw.so_far`). What a
    policy leaves to people is never finished, for comments go on coming: of its share all that is
    drawn counts, undecided ones as unsettled. Where a range and an audit drew from the same
    comments, whoever either of them has reached is asked about, with the greater chance.
    """
    sample = asked.sample
    open_ = (sample.probability > 0) & (sample.drawn | ~asked.by_person)
    sampled = open_ & (asked.automatic | ~asked.by_policy)
    certain = ~sampled & (asked.by_policy | asked.by_person | asked.earlier)
    at_once = sampled & (sample.number < asked.share)
    rows = np.flatnonzero(sampled & ~at_once)
    chosen = np.flatnonzero(sample.drawn[rows])
    draw = Draw(sample.number[rows], sample.probability[rows], chosen)
    decided = asked.decided[rows]
    _, members = draw.so_far(decided)
    in_turn = at_once & sample.drawn
    in_turn[rows] = members
    so_far = np.maximum(sample.probability * draw.reached(decided), asked.share)
    probability = np.where(sampled, so_far, certain)
    return Chances(probability, certain | in_turn, sampled & sample.drawn, in_turn)


def is_among(
    approved: Bits, rejected: Bits, given: Bits, refused: Bits, other: Bits
) -> NDArray[np.int8]:
    """Return the truth of one label: 1 where it is given, 0 where it is not.

    `given` and `refused` say where a decider gave or rejected this label, `other` where a decider
    gave another one. A rejection that names no label says nothing of any: `UNKNOWN`.
    """
    truth = np.full(len(given), UNKNOWN, np.int8)
    truth[approved | (rejected & (refused | other))] = 0
    truth[given & (approved | rejected)] = 1
    return truth


def is_rejected(approved: Bits, rejected: Bits) -> NDArray[np.int8]:
    """Return the truth of "this should not stand": 1 where rejected, 0 where approved."""
    return np.where(rejected, 1, np.where(approved, 0, UNKNOWN)).astype(np.int8)


def evidence(
    score: Vector, truth: NDArray[np.int8], asked: Chances
) -> tuple[Evidence, NDArray[np.int64]]:
    """Return the evidence for one label or a whole policy, and which comments it is about.

    Those without a score (NaN) are left out. A drawn comment that was escalated, or rejected
    without a word of labels, is unsettled.
    """
    label = np.where(asked.counts, truth, UNKNOWN).astype(np.int8)
    label[asked.in_turn & (label == UNKNOWN)] = UNSETTLED
    rows = np.flatnonzero(~np.isnan(score))
    return Evidence(score[rows], label[rows], asked.probability[rows]), rows
