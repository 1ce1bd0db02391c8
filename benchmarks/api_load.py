"""How fast the HTTP API answers, what it makes of its scorer, and what it does with too much.

    python benchmarks/api_load.py [--seconds 60] [--rate 20]

`triage api` runs alone on a database of its own; this process sends `comments:analyze` with the
comments of `compact_speed.py` (lognormal, median 40 words, mean about 64), each once.

    at a rate   requests at random (Poisson) moments; a time counts from the moment that a request
                was due, so that a server that falls behind cannot hide it
    saturation  64 connections that ask again at once; beside it the scorer's own batches, of the
                same comments, before and after
    overload    four times what saturation answered, at random moments

Prints p50 and p99 of the first, the second as a share of the scorer's batches, and what was refused
in the third. The load is made on the same cores, so the figures are lower bounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from compact_speed import comments

from triage.scoring.compact import CompactScorer

CONNECTIONS = 64
TIMES_TOO_MUCH = 4
NEVER = 15.0  # seconds; what takes longer counts as no answer


class Client:
    """Connections to one address that stay open, and what came back over them."""

    def __init__(self, port: int, texts: list[str]) -> None:
        self._port = port
        self._texts = texts
        self._next = count()
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self) -> int:
        """Send the next comment; return the status of the answer, 0 for none."""
        text = self._texts[next(self._next) % len(self._texts)]
        body = json.dumps(
            {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}, "INSULT": {}}}
        ).encode()
        head = (
            "POST /v1alpha1/comments:analyze HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            async with asyncio.timeout(NEVER):
                line = self._free.pop() if self._free else await self._open()
                line[1].write(head.encode() + body)
                answer = (await line[0].readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                await line[0].readexactly(int(answer.split("content-length:")[1].split()[0]))
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return 0
        self._free.append(line)
        return int(answer.split()[1])

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port)


@contextmanager
def served() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder, Path(folder, "log").open("wb") as log:
        command = [sys.executable, "-m", "triage.cli", "--database", f"sqlite:///{folder}/api.db"]
        server = subprocess.Popen(
            [*command, "api", "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=os.environ | {"TRIAGE_SCORERS": "compact"},
        )
        try:
            wait_until_ready(port)
            yield port
        finally:
            server.terminate()
            server.wait()


def wait_until_ready(port: int) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the API was not ready within a minute")


async def at_rate(client: Client, rate: float, seconds: float) -> tuple[list[float], Counter[int]]:
    """Return the seconds of each request that was answered with 200, and how often which status."""
    draw, began, due = random.Random(1), time.perf_counter(), 0.0
    times: list[float] = []
    statuses: Counter[int] = Counter()

    async def one(due: float) -> None:
        status = await client.ask()
        statuses[status] += 1
        if status == 200:
            times.append(time.perf_counter() - began - due)

    async with asyncio.TaskGroup() as group:
        while due < seconds:
            due += draw.expovariate(rate)
            await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
            group.create_task(one(due))
    return times, statuses


async def saturated(client: Client, seconds: float) -> tuple[float, Counter[int]]:
    """Return answers a second while every connection asks again at once."""
    statuses: Counter[int] = Counter()
    began = time.perf_counter()

    async def one() -> None:
        while time.perf_counter() - began < seconds:
            statuses[await client.ask()] += 1

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return statuses[200] / (time.perf_counter() - began), statuses


def in_batches(scorer: CompactScorer, texts: list[str], seconds: float) -> float:
    """Return the comments a second of the scorer alone, a thousand at a time."""
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        scorer.score(texts[done % len(texts) : done % len(texts) + 1_000])
        done += 1_000
    return done / (time.perf_counter() - began)


def at(times: list[float], share: float) -> float:
    """Return a quantile in milliseconds."""
    return sorted(times)[min(int(share * len(times)), len(times) - 1)] * 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="Of each part.")
    parser.add_argument("--rate", type=float, default=20.0, help="Requests a second.")
    given = parser.parse_args()
    texts = comments(20_000)
    scorer = CompactScorer()
    scorer.score(texts[:200])
    with served() as port:
        client = Client(port, texts)

        with asyncio.Runner() as runner:
            runner.run(at_rate(client, given.rate, 3.0))
            times, statuses = runner.run(at_rate(client, given.rate, given.seconds))
            print(
                f"{given.rate:g} requests/s: p50 {at(times, 0.5):.1f} ms, "
                f"p99 {at(times, 0.99):.1f} ms, {dict(statuses)}"
            )
            before = in_batches(scorer, texts, given.seconds / 2)
            answered, statuses = runner.run(saturated(client, given.seconds))
            after = in_batches(scorer, texts, given.seconds / 2)
            alone = (before + after) / 2
            print(
                f"saturation: {answered:.0f} answers/s, {answered / alone:.0%} of the scorer's "
                f"{alone:.0f} comments/s in batches ({before:.0f}, {after:.0f}); {dict(statuses)}"
            )
            rate = TIMES_TOO_MUCH * answered
            times, statuses = runner.run(at_rate(client, rate, given.seconds / 4))
            whole = sum(statuses.values())
            print(
                f"overload, {rate:.0f} requests/s: {statuses[429] / whole:.0%} refused with 429, "
                f"{statuses[200] / whole:.0%} answered, p99 {at(times, 0.99):.0f} ms; "
                f"{dict(statuses)}"
            )
            status = runner.run(client.ask())
            print(f"afterwards: {status}")
    print(f"on {len(os.sched_getaffinity(0))} cores")


if __name__ == "__main__":
    main()
