"""How long a connection may take to say what it wants, over a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from triage.api.heads import HeadInTime

PATIENCE = 20  # seconds: a busy machine is no fault
ASK = b"GET / HTTP/1.1\r\nHost: here\r\n"


class Hasty(HeadInTime):
    SECONDS = 0.3


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server that waits a third of a second for what is asked."""
    with socket.create_server(("127.0.0.1", 0)) as own:
        config = uvicorn.Config(
            PlainTextResponse("here"), http=Hasty, lifespan="off", log_config=None
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [own]})
        thread.start()
        yield own.getsockname()[1]
        server.should_exit = True
        thread.join(PATIENCE)


def opened(port: int) -> closing[socket.socket]:
    return closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))


def drip(slow: socket.socket) -> None:
    """Send a header every now and then, as long as somebody listens."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        slow.sendall(b"X-Drip: 1\r\n")
        time.sleep(0.05)


def answered(client: socket.socket) -> bytes:
    """Return a whole answer: its body is `here`."""
    found = b""
    while not found.endswith(b"here"):
        found += client.recv(10_000)
    return found


def test_who_says_nothing_is_hung_up_on(port: int) -> None:
    with opened(port) as silent:
        assert silent.recv(1) == b""


def test_who_drips_headers_is_hung_up_on_however_often_something_comes(port: int) -> None:
    with opened(port) as slow:
        slow.sendall(ASK)
        with pytest.raises(OSError, match=r"reset|pipe"):
            drip(slow)


def test_a_later_request_on_a_connection_is_waited_for_no_longer(port: int) -> None:
    with opened(port) as client:
        client.sendall(ASK + b"\r\n")
        assert b" 200 " in answered(client)
        time.sleep(0.5)  # idle between requests: another limit, and a longer one
        client.sendall(ASK + b"\r\n")
        assert b" 200 " in answered(client)
        client.sendall(ASK)
        assert client.recv(1) == b""


def test_headers_without_end_are_refused_before_they_are_kept(port: int) -> None:
    with opened(port) as client:
        client.sendall(ASK + b"X-Bomb: " + b"a" * 20_000)
        assert client.recv(10_000).startswith(b"HTTP/1.1 400 ")
