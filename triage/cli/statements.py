"""`triage statements` and `triage notice`: a decision told to the public, and to its author."""

from __future__ import annotations

from pathlib import Path

import click

from triage.cli.choosing import Chosen, choosing
from triage.cli.exit_codes import EXIT_PARTLY
from triage.cli.opening import opened
from triage.cli.printing import list_problems, many, say
from triage.cli.progress import progress
from triage.settings import Settings

__all__ = ["notice", "statements"]


@click.command()
@click.argument("output", metavar="OUT", type=click.Path(path_type=Path))
@choosing
@click.pass_obj
def statements(settings: Settings, output: Path, chosen: Chosen) -> int:
    """Write a statement of reasons (EU Digital Services Act) for each rejection in force.

    OUT ends in .json (requests of up to 100 each: OUT, OUT-2, ...), .jsonl or .csv. No statement
    holds a name or words of a comment. What the transparency database would refuse is left out and
    listed. TRIAGE_STATEMENTS names the file with the site's own grounds. No file is overwritten.
    """
    wanted = chosen.filter(settings.timezone, written=False)
    with opened(settings) as bench, progress("Stating", unit="rejections") as tick:
        report = bench.statements(output, wanted, on_progress=tick)
    list_problems((*report.named, *report.problems))
    files = f", in {len(report.files)} files" if len(report.files) > 1 else ""
    say(f"{output}: {many(report.written, 'statement')}{files}")
    if report.left:
        say(f"{many(report.left, 'rejection')} left out, as listed")
    return EXIT_PARTLY if report.left else 0


@click.command()
@click.argument("comment_id", metavar="COMMENT_ID")
@click.pass_obj
def notice(settings: Settings, comment_id: str) -> None:
    """Print the notice to a comment's author: what was decided, why, how, and how to object."""
    with opened(settings) as bench:
        say(bench.notice(comment_id).rstrip("\n"))
