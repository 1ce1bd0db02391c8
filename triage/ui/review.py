"""Review: one comment at a time, one key a verdict, and the next one is there."""

from __future__ import annotations

import time

import streamlit as st

from triage.domain.comments import Comment
from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.errors import NotFoundError
from triage.ui.bars import score_bars
from triage.ui.marks import Marks, draw_again_when_found, draw_legend, find_marks, marked_text
from triage.ui.notices import fault, or_say, say, show
from triage.ui.state import Key, Query, digest
from triage.ui.words import VERDICT_ICONS, VERDICT_KEYS, ago, decided, hidden_marks, reasons
from triage.workbench import BrowseFilter, Item, Workbench

__all__ = ["page"]

_LONGEST_LOOK = 30 * 60.0  # seconds; whoever looks longer has left the desk
_SHORTEST_LOOK = 0.25  # seconds; whoever decides sooner has a finger on the key
_FOLD = 420  # characters of a neighbouring comment before it is folded


def page(bench: Workbench) -> None:
    """Draw the next flagged comment and take the verdict."""
    who = bench.settings.reviewer
    show()
    comment_id = _shown(bench, who)
    _progress(bench, who)
    if comment_id is None:
        _nothing_left(bench, who)
        return
    try:
        item = bench.item(comment_id)
    except NotFoundError:
        fault("This database holds no such comment.", comment_id)
        st.button("Show the queue", on_click=_go, args=(None,), type="primary")
        return
    marks = find_marks(bench, item.comment.text)
    left, right = st.columns([5, 3], gap="large")
    with left:
        _context(item)
        _comment(item, marks)
        _verdicts(bench, item, who)
        _around(item)
    with right:
        _ratings(bench, item)
        _history(item)
    draw_again_when_found(marks)


# State: which comment is on the screen, since when.


def _shown(bench: Workbench, who: str) -> str | None:
    """Return the comment for the screen: the link's, or the next of the queue."""
    comment_id = st.query_params.get(Query.COMMENT) or bench.next_comment(who)
    if comment_id != st.session_state.get(Key.REVIEW_COMMENT):
        st.session_state[Key.REVIEW_COMMENT] = comment_id
        st.session_state.pop(Key.REVIEW_SHOWN_AT, None)
    if comment_id is not None:
        st.query_params[Query.COMMENT] = comment_id
    return comment_id


def _go(comment_id: str | None) -> None:
    """Show this comment next, or the head of the queue; nothing is on the screen until then."""
    st.session_state[Key.REVIEW_COMMENT] = None
    if comment_id is None:
        st.query_params.pop(Query.COMMENT, None)
    else:
        st.query_params[Query.COMMENT] = comment_id


def _tag(item: Item) -> str:
    """Return what the keys of this comment's buttons end in.

    A key press that comes while the next comment is being drawn is meant for the one still on the
    screen: buttons of another comment are other buttons, so it reaches nothing.
    """
    return digest(item.comment.id, item.entry.text_sha256, str(len(item.log)))


def _meant(item: Item) -> bool:
    """Whether a press is an act upon this comment, and not a held key that repeats itself."""
    if st.session_state.get(Key.REVIEW_COMMENT) != item.comment.id:
        return False
    if _looked_for() < _SHORTEST_LOOK:
        say("Too quick to have been read: press again.")
        return False
    return True


def _looked_for() -> float:
    """Return the seconds since the comment came onto the screen."""
    now = time.monotonic()
    return now - float(st.session_state.get(Key.REVIEW_SHOWN_AT, now))


def _draft(key: Key, item: Item) -> str:
    """Return the key of what is being written about this comment: it waits there for a return."""
    return f"{key}.{_tag(item)}"


# Acts: each runs before the page is drawn again.


