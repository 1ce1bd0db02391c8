"""Which names are answered to: a page elsewhere may point a name of its own at this machine.

A browser then takes both for one site, so that neither the origin nor a preflight says a thing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.middleware import Middleware

from triage.api.errors import ApiError
from triage.domain.urls import is_loopback

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["door", "host_name", "is_known"]

_HOST = re.compile(
    r"(?P<name>[a-z0-9_](?:[a-z0-9._-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?"
)
_FIGURES = "/_stcore/metrics"  # Streamlit's own, which ask for no token; ours are at /metrics
_REFUSAL = (
    "this host's name is not answered to: open the dashboard by localhost, name the host in "
    "TRIAGE_API_HOSTS, or say --behind-proxy where a proxy lets in only who may"
)


def host_name(given: str) -> str | None:
    """Return the name in a Host header, in small letters and without a port; None for no name."""
    found = _HOST.fullmatch(given.lower())
    return found and found["name"]


def is_known(name: str, others: Collection[str]) -> bool:
    """Return whether a name is this machine's own, for itself, or one of `others`."""
    return name in others or is_loopback(name.strip("[]"))


def door(*, alone: bool, others: Collection[str] = ()) -> Middleware:
    """Return the middleware before the dashboard's pages, its sockets and its figures.

    Where one person is `alone` with it, nothing but the name tells this person's pages from
    others': only this machine's own names, and `others`, are answered to.
    """
    return Middleware(_Door, alone=alone, others=others)


class _Door:
    """Refuses a request, or a handshake, by another name; Streamlit's figures are nobody's."""

    def __init__(self, app: ASGIApp, *, alone: bool, others: Collection[str]) -> None:
        self._app, self._alone, self._others = app, alone, others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif self._alone and not self._known(Headers(scope=scope).get("host", "")):
            await _refuse(421, _REFUSAL, scope, receive, send)
        elif scope["path"].endswith(_FIGURES):
            await _refuse(404, "there is nothing at this path", scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _known(self, given: str) -> bool:
        name = host_name(given)
        return name is not None and is_known(name, self._others)


async def _refuse(code: int, words: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # the handshake, which a close before it is accepted answers with 403
        await send({"type": "websocket.close", "code": 1008})
    else:
        await ApiError(code, words).response()(scope, receive, send)
