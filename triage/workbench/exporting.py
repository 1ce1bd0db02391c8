"""Verbs that let decisions leave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from pathlib import Path

from triage import __version__
from triage.domain.entries import Annotated, Decided
from triage.errors import UsageError
from triage.export.appeals import APPEALS
from triage.export.card import CardFacts, card
from triage.export.dataset import write_dataset
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
from triage.store import BrowseFilter
from triage.workbench.filters import in_words
from triage.workbench.panels import Panels
from triage.workbench.parts import Tick
from triage.workbench.remembered import Remembered

__all__ = ["Exporting"]

_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class _Names:
    """The sources, reasons and languages that there are."""

    sources: list[str]
    reasons: list[str]
    languages: list[str]


class Exporting(Panels):
    """Decisions leave."""

    @cached_property
    def _names(self) -> Remembered[_Names]:
        return Remembered()

    def export(
        self,
        path: Path,
        what: Export = Export.DECISIONS,
        *,
        table_format: TableFormat | None = None,
        wanted: BrowseFilter | None = None,
        include_text: bool = False,
        on_progress: Tick | None = None,
    ) -> int:
        """Write one of the tables of decisions and comments to a file; return how many rows.

        The format follows the suffix unless given; `wanted` says which rows. Raises UsageError
        where it cannot be written, for a pattern that cannot be used, and for mentions where no
        scorer in use tells of any.
        """
        self._check(path, what)
        columns, rows = self._exported(what, include_text, wanted)
        return write_rows(path, columns, _counted(rows, on_progress), table_format)

    def export_dataset(
        self,
        folder: Path,
        what: Export = Export.DECISIONS,
        *,
        wanted: BrowseFilter | None = None,
        include_text: bool = False,
        languages: Sequence[str] = (),
        on_progress: Tick | None = None,
    ) -> int:
        """Write a table as the folder of a Hugging Face dataset, with its data card.

        `languages` are the comments', as codes of ISO 639, for the card. Raises as `export` does,
        and UsageError for what is no such code.
        """
        for one in languages:
            if not _LANGUAGE.fullmatch(one):
                raise UsageError(
                    f"{one!r} is no code of a language: use two or three small letters, such as en"
                )
        self._check(folder, what)
        facts = self._facts(what, wanted, languages)
        columns, rows = self._exported(what, include_text, wanted)
        return write_dataset(
            folder, columns, _counted(rows, on_progress), lambda tally: card(facts, columns, tally)
        )

    def preview(
        self,
        what: Export,
        *,
        wanted: BrowseFilter | None = None,
        include_text: bool = False,
        limit: int = 20,
    ) -> list[dict[str, object]]:
        """Return the first rows of an export as they would be written."""
        columns, rows = self._exported(what, include_text, wanted)
        return [
            {column.name: row.get(column.name) for column in columns} for row in islice(rows, limit)
        ]

    def sources(self) -> list[str]:
        """Return the files and systems that comments were read from, by name."""
        return self._known_names().sources

    def reasons(self) -> list[str]:
        """Return every reason that a verdict was ever given for, by name."""
        return self._known_names().reasons

    def known_languages(self) -> list[str]:
        """Return the languages that comments are in, those of most comments first."""
        return self._known_names().languages

    def _known_names(self) -> _Names:
        """Return what a menu offers: read once after each change, for it reads every comment."""
        return self._names.of(
            self.store.evidence.stamp,
            lambda: _Names(
                self.store.comments.sources(),
                self.store.decisions.reasons(),
                list(self.store.languages.counts()),
            ),
        )

    def _check(self, path: Path, what: Export) -> None:
        self.not_the_database(path)
        if what is Export.MENTIONS and not self.store.mentions.identities():
            raise UsageError(
                "no scorer in use has told which identities a text mentions; scorers that do: "
                f"{self._tellers()}. Scores that an earlier version saved came without"
            )

    def _facts(
        self, what: Export, wanted: BrowseFilter | None, languages: Sequence[str]
    ) -> CardFacts:
        scorers, head = self.store.panel.ref(), self.store.chain.head()
        return CardFacts(
            what=what,
            at=self._clock(),
            version=__version__,
            languages=languages,
            policies=[record.policy for record in self.store.policies.history()],
            in_force=self.policy().ref,
            scorers=scorers.split("+") if scorers else (),
            audits=self.store.audits.all(),
            filters=in_words(wanted),
            doubled=self.settings.doubled,
            chain_head=head.hash if head else None,
        )

    def _exported(
        self, what: Export, include_text: bool, wanted: BrowseFilter | None
    ) -> tuple[list[Column], Iterator[Mapping[str, object]]]:
        if what is Export.DECISIONS:
            columns = columns_of(DECISIONS, include_text=include_text)
            return columns, rows_of(DECISIONS, self.store.decisions.current(wanted))
        if what is Export.LOG:
            columns = columns_of(LOG, include_text=include_text)
            return columns, rows_of(LOG, self.store.decisions.log(wanted))
        if what is Export.APPEALS:
            columns = columns_of(APPEALS, include_text=include_text)
            return columns, rows_of(APPEALS, self.store.appeals.records(wanted))
        if what is Export.MENTIONS:
            table = mentions_table(self.store.mentions.identities())
            columns = columns_of(table, include_text=include_text)
            return columns, self._with_panel(rows_of(table, self.store.mentions.stream(wanted)))
        if what is Export.ANNOTATIONS:
            columns = columns_of(ANNOTATIONS, include_text=include_text)
            said: Iterator[Annotated | Decided] = chain(
                self.store.annotations.log(wanted), self.store.decisions.current(wanted)
            )
            return columns, rows_of(ANNOTATIONS, (one for one in said if labels_anything(one)))
        columns = columns_of(COMMENTS, include_text=include_text)
        rows = rows_of(COMMENTS, self.store.comments.stream(wanted))
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
