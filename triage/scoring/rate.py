"""A table in, the same table with scores out: no database, every row kept, no text rated twice.

The input is read a few times, 2,000 rows at once (a JSON array is read whole: see `files.tables`):
to count what there is to do, to rate it, and to write the output. What is rated is kept in a file
beside the output (see `kept`) until the output is whole. What is held in memory for all rows is the
list of problems.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from triage.domain.comments import Problem
from triage.domain.scores import Scores
from triage.errors import UsageError
from triage.files.atomic import check_place
from triage.files.table_writer import Column, Kind, TableFormat, write_table
from triage.files.tables import Row, TableFile
from triage.scoring.by_language import ByLanguage
from triage.scoring.kept import keeping
from triage.scoring.panel import Panel
from triage.scoring.portions import Portioning
from triage.scoring.rater import Rater

__all__ = ["Extras", "RateReport", "Told", "rate_table", "why_unusable"]

_CHUNK = 2_000
LANGUAGE = "language"
NOT_SCORED = "not_scored"
SCORER = "scorer"
SPANS = "spans"
WHERE = "where"
MENTIONS = "mentions"

Told = Callable[[int, int | None], None]
"""Told how many are done, and of how many, where that is known."""


@dataclass(frozen=True, slots=True)
class RateReport:
    """What became of the rows: `rows` in and out, `scored` with scores, problems by line.

    `renamed` maps a column of the input to its name in the output, where the two differ. `known`
    counts texts that an earlier run had rated, `left` those that a scorer could not be asked about
    for now (`left_why` for the last of them): the next run asks about these alone.
    """

    rows: int
    scored: int
    scorers: tuple[str, ...]
    renamed: Mapping[str, str]
    problems: tuple[Problem, ...]
    known: int = 0
    left: int = 0
    left_why: str = ""


@dataclass(frozen=True, slots=True)
class Extras:
    """What is written beside the scores: marked words and places, and mentions of identities."""

    spans: bool = False
    mentions: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of their columns."""
        return (*((SPANS, WHERE) if self.spans else ()), *((MENTIONS,) if self.mentions else ()))

    def cells(self, scores: Scores, *, nested: bool) -> dict[str, object]:
        """Return their cells for one text: lists and objects where `nested`, else as JSON."""
        if scores.not_scored is not None:
            return {}
        where = {label.value: list(stretch) for label, stretch in scores.where.items()}
        told: dict[str, object] = {
            SPANS: [[one.start, one.end, round(one.weight, 3)] for one in scores.spans],
            WHERE: where or None,
            MENTIONS: dict(scores.mentions) or None,
        }
        cells = {name: told[name] for name in self.columns}
        if nested:
            return cells
        return {name: None if one is None else json.dumps(one) for name, one in cells.items()}


def rate_table(
    source: TableFile,
    output: Path,
    panel: Panel,
    *,
    text_column: str,
    id_column: str | None = None,
    extras: Extras = Extras(),
    portions: Portioning | None = None,
    by_language: ByLanguage | None = None,
    on_progress: Told | None = None,
) -> RateReport:
    """Write `source` to `output` in order, with a column per label, `not_scored` and `scorer`.

    The input's own columns are kept, the id column first; one whose name a new column needs is
    renamed `<name>_input`, or `<name>_input2` and so on where there is one already. From Parquet to
    Parquet the columns keep their types, where Python can hold them. `scorer` names key and version
    (`compact@1f0c...`). A row without a usable text keeps its place, with empty scores and the
    reason in `not_scored`, which also says why labels are empty that another scorer of the panel
    should have given.

    A text is rated once by a scorer version, however often it comes and whatever stops this run:
    what is rated is kept beside `output`, a few seconds' worth at a time, until that is whole, and
    the next run that writes to the same place goes on from there. What a scorer put off
    (`Scores.later`) is written as not scored; the scores are then kept on, so that the next run
    asks about these texts alone. `on_progress` is told how many texts are rated, and of how many
    that were not rated before; without a number of all, how many rows are read or written.

    Raises UsageError for a column that is not there and for a place that cannot be written to; on
    any error, and on Ctrl+C, `output` is left as it was.

    With `by_language` a text is rated by scorers that read its language; which one it was taken to
    be in is in the column `language`, behind the labels.

    `extras` adds columns behind the labels. `spans` are the words that the panel's marker read as
    toxic, as `[[start, end, weight], ...]`, and `where`, for a text that was rated in windows, is
    `{"label": [start, end], ...}`; both in characters (Unicode code points) of the text as it was
    read. `mentions` are `{"identity": probability, ...}`. In JSONL they are arrays and objects,
    elsewhere texts that hold the same as JSON. `portions` says how much is rated at once; by
    default that hangs on how long it takes.
    """
    for wanted in (text_column, id_column):
        if wanted is not None and wanted not in source.columns:
            there = ", ".join(source.columns)
            raise UsageError(f"{source.path.name} has no column {wanted!r}; it has: {there}")
    check_place(output)
    told = on_progress or (lambda _done, _all: None)
    with keeping(output) as kept:
        rater = Rater(panel, kept, portions, by_language)
        columns = _look(source, text_column, rater, told)
        known, total = rater.outstanding()
        if total:
            _rate(source, text_column, rater, total, told)
        more = (*extras.columns, *([LANGUAGE] if by_language else []))
        written = _Written(source, columns, panel, id_column, extras, more, output)
        problems: list[Problem] = []
        rows = scored = 0
        with write_table(output, written.columns) as table:
            for chunk in _chunks(source.rows(problems.append)):
                for row, scores in zip(chunk, _score(rater, chunk, text_column), strict=True):
                    table.write(written.cells(row, scores))
                    scored += scores.not_scored is None
                    if row.problem is not None:
                        problems.append(Problem(source.path.name, row.line, row.problem))
                rows += len(chunk)
                told(rows, None)
        left, left_why = kept.put_off()
    return RateReport(
        rows,
        scored,
        written.scorers,
        written.renamed,
        tuple(problems),
        known=known,
        left=left,
        left_why=left_why,
    )


