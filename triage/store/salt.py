"""The secret salt of a database: random numbers made with it can be neither guessed nor chosen."""

from __future__ import annotations

from hashlib import blake2b
from secrets import token_hex

from sqlalchemy import Connection, insert, select

from triage.store.schema import secrets

__all__ = ["keyed_number", "known_salt", "salt_of"]

_NAME = "audit"


def known_salt(connection: Connection) -> str | None:
    """Return the salt; None before anything needed one."""
    return connection.execute(select(secrets.c.value).where(secrets.c.name == _NAME)).scalar()


def salt_of(connection: Connection) -> str:
    """Return the salt, and make it first where there is none: wants a writing connection."""
    known = known_salt(connection)
    if known is None:
        known = token_hex(16)
        connection.execute(insert(secrets).values(name=_NAME, value=known))
    return known


def keyed_number(salt: str, purpose: str, about: str) -> float:
    """Return a number in [0, 1) that hangs on all three, and tells nobody the salt.

    Another purpose gives another number: these have nothing to do with the audit's own.
    """
    told = f"{purpose}\0{about}".encode("utf-8", "surrogatepass")
    return (int.from_bytes(blake2b(told, digest_size=8, key=salt.encode()).digest()) >> 11) * 2**-53
