"""The veil: a comment is blurred until a key reveals it, where the site or the reviewer wants so.

The text is on the page all the same: the veil spares a reader, it keeps nothing secret.
"""

from __future__ import annotations

import streamlit as st

from triage.domain.kindness import Blur
from triage.ui.notices import or_say
from triage.ui.review.looking import heard, tag
from triage.ui.state import Key
from triage.workbench import Item, Workbench

__all__ = ["blur", "draw_break", "draw_choice", "draw_reveal", "veiled"]

_SITE = "site"
_WORDS = {Blur.OFF: "nothing", Blur.WORDS: "toxic words", Blur.TEXT: "the text"}


def blur(bench: Workbench, who: str) -> Blur:
    """Return what this reviewer has blurred; asked of the database once a session."""
    if Key.REVIEW_BLUR not in st.session_state:
        st.session_state[Key.REVIEW_BLUR] = bench.blur(who)
    return Blur(st.session_state[Key.REVIEW_BLUR])


def veiled(item: Item, wanted: Blur, *, words_known: bool) -> Blur:
    """Return what is blurred now: nothing once revealed, all of it while no words are known."""
    if st.session_state.get(Key.REVIEW_REVEALED) == tag(item):
        return Blur.OFF
    return Blur.TEXT if wanted is Blur.WORDS and not words_known else wanted


def draw_reveal(item: Item, wanted: Blur, now: Blur) -> None:
    """Draw the button that lifts the veil from the comment in hand, or lets it down again."""
    if wanted is not Blur.OFF:
        st.button(
            "Blur" if now is Blur.OFF else "Reveal",
            key=f"review-reveal-{tag(item)}",
            shortcut="B",
            type="tertiary",
            icon=f":material/{'visibility_off' if now is Blur.OFF else 'visibility'}:",
            on_click=_turn,
            args=(item,),
        )


def draw_choice(bench: Workbench, who: str) -> None:
    """Draw what this reviewer can choose, over what the site does."""
    if Key.REVIEW_BLUR_CHOICE not in st.session_state:
        st.session_state[Key.REVIEW_BLUR_CHOICE] = str(bench.own_blur(who) or _SITE)
    names = {one.value: _WORDS[one] for one in Blur}
    names[_SITE] = f"as the site: {_WORDS[bench.settings.blur]}"
    st.segmented_control(
        "Blurred until you press B",
        [_SITE, *(one.value for one in Blur)],
        required=True,
        format_func=names.__getitem__,
        key=Key.REVIEW_BLUR_CHOICE,
        persist_state="session",
        on_change=_choose,
        args=(bench, who),
    )


def draw_break(bench: Workbench, who: str) -> int:
    """Suggest a break to whoever has seen many severe comments today; return how many."""
    seen, budget = bench.severe_seen(who), bench.settings.severe_budget
    gone_on_at = int(st.session_state.get(Key.REVIEW_GONE_ON_AT, 0))
    already = gone_on_at if gone_on_at <= seen else 0  # a new day begins at none
    if budget and seen >= already + budget:
        with st.container(key="break", border=True, horizontal=True, vertical_alignment="center"):
            st.text(f"You have seen {seen} severe comments today. A break would do you good.")
            st.button("Go on", key="review-go-on", type="tertiary", on_click=_go_on, args=(seen,))
    return seen


def _go_on(seen: int) -> None:
    st.session_state[Key.REVIEW_GONE_ON_AT] = seen


def _turn(item: Item) -> None:
    heard()
    revealed = st.session_state.get(Key.REVIEW_REVEALED) == tag(item)
    st.session_state[Key.REVIEW_REVEALED] = None if revealed else tag(item)


@or_say("Your choice was not saved.")
def _choose(bench: Workbench, who: str) -> None:
    chosen = st.session_state.get(Key.REVIEW_BLUR_CHOICE)
    bench.set_blur(who, Blur(chosen) if chosen in list(Blur) else None)
    st.session_state.pop(Key.REVIEW_BLUR, None)
