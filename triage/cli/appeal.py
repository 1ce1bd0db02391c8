"""`triage appeal`: objections to decisions, taken in by hand and listed."""

from __future__ import annotations

from collections.abc import Sequence

import click

from triage.cli.opening import opened
from triage.cli.printing import many, say
from triage.domain.appeals import AppealedBy, AppealVia
from triage.domain.comments import one_line
from triage.errors import UsageError
from triage.settings import Settings

__all__ = ["appeal"]

_SHOWN = 1_000
_LINE = 90  # characters of a text


@click.group()
def appeal() -> None:
    """Take in appeals against decisions, and list them.

    An appealed comment waits in Review for somebody who has not decided it before.
    """


@appeal.command()
@click.argument("comment_id")
@click.option("--text", default="", help="What is objected; may be left out.")
@click.option(
    "--by",
    type=click.Choice([one.value for one in AppealedBy]),
    default=AppealedBy.UNKNOWN.value,
    show_default=True,
    help="Who objects.",
)
@click.option("--decision", metavar="ID", help="Refuse it unless this decision is in force.")
@click.option("--id", "external_id", metavar="ID", help="Your own id: the same twice is one.")
@click.pass_obj
def add(
    settings: Settings,
    comment_id: str,
    text: str,
    by: str,
    decision: str | None,
    external_id: str | None,
) -> None:
    """Take in an appeal against the decision in force about COMMENT_ID.

    An approval can be appealed against as a rejection can, once each.
    """
    with opened(settings) as bench:
        made = bench.appeal(
            comment_id,
            text,
            by=AppealedBy(by),
            via=AppealVia.CLI,
            received_by=settings.reviewer,
            decision_id=decision,
            external_id=external_id,
        )
    say(f"Appeal {made.appeal.id}: {made.status.words}")
    say(f"  against {made.first.verdict} by {made.first.reviewer}; others decide it: triage serve")


@appeal.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--batch", metavar="ID", help="All against the decisions of one batch, by the log.")
@click.option("--why", required=True, help="The reason, for the record.")
@click.option("--reply", default="", help="What the site tells whoever objected.")
@click.pass_obj
def dismiss(
    settings: Settings, ids: Sequence[str], batch: str | None, why: str, reply: str
) -> None:
    """End appeals without a second look: those with these IDs, or all against one batch.

    For what nobody can answer. The decisions stand, and it cannot be undone. Only leads may
    (TRIAGE_LEADS).
    """
    if bool(ids) == (batch is not None):
        raise UsageError("name ids of triage appeal list, or a batch: --batch")
    with opened(settings) as bench:
        chosen = ids if batch is None else bench.appeals_against(batch)
        count = bench.dismiss_appeals(chosen, settings.reviewer, why=why, reply=reply)
    say(f"Dismissed: {many(count, 'appeal')}")


@appeal.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that wait for an answer.")
@click.pass_obj
def list_appeals(settings: Settings, only_open: bool) -> None:
    """List appeals and what became of them, the oldest first."""
    with opened(settings) as bench:
        found = bench.appeals(only_open=only_open, limit=_SHOWN)
    if not found:
        say("No appeal waits." if only_open else "There are no appeals: triage appeal add")
        return
    for one in found:
        appealed = one.appealed
        made, first = appealed.appeal, appealed.first
        say(
            f"{made.id}  {made.received_at:%Y-%m-%d}  {made.comment_id}: {first.verdict} by "
            f"{first.reviewer}, {appealed.status.words}"
        )
        if made.text.strip():
            say(f"  {one_line(made.text, _LINE)}")
        if appealed.answer is not None:
            reply = f": {one_line(appealed.reply, _LINE)}" if appealed.reply.strip() else ""
            say(f"  answered by {appealed.answer.reviewer}{reply}")
        if appealed.dismissal is not None:
            ended = appealed.dismissal
            say(f"  dismissed by {one_line(ended.by, _LINE)}: {one_line(ended.why, _LINE)}")
    if len(found) == _SHOWN:
        say(f"The first {_SHOWN:,}; all of them: triage export appeals.csv --what appeals")
    else:
        say(many(len(found), "appeal"))
