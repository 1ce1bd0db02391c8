"""From a change of a filter to the table of Browse drawn anew, in headless Chromium.

    python benchmarks/browse_speed.py [--comments 100000] [--rounds 5]

Serves the dashboard on a database of made-up, seeded comments and scores, changes one filter after
another, and measures in the page: from the key or the click until the line that counts the comments
says another number and the page has come to rest. Needs Chromium and playwright. Prints
milliseconds of one run, and beside them what the database alone took.
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
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright
from review_speed import FLAGS, answered, filled

from triage.domain.scores import Label
from triage.store import BrowseFilter, Store

SETTLE = 700  # milliseconds
ARM = """
() => {
    const said = () => document.querySelector(".st-key-counted .stText")?.innerText;
    const busy = () => document.querySelector('[data-testid="stApp"]')
        ?.dataset.testScriptState !== "notRunning";
    const [began, before] = [performance.now(), said()];
    window.taken = null;
    const look = () => {
        if (said() && said() !== before && !busy()) window.taken = performance.now() - began;
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}
"""
WANTED = {
    "text contains": BrowseFilter(text="bridge"),
    "regular expression": BrowseFilter(pattern=r"\bbridge\b.*rain"),
    "flagged": BrowseFilter(flagged=True),
}


def search(text: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_label("Text contains").fill(text)
        page.evaluate(ARM)
        page.keyboard.press("Enter")

    return act


def flag(option: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_label("Flag").first.click()
        choice = page.get_by_role("option", name=option, exact=True)
        choice.wait_for()
        page.evaluate(ARM)
        choice.click()

    return act


STEPS = (
    ("text contains", "/browse", search("bridge"), search("")),
    ("regular expression", "/browse?regex=true", search(r"\bbridge\b.*rain"), search("")),
    ("flagged", "/browse", flag("flagged"), flag("any")),
)


def measured(page: Page, url: str, rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, path, there, back in STEPS:
        page.goto(f"{url}{path}")
        page.wait_for_selector(".st-key-counted .stText")
        page.add_style_tag(content=".stToastContainer { display: none }")  # it lies over a filter
        page.wait_for_timeout(3 * SETTLE)
        for number in range(rounds + 1):
            for act in (there, back):
                act(page)
                page.wait_for_function("() => typeof window.taken === 'number'")
                if number and act is there:  # the first round is thrown away
                    found.setdefault(name, []).append(page.evaluate("() => window.taken"))
                page.wait_for_timeout(SETTLE)
    return found


def store_alone(url: str, rounds: int) -> dict[str, float]:
    with Store.open(url) as store:
        found: dict[str, float] = {}
        for name, wanted in WANTED.items():
            times = []
            for _ in range(rounds):
                start = time.perf_counter()
                store.comments.page(wanted)
                times.append(time.perf_counter() - start)
            found[name] = median(times) * 1e3
        start = time.perf_counter()
        store.threads.course("thread-200", Label.INSULT)
        found["course"] = (time.perf_counter() - start) * 1e3
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise SystemExit("there is no Chromium here")
    with tempfile.TemporaryDirectory() as name:
        database = f"sqlite:///{Path(name) / 'desk.db'}"
        filled(database, asked.comments)
        alone = store_alone(database, asked.rounds)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "triage.cli", "--database", database, "serve"]
        server = subprocess.Popen(
            [*command, "--port", str(port)],
            env={**os.environ, "TRIAGE_REVIEWER": "bench"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            answered(f"http://localhost:{port}")
            with sync_playwright() as driver:
                chromium = driver.chromium.launch(executable_path=browser, args=FLAGS)
                page = chromium.new_page(viewport={"width": 1280, "height": 800})
                found = measured(page, f"http://localhost:{port}", asked.rounds)
                chromium.close()
        finally:
            server.terminate()
            server.wait(10)
    print(f"{asked.comments:,} comments, {asked.rounds} changes of each filter")
    for what, taken in found.items():
        print(
            f"{what:20} median {median(taken):4.0f} ms   slowest {max(taken):4.0f} ms"
            f"   the database alone {alone[what]:4.0f} ms"
        )
    print(f"a thread's course    the database alone {alone['course']:4.0f} ms")


if __name__ == "__main__":
    main()
