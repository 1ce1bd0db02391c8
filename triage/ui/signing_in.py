"""Who is at the page: whoever signed in, or the one person of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAuthError

from triage.domain.people import Account, Role, SignIn, account_of
from triage.domain.urls import is_loopback
from triage.errors import RightsError, TriageError, UsageError
from triage.settings import Settings
from triage.ui.notices import fault
from triage.workbench import RIGHTS, Seat, Workbench, seat

__all__ = ["comes_over_tls", "draw_not_yours", "draw_you", "provider_secrets", "seated"]

_PLURALS = {Role.REVIEWER: "reviewers", Role.LEAD: "leads", Role.ADMIN: "admins"}


def provider_secrets() -> dict[str, Any] | None:
    """Return what Streamlit is to know of the provider; None without sign-in."""
    try:
        rules = Settings.from_environment().sign_in
    except TriageError:  # settings that cannot be used: every page will say so
        return None
    return None if rules is None else {"auth": dict(rules.auth)}


def comes_over_tls(provider: Mapping[str, Any] | None) -> bool:
    """Return whether people come back from the provider by https: then they always come so."""
    return provider is not None and str(provider["auth"]["redirect_uri"]).startswith("https:")


def seated(bench: Workbench) -> Workbench | None:
    """Return the workbench as whoever is here may use it.

    None where nobody signed in, or somebody who is nobody here: then the page says what to do.
    Raises UsageError for a dashboard that others can reach and that knows nobody.
    """
    rules = bench.settings.sign_in
    if rules is None:
        _check_alone(bench.settings)
        return bench
    if not st.user.get("is_logged_in"):
        _draw_door(rules)
        return None
    try:
        return seat(bench, _account(rules))
    except RightsError as error:
        _draw_refusal(rules, error)
        return None


def draw_you(bench: Workbench) -> None:
    """Draw who is signed in, as what, and the way out."""
    st.header("You")
    if not isinstance(bench, Seat):
        st.text(f"Nobody signs in here: what is decided is in the name {bench.settings.reviewer}.")
        return
    st.text(f"{bench.settings.reviewer}, {bench.role} here")
    st.caption(
        "Under this name the log keeps what you decide. An admin gives roles; another one holds "
        "from your next act on."
    )
    st.button("Sign out", icon=":material/logout:", on_click=st.logout)


def draw_not_yours(bench: Workbench, title: str, verb: str) -> None:
    """Say whose a page is that somebody came to by its link."""
    st.header(title)
    if isinstance(bench, Seat):
        role = RIGHTS[verb]
        st.info(f"This page is for {_PLURALS[role]}.", icon=":material/lock:")
        st.text(
            f"{bench.settings.reviewer} has the role {bench.role} here; an admin gives another one."
        )
    else:
        st.info(
            "Nobody signs in here, so that there are no people to manage: see docs/operations.md, "
            "Sign-in.",
            icon=":material/lock_open:",
        )


def _check_alone(settings: Settings) -> None:
    """Raise UsageError where others may be at the page in this one person's name."""
    if st.secrets.load_if_toml_exists() and "auth" in st.secrets:
        raise UsageError(
            "there is a secrets.toml with [auth], and TRIAGE_SIGN_IN names no file: set it to that "
            "file, so that people sign in (docs/operations.md), or take the table out"
        )
    if not is_loopback(st.get_option("server.address") or "") and not settings.behind_proxy:
        raise UsageError(
            "other machines reach this dashboard, and nobody signs in: keep to 127.0.0.1 (triage "
            "serve does), set TRIAGE_SIGN_IN, or TRIAGE_BEHIND_PROXY=1 where a proxy keeps others "
            "out (docs/operations.md)"
        )


def _account(rules: SignIn) -> Account:
    try:
        return account_of(st.user.to_dict(), rules)
    except ValueError as error:
        raise RightsError(str(error)) from None


def _draw_door(rules: SignIn) -> None:
    with st.container(horizontal_alignment="center", key="door"):
        st.header("triage", anchor=False, text_alignment="center")  # its room is off centre
        st.text("Sign in to review.")
        _draw_ways_in(rules, "Sign in")


def _draw_ways_in(rules: SignIn, words: str) -> None:
    for provider in rules.providers or (None,):
        label = words if provider is None else f"{words} with {provider}"
        st.button(
            label,
            key=f"sign-in-{provider or ''}",
            type="primary",
            icon=":material/login:",
            on_click=_sign_in,
            args=(provider,),
        )


def _sign_in(provider: str | None) -> None:
    try:
        st.login(provider)
    except StreamlitAuthError as error:  # Authlib is not installed, or a setting is missing
        fault("Nobody can sign in.", error)


def _draw_refusal(rules: SignIn, error: RightsError) -> None:
    with st.container(key="refused"):
        fault("You are signed in, and cannot go on.", error)
        with st.container(horizontal=True, gap="small"):
            _draw_ways_in(rules, "Sign in again")
            st.button("Sign out", icon=":material/logout:", on_click=st.logout)
