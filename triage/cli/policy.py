"""`triage policy`: the versions of the thresholds, what another one would do, and changing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from triage.cli.automation import automate, tell_stopped
from triage.cli.opening import opened
from triage.cli.printing import many, say
from triage.cli.progress import progress
from triage.domain.policy import Policy, Route, Threshold
from triage.domain.scores import Label
from triage.domain.severity import weighed
from triage.errors import UsageError
from triage.settings import Settings

if TYPE_CHECKING:
    from triage.workbench import Shadow

__all__ = ["policy"]

_OFF = "off"
_routes = click.Choice([route.value for route in Route if route is not Route.PASS])
_why = click.option("--why", required=True, help="The reason; kept with the version.")


@click.group()
def policy() -> None:
    """Show, compare and change the thresholds from which comments are flagged.

    A change makes a new version; no version is ever altered. Only leads may change it
    (TRIAGE_LEADS).
    """


@policy.command("list")
@click.pass_obj
def list_versions(settings: Settings) -> None:
    """List every version: when, by whom and why; the last one is in force."""
    with opened(settings) as bench:
        history = bench.policy_history()
    for record in history:
        one = record.policy
        here = ", in force" if record is history[-1] else ""
        say(f"{one.ref}: {one.created_at:%Y-%m-%d %H:%M} UTC by {one.created_by}{here}")
        say(f"  {one.why}")
        if one.automatic is not None:
            say(f"  decides by itself: {'; '.join(one.automatic.said)}")


@policy.command()
@click.argument("version", required=False, type=click.IntRange(1))
@click.pass_obj
def show(settings: Settings, version: int | None) -> None:
    """Show a version: thresholds, weights, and the evidence kept. Default: the one in force."""
    from triage.workbench import kept_words

    with opened(settings) as bench:
        found = bench.policy().version if version is None else version
        record = bench.policy_version(found)
        due = bench.automatic_due() if found == bench.policy().version else 0
    one = record.policy
    say(f"{one.ref}, {one.created_at:%Y-%m-%d %H:%M} UTC by {one.created_by}: {one.why}")
    for label in Label:
        for threshold in one.thresholds:
            if threshold.label is label:
                say(f"  {_said(threshold)}")
    if one.automatic is not None:
        seats = ", ".join(dict.fromkeys(one.automatic.scorers.values()))
        say(f"decides by itself, by the scores of {seats}:")
        for words in one.automatic.said:
            say(f"  {words}")
    if due:
        say(
            f"  {many(due, 'comment')} of what was agreed to still due: it is at work, or was cut "
            "short; triage score goes on with it"
        )
    say("severity, which orders the queue:")
    for label, weight in one.severity.items():
        say(f"  {label.words} {weight:g}")
    say("evidence:")
    for words in kept_words(record.evidence):
        say(f"  {words}")


@policy.command()
@click.argument("version", type=click.IntRange(1))
@click.pass_obj
def diff(settings: Settings, version: int) -> None:
    """Show what would change if VERSION were in force: policy, queue, and what it misses."""
    with opened(settings) as bench:
        present, other = bench.policy(), bench.policy_version(version).policy
        shadow = bench.preview_policy(other.thresholds, settings.reviewer)
    say(f"{other.ref} beside {present.ref}, which is in force")
    _tell_changes(present, other.thresholds, other.severity)
    for mark, one in (("-", present), ("+", other)):
        if present.automatic != other.automatic and one.automatic is not None:
            for words in one.automatic.said:
                say(f"  {mark} by itself: {words}")
    _tell_shadow(shadow, settings.reviewer)


@policy.command("set")
@click.argument("label", required=False, type=click.Choice([label.value for label in Label]))
@click.argument("at", metavar="[AT]", required=False)
@click.option("--route", type=_routes, default=Route.REVIEW.value, show_default=True)
@click.option(
    "--severity",
    "weights",
    multiple=True,
    metavar="LABEL=WEIGHT",
    help="How much harm a label does, above 0 and up to 100; may be given again. It orders the "
    "queue and flags nothing, and only the proportions matter.",
)
@click.option(
    "--auto",
    "ranges",
    multiple=True,
    metavar="RANGE",
    help="Let the policy decide by itself: reject:LABEL=SCORE (from there on), approve=SCORE (all "
    "labels, up to there), audit=SHARE (left to people all the same, by chance; .1 unless given), "
    "or off. Give all that shall hold.",
)
@click.option("--why", help="The reason, kept with the version; needed unless --dry-run.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="With --auto: do not ask.")
@click.pass_obj
def set_threshold(
    settings: Settings,
    label: str | None,
    at: str | None,
    route: str,
    weights: Sequence[str],
    ranges: Sequence[str],
    why: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Let LABEL count from the score AT, 0 to 1, or `off` for never, as a new version.

    With --severity it changes what comes first in the queue, beside that or alone. With --auto,
    which stands alone, the policy decides by itself within ranges, now and whenever scores arrive;
    what that means is said, and asked about, beforehand.
    """
    if ranges:
        if label is not None or weights:
            raise UsageError("--auto stands alone: change thresholds and weights first")
        with opened(settings) as bench:
            automate(bench, settings.reviewer, ranges, why or "", dry_run=dry_run, yes=yes)
        return
    if (label is None) != (at is None):
        raise UsageError("a threshold is LABEL AT, such as: triage policy set threat 0.3")
    if label is None and not weights:
        raise UsageError("say what to change: LABEL AT, --severity LABEL=WEIGHT, or --auto RANGE")
    severity = dict(map(_weight, weights))
    with opened(settings) as bench:
        present = bench.policy()
        wanted = present.thresholds
        if label is not None and at is not None:
            wanted = _moved(present, Label(label), at, Route(route))
        weighing = {**present.severity, **severity}
        shadow = bench.preview_policy(wanted, settings.reviewer)
        made = None
        if not dry_run:
            own = None if label is None else _lowest(wanted, Label(label))
            known = None if own is None else bench.known_of(own.label, own.at)
            made = bench.save_policy(
                wanted, settings.reviewer, why or "", known, severity=severity, upon=present
            )
    _tell_changes(present, wanted, weighing)
    _tell_shadow(shadow, settings.reviewer)
    if set(wanted) != set(present.thresholds):
        tell_stopped(present, None)
    say(f"In force: {made.ref}" if made else "Nothing was changed: this was a dry run.")


