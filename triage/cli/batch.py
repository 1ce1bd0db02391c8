"""`triage batch` and `triage undo`: comments decided at once by their scores, and taken back."""

from __future__ import annotations

import re
from math import nan
from typing import TYPE_CHECKING

import click

from triage.cli.opening import opened
from triage.cli.printing import many, say
from triage.domain.batches import ScoreRange, Tally
from triage.domain.comments import one_line
from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.settings import Settings

if TYPE_CHECKING:
    from triage.workbench import Workbench

__all__ = ["batch", "undo"]

_SAMPLES = 10
_LINE = 90  # characters of a sample
_RANGE = re.compile(r"\s*([0-9.]+)\s*-\s*([0-9.]+)\s*")


@click.command()
@click.argument("label", type=click.Choice([label.value for label in Label]))
@click.argument("within", metavar="LOW-HIGH")
@click.argument("verdict", type=click.Choice([Verdict.APPROVE.value, Verdict.REJECT.value]))
@click.option("--note", default="", help="Kept with each decision.")
@click.option("--dry-run", is_flag=True, help="Say how many there are, with samples; decide none.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
@click.pass_obj
def batch(
    settings: Settings, label: str, within: str, verdict: str, note: str, dry_run: bool, yes: bool
) -> None:
    """Decide all undecided comments whose score of LABEL lies in LOW-HIGH, such as 0-0.2.

    Nobody reads them: each decision says so, and counts as no reader's answer. What an audit drew
    is not among them. It is one act, which `triage undo` takes back.
    """
    chosen = _range(Label(label), within)
    with opened(settings) as bench:
        picked = bench.pick_batch(chosen)
        _tell(bench, picked.tally, chosen)
        if not picked.tally.comments:
            return
        if dry_run:
            say("Nothing was decided: this was a dry run.")
            return
        doing = verdict.capitalize()
        count = many(picked.tally.comments, "comment")
        if not yes and not click.confirm(f"{doing} {count} at once, read by nobody?"):
            say("Nothing was decided.")
            return
        report = bench.decide_batch(
            picked, Verdict(verdict), reviewer=settings.reviewer, note=note.strip()
        )
    left = f"; {report.left_out:,} changed meanwhile and were left out" if report.left_out else ""
    say(f"Saved: {verdict} for {many(report.decided, 'comment')}{left}")
    say("To take it back: triage undo")


@click.command()
@click.pass_obj
def undo(settings: Settings) -> None:
    """Take back your last act as a whole: one verdict, or all of a batch.

    Whose it is, TRIAGE_REVIEWER says. Run again, it takes back the one before.
    """
    with opened(settings) as bench:
        said = bench.withdraw_last(settings.reviewer)
        undone = [said] if said is not None else bench.undo(settings.reviewer, via="cli")
    if undone:
        say(f"Undone: {undone[0].verdict} for {many(len(undone), 'comment')}")
    else:
        say(f"There is no decision of {settings.reviewer} left to undo.")


def _range(label: Label, given: str) -> ScoreRange:
    found = _RANGE.fullmatch(given)
    try:
        low, high = map(float, found.groups()) if found else (nan, nan)
        return ScoreRange(label, low, high)
    except ValueError as error:
        why = str(error) if found else "it is LOW-HIGH"
        raise UsageError(f"{given!r} is no range of scores, such as 0-0.2: {why}") from error


def _tell(bench: Workbench, tally: Tally, within: ScoreRange) -> None:
    """Say how many a range holds, with samples from the whole of it."""
    say(
        f"{many(tally.comments, 'undecided comment')} with {within.label.words} from "
        f"{within.low:g} to {within.high:g}; {tally.flagged:,} of them flagged, {tally.asked:,} by "
        "a person"
    )
    for entry in bench.batch_samples(within, _SAMPLES):
        score = entry.scores.values[within.label] if entry.scores else 0.0
        say(f"  {score:.2f}  {one_line(entry.comment.text, _LINE)}")
