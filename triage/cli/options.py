"""Options that several commands have, and what they say of the scorers that were chosen."""

from __future__ import annotations

import click

from triage.cli.printing import say
from triage.domain.scores import Mode, ScorerInfo

__all__ = ["asked_mode", "mode_option", "scorer_option", "tell_scorer"]

scorer_option = click.option(
    "--scorer",
    "scorers",
    multiple=True,
    metavar="KEY",
    help="May be given again: each label comes from the first that reports it. Default: "
    "TRIAGE_SCORERS, else detoxify:unbiased and compact where the former is here, else compact.",
)
mode_option = click.option(
    "--mode",
    type=click.Choice([one.value for one in Mode]),
    help="How Detoxify's models compute. Default: TRIAGE_DETOXIFY, else auto.",
)


def asked_mode(mode: str | None) -> Mode | None:
    """Return the mode that was asked for."""
    return Mode(mode) if mode else None


def tell_scorer(scorer: ScorerInfo) -> None:
    """Say in which mode a scorer computes, and why, where it has more than one."""
    if scorer.note:
        say(f"{scorer.key}: {scorer.note}")
