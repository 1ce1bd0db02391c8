"""Who calls, and what they may do. Where no tokens are set up, everybody who reaches us may all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["Authority", "Caller", "Scope", "secret_of"]


class Scope(StrEnum):
    """What a caller may ask for; each endpoint names one."""

    SCORE = "score"
    COMMENTS = "comments"
    FEEDBACK = "feedback"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, as limits count them and records name them."""

    name: str


class Authority(Protocol):
    """Says who a secret belongs to. Called outside the event loop, so that it may ask a database.

    Raises ApiError 401 for a secret that is missing or unknown, 403 for one that may not do this.
    """

    def caller(self, secret: str | None, scope: Scope) -> Caller | None:
        """Return who it is; None for anybody, who is then known by the address."""
        ...


def secret_of(request: Request) -> str | None:
    """Return the secret that a request carries, if any.

    A bearer token, as ours are sent, or `key` in the query or `X-Goog-Api-Key`, as Perspective's
    clients send theirs.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and given.strip():
        return given.strip()
    other = request.query_params.get("key") or request.headers.get("x-goog-api-key")
    return other or None
