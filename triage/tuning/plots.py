"""Curves and histograms as SVG of our own numbers: for a report that needs no other program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.tuning.curves import Figures
from triage.tuning.outcomes import Bar

__all__ = ["beside", "drawing"]

Vector = NDArray[np.float64]

_WIDTH, _HEIGHT, _LEFT, _TOP, _GAP = 640, 180, 52, 28, 56
_REVIEWED, _AUDITED, _UNKNOWN = "#3f8a86", "#d08a2e", "#b9b9b9"
_PRECISION, _RECALL = "#3f6fb5", "#c2504f"


@dataclass(frozen=True, slots=True)
class _Panel:
    """A plot's place: x from 0 to 1, y from 0 to `most`."""

    top: int
    most: float

    def x(self, value: float) -> float:
        return _LEFT + value * _WIDTH

    def y(self, value: float) -> float:
        return self.top + _HEIGHT * (1 - value / self.most)


def drawing(bars: Sequence[Bar], figures: Figures, thresholds: Sequence[tuple[str, float]]) -> str:
    """Return an SVG: the histogram, and precision and recall against the threshold.

    `thresholds` are marked, each with its word. Bands are the intervals; recall has its lower bound
    alone. What is not known is not drawn.
    """
    tallest = max((bar.reviewed + bar.audited + bar.unknown for bar in bars), default=1)
    histogram = _Panel(_TOP, float(np.log10(tallest + 1)) or 1.0)
    shares = _Panel(_TOP + _HEIGHT + _GAP, 1.0)
    parts = [
        *_frame(histogram, "Comments by score (logarithmic): ", _LEGEND_COUNTS),
        *(line for bar in bars for line in _bar(histogram, bar)),
        *_frame(shares, "From the threshold on: ", _LEGEND_SHARES),
        _band(shares, figures.threshold, figures.precision_low, figures.precision_high),
        _line(shares, figures.threshold, figures.precision, _PRECISION),
        _line(shares, figures.threshold, figures.recall_low, _RECALL),
        *(
            mark
            for name, at in thresholds
            for panel in (histogram, shares)
            for mark in _mark(panel, name, at)
        ),
    ]
    return _sheet(shares.top + _HEIGHT + 32, parts)


def beside(labels: Sequence[tuple[str, Vector, tuple[Figures, Figures]]]) -> str:
    """Return an SVG: for each label, precision and recall of two versions, old and new.

    Against the share of comments flagged, from 0 to a half: a score of the one is no score of the
    other, but a queue of some length is the same work by either.
    """
    parts: list[str] = []
    for at, (name, share, figures) in enumerate(labels):
        panel = _Panel(_TOP + at * (_HEIGHT + _GAP), 1.0)
        parts += _frame(panel, f"{name}, by share flagged: ", _LEGEND_BESIDE, _HALVES)
        for which, dash in zip(figures, ("5 4", ""), strict=True):
            for values, color in ((which.precision, _PRECISION), (which.recall_low, _RECALL)):
                parts.append(_line(panel, 2 * share, values, color, dash))
    return _sheet(_TOP + len(labels) * (_HEIGHT + _GAP), parts)


def _sheet(height: int, parts: Sequence[str]) -> str:
    width = _LEFT + _WIDTH + 16
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12" '
        f'role="img"><rect width="100%" height="100%" fill="#ffffff"/>'
        + "".join(parts)
        + "</svg>\n"
    )


_TICKS = ("0", "0.25", "0.5", "0.75", "1")
_HALVES = ("0", "12.5 %", "25 %", "37.5 %", "50 %")
_LEGEND_BESIDE = (
    ("precision", _PRECISION),
    ("recall, at least (dashed: the old version)", _RECALL),
)
_LEGEND_COUNTS = (("reviewed", _REVIEWED), ("audited", _AUDITED), ("unknown", _UNKNOWN))
_LEGEND_SHARES = (("precision, with its interval", _PRECISION), ("recall, at least", _RECALL))


def _frame(
    panel: _Panel,
    title: str,
    legend: Sequence[tuple[str, str]],
    names: Sequence[str] = _TICKS,
) -> list[str]:
    words = "".join(f'<tspan fill="{color}"> ■ </tspan>{word}' for word, color in legend)
    bottom = panel.top + _HEIGHT
    ticks = [
        f'<text x="{panel.x(at):.1f}" y="{bottom + 16}" text-anchor="middle">{name}</text>'
        for at, name in zip((0, 0.25, 0.5, 0.75, 1), names, strict=True)
    ]
    if panel.most == 1.0:
        ticks += [
            f'<text x="{_LEFT - 6}" y="{panel.y(at) + 4:.1f}" text-anchor="end">{at:g}</text>'
            for at in (0, 0.5, 1)
        ]
    return [
        f'<text x="{_LEFT}" y="{panel.top - 10}">{title}{words}</text>',
        (
            f'<rect x="{_LEFT}" y="{panel.top}" width="{_WIDTH}" height="{_HEIGHT}" '
            'fill="none" stroke="#999999"/>'
        ),
        *ticks,
    ]


def _bar(panel: _Panel, bar: Bar) -> list[str]:
    """Draw what was looked at over what was not: of a tall bar the foot would be lost otherwise."""
    looked = bar.reviewed + bar.audited
    counts = ((_UNKNOWN, looked + bar.unknown), (_AUDITED, looked), (_REVIEWED, bar.reviewed))
    drawn = []
    for color, count in counts:
        if count:
            top = panel.y(float(np.log10(count + 1)))
            drawn.append(
                f'<rect x="{panel.x(bar.low):.1f}" y="{top:.1f}" '
                f'width="{panel.x(bar.high) - panel.x(bar.low) - 1:.1f}" '
                f'height="{panel.top + _HEIGHT - top:.1f}" fill="{color}"/>'
            )
    return drawn


def _line(panel: _Panel, x: Vector, y: Vector, color: str, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return "".join(
        f'<polyline fill="none" stroke="{color}" stroke-width="2"{dashed} points="{points}"/>'
        for points in _runs(panel, x, y)
    )


def _runs(panel: _Panel, x: Vector, y: Vector) -> list[str]:
    """Return the points of each run without a gap."""
    there = np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there.astype(np.int8), [0]])))
    return [
        " ".join(
            f"{panel.x(float(x[at])):.1f},{panel.y(float(y[at])):.1f}" for at in range(start, stop)
        )
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    ]


def _band(panel: _Panel, x: Vector, low: Vector, high: Vector) -> str:
    known = np.flatnonzero(np.isfinite(low) & np.isfinite(high) & (high - low < 1))

    def along(values: Vector, order: NDArray[np.int64]) -> list[str]:
        return [f"{panel.x(float(x[at])):.1f},{panel.y(float(values[at])):.1f}" for at in order]

    forth, back = along(high, known), along(low, known[::-1])
    return f'<polygon fill="{_PRECISION}" opacity="0.2" points="{" ".join(forth + back)}"/>'


def _mark(panel: _Panel, name: str, at: float) -> list[str]:
    x = panel.x(at)
    return [
        (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{panel.top}" y2="{panel.top + _HEIGHT}" '
            'stroke="#333333" stroke-dasharray="4 3"/>'
        ),
        f'<text x="{x + 4:.1f}" y="{panel.top + 14}">{name}</text>',
    ]
