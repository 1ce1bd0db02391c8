"""An appeal in hand: what is objected, what was said the first time, and the reply.

The verdict keys answer it as they decide anything: the same verdict again upholds the first one,
another overturns it, and to escalate leaves it to somebody else.
"""

from __future__ import annotations

import streamlit as st

from triage.domain.appeals import (
    FINAL,
    LONGEST_REPLY,
    LONGEST_TEXT,
    Appealed,
    AppealedBy,
    AppealVia,
    Outcome,
    decided_before,
)
from triage.domain.decisions import Verdict
from triage.ui.notices import or_say, say
from triage.ui.review.looking import draft, heard
from triage.ui.review.pieces import folded
from triage.ui.state import Key
from triage.ui.words import ago, appealed_by, decided
from triage.workbench import Item, Workbench

__all__ = [
    "draw_appeal",
    "draw_dismissing",
    "draw_earlier",
    "draw_recording",
    "draw_replies",
    "reply_to",
]

_FRESH = "Somebody who had not decided about it before has looked at the comment again. "
_AGAIN = "We have looked at the comment again. "
_REPLIES = {
    (Verdict.REJECT, Outcome.UPHELD): "It stays hidden.",
    (Verdict.REJECT, Outcome.OVERTURNED): "It should not have been hidden, and is shown again. We "
    "are sorry.",
    (Verdict.APPROVE, Outcome.UPHELD): "It is within our rules and stays.",
    (Verdict.APPROVE, Outcome.OVERTURNED): "It breaks our rules and is hidden. Thank you for "
    "telling us.",
}
_ROLES = {
    AppealedBy.AUTHOR: "its author",
    AppealedBy.OTHER: "somebody else",
    AppealedBy.UNKNOWN: "not known",
}
_LINES, _SHORT = 110, 68  # pixels: three lines, and as few as there can be


def draw_appeal(item: Item) -> None:
    """Draw the appeal that waits, below the comment that it is about."""
    appealed = item.appeal
    if appealed is None:
        return
    with st.container(key="appeal", border=True, gap="small"):
        st.badge(appealed_by(appealed), icon=":material/balance:", color="orange")
        with st.container(key="context-appeal"):
            folded(appealed.appeal.text.strip() or "(without a word)")
        if appealed.first.id != item.entry.decision_id:
            st.text(f"Against: {decided(appealed.first)}")
        if item.barred:
            st.caption("You decided it the first time, so somebody else answers this.")
        else:
            first = appealed.first.verdict
            st.caption(
                f"**{str(first).capitalize()}** again upholds the first decision, the other "
                "verdict overturns it; escalate leaves it to somebody else."
            )


def draw_replies(item: Item, who: str) -> None:
    """Draw the reply for either outcome; the one that comes to be is kept."""
    appealed = item.appeal
    if appealed is None or item.barred:
        return
    with st.container(key="replies"):
        places = st.columns(2)
        for place, outcome in zip(places, (Outcome.UPHELD, Outcome.OVERTURNED), strict=True):
            place.text_area(
                f"Reply if {outcome}",
                value=_template(item, appealed, outcome, who),
                key=draft(Key.REVIEW_REPLY, item, outcome),
                height=_LINES,
                max_chars=LONGEST_REPLY,
                help="Goes to whoever appealed, as the site tells them. Empty it to send none.",
                persist_state="session",
            )


def reply_to(item: Item, verdict: Verdict, who: str) -> str:
    """Return the reply that goes with a verdict; empty where no appeal is answered by it."""
    appealed = item.appeal
    if appealed is None or verdict not in FINAL:
        return ""
    outcome = Outcome.UPHELD if verdict is appealed.first.verdict else Outcome.OVERTURNED
    written = st.session_state.get(draft(Key.REVIEW_REPLY, item, outcome))
    return (_template(item, appealed, outcome, who) if written is None else str(written)).strip()


