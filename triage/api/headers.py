"""The headers that every answer carries: what a browser may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["NOTHING", "safe_headers"]

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The policy of an answer that is no page: it loads nothing and runs nothing."""

_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Ids of comments stand in addresses: no other site is told of them.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
)


_OVER_TLS: Mapping[str, str] = MappingProxyType(
    {"Strict-Transport-Security": "max-age=31536000"}  # a year, in seconds
)


def safe_headers(policy: str = NOTHING, *, tls: bool = False) -> Middleware:
    """Return the middleware that adds them; `policy` is the Content-Security-Policy.

    An answer that brings a header of these names keeps its own. One that goes over TLS says that
    nothing may come otherwise, and so does each of its cookies; `tls` says that all of them do,
    whatever the server is told: a proxy may not say how it was asked.
    """
    headers = {**_HEADERS, "Content-Security-Policy": policy}
    return Middleware(_SafeHeaders, headers=headers, tls=tls)


class _SafeHeaders:
    """Adds headers where an answer begins, whatever it is; a WebSocket passes as it is."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str], *, tls: bool) -> None:
        self._app, self._headers, self._tls = app, headers, tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        tls = self._tls or scope.get("scheme") == "https"
        added = {**self._headers, **_OVER_TLS} if tls else self._headers

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    headers.setdefault(name, value)
                if tls:
                    message["headers"] = [_over_tls_alone(*one) for one in message["headers"]]
            await send(message)

        await self._app(scope, receive, sent)


def _over_tls_alone(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Return a header, and where it sets a cookie one that goes over TLS alone."""
    if name.lower() != b"set-cookie":
        return name, value
    attributes = [one.strip().lower() for one in value.split(b";")[1:]]
    return name, value if b"secure" in attributes else value + b"; Secure"
