"""How far reviewers agree on comments that several of them decided, unseen by each other."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Agreement", "Interval"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the percentile interval of a bootstrap over comments; NaN where unknown."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on comments with at least two verdicts each.

    `raw` is the share of pairs of verdicts that agree, each comment counting alike. `specific`
    has for each category the share of its verdicts that another verdict on the same comment
    agrees with: positive agreement, where there are two categories (Cicchetti and Feinstein 1990).
    NaN for what nothing is known of.
    """

    comments: int
    verdicts: int
    raw: Interval
    alpha: Interval
    """Krippendorff's, for categories without an order (2011, "Computing alpha-reliability")."""
    ac1: Interval
    """Gwet's (2008, British Journal of Mathematical and Statistical Psychology 61)."""
    specific: tuple[Interval, ...]
