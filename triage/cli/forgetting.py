"""`triage forget`, `triage retain` and `triage pseudonyms`: personal data goes, figures stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import click

from triage.cli.opening import opened
from triage.cli.printing import many, say
from triage.cli.progress import progress
from triage.domain.forgetting import Erased, Retention
from triage.errors import UsageError
from triage.settings import Settings

__all__ = ["forget", "pseudonyms", "retain"]

_AGAIN = "What is erased stays erased: the same command again goes on from there."
_OUT_OF_REACH = (
    "Not reached, and for you to see to: backups (triage backup, and those of the machine), "
    "exports and files made for sites, files that comments were imported from, what webhooks and "
    "the API told others, and other comments and notes that name the author (docs/privacy.md)."
)
_dry_run = click.option("--dry-run", is_flag=True, help="Say how much it would be, erase nothing.")


@click.command()
@click.option("--author", metavar="NAME", help="All under this name, exactly as it is written.")
@click.option("--comment", "ids", multiple=True, metavar="ID", help="May be given again.")
@click.option("--record", is_flag=True, help="List who erased how much, and when.")
@_dry_run
@click.pass_obj
def forget(
    settings: Settings, author: str | None, ids: Sequence[str], record: bool, dry_run: bool
) -> None:
    """Erase an author's comments, or some comments: texts, name and notes.

    Every wording goes, and what was written about it: notes, appeals and replies. Decisions, scores
    and audits stay, so that the figures do. The same file imported again does not bring it back.
    SQLite's file is written anew, so that no byte is left in it. Only leads may (TRIAGE_LEADS), and
    it cannot be undone.
    """
    if sum((author is not None, bool(ids), record)) != 1:
        raise UsageError("say whose: --author NAME or --comment ID; or --record for what was done")
    with opened(settings) as bench:
        if record:
            for one in bench.erasures():
                say(f"{one.at:%Y-%m-%d %H:%M} by {one.by}, {one.kind}: {_told(one.erased)}")
            return
        who = settings.reviewer
        with progress("Erasing", unit="comments", then=lambda: _AGAIN) as tick:
            if author is not None:
                erased = bench.forget_author(author, who, dry_run=dry_run, on_progress=tick)
            else:
                erased = bench.forget_comments(ids, who, dry_run=dry_run, on_progress=tick)
    if author is not None and not erased.comments:
        say("No comment here is under that name; names are compared letter by letter.")
    _tell(erased, dry_run=dry_run)


@click.command()
@click.option("--decided", metavar="DAYS", type=click.IntRange(1), help="Since the decision.")
@click.option("--undecided", metavar="DAYS", type=click.IntRange(1), help="Since they came.")
@_dry_run
@click.pass_obj
def retain(settings: Settings, decided: int | None, undecided: int | None, dry_run: bool) -> None:
    """Erase comments that were kept for long enough, as `triage forget` does.

    The periods are those of TRIAGE_RETAIN_DECIDED and TRIAGE_RETAIN_UNDECIDED, or of the options,
    which replace both. What waits for a decision again, or is appealed against, is kept. Let a cron
    job run this once a day.
    """
    asked = None
    if decided is not None or undecided is not None:
        asked = Retention(_days(decided), _days(undecided))
    with (
        opened(settings) as bench,
        progress("Erasing", unit="comments", then=lambda: _AGAIN) as tick,
    ):
        erased = bench.retain(settings.reviewer, asked, dry_run=dry_run, on_progress=tick)
    _tell(erased, dry_run=dry_run)


@click.group()
def pseudonyms() -> None:
    """Give authors pseudonyms in place of names, in a database that has names.

    Both want TRIAGE_PSEUDONYMS=1 and TRIAGE_PSEUDONYMS_KEY, and only leads may (TRIAGE_LEADS). A
    new database needs neither: names never reach it.
    """


@pseudonyms.command()
@click.pass_obj
def apply(settings: Settings) -> None:
    """Replace every author's name by its pseudonym, all or none. It cannot be undone.

    Names in texts, and in copies elsewhere, stay (docs/privacy.md).
    """
    with opened(settings) as bench, progress("Renaming", unit="comments") as tick:
        count = bench.use_pseudonyms(settings.reviewer, on_progress=tick)
    if count:
        say(f"{many(count, 'comment')} carry pseudonyms now; backups from before hold the names")
    else:
        say("Authors have pseudonyms by this key: there is no name to replace")


@pseudonyms.command("lost-key")
@click.confirmation_option(prompt="All comments here lose their author. Go on?")
@click.pass_obj
def lost_key(settings: Settings) -> None:
    """Go on with a new key where the old one is lost: what is here loses its authors.

    Else one author would have two pseudonyms. An import of the same files gives them back, under
    the new key.
    """
    with opened(settings) as bench:
        count = bench.drop_pseudonyms(settings.reviewer)
    say(f"{many(count, 'comment')} have no author any more; new ones get pseudonyms by the new key")


def _tell(erased: Erased, *, dry_run: bool) -> None:
    say(f"{'Would be erased' if dry_run else 'Erased'}: {_told(erased)}")
    if erased.comments and not dry_run:
        say(_OUT_OF_REACH)


def _told(erased: Erased) -> str:
    return (
        f"{many(erased.comments, 'comment')} ({many(erased.texts, 'text')}, "
        f"{many(erased.notes, 'note')}); {many(erased.decisions, 'decision')} about them kept"
    )


def _days(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(days=count)
