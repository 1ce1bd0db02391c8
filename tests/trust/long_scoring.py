"""Texts by the million, sent to `triage api`, which runs in a process of its own."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import count
from pathlib import Path

from tests.trust.flatness import Recorder, Sample, Turns
from tests.wording import kind, rude

__all__ = ["WrongError", "long_scoring"]

BATCH = 100
_CONNECTIONS = 4
_PATIENCE = 20  # tries
_STATES = ("Ohio", "Maine", "Texas", "Oregon", "Nevada", "Kansas", "Idaho", "Iowa")
_COUNTED = re.compile(
    rb'^triage_api_requests_total\{path="/api/score",status="200"\} ([\d.]+)', re.MULTILINE
)


class WrongError(Exception):
    """An answer that is none, or not what was answered before."""


def long_scoring(
    folder: Path, many: int, minutes: float, size: int, told: Callable[[Sample], object]
) -> list[Sample]:
    """Have so many texts scored, or for so long, and check every answer.

    Returns samples of the server, one for every `size` texts; the latencies are of lists of 100.
    Raises WrongError.
    """
    with _served(folder) as (port, pid):
        known = _texts(random.Random(1), 0)
        before = _ask_once(port, known)  # loads the scorer
        recorder = Recorder(pid, size, told)
        turns = Turns(-(-many // BATCH), minutes)
        numbers = count(BATCH, BATCH)

        def one(seed: int) -> int:
            draw, answers = random.Random(seed), 0
            with turns.failing_together(), closing(_line(port)) as line:
                while turns.take():
                    texts = _texts(draw, next(numbers))
                    began = time.perf_counter()
                    _ask(line, texts)
                    recorder.add(time.perf_counter() - began, BATCH)
                    answers += 1
            return answers

        with ThreadPoolExecutor(_CONNECTIONS) as clients:
            answers = sum(clients.map(one, range(_CONNECTIONS)))
        if _ask_once(port, known) != before:
            raise WrongError("the first list gets other scores than at the beginning")
        _check_counted(port, answers + 2)
        return recorder.samples


def _line(port: int) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", port, timeout=60)


def _ask_once(port: int, texts: list[str]) -> list[dict[str, float]]:
    with closing(_line(port)) as line:
        return _ask(line, texts)


def _ask(line: HTTPConnection, texts: list[str]) -> list[dict[str, float]]:
    """Return the scores of a list. Raises WrongError for anything but a score for every text.

    A server that has too much to do is asked again when it says so; the wait counts as latency.
    """
    body = json.dumps(texts)
    for _ in range(_PATIENCE):
        line.request("POST", "/api/score", body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        said = answer.read()
        if answer.status != 429:
            break
        time.sleep(float(answer.headers.get("Retry-After", 1)))
    if answer.status != 200:
        raise WrongError(f"{answer.status}: {said[:200]!r}")
    scores: list[dict[str, float]] = [one["scores"] for one in json.loads(said)["results"]]
    if len(scores) != len(texts):
        raise WrongError(f"{len(scores)} results for {len(texts)} texts")
    if not all(one and all(0 <= value <= 1 for value in one.values()) for one in scores):
        raise WrongError(f"no score, or one outside of 0 to 1: {said[:200]!r}")
    return scores


def _check_counted(port: int, answers: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        found = _COUNTED.search(page.read())
    counted = int(float(found[1])) if found else 0
    if counted != answers:
        raise WrongError(f"the server counts {counted} answers, and {answers} came")


def _texts(draw: random.Random, number: int) -> list[str]:
    """Return a list of texts of 15 to 35 words in English, none twice in a run."""
    return [
        f"{'. '.join(draw.sample(_SENTENCES, draw.randint(1, 3)))}, writes reader {number + at} "
        f"of {draw.choice(_STATES)}."
        for at in range(BATCH)
    ]


_SENTENCES = [*kind(120), *rude(120)]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, int]]:
    """Run the API on a database in a folder; give its port and the id of its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key[:7] != "TRIAGE_"}
    environment |= {
        "TRIAGE_SCORERS": "compact",
        "TRIAGE_DATABASE_URL": f"sqlite:///{folder / 'api.db'}",
    }
    with (folder / "api.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "triage.api", "--port", str(port)],
            stdout=log,
            stderr=log,
            env=environment,
        )
        try:
            _wait_until_ready(port, server)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait()


def _wait_until_ready(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise WrongError("the API was not ready within a minute")
