"""`triage backup` and `triage restore`: everything kept a second time, and brought back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli.opening import opened
from triage.cli.printing import many, say
from triage.cli.progress import progress
from triage.cli.verifying import tell_chain
from triage.settings import Settings

if TYPE_CHECKING:
    from triage.workbench import BackupReport

__all__ = ["backup", "migrate", "restore"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database to this version's schema, and do nothing else.

    Every command does so where it is needed; a deployment does it once, before its servers start.
    It is one transaction. Take a backup first: no version goes back to an earlier schema.
    """
    with opened(settings) as bench:
        before, now = bench.migrate()
    if before is None:
        say(f"A new database, with schema {now}")
    elif before == now:
        say(f"Nothing to do: its schema is {now}")
    else:
        say(f"Migrated from schema {before} to {now}")


@click.command()
@click.argument("file", type=_FILE)
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write everything in the database to FILE, one state of it, and check what was written.

    Work may go on meanwhile. FILE is an SQLite database, also where the one in use is PostgreSQL;
    it holds comments, names and secrets, and only you may read it. Models are not in it.
    """
    with opened(settings) as bench, progress("Backing up", unit="rows") as tick:
        report = bench.back_up(file, on_progress=tick)
    say(f"{file}: {_held(report)}, {report.size / 1e6:,.1f} MB; read again and found whole")
    tell_chain(report.chain)


@click.command()
@click.argument("file", type=_FILE)
@click.pass_obj
def restore(settings: Settings, file: Path) -> None:
    """Bring what `triage backup` wrote to FILE into the database in use, which must be a new one.

    It may be on the other engine: so a site moves from SQLite to PostgreSQL. All or nothing.
    """
    with opened(settings) as bench, progress("Restoring", unit="rows") as tick:
        report = bench.take_back(file, on_progress=tick)
    say(f"Restored from {file}: {_held(report)}")
    tell_chain(report.chain)


def _held(report: BackupReport) -> str:
    return (
        f"{many(report.comments, 'comment')}, {many(report.decisions, 'decision')}, "
        f"{many(report.rows, 'row')} in all"
    )
