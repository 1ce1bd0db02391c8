"""A labelled table -> what is true of each row and what it scores: for `triage evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from triage.domain.comments import Problem
from triage.domain.scores import Label, Scorer, Scores
from triage.errors import UsageError
from triage.files.tables import Row, TableFile
from triage.scoring.by_language import ByLanguage
from triage.scoring.rate import why_unusable

__all__ = ["Labelled", "RowScores", "by_column", "by_scorer", "read_labelled"]

_CHUNK = 512
_WORDS = {"true": True, "yes": True, "y": True, "false": False, "no": False, "n": False}

RowScores: TypeAlias = Callable[[Sequence[Row]], list[float | str]]
"""Gives each row its score in [0, 1], or says why it has none."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Scores in [0, 1] and whether the label applies, row by row; and what could not be used."""

    scores: tuple[float, ...]
    positive: tuple[bool, ...]
    rows: int
    problems: tuple[Problem, ...]


def read_labelled(
    source: TableFile,
    label_column: str,
    scored: RowScores,
    on_progress: Callable[[int], None] | None = None,
) -> Labelled:
    """Read the truth from `label_column`, and have the rows `scored` by a column or a scorer.

    A label is yes or no, true or false, or a number in [0, 1], such as the share of raters, which
    counts from a half on. A row that lacks a usable label or score is a problem, and left out.
    Raises UsageError for a column that is not there.
    """
    _check_column(source, label_column)
    problems: list[Problem] = []
    scores: list[float] = []
    positive: list[bool] = []
    rows = 0

    def leave_out(row: Row, why: str) -> None:
        problems.append(Problem(source.path.name, row.line, f"{why}, row left out"))

    for chunk in _chunks(source.rows(problems.append)):
        usable: list[Row] = []
        truths: list[bool] = []
        for row in chunk:
            cell = row.values.get(label_column)
            truth = _truth(cell)
            if row.problem is not None:
                leave_out(row, row.problem)
            elif truth is None:
                leave_out(row, f"{label_column} is {_shown(cell)}, which is no label")
            else:
                usable.append(row)
                truths.append(truth)
        for row, truth, score in zip(usable, truths, scored(usable), strict=True):
            if isinstance(score, str):
                leave_out(row, score)
            else:
                scores.append(score)
                positive.append(truth)
        rows += len(chunk)
        if on_progress is not None:
            on_progress(rows)
    return Labelled(tuple(scores), tuple(positive), rows, tuple(problems))


def by_column(source: TableFile, column: str) -> RowScores:
    """Return what takes the scores from a column. Raises UsageError where there is none."""
    _check_column(source, column)

    def scored(rows: Sequence[Row]) -> list[float | str]:
        found: list[float | str] = []
        for row in rows:
            cell = row.values.get(column)
            score = None if isinstance(cell, bool) else _number(cell)
            why = f"{column} is {_shown(cell)}, which is no score from 0 to 1"
            found.append(why if score is None else score)
        return found

    return scored


def by_scorer(
    source: TableFile,
    scorer: Scorer,
    label: Label,
    text_column: str,
    by_language: ByLanguage | None = None,
) -> RowScores:
    """Return what has a scorer rate a column of texts. Raises UsageError where there is none.

    With `by_language` those alone whose language it reads.
    """
    _check_column(source, text_column)

    def scored(rows: Sequence[Row]) -> list[float | str]:
        reasons = [why_unusable(row, text_column) for row in rows]
        texts = [
            str(row.values[text_column])
            for row, why in zip(rows, reasons, strict=True)
            if why is None
        ]
        said = by_language.rated(scorer, texts) if by_language else scorer.score(texts)
        rated = iter(said if texts else [])
        return [_score(next(rated), label) if why is None else why for why in reasons]

    return scored


def _score(scores: Scores, label: Label) -> float | str:
    score = scores.values.get(label)
    if score is not None:
        return score
    return f"not scored: {scores.not_scored or scores.gap or f'no score for {label.words}'}"


def _check_column(source: TableFile, name: str) -> None:
    if name not in source.columns:
        known = ", ".join(source.columns)
        raise UsageError(f"{source.path.name} has no column {name!r}; it has: {known}")


def _truth(cell: object) -> bool | None:
    """Return whether a cell says that the label applies; None where it says neither."""
    if isinstance(cell, str) and cell.strip().casefold() in _WORDS:
        return _WORDS[cell.strip().casefold()]
    share = _number(cell)
    return None if share is None else share >= 0.5


def _number(value: object) -> float | None:
    """Return a cell as a number in [0, 1]; None where it is none (NaN too)."""
    if not isinstance(value, (str, int, float)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0.0 <= number <= 1.0 else None


def _shown(value: object) -> str:
    """Return a cell as a message quotes it: not all of a novel."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk
