"""Claims, as the page makes them: the comment on the screen is this reviewer's for a while.

Only what somebody does on the page keeps a claim alive; a tab that is left open loses it. What a
session still holds when its browser is gone is let go of by Streamlit's end of the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from triage.domain.claims import Claim
from triage.errors import StoreError, TriageError
from triage.workbench import Workbench

__all__ = ["draw_holder", "draw_others", "ended", "hold", "leave", "took"]

_NAMED = 3


class _Hands:
    """The comments that one session holds."""

    def __init__(self, bench: Workbench, who: str) -> None:
        self._bench = bench
        self._who = who
        self.held: set[str] = set()

    def let_go(self, *, but: str | None = None) -> None:
        """Let others have all of them but one. Where that fails, the leases end by themselves."""
        left = self.held - {but}
        if left:
            with suppress(TriageError):
                self._bench.release(left, self._who)
            self.held -= left


@st.cache_resource(scope="session", show_spinner=False, on_release=_Hands.let_go)
def _hands(_bench: Workbench, who: str) -> _Hands:
    return _Hands(_bench, who)


def took(bench: Workbench, who: str, comment_id: str | None) -> None:
    """Note what the queue handed to this session: unless it is shown, it goes back."""
    if comment_id is not None:
        _hands(bench, who).held.add(comment_id)


def ended(bench: Workbench, who: str, comment_id: str) -> None:
    """Note that the claim ended by an act."""
    _hands(bench, who).held.discard(comment_id)


def hold(bench: Workbench, who: str, comment_id: str | None) -> Claim | None:
    """Hold the comment on the screen and nothing else; return the claim of whoever has it else.

    Where the database is busy the comment is shown all the same.
    """
    hands = _hands(bench, who)
    hands.let_go(but=comment_id)
    if comment_id is None:
        return None
    try:
        claim = bench.hold(comment_id, who)
    except StoreError:
        return None
    if claim is not None and claim.reviewer == who:
        hands.held.add(comment_id)
        return None
    return claim


def leave(bench: Workbench, who: str) -> None:
    """Let others have what this session holds: another page is on the screen."""
    _hands(bench, who).let_go()


def draw_holder(claim: Claim | None) -> None:
    """Say that somebody else is at the comment, where that is so."""
    if claim is not None:
        with st.container(key="held", border=True, horizontal=True, gap="small"):
            st.markdown(":material/person:", width="content")
            st.text(f"{claim.reviewer} is on this one. You may decide it all the same.")


def draw_others(others: Sequence[Claim]) -> None:
    """Say who is on what besides."""
    if others:
        named = [_where(claim) for claim in others[:_NAMED]]
        more = [f"{len(others) - _NAMED} more"] if len(others) > _NAMED else []
        with st.container(key="others"):
            st.text(f"Here too: {', '.join([*named, *more])}")


def _where(claim: Claim) -> str:
    return f"{claim.reviewer} (in “{claim.thread_title}”)" if claim.thread_title else claim.reviewer
