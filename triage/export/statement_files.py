"""Statements of reasons out: as the requests that the database takes, or as a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from triage.domain.statements import MOST_AT_ONCE
from triage.errors import UsageError
from triage.export.statements import COLUMNS
from triage.files.atomic import atomic_file
from triage.files.table_writer import TableFormat, write_rows

__all__ = ["write_statements"]

Fields = Mapping[str, object]


def write_statements(path: Path, statements: Iterable[Fields]) -> tuple[int, list[Path]]:
    """Write statements, and return how many there were, and the files.

    `.json` is the body of a request that takes up to 100 statements: what is more goes into
    `out-2.json` and so on. `.jsonl` has a statement a line, `.csv` one a record, lists joined by
    `|`. Raises UsageError for another suffix, and where one of these files is there already: what
    an earlier call left there would be taken for requests of this one.
    """
    suffix = path.suffix.lower()
    _check_free(path)
    if suffix == ".json":
        return _write_requests(path, iter(statements))
    if suffix == ".jsonl":
        counted = _Counted(statements)
        with atomic_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as handle:
            handle.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in counted)
        return counted.count, [path]
    if suffix == ".csv":
        return write_rows(path, COLUMNS, statements, TableFormat.CSV), [path]
    raise UsageError(f"{path.name}: cannot tell the format; end the name in .json, .jsonl, .csv")


def _check_free(path: Path) -> None:
    """Raise UsageError where a file, or one of further requests beside it, is there already."""
    further = re.compile(rf"{re.escape(path.stem)}-\d+{re.escape(path.suffix)}")
    requests = path.suffix.lower() == ".json" and path.parent.is_dir()
    beside = (
        [one for one in path.parent.iterdir() if further.fullmatch(one.name)] if requests else []
    )
    for one in (path, *sorted(beside)):
        if one.exists():
            raise UsageError(
                f"{one} is there already, and statements overwrite nothing: name another file"
            )


def _write_requests(path: Path, statements: Iterator[Fields]) -> tuple[int, list[Path]]:
    count = 0
    written: list[Path] = []
    while (some := list(islice(statements, MOST_AT_ONCE))) or not written:
        number = len(written) + 1
        target = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        with atomic_file(target) as part:
            text = json.dumps({"statements": some}, ensure_ascii=False, indent=1)
            part.write_text(text + "\n", encoding="utf-8", newline="\n")
        written.append(target)
        count += len(some)
    return count, written


class _Counted:
    """Counts what passes."""

    def __init__(self, items: Iterable[Fields]) -> None:
        self._items = items
        self.count = 0

    def __iter__(self) -> Iterator[Fields]:
        for one in self._items:
            self.count += 1
            yield one