@policy.command()
@click.argument("version", type=click.IntRange(1))
@_why
@click.pass_obj
def rollback(settings: Settings, version: int, why: str) -> None:
    """Put the thresholds and weights of VERSION in force again, as a new version.

    Ranges in which it decides by itself do not come back with them.
    """
    with opened(settings) as bench:
        present = bench.policy()
        made = bench.roll_back(version, settings.reviewer, why)
    _tell_changes(present, made.thresholds, made.severity)
    tell_stopped(present, made.automatic)
    say(f"In force: {made.ref}")


@policy.command()
@click.argument("version", required=False, type=click.IntRange(1))
@click.pass_obj
def undo(settings: Settings, version: int | None) -> None:
    """Take back all that VERSION decided by itself.

    Default: of all versions with the same ranges, the last of which anything stands.

    What people decided since stays. The ranges stay on: turn them off with set --auto off.
    """
    with opened(settings) as bench:
        with progress("Taking back", unit="decisions", then=_rest_to_take_back) as tick:
            taken = bench.undo_automatic(settings.reviewer, version, on_progress=tick)
        still = bench.policy().automatic is not None
    of = " and ".join(sorted({one.policy or "" for one in taken}))
    say(f"Taken back: {many(len(taken), 'decision')} of {of}")
    if still:
        say("The policy in force still decides by itself: triage policy set --auto off --why ...")


def _rest_to_take_back() -> str:
    return "What was taken back is; the same command again does the rest."


def _moved(policy: Policy, label: Label, at: str, route: Route) -> tuple[Threshold, ...]:
    try:
        return policy.with_threshold(label, _score(at), route)
    except ValueError as error:
        raise UsageError(f"{at} is no threshold: {error}") from error


def _lowest(thresholds: Sequence[Threshold], label: Label) -> Threshold | None:
    own = [one for one in thresholds if one.label is label]
    return min(own, key=lambda one: one.at, default=None)


def _weight(given: str) -> tuple[Label, float]:
    """Return what one `--severity` says; raise UsageError with what is wrong in it."""
    name, mark, number = (part.strip() for part in given.partition("="))
    if not mark:
        raise UsageError(f"--severity is LABEL=WEIGHT, such as threat=5, not {given!r}")
    if name not in list(Label):
        raise UsageError(f"--severity {given}: no label is {name!r}; labels: {', '.join(Label)}")
    try:
        weighed({Label(name): float(number)})
    except ValueError as error:
        raise UsageError(
            f"--severity {given}: the weight is a number above 0 and up to 100"
        ) from error
    return Label(name), float(number)


def _score(given: str) -> float | None:
    if given.lower() == _OFF:
        return None
    try:
        return float(given)
    except ValueError:
        raise ValueError(f"it is a number from 0 to 1, or {_OFF}") from None


def _said(threshold: Threshold) -> str:
    return f"{threshold.label.words} from {threshold.at:g}: {threshold.route.value}"


def _tell_changes(
    before: Policy, after: tuple[Threshold, ...], severity: Mapping[Label, float]
) -> None:
    gone, new = set(before.thresholds) - set(after), set(after) - set(before.thresholds)
    told = [f"- {_said(one)}" for one in gone] + [f"+ {_said(one)}" for one in new]
    told.sort(key=lambda line: (line[2:], line))
    for label, weight in severity.items():
        if weight != before.severity[label]:
            told.append(f"- {label.words} weighs {before.severity[label]:g}")
            told.append(f"+ {label.words} weighs {weight:g}")
    for line in told or ["the same thresholds and weights"]:
        say(f"  {line}")


def _tell_shadow(shadow: Shadow, reviewer: str) -> None:
    say(
        f"To review: {shadow.waiting:,} now, {shadow.would_wait:,} then. Flagged in all: "
        f"{shadow.flagged:,} now, {shadow.would_flag:,} then (+{shadow.added:,}, "
        f"-{shadow.dropped:,})"
    )
    say(
        f"Of {many(shadow.rejected, 'rejection')} by {reviewer}, it would not have flagged "
        f"{shadow.missed:,}"
    )
