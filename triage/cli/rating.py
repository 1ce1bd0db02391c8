"""`triage rate`: a file of texts into another with scores, or a folder of them into a folder."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from triage.cli.exit_codes import EXIT_PARTLY
from triage.cli.opening import opened
from triage.cli.options import asked_mode, mode_option, scorer_option, tell_scorer
from triage.cli.panel import fetch_models, tell_default
from triage.cli.printing import list_problems, many, say
from triage.cli.progress import progress
from triage.domain.scores import Mode
from triage.errors import UsageError
from triage.settings import Settings

if TYPE_CHECKING:
    from triage.workbench import FolderReport, Workbench

__all__ = ["rate"]

_QUOTED = "  a cell that a spreadsheet would run carries a ' in front; JSONL and Parquet do not"


class _Asked(TypedDict):
    """What is asked for, of one file or of many."""

    scorers: Sequence[str]
    text_column: str | None
    id_column: str | None
    spans: bool
    mentions: bool
    mode: Mode | None


@click.command()
@click.argument("source", metavar="INPUT")
@click.option(
    "--output", "-o", required=True, help="CSV, JSONL or Parquet, by suffix; for many, a folder."
)
@scorer_option
@click.option("--text-column", metavar="NAME", help="Default: guessed from the names.")
@click.option("--id-column", metavar="NAME", help="Is written first.")
@click.option("--spans", is_flag=True, help="Write which characters were read as toxic, too.")
@click.option("--mentions", is_flag=True, help="Write which identities a text mentions, too.")
@mode_option
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="Of many files: how many are rated at once. Default: one a core, where it pays.",
)
@click.option(
    "--engine",
    type=click.Choice(["processes", "ray"]),
    help="Of many files: processes on this machine (the default), or Ray, on one or several.",
)
@click.option(
    "--format",
    "table_format",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    help="Of many files: what is written. Default: each as it is read.",
)
@click.pass_obj
def rate(
    settings: Settings,
    source: str,
    output: str,
    scorers: Sequence[str],
    text_column: str | None,
    id_column: str | None,
    spans: bool,
    mentions: bool,
    mode: str | None,
    workers: int | None,
    engine: str | None,
    table_format: str | None,
) -> int:
    """Rate a table of texts: a file in, a file out, no database. Or a folder of them into another.

    Every row of INPUT is in the output, in the same order, with a column per label. One that
    cannot be scored has empty scores and the reason in the column not_scored; so has one that only
    some of several scorers can rate, in their place.

    With --spans, the column spans holds [[start, end, weight], ...] and where, for a long text,
    {"label": [start, end], ...}: the part that gave the label its score. Both count characters
    (Unicode code points) of INPUT's text from 0; end is the first that is not part of it. With
    --mentions, the column mentions holds {"identity": probability, ...}.

    What is rated is kept in OUTPUT.resume until OUTPUT is whole. Stopped or killed, the same
    command goes on from there. INPUT may be larger than memory.

    INPUT may also be a folder, a pattern ('in/2026-*.csv') or a URL (s3://bucket/comments). Then
    OUTPUT is a folder or a URL, and each table gets one there, of the same name. Whatever ends the
    command, the same one does not rate what is finished again: see docs/operations.md, "Many
    millions of comments".
    """
    wanted = _Asked(
        scorers=scorers,
        text_column=text_column,
        id_column=id_column,
        spans=spans,
        mentions=mentions,
        mode=asked_mode(mode),
    )
    with opened(settings) as bench:
        if bench.is_many(source, output):
            return _rate_many(
                settings, bench, source, output, wanted, workers, engine, table_format
            )
        if workers or engine or table_format:
            raise UsageError(
                "--workers, --engine and --format are for many files: name a folder or a pattern"
            )
        return _rate_one(settings, bench, Path(source), Path(output), wanted)


def _begin(settings: Settings, bench: Workbench, scorers: Sequence[str]) -> None:
    """Have the scorers here, and say which they are where nobody chose them."""
    fetch_models(bench, scorers)
    if not scorers and not settings.scorers:
        tell_default(bench.chosen())


def _rate_one(
    settings: Settings, bench: Workbench, source: Path, output: Path, wanted: _Asked
) -> int:
    _begin(settings, bench, wanted["scorers"])

    def kept() -> str:
        path = bench.kept_beside(output)
        if path is None:
            return ""
        return f"What is rated is kept in {path}: the same command goes on from there."

    shown = progress("Rating", unit="texts", passing="rows gone through", then=kept)
    with shown as tick:
        report = bench.rate(source, output, on_scorer=tell_scorer, on_progress=tick, **wanted)
    if report.known:
        say(f"{many(report.known, 'text')} were rated by an earlier run, and not again")
    by = ", ".join(report.scorers)
    say(f"{output}: {many(report.rows, 'row')}, {report.scored} scored by {by}")
    if output.suffix.lower() == ".csv":
        say(_QUOTED)
    _tell_renamed(report.renamed)
    list_problems(report.problems)
    if report.left:
        say(f"{many(report.left, 'text')} left for the same command again: {report.left_why}")
    return EXIT_PARTLY if report.problems or report.left else 0


def _rate_many(
    settings: Settings,
    bench: Workbench,
    source: str,
    output: str,
    wanted: _Asked,
    workers: int | None,
    engine: str | None,
    table_format: str | None,
) -> int:
    from triage.files.table_writer import TableFormat
    from triage.workbench import Engines

    _begin(settings, bench, wanted["scorers"])
    kept = f"Files that are finished stay in {output}: the same command goes on from there."
    began = time.monotonic()
    with progress("Rating", in_bytes=True, then=lambda: kept) as tick:
        report = bench.rate_many(
            source,
            output,
            workers=workers,
            engine=Engines(engine or Engines.PROCESSES),
            table_format=TableFormat(table_format) if table_format else None,
            on_scorer=tell_scorer,
            on_progress=tick,
            **wanted,
        )
    _tell_many(output, report, time.monotonic() - began)
    partly = report.failed or report.problem_count or report.left
    return EXIT_PARTLY if partly else 0


def _tell_many(output: str, report: FolderReport, seconds: float) -> None:
    if report.known:
        say(f"{many(report.known, 'file')} finished by an earlier run, and not rated again")
    if report.again:
        say(f"{many(report.again, 'file')} changed since an earlier run: rated again")
    if report.others:
        say(f"{many(report.others, 'other file')} left aside: no tables, by their names")
    by = ", ".join(report.scorers)
    files, rows = many(report.files, "file"), many(report.rows, "row")
    say(f"{output}: {files}, {rows}, {report.scored} scored by {by}")
    if report.rated:
        speed = report.rated / max(seconds, 1e-6)
        say(f"  {many(report.rated, 'row')} in this run, {speed:,.1f} a second")
    if report.as_csv:
        say(_QUOTED)
    _tell_renamed(report.renamed)
    list_problems([*report.failed, *report.problems])
    if report.problem_count > len(report.problems):
        say(f"{many(report.problem_count, 'row')} in all could not be read as they are")
    if report.failed:
        say(f"{many(len(report.failed), 'file')} not rated; the same command tries again")
    if report.left:
        say(f"{many(report.left, 'text')} left for the same command again: {report.left_why}")


def _tell_renamed(renamed: Mapping[str, str]) -> None:
    for name, new in renamed.items():
        say(f"  the input's own column {name} is now {new}")
