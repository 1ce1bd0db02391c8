"""The API as programs meet it: uvicorn on a port of this machine, for clients of all kinds."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from triage.api.app import create_app
from triage.api.service import Service
from triage.workbench import Workbench

__all__ = ["serving"]


@contextmanager
def serving(bench: Workbench, *, certificate: tuple[Path, Path] | None = None) -> Iterator[str]:
    """Serve a workbench; yield the address. With (certificate, key) it speaks TLS."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            create_app(Service(bench)),
            log_level="warning",
            ssl_certfile=certificate and str(certificate[0]),
            ssl_keyfile=certificate and str(certificate[1]),
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [own]})
        thread.start()
        try:
            end = time.monotonic() + 30
            while not server.started:
                assert time.monotonic() < end, "the server does not start"
                time.sleep(0.02)
            scheme = "https" if certificate else "http"
            yield f"{scheme}://127.0.0.1:{own.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)
