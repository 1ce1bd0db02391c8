"""Which scorers are about to rate: what is fetched for them, and what they change, said before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from triage.cli.printing import many, note, say
from triage.cli.progress import progress
from triage.domain.languages import Others, tally

if TYPE_CHECKING:
    from triage.domain.scores import ScorerInfo
    from triage.workbench import PanelChange, ScoreReport, Workbench

__all__ = ["fetch_models", "tell_beside", "tell_change", "tell_default", "tell_languages"]


def fetch_models(bench: Workbench, scorers: Sequence[str] = ()) -> None:
    """Fetch the models that the chosen scorers lack, where that is allowed, and say so."""
    for name in bench.to_fetch(scorers):
        note(
            f"The model of detoxify:{name} is not here, and TRIAGE_ALLOW_DOWNLOAD is set: fetching "
            "it from Detoxify's releases and the Hugging Face hub, once. It may take over 1 GB."
        )
        with progress(f"Fetching {name}", in_bytes=True) as tick:
            card = bench.models.pull(name, on_progress=tick)
        note(f"detoxify:{name}: fetched and converted, {card.source.verified.words}")


def tell_change(change: PanelChange, *, automatic: bool = False) -> None:
    """Say which scorers take the place of which, and what that means.

    With `automatic` the policy decides by itself, which ends with the scorers that are in use.
    """
    before, after = change.keys
    why = " (the default, by what is on this machine)" if change.by_default else ""
    note(f"The scorers are others than those in use{why}:")
    for line in change.lines:
        note(f"  {line}")
    note(
        "Texts are scored anew by what is new, and until all are, the scores in use stay. "
        "A threshold holds for the scorer that it was found for. To see first whose route "
        "changes: Ctrl+C, then triage score --beside."
    )
    if automatic:
        note(
            "What the policy decides by itself ends with the scorers in use: its ranges were found "
            "for those. What it decided stays."
        )
    if change.by_default and before != after:
        note(f"To keep to those in use: TRIAGE_SCORERS={','.join(before)}")


def tell_beside(bench: Workbench, rated: Sequence[ScorerInfo]) -> None:
    """Say which scorers stay in use, and how to see what others would change."""
    in_use = bench.in_use()
    note(f"In use stay {', '.join(in_use)}.")
    for name in (f"{info.key}@{info.version}" for info in rated):
        if name not in in_use:
            note(f"What would change: triage tune compare --new {name}")


def tell_default(keys: Sequence[str]) -> None:
    """Say by which scorers a file is rated where nobody chose any, unless it is the bundled one."""
    *more, bundled = keys
    if more:
        note(
            f"Rating with {' and '.join(keys)}, the default where {more[0]} is here; "
            f"--scorer {bundled} rates with that alone."
        )


def tell_languages(report: ScoreReport, others: Others) -> None:
    """Say how many comments no scorer in use reads the language of, and what becomes of them."""
    if report.told:
        say(f"{many(report.told, 'text')} had their language told")
    count = sum(report.unread.values())
    if not count:
        return
    goes = "sent to review" if others is Others.REVIEW else "left out of the queue"
    say(
        f"{many(count, 'comment')} not scored, in languages that no scorer in use reads: "
        f"{tally(report.unread.items())}"
    )
    say(f"  they are {goes} (TRIAGE_OTHER_LANGUAGES={others}); Browse lists them under Flag")
