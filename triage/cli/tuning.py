"""`triage tune`: what a threshold finds and misses, the one that meets a goal, and two scorers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from triage.cli.matching import match
from triage.cli.opening import opened
from triage.cli.printing import say
from triage.cli.progress import progress
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.settings import Settings

__all__ = ["tune"]

_BEGINNING = 160  # characters of a comment that a line shows
_output = click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A report: .json, or .md with its plots in a .svg beside it.",
)


@click.group(invoke_without_command=True)
@click.option(
    "--label",
    type=click.Choice([label.value for label in Label]),
    help="Default: the whole policy, all thresholds moved together.",
)
@click.option("--recall", type=float, metavar="R", help="Goal: find at least this share, 0 to 1.")
@click.option("--precision", type=float, metavar="P", help="Goal: be right at least so often.")
@click.option("--per-day", type=float, metavar="N", help="Goal: at most so many reviews a day.")
@click.option(
    "--costs", metavar="A,B,C", help="Goal: least cost, of a review, a miss, a wrong removal."
)
@click.option("--confidence", type=float, default=0.95, show_default=True, metavar="C")
@_output
@click.pass_context
def tune(
    context: click.Context,
    label: str | None,
    recall: float | None,
    precision: float | None,
    per_day: float | None,
    costs: str | None,
    confidence: float,
    outputs: Sequence[Path],
) -> None:
    """Say what the threshold in force finds and misses, and look for one that meets a goal.

    Precision comes from what people decided about flagged comments. Recall needs an audit sample
    of the rest: triage audit draw. "Not proven" is a normal answer; nothing is changed.
    """
    if context.invoked_subcommand is not None:
        return
    from triage.workbench import Goal

    settings: Settings = context.obj
    goal = None
    if any(one is not None for one in (recall, precision, per_day, costs)):
        goal = Goal(
            recall=recall,
            precision=precision,
            per_day=per_day,
            costs=None if costs is None else _costs(costs),
            confidence=confidence,
        )
    with opened(settings) as bench, progress("Reading what is known"):
        text = bench.tune(
            Label(label) if label else None, goal, confidence=confidence, outputs=outputs
        )
    say(text)
    for output in outputs:
        say(f"{output}: written")


@tune.command()
@click.option(
    "--new", required=True, metavar="KEY[@VERSION]", help="Who would take the labels over."
)
@click.option("--old", metavar="KEY[@VERSION]", help="Default: the scorers in use.")
@click.option("--label", type=click.Choice([label.value for label in Label]), help="This one only.")
@click.option(
    "--list", "listed", type=click.IntRange(0, 1_000), default=5, show_default=True, metavar="N"
)
@_output
@click.pass_obj
def compare(
    settings: Settings,
    new: str,
    old: str | None,
    label: str | None,
    listed: int,
    outputs: Sequence[Path],
) -> None:
    """Say what would change if another version of a scorer, or another scorer, were in use.

    Whose route would change under the policy in force, with the first N comments of either way;
    and of each label what both flag, and how right they are where people decided. The new one has
    to have rated the comments: triage score --beside --scorer KEY. Nothing is changed.
    """
    with opened(settings) as bench, progress("Reading both"):
        found = bench.compare(new, old, label=Label(label) if label else None)
        text = bench.compare_report(found, listed=listed, outputs=outputs)
        flips = [
            (words, bench.flipping(found, stricter=stricter, limit=listed))
            for words, stricter in (("Stricter", True), ("Milder", False))
        ]
    say(text)
    for words, rows in flips:
        for one in rows:
            beginning = " ".join(one.entry.comment.text.split())[:_BEGINNING]
            say(f"{words}, {one.entry.comment.id}: {beginning}")
    for output in outputs:
        say(f"{output}: written")


tune.add_command(match)


def _costs(given: str) -> tuple[float, float, float]:
    try:
        review, miss, removal = (float(one) for one in given.split(","))
    except ValueError:
        raise UsageError(
            "--costs are three numbers, of a review, a miss and a wrong removal, such as 1,20,5, "
            f"not {given!r}"
        ) from None
    return review, miss, removal
