"""Options that say which rows an export holds: one language of filters, that of Browse."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta, tzinfo
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.errors import UsageError

if TYPE_CHECKING:
    from triage.workbench import BrowseFilter

__all__ = ["Chosen", "choosing"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SCORE = re.compile(r"\s*(\w+)\s*>=\s*(0|1|1\.0+|0?\.[0-9]+)\s*", re.ASCII)


class Chosen:
    """What the options said, until it is known which time they mean and where midnight is."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def filter(self, zone: tzinfo, *, written: bool) -> BrowseFilter:
        """Return the filter; the times are those of writing or, if not `written`, of deciding.

        A day is that of `zone`. Raises UsageError for a time or a score that is none.
        """
        from triage.workbench import BrowseFilter

        given = self._given
        since = given["since"] and _moment("--since", given["since"], zone)
        before = given["until"] and _moment("--until", given["until"], zone, end=True)
        return BrowseFilter(
            thread_id=given["thread"],
            source=given["source"],
            author=given["author"],
            decided_by=given["reviewer"],
            verdict=given["verdict"] and Verdict(given["verdict"]),
            reason=given["reason"],
            scores=_scores(given["scores"]),
            text=given["contains"],
            pattern=given["matching"],
            since=since if written else None,
            before=before if written else None,
            decided_since=None if written else since,
            decided_before=None if written else before,
        )


_OPTIONS = (
    click.option("--thread", metavar="ID", help="Only of this thread."),
    click.option("--source", metavar="NAME", help="Only what was first read from this file."),
    click.option("--author", metavar="NAME", help="Only by this author, the whole name."),
    click.option("--reviewer", metavar="NAME", help="Only what this reviewer decided."),
    click.option("--verdict", type=click.Choice([one.value for one in Verdict])),
    click.option("--reason", metavar="CODE", help="Only what was decided for this reason."),
    click.option(
        "--score",
        "scores",
        multiple=True,
        metavar="LABEL>=N",
        help="Only with a score of N or more today, such as 'insult>=0.7'. May be given again.",
    ),
    click.option(
        "--since",
        metavar="TIME",
        help="Only from then on, such as 2026-11-01 or 2026-11-01T08:00: decided then, or of "
        "comments, written then.",
    ),
    click.option("--until", metavar="TIME", help="Only up to then; a day is meant to its end."),
    click.option("--contains", metavar="WORDS", help="Only where the text holds these words."),
    click.option("--matching", metavar="PATTERN", help="Only where the text matches, as in RE2."),
)
_NAMES = (
    *("thread", "source", "author", "reviewer", "verdict", "reason"),
    *("scores", "since", "until", "contains", "matching"),
)


def choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options, and hand it what they said as `chosen`."""

    @wraps(command)
    def with_chosen(*args: Any, **options: Any) -> Any:
        chosen = Chosen({name: options.pop(name) for name in _NAMES})
        return command(*args, chosen=chosen, **options)

    for option in reversed(_OPTIONS):
        with_chosen = option(with_chosen)
    return with_chosen


def _scores(given: Sequence[str]) -> dict[Label, tuple[float, float]]:
    found: dict[Label, tuple[float, float]] = {}
    for one in given:
        parts = _SCORE.fullmatch(one)
        if parts is None or parts[1] not in list(Label):
            raise UsageError(
                f"--score {one!r} is not LABEL>=N with N from 0 to 1, such as 'insult>=0.7'; "
                f"labels are {', '.join(Label)}"
            )
        found[Label(parts[1])] = (float(parts[2]), 1.0)
    return found


def _moment(option: str, given: str, zone: tzinfo, *, end: bool = False) -> datetime:
    """Return a moment; a day alone is its first one or, at the `end`, the next day's."""
    try:
        moment = datetime.fromisoformat(given)
        if _DAY.fullmatch(given):
            moment = datetime.combine(moment.date() + timedelta(days=int(end)), time())
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option} {given!r} is no time, such as 2026-11-01 or 2026-11-01T08:00"
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