def _look(source: TableFile, text_column: str, rater: Rater, told: Told) -> tuple[str, ...]:
    """Note every text; return every column: in JSONL the last line may be the first with a name."""
    columns = dict.fromkeys(source.columns)
    rows = 0
    for chunk in _chunks(source.rows()):
        rater.note(_texts(chunk, text_column))
        if source.format is TableFormat.JSONL:
            columns |= dict.fromkeys(name for row in chunk for name in row.values)
        rows += len(chunk)
        told(rows, None)
    return tuple(columns)


def _rate(source: TableFile, text_column: str, rater: Rater, total: int, told: Told) -> None:
    """Rate every text that was not rated before."""
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        told(done, total)

    told(0, total)
    for chunk in _chunks(source.rows()):
        rater.rate(_texts(chunk, text_column), count)


class _Written:
    """The output's columns, and how a row of the input with its scores fills them."""

    def __init__(
        self,
        source: TableFile,
        given: Sequence[str],
        panel: Panel,
        id_column: str | None,
        extras: Extras,
        more: Sequence[str],
        output: Path,
    ) -> None:
        labels = [label.value for label in panel.seats]
        own = [*labels, *more, NOT_SCORED, SCORER]
        infos = panel.seats.values()
        self._names = _renamed(given, own)
        self._extras = extras
        self._tells_language = LANGUAGE in more
        self._nested = TableFormat.of(output) is TableFormat.JSONL
        self.renamed = {name: new for name, new in self._names.items() if new != name}
        self.scorers = tuple(dict.fromkeys(f"{info.key}@{info.version}" for info in infos))
        self.columns = [
            *(
                Column(self._names[name], arrow=source.types.get(name))
                for name in _id_first(given, id_column)
            ),
            *(Column(label, Kind.NUMBER) for label in labels),
            *(Column(name) for name in (*more, NOT_SCORED, SCORER)),
        ]

    def cells(self, row: Row, scores: Scores) -> dict[str, object]:
        """Return the cells of one row."""
        cells = {self._names[name]: cell for name, cell in row.values.items()}
        cells |= {label.value: score for label, score in scores.values.items()}
        cells |= self._extras.cells(scores, nested=self._nested)
        cells |= {LANGUAGE: scores.language} if self._tells_language else {}
        why = scores.not_scored or scores.gap
        return cells | {NOT_SCORED: why, SCORER: "+".join(self.scorers)}


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


def _texts(rows: Sequence[Row], text_column: str) -> list[str]:
    """Return the texts of the rows that have one."""
    return [str(row.values[text_column]) for row in rows if why_unusable(row, text_column) is None]


def _score(rater: Rater, rows: Sequence[Row], text_column: str) -> list[Scores]:
    """Return a Scores per row; one whose text cannot be read says why instead."""
    found = iter(rater.scores(_texts(rows, text_column)))
    reasons = [why_unusable(row, text_column) for row in rows]
    return [Scores(not_scored=why) if why is not None else next(found) for why in reasons]


def why_unusable(row: Row, text_column: str) -> str | None:
    """Return why a row has no text to score; None if it has one."""
    if row.problem is not None:
        return f"unreadable row: {row.problem}"
    value = row.values.get(text_column)
    if value is None or value != value:  # Parquet's missing text is NaN, which equals nothing
        return "no text"
    return None if isinstance(value, str) else f"not a text: {type(value).__name__}"
