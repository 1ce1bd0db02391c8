"""API tokens, a section of the page People: which programs may ask over HTTP, and for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import streamlit as st

from triage.domain.tokens import Issued, Scope, Token
from triage.ui.notices import or_say, say
from triage.ui.state import Key
from triage.ui.words import ago
from triage.workbench import Workbench

__all__ = ["draw"]

_FOR: Mapping[Scope, str] = MappingProxyType(
    {
        Scope.ANALYZE: "scores as Perspective gives them",
        Scope.FEEDBACK: "say what was decided elsewhere",
        Scope.COMMENTS: "send comments to review",
        Scope.APPEALS: "send appeals and follow them",
        Scope.SCORE: "scores of lists",
        Scope.METRICS: "figures for monitoring",
    }
)


def draw(bench: Workbench) -> None:
    """Draw every good token, a form to make one, and those that were revoked."""
    who = bench.settings.reviewer
    st.caption(
        "Other programs ask over HTTP with a token each, and may do what its scopes say. What they "
        "decide stands in the log under the token’s name."
    )
    known = bench.tokens()
    good = [one for one in known if one.revoked_at is None]
    for one in good:
        _draw(bench, one, who)
    if not good:
        st.info("No token is good now.", icon=":material/key_off:")
    _draw_form(bench, who)
    _draw_revoked([one for one in known if one.revoked_at is not None])


def _draw(bench: Workbench, one: Token, who: str) -> None:
    with st.container(
        border=True,
        horizontal=True,
        gap="small",
        vertical_alignment="center",
        key=f"token-{one.name}",
    ):
        with st.container(gap=None):
            st.text(f"{one.name}: {_scopes(one)}")
            with st.container(key=f"said-token-{one.name}"):
                st.text(f"{_made(one)} · {_used(one)}")
        with st.popover("Revoke", type="tertiary", icon=":material/key_off:"):
            st.text(
                f"Whatever sends {one.name} is refused from its next request on, and this cannot "
                "be taken back: it would need a new token. What came with it stays."
            )
            st.button(
                "Revoke for good",
                key=f"tokens-revoke-{one.name}",
                type="primary",
                on_click=_revoke,
                args=(bench, one.name, who),
            )


def _draw_form(bench: Workbench, who: str) -> None:
    """Draw the form, folded; instead of it the secret of a token that was just made."""
    issued: Issued | None = st.session_state.get(Key.TOKENS_ISSUED)
    if issued is not None:
        _draw_secret(issued)
        return
    fold = st.expander("Make a token", icon=":material/add:", key=Key.TOKENS_FORM)
    with fold, st.form("tokens-form", border=False):
        st.text_input(
            "Name",
            key=Key.TOKENS_NAME,
            placeholder="Which program it is for: blog",
            help="Letters, digits, dots, hyphens and underscores.",
        )
        st.pills(
            "What it may",
            list(Scope),
            selection_mode="multi",
            format_func=lambda one: f"{one}: {_FOR[one]}",
            key=Key.TOKENS_SCOPES,
        )
        st.form_submit_button(
            "Make", type="primary", icon=":material/key:", on_click=_make, args=(bench, who)
        )


def _draw_secret(issued: Issued) -> None:
    with st.container(border=True, key="tokens-secret"):
        st.warning(
            "Copy it into the program now: it is kept nowhere, and shown until you say that you "
            "have kept it, or close the page. Whoever has it may do all that its scopes say.",
            icon=":material/key:",
        )
        st.text(f"The token of {issued.token.name}, for {_scopes(issued.token)}")
        st.code(issued.secret, language=None, wrap_lines=True)
        st.button("I have kept it", type="primary", key="tokens-kept", on_click=_forget)


def _draw_revoked(revoked: Sequence[Token]) -> None:
    if not revoked:
        return
    with st.expander(f"{len(revoked)} revoked"):
        for one in revoked:
            gone = ago(one.revoked_at) if one.revoked_at else ""
            st.text(f"{one.name}: {_scopes(one)}\nrevoked {gone} · {_made(one)} · {_used(one)}")


def _scopes(one: Token) -> str:
    """Return what a token is for; one of scopes that only a newer version knows, for nothing."""
    return ", ".join(sorted(one.scopes))


def _made(one: Token) -> str:
    return f"made {ago(one.created_at)} by {one.created_by}"


def _used(one: Token) -> str:
    return f"last used {ago(one.last_used_at)}" if one.last_used_at else "never used"


@or_say("No token was made.")
def _make(bench: Workbench, who: str) -> None:
    state = st.session_state
    state[Key.TOKENS_ISSUED] = bench.create_token(
        state[Key.TOKENS_NAME].strip(), state[Key.TOKENS_SCOPES], who
    )


@or_say("The token was not revoked.")
def _revoke(bench: Workbench, name: str, who: str) -> None:
    bench.revoke_token(name, who)
    say("Revoked.")


def _forget() -> None:
    st.session_state.pop(Key.TOKENS_ISSUED, None)
