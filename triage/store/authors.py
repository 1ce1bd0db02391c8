"""Authors: what is decided about the comments under one name."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, func, literal, literal_column, select

from triage.domain.decisions import Verdict
from triage.domain.entries import AuthorRecord
from triage.store.columns import FreeText
from triage.store.database import Database
from triage.store.entries import entries, entry_of
from triage.store.schema import comments, standing

__all__ = ["Authors", "written_by"]

_LOOK_BACK = 500
# As the index has it, with the numbers in place: SQLite would not know it with parameters in it.
_BEGINNING = literal_column("substr(comment.author, 1, 200)", Text)


class Authors:
    """The authors of a store's comments, by the names that the comments carry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self,
        author: str,
        *,
        without: str | None = None,
        recent: int = 5,
        look_back: int = _LOOK_BACK,
    ) -> AuthorRecord:
        """Return what is decided about the newest `look_back` comments under a name.

        The comment whose id is `without` is left out. Prolific names cost no more than that many
        looks into an index.
        """
        theirs = written_by(author)
        if without is not None:
            theirs.append(comments.c.id != without)
        newest = select(comments.c.pk).where(*theirs).order_by(comments.c.pk.desc())
        found = newest.limit(look_back + 1).subquery("found")
        counted = newest.limit(look_back).subquery("counted")
        verdicts = (
            select(standing.c.verdict, func.count())
            .join(counted, counted.c.pk == standing.c.comment_pk)
            .group_by(standing.c.verdict)
        )
        latest = newest.limit(recent).subquery("latest")
        shown = entries().join(latest, latest.c.pk == comments.c.pk).order_by(comments.c.pk.desc())
        with self._database.read() as connection:
            count = connection.execute(select(func.count()).select_from(found)).scalar_one()
            said = {verdict: int(times) for verdict, times in connection.execute(verdicts)}
            return AuthorRecord(
                author=author,
                comments=min(count, look_back),
                all_of_them=count <= look_back,
                verdicts={one: said.get(one.value, 0) for one in Verdict},
                recent=tuple(entry_of(row) for row in connection.execute(shown)),
            )

    def within(self, text: str) -> list[str]:
        """Return the names of authors that stand anywhere in a text, in any case, sorted.

        Reads every name once: no database folds the case of all alphabets alike.
        """
        folded = text.casefold()
        names = select(comments.c.author).where(comments.c.author.is_not(None)).distinct()
        found = {row.author for row in self._database.stream(names) if _in(row.author, folded)}
        return sorted(found)


def _in(name: str, folded: str) -> bool:
    return bool(name) and name.casefold() in folded


def written_by(author: str) -> list[ColumnElement[bool]]:
    """Return the conditions that a comment is under this name, which are read from the index."""
    name = literal(author, FreeText)
    # Of a bare `author = ?`, SQLite would put the ? into the expression above, too, and then
    # find no index for it.
    whole = func.coalesce(comments.c.author, literal("", FreeText))
    return [func.substr(name, 1, 200) == _BEGINNING, whole == name]
