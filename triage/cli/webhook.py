"""`triage webhook`: who is told of decisions, and what did not arrive."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from triage.cli.exit_codes import EXIT_FAULT, EXIT_PARTLY
from triage.cli.opening import opened
from triage.cli.printing import many, note, say
from triage.domain.webhooks import DeadLetter, EventType, Extra, HookState
from triage.errors import UsageError
from triage.settings import Settings

if TYPE_CHECKING:
    from triage.workbench import Courier, Round

__all__ = ["webhook"]

_LISTED = 100  # messages that were given up
_numbers = click.argument("numbers", nargs=-1, type=int)
_all_dead = click.option("--dead", is_flag=True, help="All that was given up.")


@click.group()
def webhook() -> None:
    """Tell other programs of decisions, in signed messages over HTTP; see docs/webhooks.md.

    `triage serve` and `triage api` deliver them, and so does `triage webhook deliver`. Only leads
    may change anything here (TRIAGE_LEADS).
    """


@webhook.command()
@click.argument("url")
@click.option("--name", default="", help="What it is called here. Default: the host's name.")
@click.option(
    "--events",
    multiple=True,
    type=click.Choice([one.value for one in EventType]),
    help="What it is told of; may be given again. Default: everything.",
)
@click.option(
    "--with",
    "extras",
    multiple=True,
    type=click.Choice([one.value for one in Extra]),
    help="What it is told besides, personal data all of it; may be given again.",
)
@click.pass_obj
def add(
    settings: Settings, url: str, name: str, events: Sequence[str], extras: Sequence[str]
) -> None:
    """Tell URL of what happens from now on, and print the secret of its signatures, this once."""
    chosen = [EventType(one) for one in events] or list(EventType)
    with opened(settings) as bench:
        added = bench.add_webhook(
            url, settings.reviewer, name=name, events=chosen, extras=map(Extra, extras)
        )
    say(added.secret)
    note("Give it to the receiver now: it is not shown again.")
    note(f"Then try it: triage webhook test {added.hook.name}")


@webhook.command("list")
@click.pass_obj
def list_webhooks(settings: Settings) -> None:
    """List every webhook and how it goes with it."""
    with opened(settings) as bench:
        known = bench.webhooks()
    if not known:
        say("There are no webhooks: triage webhook add https://...")
    for one in known:
        _tell(one)


@webhook.command()
@click.argument("name")
@click.pass_obj
def disable(settings: Settings, name: str) -> None:
    """Send nothing more to NAME until it is enabled."""
    with opened(settings) as bench:
        bench.switch_webhook(name, settings.reviewer, active=False)
    say(f"Disabled: {name}. What happens meanwhile waits; triage webhook enable sends it.")


@webhook.command()
@click.argument("name")
@click.pass_obj
def enable(settings: Settings, name: str) -> None:
    """Send to NAME again, what happened meanwhile first."""
    with opened(settings) as bench:
        bench.switch_webhook(name, settings.reviewer, active=True)
    say(f"Enabled: {name}")


@webhook.command()
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Forget NAME, its secret, and what waits for it."""
    with opened(settings) as bench:
        bench.remove_webhook(name, settings.reviewer)
    say(f"Removed: {name}")


@webhook.command()
@click.argument("name")
@click.pass_obj
def test(settings: Settings, name: str) -> int:
    """Send NAME a message that tells nothing, and say whether it arrived."""
    with opened(settings) as bench:
        why = bench.ping_webhook(name)
    say(f"Not delivered: {why}" if why else f"Delivered: {name} answered as it should.")
    return EXIT_FAULT if why else 0


@webhook.command()
@click.option("--once", is_flag=True, help="End when nothing is due any more, as for cron.")
@click.pass_obj
def deliver(settings: Settings, once: bool) -> int:
    """Deliver what is due, until somebody ends it.

    Not needed beside `triage serve` or `triage api`, which do the same; any number may.
    """
    with opened(settings) as bench:
        done = _delivered(bench.courier(), once=once)
    say(f"Delivered {many(done.delivered, 'message')}; {done.failed:,} did not arrive this time.")
    return EXIT_PARTLY if done.failed else 0


@webhook.command()
@click.pass_obj
def dead(settings: Settings) -> None:
    """List the messages that were given up, the latest first."""
    with opened(settings) as bench:
        letters, count = bench.dead_letters(_LISTED), sum(one.dead for one in bench.webhooks())
    if not letters:
        say("Nothing was given up.")
    for one in letters:
        _tell_letter(one)
    if count > len(letters):
        say(f"The latest {len(letters):,} of {count:,}; retry and let-go take --dead for all")


@webhook.command()
@_numbers
@_all_dead
@click.pass_obj
def retry(settings: Settings, numbers: Sequence[int], dead: bool) -> None:
    """Try messages that were given up anew: those with these NUMBERS, or all."""
    chosen = _chosen(numbers, every=dead)
    with opened(settings) as bench:
        count = bench.retry_dead(chosen, settings.reviewer)
    say(f"To be sent again: {many(count, 'message')}")


@webhook.command("let-go")
@_numbers
@_all_dead
@click.pass_obj
def let_go(settings: Settings, numbers: Sequence[int], dead: bool) -> None:
    """Forget messages that were given up: those with these NUMBERS, or all."""
    chosen = _chosen(numbers, every=dead)
    with opened(settings) as bench:
        count = bench.let_dead_go(chosen, settings.reviewer)
    say(f"Let go: {many(count, 'message')}")


def _delivered(courier: Courier, *, once: bool) -> Round:
    """Deliver until nothing is due, or until Ctrl+C, and return what it came to."""
    from triage.workbench import POLL_SECONDS, Round

    done = Round()
    try:
        while True:
            latest = courier.round()
            done += latest
            if once and not latest.tried:
                return done
            if not (once or latest.full):
                time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        courier.stop()
        return done


def _chosen(numbers: Sequence[int], *, every: bool) -> Sequence[int] | None:
    """Return the numbers, None for all. Raises UsageError for both and for neither."""
    if bool(numbers) == every:
        raise UsageError("name numbers of triage webhook dead, or all of them: --dead")
    return None if every else numbers


def _tell(one: HookState) -> None:
    hook = one.hook
    beside = f", with {', '.join(sorted(hook.extras))}" if hook.extras else ""
    state = "" if one.active else ", disabled"
    say(f"{hook.name}: {', '.join(sorted(hook.events))}{beside}{state}")
    say(f"  to {hook.shown_url}, added {_moment(hook.created_at)} by {hook.created_by}")
    last = _moment(one.delivered_at) if one.delivered_at else "never"
    say(f"  {one.delivered:,} delivered (last {last}), {one.waiting:,} waiting, {one.dead:,} dead")
    if one.failing_since:
        say(f"  failing since {_moment(one.failing_since)}: {one.last_error}")
    if one.disabled_why:
        say(f"  disabled by itself: {one.disabled_why}")


def _tell_letter(one: DeadLetter) -> None:
    event = one.event
    say(f"{one.number}: {event.type} of {_moment(event.at)}, to {one.hook} ({event.id})")
    tries = f"{one.attempts} tries" if one.attempts != 1 else "1 try"
    say(f"  given up {_moment(one.died_at)} after {tries}: {one.error}")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
