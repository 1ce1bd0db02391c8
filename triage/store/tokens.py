"""Tokens: names, scopes and the digests of their secrets. The secrets themselves are nowhere."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest
from typing import Any

from sqlalchemy import Row, insert, select, update

from triage.domain.tokens import Scope, Token
from triage.errors import ConflictError, NotFoundError
from triage.store.database import Database
from triage.store.schema import tokens

__all__ = ["Tokens"]

_SCOPES = frozenset(Scope)


class Tokens:
    """The tokens of a store. None is ever deleted: what came with a revoked one stays its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, token: Token, digest: str) -> None:
        """Keep a new token with its secret's digest; raise ConflictError where its name is taken.

        A name is free again once the token that has it is revoked.
        """
        row = {
            "name": token.name,
            "digest": digest,
            "scopes": sorted(token.scopes),
            "created_at": token.created_at,
            "created_by": token.created_by,
        }
        with self._database.write() as connection:
            valid = (tokens.c.name == token.name, tokens.c.revoked_at.is_(None))
            if connection.execute(select(tokens.c.pk).where(*valid)).first() is not None:
                raise ConflictError(
                    f"there is a token {token.name!r} already; revoke it first, or use another name"
                )
            connection.execute(insert(tokens).values(row))

    def find(self, digest: str) -> Token | None:
        """Return the token whose secret has this digest, revoked ones too; None for none.

        The index is asked for a digest, not for a secret: how long it takes tells nothing of use.
        What it finds is compared in constant time all the same.
        """
        with self._database.read() as connection:
            row = connection.execute(select(tokens).where(tokens.c.digest == digest)).one_or_none()
        return _of(row) if row is not None and compare_digest(row.digest, digest) else None

    def used(self, digest: str, at: datetime) -> None:
        """Note when a token was used."""
        with self._database.write() as connection:
            mine = update(tokens).where(tokens.c.digest == digest)
            connection.execute(mine.values(last_used_at=at))

    def revoke(self, name: str, at: datetime) -> Token:
        """Let a token be good for nothing from now on; raise NotFoundError for none of that name.

        One that was revoked already is returned as it is.
        """
        with self._database.write() as connection:
            named = select(tokens).where(tokens.c.name == name).order_by(tokens.c.pk.desc())
            row = connection.execute(named).first()
            if row is None:
                raise NotFoundError(f"there is no token {name!r}: triage token list")
            if row.revoked_at is None:
                connection.execute(
                    update(tokens).where(tokens.c.pk == row.pk).values(revoked_at=at)
                )
                row = connection.execute(select(tokens).where(tokens.c.pk == row.pk)).one()
        return _of(row)

    def all(self) -> list[Token]:
        """Return every token ever made, the oldest first."""
        with self._database.read() as connection:
            return [_of(row) for row in connection.execute(select(tokens).order_by(tokens.c.pk))]

    def any(self) -> bool:
        """Return whether a token was ever made, revoked ones too."""
        with self._database.read() as connection:
            return connection.execute(select(tokens.c.pk).limit(1)).first() is not None


def _of(row: Row[Any]) -> Token:
    return Token(
        name=row.name,
        # One that a newer version of triage knows gives no right here.
        scopes=frozenset(Scope(name) for name in row.scopes if name in _SCOPES),
        created_at=row.created_at,
        created_by=row.created_by,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
