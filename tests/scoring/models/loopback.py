"""A file server on this machine that behaves as servers and proxies do when they misbehave."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from triage.scoring.models.catalogue import MODELS, Origin


@dataclass
class Loopback:
    """What is served, what was asked for, and how the server misbehaves.

    `files` are path -> bytes. `cut` holds, for the next answers in turn, after how many bytes the
    connection ends. `answers` are path -> what else to do than to send the file: it gets the
    handler and returns whether it answered.
    """

    files: dict[str, bytes]
    port: int = 0
    ranges: bool = True
    etags: bool = True
    lengths: bool = True
    cut: list[int] = field(default_factory=list)
    answers: dict[str, Callable[[BaseHTTPRequestHandler], bool]] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    sent: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def origin(self) -> Origin:
        return Origin(releases=f"{self.url}releases/", hub=f"{self.url}hub/")


def published(models_dir: Path, name: str) -> dict[str, bytes]:
    """Return path -> bytes as GitHub and the hub would have the model in `models_dir/name/`.

    The hub has the tokenizer as one file, too.
    """
    from transformers import BertTokenizer

    known, folder = MODELS[name], models_dir / name
    addresses = known.addresses(Origin(releases="/releases/", hub="/hub/"))
    files = {file: folder / file for file in addresses if (folder / file).exists()}
    content = {addresses[file]: path.read_bytes() for file, path in files.items()}
    whole = BertTokenizer.from_pretrained(folder).backend_tokenizer.to_str()
    return content | {addresses["tokenizer.json"]: whole.encode()}


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[Loopback]:
    """Serve files until the block ends."""
    state = Loopback(dict(files))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, state)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.block_on_close = False  # an answer may hang, as answers do
    state.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _answer(handler: BaseHTTPRequestHandler, state: Loopback) -> None:
    state.asked.append((handler.path, handler.headers.get("Range")))
    instead = state.answers.get(handler.path)
    if instead is not None and instead(handler):
        return
    body = state.files.get(handler.path)
    if body is None:
        handler.send_error(404)
        return
    etag = f'"{sha256(body).hexdigest()[:16]}"'
    start = _start(handler, body, etag) if state.ranges else 0
    if start >= len(body):
        handler.send_error(416)
        return
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
    if state.etags:
        handler.send_header("ETag", etag)
    if state.lengths:
        handler.send_header("Content-Length", str(len(body) - start))
    handler.end_headers()
    rest = body[start:]
    if state.cut:
        rest = rest[: state.cut.pop(0)]
    state.sent += len(rest)
    handler.wfile.write(rest)
    handler.close_connection = True


def _start(handler: BaseHTTPRequestHandler, body: bytes, etag: str) -> int:
    """Return from which byte on to send, as RFC 9110 has it: another ETag gets the whole."""
    found = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    if not found or handler.headers.get("If-Range", etag) != etag:
        return 0
    return int(found[1])
