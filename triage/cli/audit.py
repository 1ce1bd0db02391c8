"""`triage audit`: comments drawn by chance from those that nothing flags, and their review."""

from __future__ import annotations

import click

from triage.cli.opening import opened
from triage.cli.printing import many, say
from triage.settings import Settings

__all__ = ["audit"]


@click.group()
def audit() -> None:
    """Find out what the policy misses, by comments drawn by chance from those it does not flag.

    They come among the flagged ones in Review, without their scores; docs/thresholds.md says what
    follows from their verdicts.
    """


@audit.command()
@click.argument("count", metavar="N", type=float)
@click.pass_obj
def draw(settings: Settings, count: float) -> None:
    """Draw about N comments that nothing flags, those of earlier draws counted in.

    Which, hangs on chance: the number that is drawn is N on average. Asked for more later, it draws
    the rest. Only leads may (TRIAGE_LEADS).
    """
    with opened(settings) as bench:
        made = bench.draw_audit(count, settings.reviewer)
    say(
        f"Drawn: {many(made.drawn, 'comment')} of {made.population:,} that nothing flags "
        f"({made.policy}, scores by {made.scorer})"
    )
    if made.drawn:
        say("They wait in Review among the flagged ones, without their scores: triage serve")
    else:
        say("As many were drawn before, or chance would have it so: ask for more")


@audit.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """List the draws, and how far their review is."""
    with opened(settings) as bench:
        audits = bench.audits()
    if not audits:
        say("No audit was drawn yet: triage audit draw 300")
        return
    for one in audits:
        made = one.draw
        say(
            f"{made.number}: {made.at:%Y-%m-%d %H:%M} UTC by {made.by}, {made.expected:,g} asked "
            f"for, {made.drawn:,} drawn of {made.population:,} ({made.policy})"
        )
        say(f"  {one.decided:,} decided, {one.waiting:,} wait")
    left = sum(one.waiting for one in audits)
    say(f"In all {many(left, 'comment')} of the audit to review")
