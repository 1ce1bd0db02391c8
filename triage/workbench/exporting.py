"""Verbs that let decisions leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

from triage.domain.entries import Annotated, Decided
from triage.errors import UsageError
from triage.export.appeals import APPEALS
from triage.export.tables import (
    ANNOTATIONS,
    COMMENTS,
    DECISIONS,
    LOG,
    Export,
    columns_of,
    labels_anything,
    mentions_table,
    rows_of,
)
from triage.files.table_writer import Column, TableFormat, write_rows
from triage.workbench.panels import Panels
from triage.workbench.parts import Tick

__all__ = ["Exporting"]


class Exporting(Panels):
    """Decisions leave."""

    def export(
        self,
        path: Path,
        what: Export = Export.DECISIONS,
        *,
        table_format: TableFormat | None = None,
        include_text: bool = False,
        on_progress: Tick | None = None,
    ) -> int:
        """Write one of the tables of decisions and comments to a file; return how many rows.

        The format follows the suffix unless given. Raises UsageError where it cannot be written,
        and for mentions where no scorer in use tells of any.
        """
        self.not_the_database(path)
        if what is Export.MENTIONS and not self.store.mentions.identities():
            raise UsageError(
                "no scorer in use has told which identities a text mentions; scorers that do: "
                f"{self._tellers()}. Scores that an earlier version saved came without"
            )
        columns, rows = self._exported(what, include_text)
        return write_rows(path, columns, _counted(rows, on_progress), table_format)

    def preview(
        self, what: Export, *, include_text: bool = False, limit: int = 20
    ) -> list[dict[str, object]]:
        """Return the first rows of an export as they would be written."""
        columns, rows = self._exported(what, include_text)
        return [
            {column.name: row.get(column.name) for column in columns} for row in islice(rows, limit)
        ]

    def _exported(
        self, what: Export, include_text: bool
    ) -> tuple[list[Column], Iterator[Mapping[str, object]]]:
        if what is Export.DECISIONS:
            columns = columns_of(DECISIONS, include_text=include_text)
            return columns, rows_of(DECISIONS, self.store.decisions.current())
        if what is Export.LOG:
            columns = columns_of(LOG, include_text=include_text)
            return columns, rows_of(LOG, self.store.decisions.log())
        if what is Export.APPEALS:
            columns = columns_of(APPEALS, include_text=include_text)
            return columns, rows_of(APPEALS, self.store.appeals.records())
        if what is Export.MENTIONS:
            table = mentions_table(self.store.mentions.identities())
            columns = columns_of(table, include_text=include_text)
            return columns, self._with_panel(rows_of(table, self.store.mentions.stream()))
        if what is Export.ANNOTATIONS:
            columns = columns_of(ANNOTATIONS, include_text=include_text)
            said: Iterator[Annotated | Decided] = chain(
                self.store.annotations.log(), self.store.decisions.current()
            )
            return columns, rows_of(ANNOTATIONS, (one for one in said if labels_anything(one)))
        columns = columns_of(COMMENTS, include_text=include_text)
        rows = rows_of(COMMENTS, self.store.comments.stream())
        return columns, self._with_panel(rows)

    def _with_panel(self, rows: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
        """Add to each row of comments by whom the scores are: the panel in force."""
        scorer = {"scorer": self.store.panel.ref()}
        return ({**cells, **scorer} for cells in rows)


def _counted(
    rows: Iterator[Mapping[str, object]], on_progress: Tick | None
) -> Iterator[Mapping[str, object]]:
    for count, row in enumerate(rows, 1):
        yield row
        if on_progress is not None:
            on_progress(count, None)
