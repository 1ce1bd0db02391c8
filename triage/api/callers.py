"""Who calls, and what they may do. Where no tokens are set up, everybody who reaches us may all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from triage.api.errors import ApiError
from triage.domain.tokens import Scope
from triage.errors import AccessError, ScopeError

if TYPE_CHECKING:
    from starlette.requests import Request

    from triage.workbench import Workbench

__all__ = ["Authority", "Caller", "Tokens", "client_of", "secret_of"]

_ANYBODY = "anybody"  # who calls where no token was ever made


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


class Tokens:
    """The site's tokens; until the first one is made, anybody may, unless they are `demanded`."""

    def __init__(self, bench: Workbench, *, demanded: bool = False) -> None:
        self._bench = bench
        self._guarded = demanded  # once true it stays so

    def caller(self, secret: str | None, scope: Scope) -> Caller | None:
        """Return whose token it is, as `Authority` says."""
        self._guarded = self._guarded or self._bench.guarded()
        if not self._guarded:
            return None
        try:
            return Caller(self._bench.authorise(secret, scope).name)
        except ScopeError as error:
            raise ApiError(403, str(error)) from None
        except AccessError as error:
            # Some clients of Perspective tell a wrong key by this.
            details = {"reason": "API_KEY_INVALID"}
            headers = {"WWW-Authenticate": "Bearer"}
            raise ApiError(401, str(error), details=details, headers=headers) from None


def client_of(caller: Caller | None) -> str:
    """Return the name under which is kept what a caller sends."""
    return _ANYBODY if caller is None else caller.name


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
