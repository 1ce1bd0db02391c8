"""The languages of texts: kept with each, brought up to date, counted; and who reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from triage.domain.languages import Coverage, Identifier, readable
from triage.domain.scores import Label, ScorerInfo
from triage.store.database import Database
from triage.store.rows import among, coverage_in_force, panel_in_force
from triage.store.schema import standing, texts
from triage.store.standing import now, refresh

__all__ = [
    "LanguageBook",
    "languages_of",
    "partly_read",
    "read_by",
    "read_by_key",
    "readable_by",
]

_PORTION = 2_000  # texts: what is written of them takes a tenth of a second


class LanguageBook:
    """The languages of a store's texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def behind(self, version: str) -> int:
        """Return of how many texts this version of an identifier has not said the language."""
        with self._database.read() as connection:
            counted = select(func.count()).select_from(texts).where(_behind(version))
            return int(connection.execute(counted).scalar_one())

    def bring_up(
        self, identifier: Identifier, told: Callable[[int], object] = lambda _done: None
    ) -> int:
        """Have the language of those texts told anew; return how many.

        Portion by portion, each a transaction, so that a killed run goes on where it was. `told`
        hears after each how many are done.
        """
        done = 0
        while rows := self._portion(identifier.version):
            said = identifier.identify([text for _, text, _ in rows])
            news = {pk: language for (pk, _, _), language in zip(rows, said, strict=True)}
            changed = [pk for pk, _, before in rows if news[pk] != before]
            with self._database.write() as connection:
                _keep(connection, news, identifier.version)
                _follow(connection, {pk: news[pk] for pk in changed})
            done += len(rows)
            told(done)
        return done

    def counts(self) -> dict[str, int]:
        """Return how many comments there are in each language that was told, most first."""
        return self._counted(standing.c.language.is_not(None))

    def unread(self) -> dict[str, int]:
        """Return the same of those that no scorer in use reads."""
        return self._counted(standing.c.unread)

    def _counted(self, which: ColumnElement[bool]) -> dict[str, int]:
        many = func.count().desc()
        statement = select(standing.c.language, func.count()).where(which)
        ordered = statement.group_by(standing.c.language).order_by(many, standing.c.language)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(ordered)}

    def _portion(self, version: str) -> list[tuple[int, str, str | None]]:
        columns = select(texts.c.pk, texts.c.text, texts.c.language)
        with self._database.read() as connection:
            found = connection.execute(columns.where(_behind(version)).limit(_PORTION))
            return [(row.pk, row.text, row.language) for row in found]


def languages_of(connection: Connection, text_pks: Iterable[int]) -> dict[int, str | None]:
    """Return text key -> language."""
    mine = among(connection, texts.c.pk, text_pks)
    rows = connection.execute(select(texts.c.pk, texts.c.language).where(mine))
    return {row.pk: row.language for row in rows}


def partly_read(connection: Connection, spoken: Mapping[int, str | None]) -> set[int]:
    """Return the keys of texts that not every scorer of the panel in force reads."""
    coverage, panel = coverage_in_force(connection), panel_in_force(connection)
    unread = {
        language
        for language in set(spoken.values())
        if not all(coverage.reads(label, language) for label in panel)
    }
    return {pk for pk, language in spoken.items() if language in unread}


def read_by(scorer: ScorerInfo, unknown_as: str | None) -> Iterator[ColumnElement[bool]]:
    """Yield the condition that a scorer reads the language of a text, unless it reads any."""
    if scorer.languages:
        yield _in(readable(scorer.languages, unknown_as))


def read_by_key(connection: Connection, key: str) -> Iterator[ColumnElement[bool]]:
    """Yield the condition that a scorer of the panel reads the language of a comment, likewise.

    What it said of others, before anybody knew their language, counts for nothing.
    """
    coverage, panel = coverage_in_force(connection), panel_in_force(connection)
    label = next((label for label, seat in panel.items() if seat[0] == key), None)
    codes = None if label is None else coverage.read_by(label)
    if codes is not None:
        yield or_(standing.c.language.is_(None), standing.c.language.in_(codes))


def readable_by(coverage: Coverage, label: Label) -> Iterator[ColumnElement[bool]]:
    """Yield the condition that a label's scorer reads the language of a text, likewise."""
    codes = coverage.read_by(label)
    if codes is not None:
        yield _in(codes)


def _in(codes: Iterable[str]) -> ColumnElement[bool]:
    """Return whether a text is in one of these languages, or nobody looked at it yet."""
    return or_(texts.c.language.is_(None), texts.c.language.in_(codes))


def _behind(version: str) -> ColumnElement[bool]:
    # Not `!=`, for which no index is looked into.
    by = texts.c.language_by
    # What is left of an erased text is in no language; it keeps the one that it was in.
    return and_(or_(by.is_(None), by < version, by > version), texts.c.erased_at.is_(None))


def _keep(connection: Connection, news: Mapping[int, str], version: str) -> None:
    mine = update(texts).where(texts.c.pk == bindparam("of"))
    values = {"language": bindparam("said"), "language_by": version}
    connection.execute(mine.values(values), [{"of": pk, "said": one} for pk, one in news.items()])


def _follow(connection: Connection, news: Mapping[int, str]) -> None:
    """Let comments follow the languages of their texts."""
    if not news:
        return
    mine = update(standing).where(standing.c.text_pk == bindparam("of"))
    changes = [{"of": pk, "said": language} for pk, language in news.items()]
    connection.execute(mine.values(language=bindparam("said")), changes)
    refresh(connection, among(connection, now.c.text_pk, news))
