"""A table in, the same table with scores out: no database, every row kept.

Rows are read and written 2,000 at a time (a JSON array is read whole: see `files.tables`). What is
held for all of them is the list of problems.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from triage.domain.comments import Problem, text_digest
from triage.domain.scores import Scores
from triage.errors import UsageError
from triage.files.table_writer import Column, Kind, TableFormat, write_table
from triage.files.tables import Row, TableFile
from triage.scoring.panel import Panel

__all__ = ["RateReport", "rate_table"]

_CHUNK = 2_000
_REMEMBERED = 50_000
NOT_SCORED = "not_scored"
SCORER = "scorer"
SPANS = "spans"
WHERE = "where"


@dataclass(frozen=True, slots=True)
class RateReport:
    """What became of the rows: `rows` in and out, `scored` with scores, problems by line.

    `renamed` maps a column of the input to its name in the output, where the two differ.
    """

    rows: int
    scored: int
    scorers: tuple[str, ...]
    renamed: Mapping[str, str]
    problems: tuple[Problem, ...]


def rate_table(
    source: TableFile,
    output: Path,
    panel: Panel,
    *,
    text_column: str,
    id_column: str | None = None,
    spans: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> RateReport:
    """Write `source` to `output` in order, with a column per label, `not_scored` and `scorer`.

    The input's own columns are kept, the id column first; one whose name a new column needs is
    renamed `<name>_input`, or `<name>_input2` and so on where there is one already. A text is
    scored once, unless 50,000 others came since it was last met. From Parquet to Parquet the
    columns keep their types, where Python can hold them. `scorer` names key and version
    (`compact@1f0c...`). A row without a usable text keeps its place, with empty scores and the
    reason in `not_scored`, which also says why labels are empty that another scorer of the panel
    should have given. `on_progress` is told the number of rows done. Raises UsageError for a
    column that is not there; on any error, and on Ctrl+C, `output` is left as it was.

    With `spans` two columns more follow the labels, in characters (Unicode code points) of the
    text as it was read: `spans`, the words that the panel's marker read as toxic, as
    `[[start, end, weight], ...]`, and `where`, for a text that was rated in windows, as
    `{"label": [start, end], ...}`. In JSONL they are arrays and objects, elsewhere texts that
    hold the same as JSON.
    """
    for wanted in (text_column, id_column):
        if wanted is not None and wanted not in source.columns:
            known = ", ".join(source.columns)
            raise UsageError(f"{source.path.name} has no column {wanted!r}; it has: {known}")
    seats = panel.seats
    marks = (SPANS, WHERE) if spans else ()
    nested = TableFormat.of(output) is TableFormat.JSONL
    own = [*(label.value for label in seats), *marks, NOT_SCORED, SCORER]
    given = _all_columns(source)
    names = _renamed(given, own)
    scored_texts = _Scored(panel)
    columns = [
        *(
            Column(names[name], arrow=source.types.get(name))
            for name in _id_first(given, id_column)
        ),
        *(Column(label.value, Kind.NUMBER) for label in seats),
        *(Column(name) for name in marks),
        Column(NOT_SCORED),
        Column(SCORER),
    ]
    scorers = tuple(dict.fromkeys(f"{info.key}@{info.version}" for info in seats.values()))
    problems: list[Problem] = []
    rows = scored = 0
    with write_table(output, columns) as table:
        for chunk in _chunks(source.rows(problems.append)):
            for row, scores in zip(chunk, _score(scored_texts, chunk, text_column), strict=True):
                out: dict[str, object] = {names[name]: cell for name, cell in row.values.items()}
                out |= {label.value: score for label, score in scores.values.items()}
                if spans:
                    out |= _marks(scores, nested=nested)
                out |= {NOT_SCORED: scores.not_scored or scores.gap, SCORER: "+".join(scorers)}
                table.write(out)
                scored += scores.not_scored is None
                if row.problem is not None:
                    problems.append(Problem(source.path.name, row.line, row.problem))
            rows += len(chunk)
            if on_progress is not None:
                on_progress(rows)
    renamed = {name: new for name, new in names.items() if new != name}
    return RateReport(rows, scored, scorers, renamed, tuple(problems))


def _marks(scores: Scores, *, nested: bool) -> dict[str, object]:
    """Return the cells that say which words a scorer marked and which window was the strongest."""
    if scores.not_scored is not None:
        return {}
    marked = [[one.start, one.end, round(one.weight, 3)] for one in scores.spans]
    where = {label.value: list(stretch) for label, stretch in scores.where.items()} or None
    if nested:
        return {SPANS: marked, WHERE: where}
    return {SPANS: json.dumps(marked), WHERE: where and json.dumps(where)}


def _all_columns(source: TableFile) -> tuple[str, ...]:
    """Return every column; in JSONL the last line may be the first to hold a name."""
    if source.format is not TableFormat.JSONL:
        return source.columns
    return tuple(
        dict.fromkeys([*source.columns, *(n for row in source.rows() for n in row.values)])
    )


def _renamed(given: Sequence[str], own: Sequence[str]) -> Mapping[str, str]:
    """Return what each column of the input is called in the output: all names differ."""
    taken = {*given, *own}
    names: dict[str, str] = {}
    for name in given:
        new, again = name, 1
        while name in own and new in taken:
            new = f"{name}_input" if again == 1 else f"{name}_input{again}"
            again += 1
        taken.add(new)
        names[name] = new
    return names


def _id_first(columns: Sequence[str], id_column: str | None) -> list[str]:
    return sorted(columns, key=lambda name: name != id_column)


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


class _Scored:
    """The scores of the texts met last: what comes again, in another chunk too, is not scored."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._known: OrderedDict[str, Scores] = OrderedDict()

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return one Scores per text, in order."""
        digests = [text_digest(text) for text in texts]
        new = {
            digest: text
            for digest, text in zip(digests, texts, strict=True)
            if digest not in self._known
        }
        if new:
            self._known.update(zip(new, self._panel.score(list(new.values())), strict=True))
        for digest in digests:
            self._known.move_to_end(digest)
        found = [self._known[digest] for digest in digests]
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found


def _score(scored: _Scored, rows: Sequence[Row], text_column: str) -> list[Scores]:
    """Return a Scores per row; one whose text cannot be read says why instead."""
    reasons = [_unusable(row, text_column) for row in rows]
    texts = [
        str(r.values[text_column]) for r, why in zip(rows, reasons, strict=True) if why is None
    ]
    found = iter(scored.score(texts))
    return [Scores(not_scored=why) if why is not None else next(found) for why in reasons]


def _unusable(row: Row, text_column: str) -> str | None:
    if row.problem is not None:
        return f"unreadable row: {row.problem}"
    value = row.values.get(text_column)
    if value is None or value != value:  # Parquet's missing text is NaN, which equals nothing
        return "no text"
    return None if isinstance(value, str) else f"not a text: {type(value).__name__}"
