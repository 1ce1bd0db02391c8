"""The words that a scorer read as toxic, marked in a comment's text: HTML of our own only.

They are found in another thread. The comment comes with them where they are known at once, else
without, and the page is drawn again when they are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import streamlit as st

from triage.domain.decisions import Span
from triage.domain.scores import ToxicSpan
from triage.errors import TriageError
from triage.ui.state import Key
from triage.ui.words import strongest_part
from triage.workbench import Explanation, Workbench

__all__ = [
    "Marks",
    "draw_again_when_found",
    "draw_legend",
    "find_marks",
    "legend",
    "marked_text",
]

_PATIENCE = 0.1  # seconds that a comment waits for its marks
_LOOK_AGAIN = 0.25  # seconds until it is asked again whether they are found
_STEPS = ("faint", "plain", "strong")
# A parser of HTML turns CR LF into LF, and Streamlit takes off the blanks that lines begin with in
# common: as references they are characters like any other. No page can hold NUL or half a pair.
_SHOWN: dict[int, str] = {ord(char): f"&#{ord(char)};" for char in "\n\r\t"}
_SHOWN |= dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known of the words to mark, as one drawing of the page shows it throughout.

    At most one of these: words that were `found`, words that are still looked for (`awaited`), or
    the reason why there are none (`failed`). None of them where no scorer in use marks words, or
    where the reviewer wants no marks (not `on`).
    """

    on: bool
    found: Explanation | None = None
    awaited: Future[Explanation] | None = None
    failed: TriageError | None = None

    @property
    def spans(self) -> tuple[ToxicSpan, ...]:
        """The words to mark now."""
        return () if self.found is None else self.found.scores.spans


def find_marks(bench: Workbench, text: str, language: str | None = None) -> Marks:
    """Return what is known of a text's marks, or will be known soon; of scorers that read it.

    The first comment of a session waits for nothing: the scorer may have to be loaded for it.
    """
    patience = _PATIENCE if Key.REVIEW_MARKS in st.session_state else 0.0
    if not st.session_state.setdefault(Key.REVIEW_MARKS, True):
        return Marks(on=False)
    future = bench.explain(text, language)
    if future is None:
        return Marks(on=True)
    if not wait([future], patience).done:
        return Marks(on=True, awaited=future)
    try:
        return Marks(on=True, found=future.result())
    except TriageError as error:
        return Marks(on=True, failed=error)


def draw_legend(marks: Marks, length: int) -> None:
    """Draw what the marks mean, which part of a long text scored highest, and their switch."""
    if marks == Marks(on=True):
        return
    if marks.failed is not None:  # a line of its own: beside a long one the switch has no room
        st.text(f"no words are marked: {marks.failed}")
    with st.container(key="legend", horizontal=True, vertical_alignment="center", gap="small"):
        if marks.awaited is not None:
            st.text("looking for the words to mark …")
        elif marks.found is not None:
            strongest = marks.found.strongest
            part = "" if strongest is None else strongest_part(*strongest, length)
            st.html(legend(marks.found.scorer.key, found=bool(marks.spans), part=part))
        st.button(
            "Mark words",
            key="review-marks",
            shortcut="M",
            type="tertiary",
            icon=f":material/{'check_box' if marks.on else 'check_box_outline_blank'}:",
            on_click=_toggle,
        )


def draw_again_when_found(marks: Marks) -> None:
    """Draw the page again as soon as the words that it lacks are found."""
    if marks.awaited is not None:
        _draw_again(marks.awaited)


@st.fragment(run_every=_LOOK_AGAIN)
def _draw_again(awaited: Future[Explanation]) -> None:
    if awaited.done():
        # st.rerun() puts this page in place of one that was just clicked on; a click that is there
        # already is heard where anything is drawn.
        st.empty()
        st.rerun()


def _toggle() -> None:
    st.session_state[Key.REVIEW_MARKS] = not st.session_state[Key.REVIEW_MARKS]


def marked_text(text: str, spans: Sequence[ToxicSpan] = (), own: Sequence[Span] = ()) -> str:
    """Return HTML that shows `text` as it is, blanks and all, with `spans` of it marked.

    Whatever is in the text stays text: no character of it is left to mean something to a browser.
    The tint follows a span's weight in three steps; the underline says the same without colour.
    `own` are words that a reviewer marks; they may overlap one another and `spans`.
    """
    ends = [(one.start, one.end) for one in spans] + [(one.start, one.end) for one in own]
    edges = {0, len(text)} | {min(edge, len(text)) for pair in ends for edge in pair}
    parts: list[str] = []
    rest = list(spans)
    for start, end in pairwise(sorted(edges)):
        while rest and rest[0].end <= start:
            rest.pop(0)
        piece = _inert(text[start:end])
        if any(one.start <= start and end <= one.end for one in own):
            piece = f'<mark class="own">{piece}</mark>'
        if rest and rest[0].start <= start:
            step = _STEPS[min(int(rest[0].weight * len(_STEPS)), len(_STEPS) - 1)]
            piece = f'<mark class="{step}">{piece}</mark>'
        parts.append(piece)
    return f'<div class="marked">{"".join(parts)}</div>'


def legend(scorer: str, *, found: bool, part: str = "") -> str:
    """Return HTML that says what a mark means and by which scorer, or that there is none.

    `part` is what there is to say of a long text's parts.
    """
    means = (
        '<mark class="plain">marked</mark>: what the scorer read as toxic · '
        if found
        else "nothing is marked: no word reads as toxic to "
    )
    lines = [means + _inert(scorer), *([_inert(part)] if part else [])]
    return f'<div class="legend">{"".join(f"<div>{line}</div>" for line in lines)}</div>'


def _inert(text: str) -> str:
    return escape(text).translate(_SHOWN)
