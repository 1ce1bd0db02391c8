"""From a key press to the next comment painted, in headless Chromium.

    python benchmarks/review_speed.py [--comments 100000] [--decisions 50]

Serves the dashboard on a database of made-up, seeded comments and scores, and decides by the keys
A and X. A clock in the page runs from the key going down until the first frame in which another
comment is there. Needs Chromium and playwright. Prints milliseconds of one run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Page, sync_playwright
from store_speed import SCORER, policy, save_scores, threads

from triage.domain.scores import Label
from triage.store import Store

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LOOK = 600  # milliseconds: somebody has read it, and the page has come to rest
CLOCK = """
() => {
    const text = () => document.querySelector(".st-key-comment-text")?.innerText;
    window.addEventListener("keydown", () => {
        const [began, before] = [performance.now(), text()];
        window.taken = null;
        const look = () => {
            const now = text();
            if (now && now !== before) window.taken = performance.now() - began;
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, true);
}
"""


def filled(url: str, count: int) -> None:
    with Store.open(url) as store:
        store.policies.save(policy(1, 0.7))
        store.panel.set(dict.fromkeys(Label, (SCORER.key, SCORER.version)))
        store.threads.save(threads(count))
        save_scores(store)


def answered(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the dashboard did not answer in a minute")


def taken(page: Page, decisions: int) -> list[float]:
    """Return milliseconds from key to paint, one per decision; the first is thrown away."""
    page.evaluate(CLOCK)
    found: list[float] = []
    for number in range(decisions + 1):
        page.wait_for_timeout(LOOK)
        page.keyboard.press("ax"[number % 2])
        page.wait_for_function("() => typeof window.taken === 'number'")
        found.append(page.evaluate("() => window.taken"))
    return found[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--decisions", type=int, default=50)
    asked = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise SystemExit("there is no Chromium here")
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'desk.db'}"
        filled(url, asked.comments)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "triage.cli", "--database", url, "serve"]
        environment = {**os.environ, "TRIAGE_REVIEWER": "bench"}
        server = subprocess.Popen(
            [*command, "--port", str(port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            answered(f"http://localhost:{port}")
            with sync_playwright() as driver:
                chromium = driver.chromium.launch(executable_path=browser, args=FLAGS)
                page = chromium.new_page(viewport={"width": 1280, "height": 800})
                page.goto(f"http://localhost:{port}/review")
                page.get_by_role("button", name="Approve").wait_for()
                found = taken(page, asked.decisions)
                chromium.close()
        finally:
            server.terminate()
            server.wait(10)
    late = quantiles(found, n=20, method="inclusive")[-1]
    print(f"{asked.comments:,} comments, {len(found)} decisions: key to next comment painted")
    print(f"median {median(found):.0f} ms   p95 {late:.0f} ms   slowest {max(found):.0f} ms")


if __name__ == "__main__":
    main()
