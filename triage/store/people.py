"""People: who may work here, and the one account that comes under each name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select, update

from triage.domain.people import Account, Person, Role
from triage.errors import ConflictError, NotFoundError
from triage.store.assignments import end_all
from triage.store.database import Database
from triage.store.schema import decisions, people

__all__ = ["People"]


class People:
    """The people of a store. None is ever deleted, so that no name comes to mean somebody else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Person]:
        """Return everybody there ever was, by name."""
        with self._database.read() as connection:
            return [_of(row) for row in connection.execute(select(people).order_by(people.c.name))]

    def of(self, account: Account) -> Person | None:
        """Return who comes by an account; None for nobody known."""
        with self._database.read() as connection:
            row = connection.execute(select(people).where(*_whose(account))).first()
        return None if row is None else _of(row)

    def meet(self, account: Account) -> Person | None:
        """Return who comes by an account, who from now on is known by it; None for a stranger.

        An account goes on under the name it came by first, whatever the provider calls it since.
        A name that an admin added is the first account's that comes by it; where the claim gives a
        role, a new name is too. Raises ConflictError where the name is another account's, and for
        a new one that the log has already, from before people signed in: whose that is, an admin
        says by adding it.
        """
        known = self.of(account)
        if known is not None and known.signed_in_at and known.signed_in_at >= account.signed_in_at:
            return known
        with self._database.write() as connection:
            row = connection.execute(select(people).where(*_whose(account))).first()
            if row is None:
                row = _named(connection, account.name)
                if row is None:
                    return _new(connection, account)
                if row.issuer is not None or _before(account, row.released_at):
                    raise ConflictError(
                        f"the name {account.name!r} is that of another account here, and two "
                        "people are never one: ask whoever manages people (triage people release)"
                    )
            came = max(row.signed_in_at or account.signed_in_at, account.signed_in_at)
            connection.execute(
                update(people)
                .where(people.c.pk == row.pk)
                .values(issuer=account.issuer, subject=account.subject, signed_in_at=came)
            )
            return _of(connection.execute(select(people).where(people.c.pk == row.pk)).one())

    def add(self, name: str, role: Role, by: str, at: datetime) -> Person:
        """Let somebody work here, or again; raise ConflictError for who does already."""
        with self._database.write() as connection:
            row = _named(connection, name)
            if row is None:
                values = {"name": name, "role": role, "added_at": at, "added_by": by}
                values |= {"changed_at": at, "changed_by": by}
                connection.execute(insert(people).values(values))
            elif row.removed_at is None:
                raise ConflictError(
                    f"{name!r} is there already: give another role on its own line of People, or "
                    f"by triage people role {name} ROLE"
                )
            else:
                _change(connection, name, by, at, role=role, removed_at=None)
            return _of(_there(connection, name))

    def set_role(self, name: str, role: Role | None, by: str, at: datetime) -> Person:
        """Give somebody another role; None leaves it to the provider.

        Raises NotFoundError for nobody of that name, ConflictError for who was removed.
        """
        with self._database.write() as connection:
            if _there(connection, name).removed_at is not None:
                raise ConflictError(f"{name!r} was removed: triage people add {name}")
            return _change(connection, name, by, at, role=role)

    def remove(self, name: str, by: str, at: datetime) -> Person:
        """Let somebody work here no more; who was removed already stays so. Raises NotFoundError.

        What was assigned to them is so no more, or it would come to all others last.
        Whatever the provider's claim says of this name or of its account, it is refused.
        """
        with self._database.write() as connection:
            row = _there(connection, name)
            if row.removed_at:
                return _of(row)
            end_all(connection, name, by, at)
            return _change(connection, name, by, at, removed_at=at)

    def release(self, name: str, by: str, at: datetime) -> Person:
        """Let the next account that signs in by this name have it. Raises NotFoundError."""
        free = {"issuer": None, "subject": None, "signed_in_at": None, "released_at": at}
        with self._database.write() as connection:
            return _change(connection, name, by, at, **free)


def _whose(account: Account) -> tuple[Any, ...]:
    return people.c.issuer == account.issuer, people.c.subject == account.subject


def _named(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(people).where(people.c.name == name)).first()


def _there(connection: Connection, name: str) -> Row[Any]:
    row = _named(connection, name)
    if row is None:
        raise NotFoundError(f"nobody here is called {name!r}: triage people list")
    return row


def _new(connection: Connection, account: Account) -> Person | None:
    """Add who comes with a role of the provider's; None for who has none.

    Raises ConflictError for a name in the log.
    """
    if account.role is None:
        return None
    name = account.name
    if connection.execute(select(exists().where(decisions.c.reviewer == name))).scalar():
        raise ConflictError(
            f"{name!r} decided here before anybody signed in by that name: an admin says that it "
            f"is yours (triage people add {name} --role {account.role})"
        )
    by, at = account.issuer, account.signed_in_at
    row = {
        "name": name,
        "issuer": account.issuer,
        "subject": account.subject,
        "added_at": at,
        "added_by": by,
        "changed_at": at,
        "changed_by": by,
        "signed_in_at": at,
    }
    connection.execute(insert(people).values(row))
    return _of(_there(connection, name))


def _change(connection: Connection, name: str, by: str, at: datetime, **values: object) -> Person:
    pk = _there(connection, name).pk
    row = values | {"changed_at": at, "changed_by": by}
    connection.execute(update(people).where(people.c.pk == pk).values(row))
    return _of(_there(connection, name))


def _before(account: Account, moment: datetime | None) -> bool:
    """Whether an account signed in before a moment: who had a name until then takes it not back."""
    return moment is not None and account.signed_in_at < moment


def _of(row: Row[Any]) -> Person:
    return Person(
        name=row.name,
        role=Role(row.role) if row.role else None,
        added_at=row.added_at,
        added_by=row.added_by,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        removed_at=row.removed_at,
        issuer=row.issuer,
        subject=row.subject,
        signed_in_at=row.signed_in_at,
    )