@or_say("Your verdict was not saved.")
def _decide(bench: Workbench, item: Item, who: str, verdict: Verdict) -> None:
    if not _meant(item):
        return
    spent = _looked_for()
    following = bench.next_comment(who, after=item.comment.id)
    bench.decide(
        [item.entry.seen],
        verdict,
        reviewer=who,
        reasons=st.session_state.get(_draft(Key.REVIEW_REASONS, item), []),
        note=st.session_state.get(_draft(Key.REVIEW_NOTE, item), "").strip(),
        seconds_spent=spent if spent <= _LONGEST_LOOK else None,
    )
    st.session_state[Key.REVIEW_LAST] = verdict
    _go(None if following == item.comment.id else following)


@or_say("The comment was not skipped.")
def _skip(bench: Workbench, item: Item, who: str) -> None:
    if not _meant(item):
        return
    following = bench.next_comment(who, after=item.comment.id)
    bench.skip(item.comment.id, who)
    _go(following)


@or_say("Nothing was undone.")
def _undo(bench: Workbench, who: str) -> None:
    undone = bench.undo(who)
    st.session_state.pop(Key.REVIEW_LAST, None)
    if not undone:
        say("There is no decision of yours left to undo.")
    elif len(undone) == 1:
        again = bench.item(undone[0].comment_id).entry
        then = f"{again.verdict} stands again." if again.verdict else "Decide again."
        say(f"Undone: {undone[0].verdict}. {then}")
        _go(again.comment.id)
    else:
        say(f"Undone: {undone[0].verdict} for {len(undone)} comments.")
        _go(None)


@or_say("The queue cannot be read.")
def _step(bench: Workbench, item: Item, who: str, *, forward: bool) -> None:
    step = bench.following_comment if forward else bench.previous_comment
    found = step(who, item.comment.id)
    if found is None or found == item.comment.id:
        say("This is the last one." if forward else "This is the first one.")
    else:
        _go(found)


# Drawing. Text from outside goes through st.text, which shows it as it is; the comment itself, in
# which words are marked, through marked_text, which leaves no character of it to mean anything.


def _progress(bench: Workbench, who: str) -> None:
    counts = bench.progress(who)
    done = counts.flagged - counts.pending
    text = f"**{counts.pending:,} to review** · {done:,} of {counts.flagged:,} flagged are decided"
    if last := st.session_state.get(Key.REVIEW_LAST):
        text += f" · the last: {last}"
    if counts.decided_by_me:
        text += f" · {counts.decided_by_me:,} by you today"
    if counts.skipped_by_me:
        text += f" · {counts.skipped_by_me:,} skipped, they come last"
    st.progress(done / counts.flagged if counts.flagged else 1.0, text=text)


def _nothing_left(bench: Workbench, who: str) -> None:
    if bench.count() == 0:
        st.header("No comments yet")
        st.markdown("Read a file with `triage import FILE`, then rate it with `triage score`.")
        return
    if unrated := bench.count(BrowseFilter(scored=False)):
        st.header("Nothing is flagged so far")
        st.markdown(f"{unrated:,} comments are not rated yet: `triage score` rates them.")
    else:
        st.header("The queue is empty")
        st.markdown("Every flagged comment has a decision. They are in **Export**.")
    st.button("Undo my last decision", shortcut="Z", on_click=_undo, args=(bench, who))


def _context(item: Item) -> None:
    """Draw what the comment answers to: the article, and the parent."""
    with st.container(key="article", horizontal=True, vertical_alignment="center"):
        st.text(item.thread.title or item.thread.id)
        url = item.thread.url or ""
        if url.startswith(("https://", "http://")):
            st.link_button("Open", url, type="tertiary", icon=":material/open_in_new:")
    if item.parent is not None:
        with st.container(key="context-parent", gap=None):
            _byline(item.parent, "In reply to ")
            _folded(item.parent.text)


