"""One POST and its answer, bounded in time and size, over connections that are kept.

The standard library's client does what is needed and nothing behind our back: it follows no
redirect, reads no proxy, no .netrc and no cookies, and logs no address.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected
from queue import Empty, LifoQueue
from threading import Lock, Timer
from types import MappingProxyType
from typing import Self
from urllib.parse import urlsplit

from triage.sending.addresses import Lookup
from triage.sending.answers import Answer, NoAnswer

__all__ = ["LARGEST", "Line"]

LARGEST = 4 << 20
"""Bytes of an answer. The scores of a comment take some hundred."""

_STALE = (RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class Line:
    """Connections to one address; threads may share it.

    `url` may hold secrets in its query: it is sent and never said. `timeout` is in seconds, for a
    whole answer from the connection to the last byte. `addresses` says where the host may be
    reached; without it, wherever its name leads. Of an answer `most` bytes are read: a longer one
    is none, or, where `cut` says that its beginning will do, only that.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        timeout: float,
        *,
        addresses: Lookup | None = None,
        most: int = LARGEST,
        cut: bool = False,
    ) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        self._headers |= {**headers, "Accept-Encoding": "identity"}
        self._timeout = timeout
        self._addresses, self._most, self._cut = addresses, most, cut
        self._context = ssl.create_default_context() if parts.scheme == "https" else None
        self._idle: LifoQueue[HTTPConnection] = LifoQueue()
        self._busy: set[_Watch] = set()
        self._over = False
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    def post(self, body: bytes, headers: Mapping[str, str] = MappingProxyType({})) -> Answer:
        """Send `body`, with `headers` of its own, and return the answer. Raises NoAnswer."""
        headers = {**self._headers, **headers}
        connection, used = self._connection()
        try:
            try:
                answer = self._exchange(connection, body, headers)
            except _STALE as error:
                if self._over or not used:
                    raise NoAnswer(_why(error)) from None
                connection.close()  # it was hung up while it lay idle
                answer = self._exchange(connection, body, headers)
        except NoAnswer:
            connection.close()
            raise
        except (OSError, HTTPException, ValueError) as error:
            connection.close()
            raise NoAnswer(_why(error)) from None
        self._idle.put(connection)
        return answer

    def hang_up(self) -> None:
        """End every exchange that is under way: it will raise NoAnswer."""
        with self._lock:
            self._over = True
            for watch in self._busy:
                watch.hang_up()

    def _connection(self) -> tuple[HTTPConnection, bool]:
        """Return a connection, and whether it was used before."""
        try:
            connection = self._idle.get_nowait()
        except Empty:
            where = (self._host, self._port, self._timeout)
            if self._context is None:
                return _Plain(*where, self._addresses), False
            return _Encrypted(*where, self._addresses, self._context), False
        return connection, connection.sock is not None

    def _exchange(
        self, connection: HTTPConnection, body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        watch = _Watch(connection, self._timeout)
        with self._lock:
            self._busy.add(watch)
        try:
            if connection.sock is None:
                connection.connect()
            watch.begin()
            connection.request("POST", self._target, body, dict(headers))
            answer, whole = _read(connection.getresponse(), self._most, cut=self._cut)
            if not whole:
                connection.close()  # the rest of it would be taken for the next answer
        except (NoAnswer, OSError, HTTPException, ValueError) as error:
            watch.check(surely=isinstance(error, TimeoutError))
            raise
        finally:
            watch.end()
            with self._lock:
                self._busy.discard(watch)
        watch.check()  # what was cut off by the watch may look whole
        return answer


class _Plain(HTTPConnection):
    """A connection to one of the addresses that a host may be reached at, in one time for all."""

    def __init__(
        self, host: str, port: int | None, timeout: float, addresses: Lookup | None
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self._seconds, self._addresses = timeout, addresses

    def connect(self) -> None:
        if self._addresses is None:
            super().connect()
            return
        end = time.monotonic() + self._seconds
        failed: OSError = TimeoutError()
        for address in self._addresses(self.host, self.port, self._seconds):
            left = end - time.monotonic()
            if left <= 0:
                break
            try:
                self.sock = socket.create_connection((address, self.port), left)
            except OSError as error:
                failed = error
                continue
            self.sock.settimeout(self._seconds)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return
        raise failed


class _Encrypted(_Plain):
    """A connection over TLS that can be watched while it shakes hands."""

    default_port = 443

    def __init__(
        self,
        host: str,
        port: int | None,
        timeout: float,
        addresses: Lookup | None,
        context: ssl.SSLContext,
    ) -> None:
        super().__init__(host, port, timeout, addresses)
        self._tls = context

    def connect(self) -> None:
        super().connect()
        encrypted = self._tls.wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = encrypted
        encrypted.do_handshake()


class _Watch:
    """Hangs up a connection when its time is over: a drip would reset the socket's own clock."""

    def __init__(self, connection: HTTPConnection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._sock: socket.socket | None = None
        self._late = False
        self._timer = Timer(seconds, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def begin(self) -> None:
        """Keep hold of the socket: a connection lets go of it before the answer is read."""
        self._sock = self._connection.sock
        self.check()

    def check(self, *, surely: bool = False) -> None:
        """Raise NoAnswer where the time is over, or is known to be."""
        if surely or self._late:
            raise NoAnswer(f"no whole answer within {self._seconds:g} s")

    def end(self) -> None:
        self._timer.cancel()

    def hang_up(self) -> None:
        """Let whoever reads find the end, in whatever state the connection is."""
        sock = self._sock or self._connection.sock
        if sock is not None:
            with suppress(OSError):
                # The plain socket's own method: TLS's takes the encryption from under the reader.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _strike(self) -> None:
        self._late = True
        self.hang_up()


def _read(response: HTTPResponse, most: int, *, cut: bool) -> tuple[Answer, bool]:
    """Return an answer, and whether it is whole. Raises NoAnswer for one that is too large."""
    headers = {name.lower(): value for name, value in response.getheaders()}
    longer = not cut and (response.length or 0) > most
    body = b"" if longer else response.read(most + 1)
    if longer or (len(body) > most and not cut):
        raise NoAnswer(f"its answer exceeds {most >> 20} MiB")
    whole = len(body) <= most
    if whole and response.length:
        raise NoAnswer("it hung up in the middle of its answer")
    if response.will_close:
        response.close()
    return Answer(response.status, headers, body[:most]), whole


def _why(error: Exception) -> str:
    """Return what went wrong in words of ours: the error's own may repeat what was sent."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate cannot be trusted ({error.verify_message})"
        case ssl.SSLError():
            return "no encrypted connection could be made"
        case socket.gaierror():
            return "the host is not known here"
        case RemoteDisconnected():
            return "it hung up without an answer"
        case OSError():
            return (error.strerror or "the connection broke").lower()
        case _:
            return "its answer is no HTTP"
