"""Whether a database names its authors, or calls all of them by the pseudonyms of one key."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, bindparam, delete, insert, literal, select, update

from triage.domain.pseudonyms import Pseudonyms
from triage.store.database import Database
from triage.store.schema import comments, saved_views, secrets

__all__ = ["Names"]

_CHECK = "pseudonyms"
_PORTION = 5_000
_AUTHOR = "author"  # in the link of a saved view


class Names:
    """The authors' names in a store. Of the key a database holds only what tells it from others."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self) -> str | None:
        """Return the check of the key by which authors have pseudonyms; None where they do not."""
        with self._database.read() as connection:
            return _check(connection)

    def begin(self, pseudonyms: Pseudonyms) -> bool:
        """Keep the check of a key in a database without names; return whether it is in use now."""
        if (known := self.check()) is not None:
            return known == pseudonyms.check
        with self._database.write() as connection:
            known = _check(connection)
            named = select(literal(1)).where(comments.c.author.is_not(None)).limit(1)
            if known is None and connection.execute(named).first() is None:
                _keep(connection, pseudonyms.check)
                known = pseudonyms.check
        return known == pseudonyms.check

    def rewrite(
        self, pseudonyms: Pseudonyms, on_progress: Callable[[int], object] | None = None
    ) -> int:
        """Give every author a pseudonym in place of the name, in one transaction; return how many.

        How many comments, that is. Views that filter by a name filter by the pseudonym.
        """
        done = last = 0
        with self._database.write() as connection:
            mine = update(comments).where(comments.c.pk == bindparam("of"))
            named = (
                select(comments.c.pk, comments.c.author)
                .where(comments.c.author.is_not(None))
                .order_by(comments.c.pk)
                .limit(_PORTION)
            )
            while rows := connection.execute(named.where(comments.c.pk > last)).all():
                values = [{"of": row.pk, "to": pseudonyms.of(row.author)} for row in rows]
                connection.execute(mine.values(author=bindparam("to")), values)
                done, last = done + len(rows), rows[-1].pk
                if on_progress is not None:
                    on_progress(done)
            for row in connection.execute(select(saved_views.c.pk, saved_views.c.link)).all():
                if names := row.link.get(_AUTHOR):
                    link = {**row.link, _AUTHOR: [pseudonyms.of(name) for name in names]}
                    view = update(saved_views).where(saved_views.c.pk == row.pk)
                    connection.execute(view.values(link=link))
            _keep(connection, pseudonyms.check)
        self._database.clean()
        return done

    def begin_anew(self, pseudonyms: Pseudonyms) -> int:
        """Drop every pseudonym, and go on with another key; return how many comments had one.

        Two pseudonyms of one author would stand beside each other otherwise.
        """
        with self._database.write() as connection:
            held = update(comments).where(comments.c.author.is_not(None))
            done = connection.execute(held.values(author=None)).rowcount
            for row in connection.execute(select(saved_views.c.pk, saved_views.c.link)).all():
                if row.link.get(_AUTHOR):
                    connection.execute(delete(saved_views).where(saved_views.c.pk == row.pk))
            _keep(connection, pseudonyms.check)
        self._database.clean()
        return done


def _check(connection: Connection) -> str | None:
    return connection.execute(select(secrets.c.value).where(secrets.c.name == _CHECK)).scalar()


def _keep(connection: Connection, check: str) -> None:
    connection.execute(delete(secrets).where(secrets.c.name == _CHECK))
    connection.execute(insert(secrets).values(name=_CHECK, value=check))
