"""`triage import`: files of comments come into the database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from triage.cli.automation import tell_acted
from triage.cli.exit_codes import EXIT_INPUT, EXIT_PARTLY
from triage.cli.opening import opened
from triage.cli.previewing import preview
from triage.cli.printing import err, inert, list_problems, many, say
from triage.cli.progress import progress
from triage.domain.comments import Problem
from triage.errors import InputError, UsageError
from triage.settings import Settings

__all__ = ["import_files"]


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--reader", default="auto", metavar="NAME", help="Default: auto, by looking inside.")
@click.option(
    "--first-comment",
    metavar="N|TEXT",
    help="Flat text: where the comments begin, as the line's number or its first words.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="ROLE=NAME",
    help="Tables, e.g. text=body; author= for none.",
)
@click.option("--source", metavar="NAME", help="Prefix of the ids, to keep two sites apart.")
@click.option("--dry-run", is_flag=True, help="Say what is understood, and store nothing.")
@click.pass_obj
def import_files(
    settings: Settings,
    files: Sequence[Path],
    reader: str,
    first_comment: str | None,
    columns: Sequence[str],
    source: str | None,
    dry_run: bool,
) -> int:
    """Read threads of comments from FILES into the database.

    FILES may be packed with gzip, or be ZIP archives or folders of Hugging Face datasets. Readers:
    nested-text, flat-text, csv, jsonl, parquet, wxr (WordPress), disqus, reddit, youtube,
    discourse, coral. Which one is chosen is said, and why. The same file twice changes nothing; an
    edited comment becomes a new revision and asks for a new decision. Stopped or killed, the same
    command goes on from there. With --dry-run, what a large file begins with is looked at.
    """
    start: int | str | None = first_comment
    if first_comment is not None and first_comment.isdecimal():
        start = int(first_comment)
    said: dict[str, Any] = {
        "reader": reader,
        "first_comment": start,
        "columns": dict(_pair(column) for column in columns),
        "source": source,
    }
    problems: list[Problem] = []
    failed: list[InputError] = []
    with opened(settings) as bench:
        try:
            for path in files:
                try:
                    if dry_run:
                        problems += preview(bench, path, **said)
                        continue
                    with progress(f"Importing {path.name}", unit="comments") as tick:
                        report = bench.import_file(path, **said, on_progress=tick)
                except InputError as error:  # the other files are not to blame
                    failed.append(error)
                    continue
                for part in report.parts:
                    say(f"{part.name}: {part.reader}, {part.why}")
                say(
                    f"  {report.new} new, {report.revised} edited, {report.unchanged} already "
                    f"known, in {many(report.threads, 'thread')}"
                )
                if report.gone:
                    say(f"  {report.gone} of an earlier import are not in it any more; kept")
                if report.forgotten:
                    say(f"  {report.forgotten} are forgotten here, and were left out")
                tell_acted(report.acted)
                problems += report.problems
        finally:
            list_problems(problems)
    for unread in failed:
        err.print(Text.assemble(("Not read: ", "bold red"), inert(str(unread))), soft_wrap=True)
    if len(failed) == len(files):
        return EXIT_INPUT
    return EXIT_PARTLY if problems or failed else 0


def _pair(column: str) -> tuple[str, str]:
    role, mark, name = column.partition("=")
    if not (role and mark):
        raise UsageError(f"--column is ROLE=NAME, such as text=body, not {column!r}")
    return role.strip(), name
