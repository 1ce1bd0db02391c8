"""The reliability diagram: what share of the comments at a score carry the label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from typing import Any
from xml.sax.saxutils import escape

__all__ = ["drawing"]

_SIDE, _GAP, _TOP, _COLUMNS = 170, 44, 30, 4
_GREY, _BLUE = "#8a8a8a", "#3d7edb"  # both are seen on white and on black


def drawing(panels: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return an SVG with a panel per name, from the bands of `training.figures.bands`.

    A dot is a band of scores: its mean score across, the share that carries the label upwards, with
    its 95 % interval; its area grows with the root of the number of comments. A calibrated scorer's
    lie on the diagonal.
    """
    rows = -(-len(panels) // _COLUMNS)
    width = _COLUMNS * (_SIDE + _GAP) + _GAP // 2
    height = rows * (_SIDE + _GAP + _TOP)
    parts = [
        part
        for at, (name, bands) in enumerate(panels.items())
        for part in _panel(
            name,
            bands,
            _GAP + at % _COLUMNS * (_SIDE + _GAP),
            _TOP + at // _COLUMNS * (_SIDE + _GAP + _TOP),
        )
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="11" fill="{_GREY}" role="img" '
        'aria-label="Reliability diagram per label and set">\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _panel(name: str, bands: Sequence[Mapping[str, Any]], left: int, top: int) -> Iterator[str]:
    def x(score: float) -> float:
        return left + score * _SIDE

    def y(share: float) -> float:
        return top + (1 - share) * _SIDE

    yield f'<text x="{left}" y="{top - 9}" font-size="12">{escape(name)}</text>'
    yield (
        f'<rect x="{left}" y="{top}" width="{_SIDE}" height="{_SIDE}" fill="none" '
        f'stroke="{_GREY}" stroke-opacity=".5"/>'
    )
    yield _line(x(0), y(0), x(1), y(1), _GREY, 'stroke-dasharray="3 3"')
    for tick in (0.0, 0.5, 1.0):
        below, beside = y(0) + 14, y(tick) + 4
        yield f'<text x="{x(tick):.0f}" y="{below:.0f}" text-anchor="middle">{tick:g}</text>'
        yield f'<text x="{left - 5}" y="{beside:.0f}" text-anchor="end">{tick:g}</text>'
    for band in bands:
        across, own = x(band["mean_score"]), band["positive"]
        low, high = own["share_95"]
        yield _line(across, y(low), across, y(high), _BLUE, 'stroke-opacity=".6"')
        size, up = max(1.5, sqrt(sqrt(own["of"]))), y(own["share"])
        yield f'<circle cx="{across:.1f}" cy="{up:.1f}" r="{size:.1f}" fill="{_BLUE}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {more}/>'
    )