def _comment(item: Item, marks: Marks) -> None:
    with st.container(key="comment-card", border=True, gap="small"):
        _byline(item.comment, edited=item.entry.revision > 1)
        with st.container(key="comment-text"):
            if item.comment.text.strip():
                st.html(marked_text(item.comment.text, marks.spans))
            else:
                st.text("(an empty comment)")
        st.session_state.setdefault(Key.REVIEW_SHOWN_AT, time.monotonic())
        draw_legend(marks, len(item.comment.text))
        if hidden := hidden_marks(item.comment.text):
            st.caption(f":material/visibility_off: {hidden}")
        if standing := next((one for one in item.log if one.id == item.entry.decision_id), None):
            st.text(decided(standing))


def _verdicts(bench: Workbench, item: Item, who: str) -> None:
    tag = _tag(item)
    with st.container(horizontal=True, gap="small", key="verdicts"):
        for verdict in Verdict:
            st.button(
                verdict.value.capitalize(),
                key=f"review-{verdict}-{tag}",
                shortcut=VERDICT_KEYS[verdict],
                icon=VERDICT_ICONS[verdict],
                on_click=_decide,
                args=(bench, item, who, verdict),
            )
        st.button(
            "Skip", key=f"review-skip-{tag}", shortcut="S", on_click=_skip, args=(bench, item, who)
        )
        st.button("Undo", shortcut="Z", on_click=_undo, args=(bench, who))
    with st.container(horizontal=True, gap="small", key="steps", vertical_alignment="bottom"):
        st.text_input(
            "Note",
            key=_draft(Key.REVIEW_NOTE, item),
            placeholder="Note, optional; Tab leaves it",
            label_visibility="collapsed",
            persist_state="session",
        )
        for name, key, forward in (("Previous", "K", False), ("Next", "J", True)):
            st.button(
                name,
                key=f"review-{name}-{tag}",
                shortcut=key,
                type="tertiary",
                on_click=_step,
                args=(bench, item, who),
                kwargs={"forward": forward},
            )
    st.pills(
        "Reasons, optional",
        list(Label),
        selection_mode="multi",
        format_func=lambda label: Label(label).words,
        key=_draft(Key.REVIEW_REASONS, item),
        persist_state="session",
        wrap=True,
    )


def _around(item: Item) -> None:
    """Draw what stands beside the comment: its siblings and the replies to it."""
    for title, comments in (("Beside it", item.siblings), ("Replies to it", item.replies)):
        if comments:
            with (
                st.expander(f"{title}: {len(comments)}"),
                st.container(key=f"context-{title.split()[0].lower()}", gap="small"),
            ):
                for comment in comments:
                    _byline(comment)
                    st.text(comment.text)


def _ratings(bench: Workbench, item: Item) -> None:
    st.markdown("##### Why it is here")
    for reason in reasons(item):
        st.text(reason)
    if item.entry.scores is not None and item.entry.scores.values:
        policy = bench.policy()
        st.html(score_bars(item.entry.scores.values, policy))
        st.caption(
            f"The tick is the threshold (policy {policy.ref}). A score estimates how likely it is "
            "that readers would use the word; it is not a verdict."
        )


def _history(item: Item) -> None:
    if item.log:
        st.markdown("##### Decided before")
        for decision in reversed(item.log):
            st.text(decided(decision))


def _byline(comment: Comment, before: str = "", *, edited: bool = False) -> None:
    """Draw who wrote it and when."""
    with st.container(horizontal=True, gap="small"):
        st.text(before + (comment.author or "No name"))
        when = [ago(comment.created_at)] if comment.created_at else []
        st.caption(" · ".join([*when, *(["edited since"] if edited else [])]) or " ")


def _folded(text: str) -> None:
    """Draw a text; of a long one the beginning, and all of it behind a fold."""
    if len(text) <= _FOLD:
        st.text(text)
        return
    st.text(text[:_FOLD].rsplit(" ", 1)[0] + " …")
    with st.expander("Read all of it"):
        st.text(text)
