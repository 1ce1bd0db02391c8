"""A table as the folder of a Hugging Face dataset: Parquet in shards, and its data card.

The layout is the Hub's (https://huggingface.co/docs/hub/datasets-manual-configuration):
`data/train-00000-of-00002.parquet`, and `README.md` whose front matter names the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path

from triage.export.card import SPLIT
from triage.export.tally import Tally
from triage.files.atomic import atomic_folder
from triage.files.table_writer import Column, TableFormat, write_rows

__all__ = ["write_dataset"]

_SHARD = 100_000  # rows

Cells = Mapping[str, object]


def write_dataset(
    folder: Path,
    columns: Sequence[Column],
    rows: Iterable[Cells],
    card: Callable[[Tally], str],
    *,
    shard: int = _SHARD,
) -> int:
    """Write rows as a dataset's folder, and return how many there were.

    `card` returns the README for what was counted. Where there are no rows, one file without rows
    says which columns there would be. Raises as `atomic_folder` does.
    """
    tally = Tally()
    with atomic_folder(folder) as part:
        data = part / "data"
        data.mkdir()
        written = [
            _write(data / f"{number:05}.parquet", columns, piece)
            for number, piece in enumerate(_pieces(tally.watch(rows), shard))
        ]
        for number, path in enumerate(written):
            path.rename(data / f"{SPLIT}-{number:05}-of-{len(written):05}.parquet")
        (part / "README.md").write_text(card(tally), encoding="utf-8", newline="\n")
    return tally.rows


def _write(path: Path, columns: Sequence[Column], rows: Iterable[Cells]) -> Path:
    write_rows(path, columns, rows, TableFormat.PARQUET)
    return path


def _pieces(rows: Iterator[Cells], size: int) -> Iterator[Iterator[Cells]]:
    """Yield the rows in runs of up to `size`, each to be used up before the next; at least one."""
    yield islice(rows, size)
    for first in rows:
        yield chain([first], islice(rows, size - 1))
