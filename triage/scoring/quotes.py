"""Where a comment quotes somebody else: what is set apart before it is rated."""

from __future__ import annotations

import re

__all__ = ["quoted_spans"]

# `NAME wrote`, with NAME perhaps blank. Blanks are never given back (`++`): a line of nothing else
# would take quadratic time.
_SPEAKER = (
    r"^[ \t]*+(?:(?:@\S{1,60}|On [^\n]{1,160}|[^\n:<>]{1,60}?)[ \t]++|(?<=[ \t][ \t]))"
    r"(?:wrote|said|says|posted)"
)
# A quoted line as in mail and Markdown. `>:(`, `>_<`, `>.<` are faces and `>=` is a comparison.
_QUOTED_LINE = r"^[ \t]*>(?![:;._=<-])[^\n]*(?:\n|\Z)"

_LINES = re.compile(rf"(?:{_SPEAKER}[ \t]*:[ \t]*\n\s*)?(?:{_QUOTED_LINE})+", re.MULTILINE)
_SPOKEN = re.compile(
    rf"{_SPEAKER}[ \t]*:\s*(?:“[^”]{{1,5000}}”|\"[^\"\n]{{1,5000}}\"|«[^»]{{1,5000}}»)",
    re.MULTILINE,
)
_TAG = re.compile(
    r"<(/?)blockquote\b[^<>]{0,300}>|\[(/?)quote(?:[= ][^\[\]\n]{0,300})?\]", re.IGNORECASE
)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Return the [start, end) spans of `text` that quote somebody else, in order, disjoint.

    Known forms: lines that begin with `>`, with the line `NAME wrote:` above them; `NAME wrote:`
    before a passage in quotation marks; `<blockquote>` and `[quote]`, nested or not. A tag that
    is never closed quotes nothing. Quotation marks alone quote nothing: people put them round
    the insult they mean.
    """
    spans = _tagged(text)
    spans += [match.span() for match in _LINES.finditer(text)]
    spans += [match.span() for match in _SPOKEN.finditer(text)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _tagged(text: str) -> list[tuple[int, int]]:
    """Return the spans between outermost pairs of quotation tags, the tags included."""
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in _TAG.finditer(text):
        closing = match[1] == "/" or match[2] == "/"
        if not closing:
            opened.append(match.start())
        elif opened:
            spans.append((opened.pop(), match.end()))
    return spans
