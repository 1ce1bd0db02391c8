"""`triage tune match`: an old threshold, carried over by how much it flagged."""

from __future__ import annotations

import click

from triage.cli.opening import opened
from triage.cli.printing import say
from triage.cli.progress import progress
from triage.domain.scores import Label
from triage.settings import Settings

__all__ = ["match"]


@click.command()
@click.option(
    "--label",
    type=click.Choice([label.value for label in Label]),
    help="Of the threshold to be found. Default: the label of --like.",
)
@click.option("--flag-rate", type=float, metavar="R", help="The share to flag, 0 to 1.")
@click.option(
    "--like",
    metavar="SCORER:LABEL=AT",
    help="An old threshold whose scores are in this database, as perspective:TOXICITY=.8.",
)
@click.option("--confidence", type=float, default=0.95, show_default=True, metavar="C")
@click.pass_obj
def match(
    settings: Settings,
    label: str | None,
    flag_rate: float | None,
    like: str | None,
    confidence: float,
) -> None:
    """Find the threshold that flags as much as an old one did, or a share of the comments.

    An old number cannot be kept: two scorers mean different things by 0.8. What can be kept is how
    much was flagged. --like needs comments that were imported with their old scores; --flag-rate
    needs nothing but your comments, all that came in, not flagged ones alone. Nothing is changed.
    """
    from triage.workbench import Like

    with opened(settings) as bench, progress("Reading what is known"):
        found = bench.match(
            Label(label) if label else None,
            flag_rate=flag_rate,
            like=None if like is None else Like.read(like),
            confidence=confidence,
        )
    say(found.said)
    say(f"To use it: triage policy set {found.label} {found.at!r} --why ...")
