"""`triage return`: decisions go back to where the comments live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.exit_codes import EXIT_PARTLY
from triage.cli.opening import opened
from triage.cli.printing import list_problems, many, say
from triage.domain.decisions import DecidedBy
from triage.errors import UsageError
from triage.settings import Settings

if TYPE_CHECKING:
    from triage.workbench import Plan

__all__ = ["hand_back"]

_PATH = click.Path(path_type=Path)


@click.command("return")
@click.argument("output", metavar="[OUT]", required=False, type=_PATH)
@click.option(
    "--to",
    required=True,
    type=click.Choice(["wordpress", "wxr", "coral", "discourse", "disqus"]),
    help="Where the comments came from, and how they are reached.",
)
@click.option("--source", metavar="NAME", help="Comments imported with this --source; '': without.")
@click.option("--thread", metavar="ID", help="Comments of this thread.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="What was decided, or taken back, since then (UTC).",
)
@click.option(
    "--decided-by",
    multiple=True,
    type=click.Choice([one.value for one in DecidedBy]),
    default=[DecidedBy.PERSON.value],
    show_default=True,
    help="Whose decisions go back; may be given again.",
)
@click.option(
    "--spam",
    multiple=True,
    default=["SPAM"],
    show_default=True,
    metavar="REASON",
    help="A reason that makes a rejection one of spam, where the site knows spam.",
)
@click.option("--url", metavar="URL", help="wordpress: the site's address in a network of sites.")
@click.option("--from", "export", type=_PATH, metavar="XML", help="wxr: the export to be copied.")
@click.option("--again", is_flag=True, help="What was handed back before, too.")
@click.option("--dry-run", is_flag=True, help="Print what would change; write and keep nothing.")
@click.pass_obj
def hand_back(
    settings: Settings,
    output: Path | None,
    to: str,
    source: str | None,
    thread: str | None,
    since: datetime | None,
    decided_by: Sequence[str],
    spam: Sequence[str],
    url: str | None,
    export: Path | None,
    again: bool,
    dry_run: bool,
) -> int:
    """Write to OUT what makes the site that comments came from agree with what was decided.

    Only comments whose state there differs, as far as it is known, and only what was not handed
    back before: what OUT holds counts as handed back once it is whole. A decision that was taken
    back since is taken back there. docs/formats.md says what each site gets, and how OUT is used.
    """
    if output is None and not dry_run:
        raise UsageError("name the file to write, or use --dry-run to see what would change")
    from triage.workbench import Asked

    asked = Asked(
        source=source,
        thread_id=thread,
        since=since and since.replace(tzinfo=UTC),
        by=frozenset(map(DecidedBy, decided_by)),
    )
    with opened(settings) as bench:
        plan = bench.plan_return(to, asked, url=url, export=export, spam=spam, again=again)
        if dry_run:
            _tell_changes(plan)
        elif plan.changes and output is not None:
            bench.write_return(plan, output)
            bench.remember_return(plan, settings.reviewer)
            say(f"{output}: {_counted(plan)}")
            say(f"  {plan.way.how}")
        else:
            why = "" if plan.sources else f"no decided comment came from {plan.way.name}, "
            say(f"Nothing to hand back ({plan.way.key}): {why}nothing is written")
    list_problems(plan.left)
    return EXIT_PARTLY if plan.left else 0


def _tell_changes(plan: Plan) -> None:
    width = max((len(one.returnable.comment_id) for one in plan.changes), default=0)
    for one in plan.changes:
        now = one.now.value if one.now else "not told"
        name = one.returnable.comment_id.ljust(min(width, 40))
        say(f"{name}  {now:<9} -> {one.then.value:<9}  {one.why}")
    say(f"Would change: {_counted(plan)}")


def _counted(plan: Plan) -> str:
    each = ", ".join(f"{count:,} {state.value}" for state, count in sorted(plan.counts.items()))
    return f"{many(len(plan.changes), 'comment')} for {plan.way.name}" + (
        f" ({each})" if each else ""
    )
