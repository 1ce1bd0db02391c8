"""`triage assign` and `triage notes`: whose part of the queue is whose, and what is handed over."""

from __future__ import annotations

import click

from triage.cli.opening import opened
from triage.cli.printing import many, say
from triage.domain.assignments import Part, PartKind
from triage.errors import UsageError
from triage.settings import Settings

__all__ = ["assign", "notes"]

_KIND = click.Choice([one.value for one in PartKind])


@click.command()
@click.argument("kind", type=_KIND, required=False)
@click.argument("value", required=False)
@click.argument("reviewer", required=False)
@click.option("--list", "listed", is_flag=True, help="What is assigned, and how far each part is.")
@click.option("--end", metavar="ID", help="End the assignment with this id of --list.")
@click.pass_obj
def assign(
    settings: Settings,
    kind: str | None,
    value: str | None,
    reviewer: str | None,
    listed: bool,
    end: str | None,
) -> None:
    """Give a part of the queue to REVIEWER: a thread by its id, a label, or a language (en).

    Who has assignments gets comments of these first, in the usual order, and when none of them is
    left, what is assigned to nobody. What is assigned to others comes last, so that nothing is
    stuck when somebody is away. Only leads may (TRIAGE_LEADS).
    """
    if kind is not None and value is not None and reviewer is not None and not (listed or end):
        with opened(settings) as bench:
            made = bench.assign(_part(kind, value), reviewer, settings.reviewer)
        say(f"Assigned to {made.reviewer}: {_called(made.part)} ({made.id})")
    elif kind is not None or listed == (end is not None):
        raise UsageError(
            "say KIND, VALUE and REVIEWER (triage assign language de ana), or --list, or --end ID"
        )
    elif end is not None:
        with opened(settings) as bench:
            ended = bench.end_assignment(end, settings.reviewer)
        say(f"Ended: {_called(ended.part)}, {ended.reviewer}")
    else:
        _list(settings)


def _list(settings: Settings) -> None:
    with opened(settings) as bench:
        found, parts = bench.assignments(), bench.part_progress()
    if not found:
        say("Nothing is assigned: triage assign KIND VALUE REVIEWER")
    for one in parts:
        since = one.waiting_since
        oldest = f", the oldest since {since:%Y-%m-%d %H:%M} UTC" if since else ""
        called = "assigned to nobody" if one.part is None else _called(one.part)
        named = f" ({one.name})" if one.part is not None and one.name != one.part.value else ""
        say(
            f"{called}{named}: {one.waiting:,} to review{oldest}, "
            f"{one.decided:,} decided in the last day"
        )
        for given in found:
            if given.part == one.part:
                say(f"  {given.id}  {given.reviewer}, by {given.by}, {given.at:%Y-%m-%d}")


@click.command()
@click.option("--add", "text", metavar="TEXT", help="Leave a note, in plain text.")
@click.option(
    "--about", nargs=2, type=(_KIND, str), metavar="KIND VALUE", help="For whoever has that part."
)
@click.option("--withdraw", metavar="ID", help="Take a note out of the database, as a lead.")
@click.pass_obj
def notes(
    settings: Settings, text: str | None, about: tuple[str, str] | None, withdraw: str | None
) -> None:
    """List the notes that reviewers left for one another, or leave one.

    Review shows a note to everybody, or to whoever has the part it is about, until each has
    dismissed it, for 30 days.
    """
    if withdraw is not None and text is None and about is None:
        with opened(settings) as bench:
            bench.withdraw_note(withdraw, settings.reviewer)
        say("Withdrawn: its text is gone.")
    elif withdraw is not None or (about is not None and text is None):
        raise UsageError("say --add TEXT, with --about where it is about a part, or --withdraw ID")
    elif text is not None:
        with opened(settings) as bench:
            made = bench.leave_note(
                text, settings.reviewer, None if about is None else _part(*about)
            )
        say(f"Left: {made.id}")
    else:
        with opened(settings) as bench:
            found = bench.handover_notes()
        for one in found:
            part = "" if one.about is None else f", about {_called(one.about)}"
            say(f"{one.id}  {one.at:%Y-%m-%d %H:%M} UTC  {one.by}{part}")
            gone = f"(withdrawn by {one.withdrawn_by})"
            for line in (gone if one.withdrawn_by is not None else one.text).splitlines():
                say(f"  {line}")
        say(many(len(found), "note"))


def _part(kind: str, value: str) -> Part:
    try:
        return Part(PartKind(kind), value)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _called(part: Part) -> str:
    return f"{part.kind} {part.value}"
