"""`triage export`: what was decided leaves, as a table or a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from triage.cli.choosing import Chosen, choosing
from triage.cli.opening import opened
from triage.cli.printing import many, say
from triage.cli.progress import progress
from triage.cli.verifying import tell_head
from triage.errors import UsageError
from triage.settings import Settings

__all__ = ["export"]

_DATASET = "dataset"
_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("output", metavar="OUT", type=_PATH)
@click.option(
    "--what",
    type=click.Choice(["decisions", "log", "comments", "mentions", "annotations", "appeals"]),
    default="decisions",
    show_default=True,
    help="Decisions in force; every decision and undo ever made; all comments; these with the "
    "identities that their texts mention; what people said of texts, as training data; or appeals.",
)
@click.option("--include-text", is_flag=True, help="Write the texts of comments and appeals too.")
@click.option(
    "--format",
    "table_format",
    type=click.Choice(["csv", "jsonl", "parquet", _DATASET]),
    help="Default: by OUT's suffix. dataset: OUT is a new folder, a Hugging Face dataset with a "
    "data card that says what its rows are a sample of.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="dataset: the comments' language for its card, such as en. May be given again.",
)
@choosing
@click.pass_obj
def export(
    settings: Settings,
    output: Path,
    what: str,
    include_text: bool,
    table_format: str | None,
    languages: Sequence[str],
    chosen: Chosen,
) -> None:
    """Write decisions with their policy, scorer and scores to OUT."""
    from triage.files.table_writer import TableFormat
    from triage.workbench import Export

    wanted = chosen.filter(settings.timezone, written=what in {"comments", "mentions"})
    if languages and table_format != _DATASET:
        raise UsageError("--language goes into a dataset's card: add --format dataset")
    with opened(settings) as bench, progress("Exporting", unit="rows") as tick:
        if table_format == _DATASET:
            rows = bench.export_dataset(
                output,
                Export(what),
                wanted=wanted,
                include_text=include_text,
                languages=languages,
                on_progress=tick,
            )
        else:
            rows = bench.export(
                output,
                Export(what),
                table_format=TableFormat(table_format) if table_format else None,
                wanted=wanted,
                include_text=include_text,
                on_progress=tick,
            )
        head = bench.chain_head()
    say(f"{output}: {many(rows, 'row')}")
    tell_head(head)
