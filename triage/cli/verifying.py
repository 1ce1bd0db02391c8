"""`triage verify`: whether the log is as it was written."""

from __future__ import annotations

from collections.abc import Sequence

import click

from triage.cli.exit_codes import EXIT_FAULT
from triage.cli.opening import opened
from triage.cli.printing import err, inert, many, note, say
from triage.cli.progress import progress
from triage.domain.chain import Head, Verified
from triage.settings import Settings

__all__ = ["tell_chain", "tell_head", "verify"]

_SHOWN = 20


@click.command()
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="HASH",
    help="A hash noted earlier, of an export or a backup: is it on the chain? May be given again.",
)
@click.pass_obj
def verify(settings: Settings, heads: Sequence[str]) -> int:
    """Check that nothing in the log was altered, removed, put in or moved since it was written.

    Every decision, and whatever else is only ever added, carries a hash that hangs on all before
    it. Events taken off the end leave no gap: --head finds that out, by a hash that was printed or
    exported before. Exit code 1 where anything is wrong.
    """
    with opened(settings) as bench, progress("Verifying", unit="events") as tick:
        outcome = bench.verify(heads, on_progress=tick)
    counts = ", ".join(f"{count:,} {log}" for log, count in outcome.counts.items())
    say(f"{many(sum(outcome.counts.values()), 'event')} on the chain ({counts or 'none yet'})")
    if outcome.erased:
        say(f"{many(outcome.erased, 'event')} with words that were erased; the rest of them holds")
    tell_head(outcome.head)
    for hash_, place in outcome.found.items():
        if place is None:
            gone = f"{hash_} is not on the chain: what it stood for is gone"
            err.print(inert(gone), style="red", soft_wrap=True)
        else:
            say(f"{hash_} is event {place:,}")
    _tell_faults(outcome)
    return 0 if outcome.whole else EXIT_FAULT


def tell_head(head: Head | None) -> None:
    """Print the head, for whoever keeps what a command printed."""
    if head is not None:
        say(f"Head of the chain: {head.hash} (event {head.number:,})")


def tell_chain(outcome: Verified) -> None:
    """Print the head of a chain that was just verified, and whether it holds."""
    tell_head(outcome.head)
    if outcome.faulty:
        faults = many(outcome.faulty, "fault")
        note(f"The log in it is not as it was written ({faults}): see triage verify")


def _tell_faults(outcome: Verified) -> None:
    if not outcome.faulty:
        say("Nothing was altered, removed, put in or moved.")
        return
    for fault in outcome.faults[:_SHOWN]:
        err.print(inert(str(fault)), style="red", soft_wrap=True)
    if outcome.faulty > _SHOWN:
        err.print(inert(f"and {outcome.faulty - _SHOWN:,} more"), style="red")
    note(f"{many(outcome.faulty, 'fault')}: go back to a backup, and ask who could write")
