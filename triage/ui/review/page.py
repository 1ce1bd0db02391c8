"""The page: the comment in hand, what it is about, and what can be done with it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from triage.domain.decisions import Verdict
from triage.domain.kindness import Blur
from triage.domain.languages import Others, tally
from triage.domain.scores import Label
from triage.errors import NotFoundError
from triage.ui.bars import score_bars
from triage.ui.empty import draw_nothing_rated
from triage.ui.marks import Marks, draw_again_when_found, draw_legend, marked_text
from triage.ui.notices import fault, show
from triage.ui.review.acts import decide, flag, flagged_by, skip, step, undo
from triage.ui.review.annotating import (
    annotating,
    draw_annotating,
    mark_selected,
    spans_in_hand,
    toggle_annotating,
)
from triage.ui.review.appeal import (
    draw_appeal,
    draw_dismissing,
    draw_earlier,
    draw_recording,
    draw_replies,
)
from triage.ui.review.blind import blind, marks_of
from triage.ui.review.claiming import draw_holder, draw_others, hold
from triage.ui.review.context import draw_around, draw_author, draw_before, draw_history
from triage.ui.review.copies import draw_copies
from triage.ui.review.handover import draw_handover
from triage.ui.review.hands import listen
from triage.ui.review.keys import draw_help, draw_help_button
from triage.ui.review.looking import draft, go, on_screen, shown, tag
from triage.ui.review.pieces import byline
from triage.ui.review.reasons import codes, draw_reasons
from triage.ui.review.recent import draw_recent
from triage.ui.review.rules import draw_rules, draw_rules_button, rules_open
from triage.ui.review.thread import draw_thread, toggle_thread, unfolded
from triage.ui.review.veil import blur, draw_break, draw_reveal, veiled
from triage.ui.state import Key
from triage.ui.words import (
    VERDICT_ICONS,
    VERDICT_KEYS,
    comments,
    decided,
    hidden_marks,
    in_language,
    place,
    reasons,
    sum_of_place,
    unread_labels,
)
from triage.workbench import BrowseFilter, Item, Workbench

__all__ = ["page"]

_PLACE = (
    "Its place in the queue: the harm to expect, which is how likely the label applies times how "
    "much harm it does, as the policy weighs it. A wide reach raises it by half at most, and each "
    "day here a little more. What a colleague flagged comes before all else."
)
_ERASED = (
    "Its text and its author’s name were erased for good. What was decided stays; nothing more can "
    "be decided or said of it."
)


def page(bench: Workbench) -> None:
    """Draw the next flagged comment and take the verdict."""
    who = bench.settings.reviewer
    show()
    comment_id = shown(bench, who)
    holder = hold(bench, who, comment_id)
    others = bench.others(who)
    _progress(bench, who, draw_break(bench, who))
    draw_others(others)
    draw_handover(bench, who)
    if comment_id is None:
        _nothing_left(bench, who, held=bool(others))
        return
    try:
        item = bench.item(comment_id, blind=blind(bench, who), reviewer=who)
    except NotFoundError:
        fault("This database holds no such comment.", comment_id)
        st.button("Show the queue", on_click=go, args=(None,), type="primary")
        return
    draw_help(bench, who)
    draw_holder(holder)
    marks = marks_of(bench, item)
    wanted = blur(bench, who)
    veil = veiled(item, wanted, words_known=marks.found is not None)
    with st.container(key=f"veil-{veil}"):
        _desk(bench, item, marks, wanted, veil, who)
    listen(tag(item), partial(mark_selected, item, who) if annotating() else None)
    draw_again_when_found(marks)


def _desk(bench: Workbench, item: Item, marks: Marks, wanted: Blur, veil: Blur, who: str) -> None:
    rules = bench.guidelines()
    erased = item.comment.erased_at is not None  # then nobody has anything to say of it
    left, right = st.columns([5, 3], gap="large")
    with left:
        draw_before(item)
        _comment(bench, item, marks, who)
        draw_appeal(item)
        draw_copies(bench, item)
        _verdicts(bench, item, who)
        if not erased:
            draw_reasons(item, codes(bench, item, rules))
            _note(item)
            draw_replies(item, who)
        with st.container(horizontal=True, gap="small", key="steps", vertical_alignment="center"):
            draw_reveal(item, wanted, veil)
            _elsewhere(bench, item, who)
            if not erased:
                draw_recording(bench, item, who)
            draw_dismissing(bench, item, who)
            if rules is not None:
                draw_rules_button()
            draw_recent(bench, who, veiled=veil is not Blur.OFF)
            draw_help_button()
        if annotating() and not erased:
            draw_annotating(bench, item, who, list(Label))
        if unfolded(item):
            draw_thread(bench, item, who)
        else:
            draw_around(item)
    with right:
        if rules is not None and rules_open():
            draw_rules(rules)
        _ratings(bench, item)
        draw_author(bench, item)
        if not item.blind:
            draw_history(item)
            draw_earlier(item)


# Text from outside goes through st.text, which shows it as it is; the comment itself, in which
# words are marked, through marked_text, which leaves no character of it to mean anything.


def _progress(bench: Workbench, who: str, severe: int) -> None:
    counts = bench.progress(who)
    done = counts.flagged - counts.pending
    text = f"**{counts.pending:,} to review** · {done:,} of {counts.flagged:,} are decided"
    if last := st.session_state.get(Key.REVIEW_LAST):
        text += f" · the last: {last}"
    if counts.decided_by_me:
        text += f" · {counts.decided_by_me:,} by you today"
    if severe:
        text += f" · {severe:,} severe ones seen today"
    if counts.skipped_by_me:
        text += f" · {counts.skipped_by_me:,} skipped, they come last"
    st.progress(done / counts.flagged if counts.flagged else 1.0, text=text)


def _nothing_left(bench: Workbench, who: str, *, held: bool) -> None:
    if bench.count() == 0:
        draw_nothing_rated(bench, "No comments yet")
        return
    if bench.count(BrowseFilter(scored=False)):
        draw_nothing_rated(bench, "Nothing is flagged so far")
    elif held and bench.count(BrowseFilter(pending=True)):
        st.header("The rest is in other hands")
        st.markdown("Every flagged comment is decided, or on somebody else's screen just now.")
    else:
        st.header("The queue is empty")
        st.markdown("Every flagged comment has a decision. They are in **Export**.")
    if bench.settings.other_languages is Others.LEAVE and (left := bench.unread()):
        st.markdown(
            f"{comments(sum(left.values()))} in languages that no scorer in use reads "
            f"({tally(left.items())}): nobody asks for a review of these. They are in **Browse**, "
            "under *Flag*."
        )
    if bench.count(BrowseFilter(appealed=True)):
        st.markdown("An appeal waits for somebody who has not decided its comment before.")
    st.button("Undo my last decision", shortcut="Z", on_click=undo, args=(bench, who))


def _comment(bench: Workbench, item: Item, marks: Marks, who: str) -> None:
    with st.container(key="comment-card", border=True, gap="small"):
        spoken = in_language(item.entry.language, bench.settings.language)
        byline(item.comment, edited=item.entry.revision > 1, more=spoken)
        with st.container(key="comment-text"):
            if item.comment.text.strip():
                own = spans_in_hand(item, who) if annotating() else ()
                st.html(marked_text(item.comment.text, marks.spans, own))
            else:
                st.text("(an empty comment)")
        on_screen()
        draw_legend(marks, len(item.comment.text))
        if item.comment.erased_at is not None:
            st.caption(f":material/ink_eraser: {_ERASED}")
        if hidden := hidden_marks(item.comment.text):
            st.caption(f":material/visibility_off: {hidden}")
        standing = next((one for one in item.log if one.id == item.entry.decision_id), None)
        if standing is not None and not item.blind:
            st.text(decided(standing))


def _verdicts(bench: Workbench, item: Item, who: str) -> None:
    about = tag(item)
    with st.container(horizontal=True, gap="small", key="verdicts"):
        for verdict in Verdict:
            st.button(
                verdict.value.capitalize(),
                key=f"review-{verdict}-{about}",
                shortcut=VERDICT_KEYS[verdict],
                icon=VERDICT_ICONS[verdict],
                disabled=item.barred or item.comment.erased_at is not None,
                on_click=decide,
                args=(bench, item, who, verdict),
            )
        st.button(
            "Skip", key=f"review-skip-{about}", shortcut="S", on_click=skip, args=(bench, item, who)
        )
        st.button(
            "Unflag" if flagged_by(item, who) else "Flag",
            key=f"review-flag-{about}",
            shortcut="F",
            disabled=item.comment.erased_at is not None,
            on_click=flag,
            args=(bench, item, who),
        )
        st.button("Undo", shortcut="Z", on_click=undo, args=(bench, who))


def _note(item: Item) -> None:
    with st.container(key="note"):
        st.text_input(
            "Note",
            key=draft(Key.REVIEW_NOTE, item),
            placeholder="Note (N), optional; Tab leaves it",
            label_visibility="collapsed",
            persist_state="session",
        )


def _elsewhere(bench: Workbench, item: Item, who: str) -> None:
    """Draw what leads to other comments, to the thread, to the annotation."""
    about = tag(item)
    for name, key, forward in (("Previous", "K", False), ("Next", "J", True)):
        st.button(
            name,
            key=f"review-{name}-{about}",
            shortcut=key,
            type="tertiary",
            on_click=step,
            args=(bench, item, who),
            kwargs={"forward": forward},
        )
    st.button(
        "Fold thread" if unfolded(item) else "Thread",
        key=f"review-thread-{about}",
        shortcut="T",
        type="tertiary",
        icon=":material/forum:",
        on_click=toggle_thread,
        args=(item,),
    )
    if item.comment.erased_at is not None:
        return
    st.button(
        "Fold labels" if annotating() else "Labels",
        key=f"review-labels-{about}",
        shortcut="L",
        type="tertiary",
        icon=":material/label:",
        on_click=toggle_annotating,
    )


def _ratings(bench: Workbench, item: Item) -> None:
    st.markdown("##### Why it is here")
    for reason in reasons(item):
        st.text(reason)
    policy = bench.policy()
    if because := place(item):
        told = sum_of_place(item, policy)
        st.badge(
            because,
            icon=":material/low_priority:",
            color="gray",
            help=f"{_PLACE} Here: {told}." if told else _PLACE,
        )
    if item.entry.scores is not None and item.entry.scores.values:
        st.html(score_bars(item.entry.scores.values, policy))
        st.caption(
            f"The tick is the threshold (policy {policy.ref}). A score estimates how likely it is "
            "that readers would use the word; it is not a verdict."
        )
        own = bench.settings.language
        if more := unread_labels(item.entry, bench.labels(), own, bench.coverage()):
            st.caption(more)
