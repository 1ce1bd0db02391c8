"""Annotate: say of each label whether it is right, mark words by selecting them, write a remark."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from triage.domain.comments import one_line
from triage.domain.decisions import Annotation, Span
from triage.domain.scores import Label
from triage.ui.notices import or_say, say
from triage.ui.review.hands import selected
from triage.ui.review.looking import draft, heard, tag
from triage.ui.state import Key
from triage.workbench import Item, Workbench

__all__ = ["annotating", "draw_annotating", "mark_selected", "spans_in_hand", "toggle_annotating"]

_RIGHT, _WRONG = "yes", "no"
_NO_LABEL = "no label"


def annotating() -> bool:
    """Whether the panel is open; it stays so from one comment to the next."""
    return bool(st.session_state.get(Key.REVIEW_ANNOTATE))


def toggle_annotating() -> None:
    """Open the panel, or close it; what is written in it waits."""
    heard()
    st.session_state[Key.REVIEW_ANNOTATE] = not annotating()


def spans_in_hand(item: Item, who: str) -> tuple[Span, ...]:
    """Return the words marked so far: those in the draft, or those that this reviewer saved."""
    held: tuple[Span, ...] | None = st.session_state.get(draft(Key.REVIEW_SPANS, item))
    if held is not None:
        return held
    before = _last_word(item, who)
    return before.spans if before else ()


def mark_selected(item: Item, who: str) -> None:
    """Mark the words that were selected, under the chosen label; blanks at their ends are left."""
    heard()
    found = selected(tag(item))
    if found is None:
        return
    start, end = found
    text = item.comment.text[:end]
    start += len(text[start:]) - len(text[start:].lstrip())
    end = len(text.rstrip())
    if start >= end:
        return
    label = st.session_state.get(Key.REVIEW_SPAN_LABEL)
    span = Span(start, end, Label(label) if label in list(Label) else None)
    others = [one for one in spans_in_hand(item, who) if one != span]
    _hold(item, [*others, span])


def draw_annotating(bench: Workbench, item: Item, who: str, offered: Sequence[Label]) -> None:
    """Draw the panel."""
    before = _last_word(item, who)
    with st.container(key="annotating", border=True, gap="small"):
        _labels(item, before, offered)
        _spans(item, who, offered)
        remark = draft(Key.REVIEW_REMARK, item)
        st.session_state.setdefault(remark, before.note if before else "")
        st.text_input(
            "Remark",
            key=remark,
            placeholder="Remark on the text, optional",
            label_visibility="collapsed",
            persist_state="session",
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(
                "Save the annotation",
                key=draft(Key.REVIEW_ANNOTATE, item),
                shortcut="W",
                on_click=_save,
                args=(bench, item, who, offered),
            )
            st.caption("Your last word counts; earlier ones stay in the log.")


def _labels(item: Item, before: Annotation | None, offered: Sequence[Label]) -> None:
    st.caption("Which labels does the text deserve? Leave out what you would not say.")
    with st.container(horizontal=True, gap="small", key="label-choices"):
        for label in offered:
            key = draft(Key.REVIEW_LABEL, item, label)
            if key not in st.session_state:
                st.session_state[key] = _said(before, label)
            st.segmented_control(
                label.words, [_RIGHT, _WRONG], key=key, persist_state="session", width="content"
            )


def _spans(item: Item, who: str, offered: Sequence[Label]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox(
            "Words selected in the comment are",
            [_NO_LABEL, *offered],
            format_func=lambda one: one if one == _NO_LABEL else Label(one).words,
            key=Key.REVIEW_SPAN_LABEL,
            persist_state="session",
            width=230,
        )
        for span in spans_in_hand(item, who):
            words = one_line(item.comment.text[span.start : span.end], 24)
            with st.container(
                horizontal=True, gap="small", width="content", vertical_alignment="center"
            ):
                st.text(f"“{words}” {span.label.words if span.label else ''}".strip())
                st.button(
                    "Take off",
                    key=draft(Key.REVIEW_SPANS, item, f"{span.start}-{span.end}-{span.label}"),
                    type="tertiary",
                    icon=":material/close:",
                    on_click=_take_off,
                    args=(item, who, span),
                )


def _take_off(item: Item, who: str, span: Span) -> None:
    heard()
    _hold(item, [one for one in spans_in_hand(item, who) if one != span])


@or_say("Your annotation was not saved.")
def _save(bench: Workbench, item: Item, who: str, offered: Sequence[Label]) -> None:
    heard()
    said = {label: st.session_state.get(draft(Key.REVIEW_LABEL, item, label)) for label in offered}
    bench.annotate(
        item.entry.seen,
        who,
        confirmed=[label for label, answer in said.items() if answer == _RIGHT],
        rejected=[label for label, answer in said.items() if answer == _WRONG],
        spans=spans_in_hand(item, who),
        note=str(st.session_state.get(draft(Key.REVIEW_REMARK, item), "")).strip(),
    )
    say("The annotation is saved.")


def _hold(item: Item, spans: Sequence[Span]) -> None:
    ordered = sorted(spans, key=lambda one: (one.start, one.end))
    st.session_state[draft(Key.REVIEW_SPANS, item)] = tuple(ordered)


def _last_word(item: Item, who: str) -> Annotation | None:
    return next((one for one in item.annotations if one.reviewer == who), None)


def _said(before: Annotation | None, label: Label) -> str | None:
    if before is None:
        return None
    return _RIGHT if label in before.confirmed else _WRONG if label in before.rejected else None
