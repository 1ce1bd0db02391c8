"""How long the Thresholds page takes on a large site: read once, then asked per move of the slider.

    python benchmarks/tuning_speed.py [--comments 1000000] [--rounds 5] [--browser]

Fills an SQLite file with comments, seeded scores in the read model, and verdicts on what is
flagged; draws an audit of 2,000 and decides it. Prints the seconds of reading what is known, of the
first look at a target, and the median of a moved slider: the figures, the comments that would move
with a page of them, and the whole page as Streamlit runs it (without the browser's drawing). Last,
the memory that the process took at most.

With --browser the page is served and opened in Chromium instead, and the slider is moved by key:
the median time from the key to the first picture with the new figures, and to the last change of
the page, its charts among them. Streamlit waits 200 ms for another key before it sends one; that is
part of both.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from sqlalchemy import Table, insert
from streamlit.testing.v1 import AppTest

from triage.domain.scores import Label, ScorerInfo
from triage.store import schema
from triage.ui.state import Query, workbench
from triage.workbench import Target, Workbench

START = datetime(2026, 1, 1, tzinfo=UTC)
SCORER = ScorerInfo("bench", "1", tuple(Label))
PER_THREAD, CHUNK = 500, 20_000
PAGE = """
from triage.ui import thresholds
from triage.ui.state import workbench
thresholds.page(workbench())
"""

Row = Mapping[str, object]


def fill(bench: Workbench, count: int) -> None:
    """Write comments as the store would have them after an import and a scoring run."""
    rng = np.random.default_rng(1)
    base = rng.beta(0.2, 4.0, count)
    scores = np.clip(base[:, None] * rng.uniform(0.3, 1.3, (count, len(Label))), 0, 1)
    at = np.array([bench.policy().threshold(label).at for label in Label])
    flagged = (scores >= at).any(axis=1)
    bench.store.panel.set(dict.fromkeys(Label, ("bench", "1")))
    threads = count // PER_THREAD + 1
    database = bench.store._database
    tables: tuple[tuple[Table, Callable[[int], Row], int], ...] = (
        (schema.texts, _text, count),
        (schema.threads, _thread, threads),
        (schema.comments, _comment, count),
        (schema.revisions, _revision, count),
        (schema.standing, lambda n: _standing(n, scores[n], flagged=bool(flagged[n])), count),
    )
    for table, made, rows in tables:
        for first in range(0, rows, CHUNK):
            with database.write() as connection:
                some = range(first, min(first + CHUNK, rows))
                connection.execute(insert(table), [dict(made(n)) for n in some])
    _decide(bench, np.flatnonzero(flagged).tolist(), base)
    bench.draw_audit(2_000, "bench")
    drawn = [int(one.comment_id[1:]) for one in bench.store.audits.chances() if one.drawn]
    _decide(bench, drawn, base)


def _text(n: int) -> Row:
    return {"pk": n + 1, "sha256": f"{n:064x}", "text": f"comment {n}", "length": 9}


def _thread(n: int) -> Row:
    names = {"id": f"t{n}", "title": f"Article {n}", "article": "", "source": "bench"}
    return {"pk": n + 1, **names, "ids": "given", "imported_at": START}


def _comment(n: int) -> Row:
    at = START + timedelta(seconds=30 * n)
    known = {"id": f"c{n}", "author": f"reader {n % 5000}", "created_at": at, "source": "bench"}
    place = {"thread_pk": n // PER_THREAD + 1, "position": n % PER_THREAD, "revisions": 1}
    return {"pk": n + 1, **known, **place, "first_seen_at": at}


def _revision(n: int) -> Row:
    return {"comment_pk": n + 1, "number": 1, "text_pk": n + 1, "seen_at": START}


def _standing(n: int, scores: np.ndarray, *, flagged: bool) -> Row:
    place = {"comment_pk": n + 1, "thread_pk": n // PER_THREAD + 1, "text_pk": n + 1, "revision": 1}
    state = {"flagged": flagged, "route": "review" if flagged else "pass", "pending": flagged}
    order = {"priority": float(scores.max()), "place": float(scores.max()), "beside": n + 1}
    given = {label.value: float(score) for label, score in zip(Label, scores, strict=True)}
    return {**place, **state, **order, **given, "reopened": False, "looked": False}


def _decide(bench: Workbench, comments: list[int], base: np.ndarray) -> None:
    """Let a person decide: who scores high is rejected rather."""
    rng = np.random.default_rng(2)
    for first in range(0, len(comments), CHUNK):
        some = comments[first : first + CHUNK]
        with bench.store._database.write() as connection:
            rows = [_decision(n, reject=bool(rng.random() < base[n])) for n in some]
            connection.execute(insert(schema.decisions), rows)
            standing = schema.standing
            for row in rows:
                about = standing.c.comment_pk == row["comment_pk"]
                values = {"verdict": row["verdict"], "decision_pk": row["pk"], "looked": True}
                connection.execute(standing.update().where(about).values(pending=False, **values))


def _decision(n: int, *, reject: bool) -> Row:
    said = {"verdict": "reject" if reject else "approve", "reasons": ["insult"] * reject}
    how = {"decided_by": "person", "score_visible": True, "via": "review", "note": ""}
    ids = {"pk": n + 1, "id": f"d{n}", "comment_pk": n + 1, "text_pk": n + 1}
    return {**ids, **said, **how, "reviewer": "bench", "at": START, "seconds_spent": 8.0}


def took(work: Callable[[], object]) -> float:
    """Return how long `work` takes, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def moved() -> Iterator[float]:
    """Yield other thresholds, never the same one twice."""
    at = 0.2
    while True:
        at += 0.001
        yield at


