"""A policy that decides by itself: what `triage policy set --auto` says and asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from triage.cli.printing import many, say
from triage.domain.automatic import AUDITED, Acted, Automatic
from triage.domain.comments import one_line
from triage.domain.decisions import Verdict
from triage.domain.foreseen import Side
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.errors import UsageError

if TYPE_CHECKING:
    from triage.workbench import Workbench

__all__ = ["OFF", "automate", "ranges_of", "tell_acted", "tell_asleep", "tell_stopped"]

OFF = "off"
_LINE = 90  # characters of a sample
_FORMS = "reject:LABEL=SCORE, approve=SCORE, audit=SHARE, or off"


def ranges_of(bench: Workbench, given: Sequence[str]) -> Automatic:
    """Return the ranges that `--auto` options say; raise UsageError with what is wrong in one."""
    reject: dict[Label, float] = {}
    numbers: dict[str, float] = {}
    for one in given:
        name, mark, value = (part.strip() for part in one.partition("="))
        kind, _, label = name.partition(":")
        try:
            number = float(value)
        except ValueError:
            raise UsageError(f"--auto {one!r}: it is {_FORMS}") from None
        if kind == "reject" and label in list(Label):
            reject[Label(label)] = number
        elif kind == "reject":
            raise UsageError(f"--auto {one!r}: no label is {label!r}; labels: {', '.join(Label)}")
        elif mark and name in {"approve", "audit"}:
            numbers[name] = number
        else:
            raise UsageError(f"--auto {one!r}: it is {_FORMS}")
    return bench.ranges(reject, numbers.get("approve"), numbers.get("audit", AUDITED))


def automate(
    bench: Workbench, reviewer: str, given: Sequence[str], why: str, *, dry_run: bool, yes: bool
) -> None:
    """Say what would follow, ask, and turn ranges on; or turn them off."""
    if [one.lower() for one in given] == [OFF]:
        if dry_run:
            raise UsageError("--auto off says all there is to say: leave --dry-run out")
        say(f"In force: {bench.stop_automatic(reviewer, why).ref}; it decides nothing by itself")
        return
    if not dry_run:
        bench.automates_only(reviewer)  # before anything is read and asked
    agreed = bench.consequences(ranges_of(bench, given))
    for words in agreed.said:
        say(words)
    for verdict, side in agreed.sides.items():
        _show(agreed.automatic, verdict, side)
    if dry_run:
        say("Nothing was changed: this was a dry run.")
        return
    if not yes and not click.confirm("Let the policy decide this by itself?"):
        say("Nothing was changed.")
        return
    made, acted = bench.automate(agreed, reviewer, why)
    say(f"In force: {made.ref}")
    tell_acted(acted)


def _show(ranges: Automatic, verdict: Verdict, side: Side) -> None:
    """Show some of what would get a verdict, and of what people decided otherwise."""
    other = "approved" if verdict is Verdict.REJECT else "rejected"
    for title, some in (
        (f"Would {verdict} these, of all by chance", side.anywhere),
        (f"Would {verdict} these, of those nearest to the limit", side.weak),
        (f"Would {verdict} such, and people {other} these", side.against),
    ):
        if some:
            say(f"{title}:")
        for entry in some:
            scores = ranges.said_of(entry.scores)
            say(f"  {scores}  {one_line(entry.comment.text, _LINE)}")


def tell_stopped(before: Policy, after: Automatic | None, of: str = "thresholds") -> None:
    """Say that a change turns off what the policy decided by itself, if it did.

    `of` is what was changed, and what its ranges were found for.
    """
    if before.automatic is not None and after is None:
        say(
            f"It decides nothing by itself any more: its ranges were found for the {of} "
            "before. Turn them on again with: triage policy set --auto ..."
        )


def tell_asleep(stopped: Policy | None) -> None:
    """Say that a change of scorers turned off what the policy decided by itself, if it did."""
    if stopped is not None:
        say(
            f"{stopped.ref} is in force and decides nothing by itself. {stopped.why} "
            "What would follow: triage policy set --auto ... --dry-run"
        )


def tell_acted(acted: Acted) -> None:
    """Say what the policy decided by itself, if anything."""
    if acted != Acted():
        say(
            f"The policy itself rejected {many(acted.rejected, 'comment')} and approved "
            f"{acted.approved:,}; of its ranges {many(acted.audited, 'comment')} left to people."
        )
