"""How many audit labels a statement needs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from triage.tuning.bounds import Method, Misses, clopper_pearson, missed_at_most

__all__ = ["audits_needed", "elusion_size", "wilks_size"]

_MOST = 10_000_000


def wilks_size(recall: float, confidence: float = 0.95, lowest: int = 1) -> int:
    """Return how many toxic comments, found at random, prove a recall by order statistics.

    With so many, a threshold at the `lowest`-th smallest of their scores has at least that recall
    with that confidence (Wilks 1941): the smallest n with P(Binomial(n, 1 - recall) < lowest) <=
    1 - confidence.
    """
    from scipy.special import bdtr

    _check_share(recall, confidence)
    if lowest < 1:
        raise ValueError(f"order statistics count from 1, not {lowest}")
    return _smallest(
        lambda n: bool(bdtr(lowest - 1, n, 1 - recall) <= 1 - confidence + 1e-12), lowest
    )


def elusion_size(
    found: float, below: int, recall: float, confidence: float = 0.95, allowed: int = 0
) -> int | None:
    """Return how many of `below` comments, drawn with equal chance, can prove a recall.

    `found` toxic comments are known above the threshold; `allowed` misses may turn up in the
    audit. None where even looking at all of them does not: too many are allowed for. The bound is
    that of Clopper and Pearson.
    """
    _check_share(recall, confidence)
    most = found * (1 - recall) / recall

    def proves(n: int) -> bool:
        return bool(clopper_pearson(allowed, n, below, confidence) <= most)

    if below <= allowed or not proves(below):
        return None
    return _smallest(proves, allowed + 1, below)


def audits_needed(
    audit: Misses,
    found: float,
    missed: float,
    below: int,
    recall: float,
    confidence: float = 0.95,
    method: Method = Method.USUAL,
) -> int | None:
    """Return about how many audit labels, over those there are, would prove a recall.

    `found` and `missed` are known toxic comments above and below the threshold, `below` the number
    of comments that the audit was drawn from. A guess, for planning: it takes the share of misses
    found so far, and the sampling design, to stay. None where the misses expected are too many for
    the recall, so that no audit will prove it.
    """
    _check_share(recall, confidence)
    most = found * (1 - recall) / recall - missed
    if float(missed_at_most(audit, confidence, method)) <= most:
        return 0
    expected = float(audit.estimate)
    if most <= expected:
        return None
    audited = int(audit.audited)
    if expected == 0:
        size = elusion_size(most * recall / (1 - recall), below, recall, confidence)
        return None if size is None else max(1, size - audited)

    # Misses found grow with the audit, weights shrink with it; variance of the estimate, too.
    def proves(times: float) -> bool:
        w = float(audit.weight) / audited / times
        w2 = float(audit.weight_squares) / audited / times**2
        grown = Misses(
            audited=np.array(audited * times),
            found=np.array(audit.found * times),
            estimate=audit.estimate,
            variance=np.array(max(float(audit.squares) / times - expected, 0.0)),
            squares=np.array(audit.squares / times),
            weight=np.array(audited * times * w),
            weight_squares=np.array(audited * times * w2),
            largest=np.array(audit.largest / times),
        )
        return bool(missed_at_most(grown, confidence, method) <= most)

    most_audited = max(below, audited + 1)
    return _smallest(lambda n: proves(n / audited), audited + 1, most_audited) - audited


def _smallest(holds: Callable[[int], bool], low: int, high: int = _MOST) -> int:
    """Return the smallest number for which something holds that holds from it on."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _check_share(recall: float, confidence: float) -> None:
    if not (0.0 < recall < 1.0 and 0.0 < confidence < 1.0):
        raise ValueError(
            f"recall and confidence lie between 0 and 1, not {recall!r} and {confidence!r}"
        )
