"""The audit sample: which comments are drawn, and how likely each was to be.

A Poisson sample with permanent random numbers (Brewer, Early and Joyce 1972; Ohlsson 1995): each
comment has a number of its own, made from its id and a secret salt, and is drawn where the number
lies below its inclusion probability. Nothing has to be remembered but the salt and the
probabilities; a comment keeps its number in every draw, so that a larger draw holds a smaller one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

__all__ = ["Draw", "draw", "inclusion", "permanent_numbers"]

Vector = NDArray[np.float64]

_LEAST_SCORE = 0.01  # below it scores say little, and are treated alike
_FLOOR = 0.3  # no comment is less likely than this, as a share of a draw without regard to scores


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw from some comments, by their position in what was drawn from.

    `probability` has every comment's inclusion probability, drawn or not: store it, it cannot be
    found again once scores change. `chosen` holds the positions of those drawn, in the order in
    which to review them.
    """

    numbers: Vector
    probability: Vector
    chosen: NDArray[np.int64]

    def so_far(self, decided: NDArray[np.bool_]) -> tuple[Vector, NDArray[np.bool_]]:
        """Return the probabilities and members of the sample that has been decided so far.

        `decided` says for every comment whether it has a label. Reviewed in the order of `chosen`,
        an unfinished sample is a smaller one of the same kind: a comment's probability is its own
        times the smallest number per probability that was drawn and is not decided. What was
        decided out of turn, beyond that, does not count yet.
        """
        reached = self.reached(decided)
        members = np.zeros(len(self.numbers), bool)
        members[self.chosen[self._turn < reached]] = True
        return self.probability * reached, members

    def reached(self, decided: NDArray[np.bool_]) -> float:
        """Return the part of the probabilities that was reviewed in turn so far: 1 for all."""
        waiting = self._turn[~decided[self.chosen]]
        return float(waiting.min()) if len(waiting) else 1.0

    @property
    def _turn(self) -> Vector:
        return self.numbers[self.chosen] / self.probability[self.chosen]


def permanent_numbers(ids: Iterable[str], salt: str) -> Vector:
    """Return a number in [0, 1) per id: the same in every draw with the same salt.

    The number is the first 53 bits of BLAKE2b of the id, keyed with the salt. Raises ValueError
    for a salt of no bytes or of more than 64.
    """
    key = salt.encode()
    if not 1 <= len(key) <= 64:
        raise ValueError(f"a salt has 1 to 64 bytes, not {len(key)}")
    return np.array(
        [
            int.from_bytes(blake2b(_bytes(one), digest_size=8, key=key).digest()) >> 11
            for one in ids
        ],
        np.float64,
    ) * (2.0**-53)


def _bytes(comment: str) -> bytes:
    return comment.encode("utf-8", "surrogatepass")


def inclusion(scores: Vector, expected: float) -> Vector:
    """Return inclusion probabilities that add up to `expected` comments, or to all there are.

    They grow with the root of the score, so that misses, which are likelier near the threshold,
    are found with fewer labels; none falls much below 0.3 times that of a draw without regard to
    scores, because a scorer's worst misses score lowest. Raises ValueError where `expected` is not
    positive or a score lies outside [0, 1].
    """
    if not expected > 0:
        raise ValueError(f"an audit sample expects more than {expected!r} comments")
    if not ((scores >= 0) & (scores <= 1)).all():
        raise ValueError("scores lie between 0 and 1: give the audit comments that have one")
    if expected >= len(scores) * (1 - 1e-9):
        return np.ones(len(scores))
    shape = np.sqrt(np.maximum(scores, _LEAST_SCORE))
    shape = np.maximum(shape, _FLOOR * shape.mean())
    # What would pass 1 is drawn for certain, and the others share the rest; each round makes
    # more certain, so it ends.
    certain = np.zeros(len(scores), bool)
    while True:
        scale = (expected - certain.sum()) / shape[~certain].sum()
        more = ~certain & (shape * scale >= 1)
        if not more.any():
            return np.where(certain, 1.0, np.minimum(shape * scale, 1.0))
        certain |= more


def draw(ids: Iterable[str], probability: Vector, salt: str) -> Draw:
    """Return the draw that the probabilities and the comments' permanent numbers make.

    Raises ValueError for a probability outside (0, 1], a bad salt, or unequal lengths.
    """
    if not ((probability > 0) & (probability <= 1)).all():
        raise ValueError("inclusion probabilities lie above 0 and reach at most 1")
    numbers = permanent_numbers(ids, salt)
    if len(numbers) != len(probability):
        raise ValueError(f"{len(numbers)} ids and {len(probability)} probabilities do not match")
    turn = numbers / probability
    order = np.argsort(turn, kind="stable")
    return Draw(numbers, probability, order[turn[order] < 1])
