"""People: who may work here, and as what, and the programs that may ask; for admins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import streamlit as st

from triage.domain.people import Person, Role
from triage.ui import tokens
from triage.ui.notices import or_say, say, show
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key, digest
from triage.ui.words import ago
from triage.workbench import Workbench

__all__ = ["page"]

_PEOPLE, _TOKENS = "People", "API tokens"
_BY_PROVIDER = "as the provider says"
_CLAIMS = {"email": "e-mail address", "preferred_username": "user name", "sub": "subject id"}
_DUTIES: Mapping[Role, str] = MappingProxyType(
    {
        Role.REVIEWER: "sees the queue, browses, decides",
        Role.LEAD: "sets policies, guidelines and known answers, imports and exports, too",
        Role.ADMIN: "manages people, tokens and webhooks, too",
    }
)


def page(bench: Workbench) -> None:
    """Draw the choice between people and tokens, and one of the two."""
    show()
    st.header("People")
    chosen = st.segmented_control(
        "Who",
        [_PEOPLE, _TOKENS],
        default=_PEOPLE,
        required=True,
        label_visibility="collapsed",
        key=Key.PEOPLE_SECTION,
    )
    if chosen == _TOKENS:
        tokens.draw(bench)
    else:
        _draw_people(bench)


def _draw_people(bench: Workbench) -> None:
    """Draw a form to add somebody, and everybody with what can be done."""
    who = bench.settings.reviewer
    st.caption("  \n".join(f"**{role}** {duty}" for role, duty in _DUTIES.items()))
    _draw_form(bench, who)
    found = bench.people()
    here = [one for one in found if one.removed_at is None]
    for one in here:
        _draw(bench, one, who)
    if not here:
        st.text("Nobody is in the table: who may sign in is for the provider to say.")
    _draw_removed(bench, [one for one in found if one.removed_at is not None], who)


def _draw_form(bench: Workbench, who: str) -> None:
    claim = bench.settings.sign_in.name if bench.settings.sign_in else "name"
    with (
        st.form("people-add", border=False),  # Enter adds
        st.container(horizontal=True, gap="small", vertical_alignment="bottom"),
    ):
        st.text_input(
            "Name",
            key=Key.PEOPLE_NAME,
            placeholder=f"The {_CLAIMS.get(claim, claim)} that the provider knows",
            width=320,
        )
        st.selectbox("Role", list(Role), key=Key.PEOPLE_ROLE, width=140)
        st.form_submit_button("Add", icon=":material/person_add:", on_click=_add, args=(bench, who))


def _draw(bench: Workbench, one: Person, who: str) -> None:
    about = digest(one.name)
    with st.container(
        border=True,
        horizontal=True,
        gap="small",
        vertical_alignment="center",
        key=f"person-{about}",
    ):
        with st.container(gap=None):
            st.text(one.name)
            with st.container(key=f"said-{about}"):
                st.text(_line(one))
        if one.name == who:  # nobody locks the door on themselves
            st.text(f"you, {one.role or _BY_PROVIDER}", width="content")
            return
        key = f"{Key.PEOPLE_ROLE}.{about}.{one.role}"
        rules = bench.settings.sign_in
        claimed = [None] if one.role is None or (rules and rules.roles) else []
        choices = [*Role, *claimed]
        st.selectbox(
            f"Role of {plain_markdown(one.name)}",
            choices,
            index=choices.index(one.role),
            format_func=lambda role: role or _BY_PROVIDER,
            key=key,
            label_visibility="collapsed",
            width=200,
            on_change=_set_role,
            args=(bench, one, key, who),
        )
        with st.popover("More", type="tertiary"):
            _draw_more(bench, one, who, about)


def _draw_more(bench: Workbench, one: Person, who: str, about: str) -> None:
    st.text(
        f"{one.name} would be refused from the next act on, and their assignments end. What was "
        "decided stays, and you can bring them back."
    )
    st.button(
        "Remove",
        key=f"people-remove-{about}",
        icon=":material/person_remove:",
        on_click=_remove,
        args=(bench, one, who),
    )
    if one.issuer is not None:
        st.text("Let the next account that signs in by this name have it.")
        st.button(
            "Release the name",
            key=f"people-release-{about}",
            icon=":material/link_off:",
            on_click=_release,
            args=(bench, one, who),
        )


def _draw_removed(bench: Workbench, removed: Sequence[Person], who: str) -> None:
    if not removed:
        return
    with st.expander(f"{len(removed)} removed"):
        for one in removed:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.text(f"{one.name}, removed {ago(one.changed_at)} by {one.changed_by}")
                st.button(
                    "Bring back as a reviewer",
                    key=f"people-back-{digest(one.name)}",
                    type="tertiary",
                    on_click=_bring_back,
                    args=(bench, one, who),
                )


def _line(one: Person) -> str:
    """Return what is known of a person."""
    came = f"signed in {ago(one.signed_in_at)}" if one.signed_in_at else "has not signed in yet"
    return f"{came} · added {ago(one.added_at)} by {one.added_by}"


@or_say("Nobody was added.")
def _add(bench: Workbench, who: str) -> None:
    added = bench.add_person(
        str(st.session_state[Key.PEOPLE_NAME]), st.session_state[Key.PEOPLE_ROLE], who
    )
    st.session_state[Key.PEOPLE_NAME] = ""
    say(f"{plain_markdown(added.name)} was added as {added.role}.")


@or_say("The role was not changed.")
def _set_role(bench: Workbench, one: Person, key: str, who: str) -> None:
    bench.set_role(one.name, st.session_state[key], who)
    role = st.session_state[key] or _BY_PROVIDER
    say(f"{plain_markdown(one.name)}: {role}, from the next act on.")


@or_say("Nobody was removed.")
def _remove(bench: Workbench, one: Person, who: str) -> None:
    bench.remove_person(one.name, who)
    say(f"{plain_markdown(one.name)} was removed.")


@or_say("The name was not released.")
def _release(bench: Workbench, one: Person, who: str) -> None:
    bench.release_name(one.name, who)
    say(f"{plain_markdown(one.name)} is released: the next account that signs in by it has it.")


@or_say("Nobody was brought back.")
def _bring_back(bench: Workbench, one: Person, who: str) -> None:
    bench.add_person(one.name, Role.REVIEWER, who)
    say(f"{plain_markdown(one.name)} is back, as a reviewer.")
