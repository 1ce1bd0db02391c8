"""A dashboard of its own per test module, over a real database, in a real Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from click.testing import CliRunner

from triage.cli.commands import commands

from .warm import start

playwright = pytest.importorskip("playwright.sync_api")

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60
PATIENCE = 15_000  # milliseconds, for a machine that does other things too


@dataclass(frozen=True)
class Desk:
    """A running dashboard: where it answers, and the database behind it."""

    url: str
    database: str
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def triage(self, *arguments: str) -> str:
        """Run the command line on the same database and return what it printed."""
        if self.environment.get("PYTHONPATH") != os.environ.get("PYTHONPATH"):
            return self._apart(*arguments)  # a package of the test's own is found by a new process
        # In this process, where the libraries are loaded already: a process each takes seconds.
        ran = CliRunner().invoke(
            commands, ["--database", self.database, *arguments], env=self.environment
        )
        if ran.exception is not None:
            raise ran.exception
        return ran.stdout

    def _apart(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "triage.cli", "--database", self.database, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in (0, 3), done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def chromium() -> Iterator[playwright.Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if os.environ.get("TRIAGE_REQUIRE_BROWSER"):
            pytest.fail("TRIAGE_REQUIRE_BROWSER is set and there is no Chromium")
        pytest.skip("there is no Chromium")
    playwright.expect.set_options(timeout=15_000)  # milliseconds: a busy machine is no fault
    with playwright.sync_playwright() as driver:
        playwright.expect.set_options(timeout=PATIENCE)
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Serve a fresh, empty database."""
    with served(tmp_path) as desk:
        yield desk


@contextmanager
def served(tmp_path: Path, **settings: str) -> Iterator[Desk]:
    """Serve a fresh, empty database under more settings than the usual ones."""
    database = f"sqlite:///{tmp_path / 'desk.db'}"
    port = free_port()
    environment = {**os.environ, "TRIAGE_REVIEWER": "ana", **settings}
    desk = Desk(f"http://localhost:{port}", database, environment)
    log = tmp_path / "serve.log"
    arguments = ["--database", database, "serve", "--port", str(port)]
    server = start(arguments, environment, tmp_path, log)
    try:
        wait_until_it_answers(desk.url, server, log)
        yield desk
    finally:
        server.terminate()
        server.join(10)
        assert server.exitcode is not None, log.read_text()


def wait_until_it_answers(url: str, server: BaseProcess, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.is_alive(), log.read_text()
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the dashboard did not answer in {START_SECONDS} s:\n{log.read_text()}")


@pytest.fixture
def page(chromium: playwright.Browser) -> Iterator[playwright.Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()
