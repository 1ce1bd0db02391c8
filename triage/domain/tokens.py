"""Bearer tokens: who may ask for what over HTTP, and how a secret is kept without being known."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from triage.domain.checks import check_aware, check_named

__all__ = ["Issued", "Scope", "Token", "new_secret", "secret_digest"]

_SECRET_BYTES = 32
_PREFIX = "triage_"  # so that scanners for leaked secrets, and people, know what they look at
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Scope(StrEnum):
    """What a token lets its holder do over HTTP."""

    ANALYZE = "analyze"
    """Ask for scores as Perspective's clients do, and for a route as Coral does."""
    FEEDBACK = "feedback"
    """Say what a moderator elsewhere decided."""
    COMMENTS = "comments"
    """Send comments that are kept and reviewed."""
    APPEALS = "appeals"
    """Send appeals against decisions, and ask what became of them."""
    SCORE = "score"
    """Ask for the scores of many texts at once."""
    METRICS = "metrics"
    """Read the figures for monitoring."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; its secret is not.

    `name` is whose it is (`coral`): decisions that come with it are by `client:<name>`.
    `last_used_at` is right to some minutes. Raises ValueError for a name other than 1 to 64
    letters, digits, dots, hyphens and underscores, and for no scope.
    """

    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                "a token's name is 1 to 64 letters, digits, dots, hyphens and underscores, not "
                f"{self.name[:80]!r}"
            )
        if not self.scopes:
            raise ValueError(f"a token lets its holder do something; name a scope of {_SCOPES}")
        check_named("who made a token", self.created_by)
        for moment in (self.created_at, self.revoked_at, self.last_used_at):
            check_aware("a token's time", moment)

    @property
    def client(self) -> str:
        """The name under which decisions that come with this token stand in the log."""
        return f"client:{self.name}"

    def may(self, scope: Scope) -> bool:
        """Return whether this token lets its holder do this now."""
        return self.revoked_at is None and scope in self.scopes


_SCOPES = ", ".join(Scope)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token at the one moment when its secret is known: it is shown once and kept nowhere."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        return f"Issued(token={self.token!r}, secret='...')"


def new_secret() -> str:
    """Return a secret of 256 random bits, in characters that need no quoting in a URL."""
    return _PREFIX + secrets.token_urlsafe(_SECRET_BYTES)


def secret_digest(secret: str) -> str:
    """Return the SHA-256 (hex) under which a secret is kept.

    A fast hash is right here. A slow one protects passwords, which can be guessed from a list;
    nobody guesses 256 random bits, and every request would wait for it.
    """
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
