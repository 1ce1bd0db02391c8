"""What a reviewer does with the comment on the screen. Each act runs before the page is drawn."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from triage.domain.appeals import APPEAL, AppealStatus
from triage.domain.decisions import Decision, FlagSource, Verdict
from triage.domain.entries import Act, Entry, PutOff, Said, Seen
from triage.domain.looks import Opinion
from triage.ui.notices import or_say, say
from triage.ui.review.appeal import reply_to
from triage.ui.review.claiming import ended, took
from triage.ui.review.copies import copies_meant
from triage.ui.review.looking import draft, go, heard, looked_for, meant
from triage.ui.review.reasons import reasons_for
from triage.ui.state import Key
from triage.ui.words import comments
from triage.workbench import Item, Workbench

__all__ = ["decide", "decide_beside", "flag", "flagged_by", "skip", "step", "undo", "undo_act"]


@or_say("Your verdict was not saved.")
def decide(bench: Workbench, item: Item, who: str, verdict: Verdict) -> None:
    """Record the verdict with its reasons, and show the next comment."""
    if not meant(item):
        return
    said = reasons_for(item, verdict)
    following = _following(bench, item, who)
    if item.look is not None:
        bench.say(
            item.entry.seen,
            item.look,
            verdict,
            reviewer=who,
            reasons=said.given,
            note=_note(item),
            seconds_spent=looked_for(),
        )
    else:
        alike = copies_meant(item)
        made = bench.decide(
            [item.entry.seen],
            verdict,
            reviewer=who,
            reasons=said.given,
            refused=said.refused,
            note=_note(item),
            seconds_spent=looked_for(),
            score_visible=not item.blind,
            copies=alike,
            reply=reply_to(item, verdict, who),
        )
        if alike:
            _say_how_many(verdict, len(made) - 1, len(alike))
            if following in {one.comment_id for one in alike}:
                following = _following(bench, item, who)
    ended(bench, who, item.comment.id)
    st.session_state[Key.REVIEW_LAST] = verdict
    go(None if following == item.comment.id else following)


def _say_how_many(verdict: Verdict, decided: int, alike: int) -> None:
    said = f"Saved: {verdict}, for {comments(decided)} alike too."
    if left := alike - decided:
        said += f" Left out, as changed meanwhile: {comments(left)}."
    say(said)


@or_say("Your verdict was not saved.")
def decide_beside(bench: Workbench, entry: Entry, who: str, verdict: Verdict) -> None:
    """Record a verdict about a comment of the unfolded thread; the one in hand stays."""
    heard()
    look = bench.look_kind(entry.comment.id, who)
    if look is not None:
        bench.say(entry.seen, look, verdict, reviewer=who)
    else:
        shown = entry.scores is not None
        bench.decide([entry.seen], verdict, reviewer=who, score_visible=shown, via="thread")
    st.session_state[Key.REVIEW_LAST] = verdict


@or_say("The comment was not skipped.")
def skip(bench: Workbench, item: Item, who: str) -> None:
    """Let the comment, and those alike, come back to this reviewer after all the others."""
    if not meant(item):
        return
    alike = copies_meant(item)
    following = _following(bench, item, who, without=alike)
    bench.skip(item.comment.id, who, copies=alike)
    ended(bench, who, item.comment.id)
    if alike:
        say(f"Skipped, and {comments(len(alike))} alike too: they come last.")
    go(following)


def flagged_by(item: Item, who: str) -> bool:
    """Whether this reviewer's own flag stands."""
    return any(flag.source is FlagSource.REVIEWER and flag.by == who for flag in item.flags)


@or_say("The flag was not saved.")
def flag(bench: Workbench, item: Item, who: str) -> None:
    """Raise this reviewer's flag, with the note, or withdraw it; the comment stays in hand."""
    heard()
    if st.session_state.get(Key.REVIEW_COMMENT) != item.comment.id:
        return
    raised = not flagged_by(item, who)
    bench.flag([item.comment.id], who, raised=raised, note=_note(item) if raised else "")
    say("Flagged: it asks for a review, whatever its scores." if raised else "Flag withdrawn.")


@or_say("Nothing was undone.")
def undo(bench: Workbench, who: str) -> None:
    """Take back the last act: the first of those that are listed."""
    acts = bench.recently(who, 1)
    if acts:
        _take_back(bench, acts[0], who)
    else:
        _undone(bench, [])


@or_say("Nothing was undone.")
def undo_act(bench: Workbench, act: Act | Said | PutOff, who: str) -> None:
    """Take back one of the last acts."""
    _take_back(bench, act, who)


def _take_back(bench: Workbench, act: Act | Said | PutOff, who: str) -> None:
    if isinstance(act, PutOff):
        bench.unskip(act.skip, who)
        say("Undone: skip." if act.count == 1 else f"Undone: skip for {comments(act.count)}.")
        go(act.skip.comment_id)
    elif isinstance(act, Said):
        bench.withdraw(act.opinion, who)
        _withdrawn(act.opinion)
    else:
        _undone(bench, bench.undo_act(act.decision.id, who))


def _withdrawn(said: Opinion) -> None:
    st.session_state.pop(Key.REVIEW_LAST, None)
    say(f"Undone: {said.verdict}. Decide again.")
    go(said.comment_id)


def _undone(bench: Workbench, undone: list[Decision]) -> None:
    st.session_state.pop(Key.REVIEW_LAST, None)
    if not undone:
        say("There is no decision of yours left to undo.")
    elif len(undone) == 1:
        again = bench.item(undone[0].comment_id)
        stands = again.entry.verdict
        then = f"{stands} stands again." if stands else "Decide again."
        say(f"Undone: {undone[0].verdict}. {then}{_of_appeals(again, undone[0])}")
        go(again.comment.id)
    else:
        say(f"Undone: {undone[0].verdict} for {len(undone)} comments.")
        # Of copies one was read, and the eyes are on it again; of a batch none was.
        go(next((one.comment_id for one in undone if one.looked), None))


def _of_appeals(item: Item, undone: Decision) -> str:
    """Return what an undo means for an appeal, if anything."""
    if item.appeal is not None and undone.via == APPEAL:
        return " The appeal waits again."
    against = [one for one in item.appeals if one.first.id == undone.id]
    if any(one.status is AppealStatus.LAPSED_UNDONE for one in against):
        return " The appeal against it lapses."
    return ""


@or_say("The queue cannot be read.")
def step(bench: Workbench, item: Item, who: str, *, forward: bool) -> None:
    """Look at the next or the previous comment of the queue, and decide nothing."""
    found = (bench.following_comment if forward else bench.previous_comment)(who, item.comment.id)
    if found is None or found == item.comment.id:
        say("This is the last one." if forward else "This is the first one.")
    else:
        took(bench, who, found)
        go(found)


def _following(
    bench: Workbench, item: Item, who: str, *, without: Iterable[Seen] = ()
) -> str | None:
    """Claim the comment that comes after this one; a second look has no place in the queue."""
    after = None if item.look else item.comment.id
    found = bench.next_comment(who, after, without=[one.comment_id for one in without])
    took(bench, who, found)
    return found


def _note(item: Item) -> str:
    return str(st.session_state.get(draft(Key.REVIEW_NOTE, item), "")).strip()
