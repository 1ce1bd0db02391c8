"""How many misses there can be, given those an audit found; and Wilson's interval for a share.

Everything is computed for many thresholds at once: the fields of `Misses` are arrays of one shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "DELTA_FROM",
    "Method",
    "Misses",
    "clopper_pearson",
    "delta_log",
    "fay_feuer",
    "missed_at_most",
    "misses",
    "tiwari",
    "wilson",
]

Vector = NDArray[np.float64]

DELTA_FROM = 10
"""Misses found from which `Method.DELTA` differs; with fewer the delta method is much too low."""


class Method(StrEnum):
    """How the misses are bounded."""

    USUAL = "usual"
    """Tiwari, with the variance of the sample's design: held in 95 % of measured runs or more."""
    STATED = "stated"
    """Fay and Feuer: wider, for a guarantee that is put into writing."""
    DELTA = "delta"
    """Delta on the logarithm from 10 misses found, else the usual one. Closer, but held in as few
    as 88 % of the runs where 95 % were stated: to compare with, not to rely on."""


@dataclass(frozen=True, slots=True)
class Misses:
    """What an audit found: sums over its labelled comments, with w = 1 / inclusion probability.

    Comments that were drawn for certain (w = 1) do not belong here: nothing about them is unknown.
    """

    audited: Vector
    """Comments with a label."""
    found: Vector
    """Those of them that are misses."""
    estimate: Vector
    """Sum of w over the misses: how many there are in all (Horvitz and Thompson 1952)."""
    variance: Vector
    """Sum of w (w - 1) over the misses: the estimate's variance in a Poisson sample."""
    squares: Vector
    """Sum of w * w over the misses."""
    weight: Vector
    """Sum of w over all labelled comments."""
    weight_squares: Vector
    """Sum of w * w over all labelled comments."""
    largest: Vector
    """The largest w of all labelled comments; 0 where there are none."""


def misses(probability: Vector, missed: NDArray[np.bool_]) -> Misses:
    """Return the sums for one audit, from its labelled comments' probabilities and labels."""
    w = 1.0 / probability
    own = w[missed]

    def one(value: float) -> Vector:
        return np.array(value, np.float64)

    return Misses(
        audited=one(len(w)),
        found=one(len(own)),
        estimate=one(own.sum()),
        variance=one((own * (own - 1)).sum()),
        squares=one((own * own).sum()),
        weight=one(w.sum()),
        weight_squares=one((w * w).sum()),
        largest=one(w.max(initial=0.0)),
    )


def missed_at_most(
    audit: Misses, confidence: float = 0.95, method: Method = Method.USUAL
) -> Vector:
    """Return upper bounds on the misses, by the rule of docs/thresholds.md.

    Infinite where nothing was audited. Raises ValueError for a confidence outside (0, 1).
    """
    if method is Method.STATED:
        return fay_feuer(audit, confidence)
    usual = tiwari(audit, confidence)
    if method is Method.DELTA:
        return np.where(audit.found >= DELTA_FROM, delta_log(audit, confidence), usual)
    return usual


def delta_log(audit: Misses, confidence: float = 0.95) -> Vector:
    """Return F exp(z sqrt(V) / F), the delta method on log F; infinite where none was found."""
    from scipy.special import ndtri

    z = float(ndtri(_checked(confidence)))
    there = audit.estimate > 0
    found = np.where(there, audit.estimate, 1.0)
    bound = found * np.exp(z * np.sqrt(audit.variance) / found)
    return np.where(there, bound, np.inf)


def fay_feuer(audit: Misses, confidence: float = 0.95) -> Vector:
    """Return the gamma bound with the largest weight (Fay and Feuer 1997): it errs upwards."""
    return _gamma(audit, audit.squares, audit.largest, audit.largest**2, confidence)


def tiwari(audit: Misses, confidence: float = 0.95) -> Vector:
    """Return the gamma bound with mean weights (Tiwari, Clegg and Zou 2006).

    Theirs is for counts of an endless population, where a comment drawn adds w * w to the variance.
    Of a site's comments an audit draws a good part, and w (w - 1) is what a Poisson sample adds.
    """
    audited = np.maximum(audit.audited, 1.0)
    k = audit.weight / audited
    return _gamma(audit, audit.variance, k, audit.weight_squares / audited - k, confidence)


def _gamma(audit: Misses, variance: Vector, k: Vector, k2: Vector, confidence: float) -> Vector:
    """Return the quantile of the gamma distribution with this mean and variance, each plus a k."""
    from scipy.special import gammaincinv

    _checked(confidence)
    there = (audit.audited > 0) & (variance + k2 > 0)
    y = np.where(there, audit.estimate + k, 1.0)
    v = np.where(there, variance + k2, 1.0)
    bound = gammaincinv(y * y / v, confidence) * v / y
    return np.where(there, bound, np.inf)


def clopper_pearson(
    found: ArrayLike, audited: ArrayLike, below: ArrayLike, confidence: float = 0.95
) -> Vector:
    """Return the upper bound on misses among `below` comments, of which `audited` were drawn.

    For draws in which every comment was equally likely (the elusion test of legal discovery). It
    is exact for draws with replacement and errs upwards for those without.
    """
    from scipy.special import betaincinv

    _checked(confidence)
    x, n, size = np.broadcast_arrays(
        *(np.asarray(one, np.float64) for one in (found, audited, below))
    )
    if ((x < 0) | (x > n) | (n > size)).any():
        raise ValueError("an audit finds at most as many as it draws, and draws at most all")
    rest = n - x
    share = betaincinv(x + 1.0, np.where(rest > 0, rest, 1.0), confidence)
    return np.asarray(size * np.where(rest > 0, share, 1.0))


def wilson(share: ArrayLike, of: ArrayLike, confidence: float = 0.95) -> tuple[Vector, Vector]:
    """Return Wilson's (1927) two-sided interval for a share of `of`; (0, 1) where `of` is 0.

    With weights, `of` is the effective number, (sum w)^2 / sum w^2 (Kish 1965).
    """
    from scipy.special import ndtri

    z2 = float(ndtri((1 + _checked(confidence)) / 2)) ** 2
    p, n = (np.asarray(one, np.float64) for one in (share, of))
    there = n > 0
    n = np.where(there, n, 1.0)
    p = np.where(there, p, 0.5)
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low, high = np.clip(middle - half, 0.0, 1.0), np.clip(middle + half, 0.0, 1.0)
    return np.where(there, low, 0.0), np.where(there, high, 1.0)


def _checked(confidence: float) -> float:
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence lies between 0 and 1, not {confidence!r}")
    return confidence
