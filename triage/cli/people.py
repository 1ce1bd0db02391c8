"""`triage people`: who may sign in to the dashboard, and as what."""

from __future__ import annotations

import click

from triage.cli.opening import opened
from triage.cli.printing import note, say
from triage.domain.people import Person, Role
from triage.settings import Settings

__all__ = ["people"]

_CLAIMED = "claim"
_name = click.argument("name")


@click.group()
def people() -> None:
    """Say who may sign in to the dashboard, and as what; see docs/operations.md, Sign-in.

    A reviewer sees the queue, browses and decides; a lead sets policies, guidelines and known
    answers, imports and exports, too; an admin manages people, tokens and webhooks, too. The
    command line itself asks nobody to sign in: whoever may read the database may use it, and writes
    in the name that TRIAGE_REVIEWER says.
    """


@people.command()
@_name
@click.option(
    "--role",
    default=Role.REVIEWER.value,
    show_default=True,
    type=click.Choice([one.value for one in Role]),
)
@click.pass_obj
def add(settings: Settings, name: str, role: str) -> None:
    """Let NAME work here: as the provider says it, an e-mail address by default."""
    with opened(settings) as bench:
        added = bench.add_person(name, Role(role), settings.reviewer)
    say(f"Added: {_line(added)}")
    _tell_whose(settings)


@people.command("list")
@click.pass_obj
def list_people(settings: Settings) -> None:
    """List everybody who ever could work here."""
    with opened(settings) as bench:
        known = bench.people()
    if not known:
        say("There is nobody yet: triage people add NAME --role admin")
    for one in known:
        say(_line(one))
        came = f"{one.signed_in_at:%Y-%m-%d %H:%M} UTC" if one.signed_in_at else "never"
        say(f"  added {one.added_at:%Y-%m-%d %H:%M} UTC by {one.added_by}, last signed in {came}")


@people.command()
@_name
@click.argument("role", type=click.Choice([*(one.value for one in Role), _CLAIMED]))
@click.pass_obj
def role(settings: Settings, name: str, role: str) -> None:
    """Give NAME another ROLE, from the next act on; `claim` leaves it to the provider."""
    with opened(settings) as bench:
        given = None if role == _CLAIMED else Role(role)
        say(f"Changed: {_line(bench.set_role(name, given, settings.reviewer))}")
    _tell_whose(settings)


@people.command()
@_name
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Let NAME work here no more, from the next act on; what was decided stays."""
    with opened(settings) as bench:
        say(f"Removed: {bench.remove_person(name, settings.reviewer).name}")
    _tell_whose(settings)


@people.command()
@_name
@click.pass_obj
def release(settings: Settings, name: str) -> None:
    """Let the next account that signs in by NAME have it, as after a change of provider.

    A name is otherwise the first account's that came by it, so that two people are never one.
    """
    with opened(settings) as bench:
        say(f"Released: {bench.release_name(name, settings.reviewer).name}")
    _tell_whose(settings)


def _line(one: Person) -> str:
    gone = f", removed {one.changed_at:%Y-%m-%d %H:%M} UTC" if one.removed_at else ""
    return f"{one.name}: {one.role or 'as the provider says'}{gone}"


def _tell_whose(settings: Settings) -> None:
    note(f"Written in the name of {settings.reviewer}.")