def draw_earlier(item: Item) -> None:
    """Draw the appeals about this comment that do not wait any more."""
    past = [one for one in item.appeals if one.appeal.id != item.entry.appeal_id]
    if not past:
        return
    st.markdown("##### Appeals")
    for number, one in enumerate(reversed(past)):
        by = f" by {one.answer.reviewer} {ago(one.answer.at)}" if one.answer is not None else ""
        if one.dismissal is not None:
            by = f" by {one.dismissal.by} {ago(one.dismissal.at)}: {one.dismissal.why}"
        st.text(f"{appealed_by(one)}: {one.status.words}{by}")
        with st.container(key=f"context-appeal-{number}", gap=None):
            if one.appeal.text.strip():
                folded(one.appeal.text)
            if one.reply.strip():
                folded(f"Reply: {one.reply}")


def draw_dismissing(bench: Workbench, item: Item, who: str) -> None:
    """Draw what ends the appeal that waits without a second look; nothing but for leads."""
    if item.appeal is None or not bench.may_lead(who):
        return
    with st.popover(
        "Dismiss the appeal",
        key=draft(Key.REVIEW_DISMISS, item, "box"),
        icon=":material/block:",
        type="tertiary",
        help="End it without a second look: for what nobody can answer",
        on_change="rerun",
    ) as box:
        if not box.open:
            return
        for part, label in (("why", "Why, for the record"), ("reply", "Reply to whoever appealed")):
            st.text_area(
                label,
                key=draft(Key.REVIEW_DISMISS, item, part),
                max_chars=LONGEST_REPLY,
                height=_SHORT,
            )
        st.button(
            "Dismiss it for good",
            key=draft(Key.REVIEW_DISMISS, item, "dismiss"),
            type="primary",
            on_click=_dismiss,
            args=(bench, item, who),
        )


def draw_recording(bench: Workbench, item: Item, who: str) -> None:
    """Draw what takes in an appeal by hand, where one may be made against the decision in force."""
    entry = item.entry
    before = {one.first.id for one in item.appeals}
    if item.blind or entry.verdict not in FINAL:
        return
    if entry.appeal_id is not None or entry.decision_id in before:
        return
    with st.popover(
        "Appeal",
        key=draft(Key.REVIEW_APPEAL_TEXT, item, "box"),
        icon=":material/balance:",
        type="tertiary",
        help="Record that somebody objects to this decision",
        on_change="rerun",
    ) as box:
        if not box.open:
            return
        st.selectbox(
            "Who objects",
            list(AppealedBy),
            format_func=_ROLES.__getitem__,
            key=draft(Key.REVIEW_APPEAL_BY, item),
        )
        st.text_area(
            "What they say",
            key=draft(Key.REVIEW_APPEAL_TEXT, item),
            max_chars=LONGEST_TEXT,
            height=_SHORT,
        )
        st.button(
            "Record it",
            key=draft(Key.REVIEW_APPEAL_TEXT, item, "record"),
            type="primary",
            on_click=_record,
            args=(bench, item, who),
        )


@or_say("The appeal was not recorded.")
def _record(bench: Workbench, item: Item, who: str) -> None:
    heard()
    bench.appeal(
        item.comment.id,
        str(st.session_state.get(draft(Key.REVIEW_APPEAL_TEXT, item), "")),
        by=AppealedBy(st.session_state.get(draft(Key.REVIEW_APPEAL_BY, item), AppealedBy.UNKNOWN)),
        via=AppealVia.HAND,
        received_by=who,
        decision_id=item.entry.decision_id,
    )
    say("Recorded: it waits for somebody who has not decided this comment before.")


@or_say("The appeal was not dismissed.")
def _dismiss(bench: Workbench, item: Item, who: str) -> None:
    heard()
    why, reply = (
        str(st.session_state.get(draft(Key.REVIEW_DISMISS, item, part), "")).strip()
        for part in ("why", "reply")
    )
    bench.dismiss_appeals([item.appeal.appeal.id] if item.appeal else [], who, why=why, reply=reply)
    say("Dismissed: the decision stands.")


def _template(item: Item, appealed: Appealed, outcome: Outcome, who: str) -> str:
    """Return what a reply begins as; the reviewer may write another one.

    It names no reasons: the first ones may be refused at this look. Where one person does both it
    does not say that somebody else looked.
    """
    first = appealed.first
    again = _AGAIN if decided_before(item.log, item.entry.text_sha256, who) else _FRESH
    return again + _REPLIES[first.verdict or Verdict.REJECT, outcome]