# A move begins with its key and is over when the page has been still for a while.
WATCH = """
window.watched = {key: 0, figures: null, last: 0, shown: ''};
document.addEventListener('keydown', () => {
  Object.assign(watched, {key: performance.now(), figures: null, last: 0});
}, true);
const painted = done => requestAnimationFrame(() => requestAnimationFrame(done));
new MutationObserver(() => {
  watched.last = performance.now();
  const now = document.querySelector('.figures')?.innerText;
  if (now && now !== watched.shown) {
    watched.shown = now;
    painted(() => { watched.figures ??= performance.now() });
  }
}).observe(document.querySelector('[data-testid=stMain]'),
  {subtree: true, childList: true, characterData: true, attributes: true});
"""
STILL = "watched.figures && performance.now() - watched.last > 1500"


def in_browser(url: str, rounds: int) -> None:
    """Serve the page on this database, and move its slider in Chromium."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "triage.cli", "--database", url, "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(300_000)
            _open(page, f"http://localhost:{port}/thresholds?target=insult")
            page.wait_for_timeout(3_000)
            page.evaluate(WATCH)
            slider = page.get_by_role("slider").first
            slider.focus()
            figures, whole = [], []
            for step in range(rounds + 1):
                slider.press("ArrowRight")
                page.wait_for_function(STILL)
                said = page.evaluate("[watched.figures - watched.key, watched.last - watched.key]")
                if step:  # the first is warm-up
                    figures.append(said[0])
                    whole.append(said[1])
            browser.close()
    finally:
        server.terminate()
        server.wait(10)
    print(f"key to new figures         {median(figures):9.0f} ms")
    print(f"key to a page at rest      {median(whole):9.0f} ms")


def _open(page: Any, address: str) -> None:
    """Open a page as soon as the server answers, and wait for its figures."""
    start = time.perf_counter()
    while True:
        try:
            page.goto(address)
            break
        except Exception:  # not there yet
            if time.perf_counter() - start > 60:
                raise
            time.sleep(0.3)
    page.wait_for_selector(".figures")
    print(f"the page in a browser      {time.perf_counter() - start:9.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--browser", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        os.environ["TRIAGE_DATABASE_URL"] = url
        bench = workbench()  # the one that the page will use
        print(
            f"filled with {options.comments:,}",
            f"{took(lambda: fill(bench, options.comments)):.1f} s",
        )
        if options.browser:
            bench.close()
            in_browser(url, options.rounds)
            return
        filled = _memory()
        print(f"reading what is known      {took(bench.findings):9.2f} s")
        findings = bench.findings()
        print(f"asking whether it changed  {1000 * took(bench.findings):9.1f} ms")
        print(f"the whole policy, at first {took(findings.target):9.2f} s")
        print(f"a label, at first          {took(lambda: findings.target(Label.INSULT)):9.2f} s")
        for name, work in _moves(bench, findings.target(Label.INSULT)).items():
            times = [took(work) for _ in range(options.rounds)]
            print(f"{name:27}{1000 * median(times):9.1f} ms")
        page = AppTest.from_string(PAGE, default_timeout=120)
        page.query_params[Query.TARGET] = "insult"
        print(f"the page, at first         {took(page.run):9.2f} s")
        times = []
        for step in range(options.rounds):
            slider = next(one for one in page.slider if one.label == "Threshold, by score")
            slider.set_value(0.3 + step / 100)
            times.append(took(page.run))
        print(f"the page, the slider moved {1000 * median(times):9.1f} ms")
        print(f"memory, at most            {_memory():9.0f} MB ({filled:.0f} when filled)")
        bench.close()


def _moves(bench: Workbench, target: Target) -> dict[str, Callable[[], object]]:
    at = moved()

    def listed() -> None:
        moves = target.moves(next(at))
        bench.moving(moves, rising=True, limit=10)

    return {
        "figures at a threshold": lambda: target.outcome(next(at)),
        "what would move, a page": listed,
    }


def _memory() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()
