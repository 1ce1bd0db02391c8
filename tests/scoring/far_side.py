"""A far side on this machine: a real HTTP server that scores texts, or plays what goes wrong."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from triage.domain.remotes import Remote
from triage.remotes import read_remotes


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: Any
    sent: bytes


@dataclass
class Reply:
    """What is sent back: `body` as it is, or as JSON; `raw` instead of a whole HTTP answer.

    With `drip`, every byte after the first `at_once` takes that many seconds.
    """

    status: int = 200
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    drip: float = 0.0
    at_once: int = 0

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Play = Callable[[Asked], Reply]


def score_of(text: str, label: str) -> float:
    """A number from 0 to 1 that differs from text to text."""
    return int.from_bytes(sha256(f"{label} {text}".encode()).digest()[:4]) / 2**32


def perspective(asked: Asked) -> Reply:
    """Answer as AnalyzeComment does."""
    text = asked.body["comment"]["text"]
    return Reply(
        body={
            "attributeScores": {
                name: {
                    "spanScores": [],
                    "summaryScore": {"value": score_of(text, name), "type": "PROBABILITY"},
                }
                for name in asked.body["requestedAttributes"]
            },
            "languages": ["en"],
            "detectedLanguages": ["en"],
        }
    )


def rated(text: str) -> dict[str, float]:
    return {"toxic": score_of(text, "toxic"), "insult": score_of(text, "insult")}


def single(asked: Asked) -> Reply:
    """Answer `{"text": ...}` with two scores."""
    return Reply(body={"scores": rated(asked.body["text"])})


class FarSide:
    """The server; `play` decides what it answers, `asked` is what it was asked."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.asked: list[Asked] = []
        self.connections = 0
        far = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                far.connections += 1

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {k.lower(): v for k, v in self.headers.items()}
                asked = Asked(self.path, headers, json.loads(sent), sent)
                far.asked.append(asked)
                self.send(far.play(asked))

            def send(self, reply: Reply) -> None:
                whole = reply.raw if reply.raw is not None else self.framed(reply)
                self.close_connection = reply.raw is not None
                try:
                    at_once = reply.at_once if reply.drip else len(whole)
                    self.wfile.write(whole[:at_once])
                    for at in range(at_once, len(whole)):
                        self.wfile.write(whole[at : at + 1])
                        time.sleep(reply.drip)
                except OSError:
                    self.close_connection = True

            def framed(self, reply: Reply) -> bytes:
                content = reply.content()
                headers = {"Content-Length": str(len(content)), **reply.headers}
                lines = [f"HTTP/1.1 {reply.status} Played"]
                lines += [f"{name}: {value}" for name, value in headers.items()]
                return "\r\n".join([*lines, "", ""]).encode() + content

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/rate"

    @property
    def texts(self) -> list[str]:
        """What `single` was asked, in order of arrival."""
        return [one.body["text"] for one in self.asked]


@contextmanager
def far_side(play: Play = single) -> Iterator[FarSide]:
    far = FarSide(play)
    thread = threading.Thread(target=far.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield far
    finally:
        far.server.shutdown()
        far.server.server_close()
        thread.join()


def in_turn(*replies: Reply | Play) -> Play:
    """Play one after another, the last one for ever."""
    left = list(replies)

    def play(asked: Asked) -> Reply:
        reply = left.pop(0) if len(left) > 1 else left[0]
        return reply if isinstance(reply, Reply) else reply(asked)

    return play


SINGLE = """
kind = "json"
model_version = "1"
text = "text"
labels = { toxicity = "scores.toxic", insult = "scores.insult" }
requests_per_second = 1000
"""


def remote(
    folder: Path,
    url: str,
    table: str = SINGLE,
    *,
    more: str = "",
    environment: Mapping[str, str] | None = None,
) -> Remote:
    """Set up one remote scorer named `ours`, through the file a person would write."""
    path = folder / "remotes.toml"
    path.write_text(f'[ours]\nurl = "{url}"\n{table}\n{more}\n', encoding="utf-8")
    (found,) = read_remotes(path, environment or {})
    return found


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


def many(count: int) -> Sequence[str]:
    return [f"text number {number}" for number in range(count)]
