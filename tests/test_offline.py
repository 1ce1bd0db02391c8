"""Nothing is fetched and nothing is told: the work is done in processes without a network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180  # seconds for a server to start, on a machine that does other things too
ROWS = "id,author,text\n1,Ana,You utter fool\n2,Bob,A lovely day\n"
PAGES = """
from streamlit.testing.v1 import AppTest
for page in ("review", "browse", "export"):
    code = f"from triage.ui import {page}; from triage.ui.state import workbench; "
    app = AppTest.from_string(code + f"{page}.page(workbench())", default_timeout=300).run()
    assert not app.exception, app.exception
    assert not app.error, app.error
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment whose Python processes reach this machine alone, with a file of attempts."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    return own | {
        "PYTHONPATH": f"{ROOT / 'tests' / 'offline'}{os.pathsep}{ROOT}",
        "OFFLINE_TRIED": str(tmp_path / "tried.txt"),
        "TRIAGE_DATABASE_URL": f"sqlite:///{tmp_path / 'triage.db'}",
    }


def run(environment: dict[str, str], *arguments: object, folder: Path) -> str:
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tried(folder: Path) -> str:
    path = folder / "tried.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def healthy(address: str) -> bool:
    try:
        with urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def serving(environment: dict[str, str], folder: Path, *command: str) -> Iterator[str]:
    """Serve until the block ends; yield the address once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, *command, str(port)],
        env=environment,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + PATIENCE
        while not healthy(address):
            assert server.poll() is None, "the server ended by itself"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def test_the_guard_refuses_and_tells(environment: dict[str, str], tmp_path: Path) -> None:
    reach = (
        "import socket\n"
        "for call in (lambda: socket.create_connection(('192.0.2.1', 80), 1),"
        " lambda: socket.getaddrinfo('example.org', 80)):\n"
        "    try: call()\n"
        "    except OSError as error: assert 'no network' in str(error)\n"
        "    else: raise SystemExit('it got through')\n"
    )
    run(environment, "-c", reach, folder=tmp_path)
    assert tried(tmp_path).count("\n") == 2


def test_a_day_s_work_needs_no_network(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(ROWS, encoding="utf-8")
    triage = ("-m", "triage.cli")
    run(environment, *triage, "import", "in.csv", folder=tmp_path)
    run(environment, *triage, "score", folder=tmp_path)
    run(environment, *triage, "rate", "in.csv", "-o", "out.csv", folder=tmp_path)
    run(environment, *triage, "export", "all.jsonl", "--what", "comments", folder=tmp_path)
    run(environment, "-c", PAGES, folder=tmp_path)
    command = ("-m", "triage.cli", "serve", "--port")
    with (
        serving(environment, tmp_path, *command) as address,
        urlopen(address, timeout=30) as answer,
    ):
        assert b"<html" in answer.read()
    assert tried(tmp_path) == ""


@pytest.mark.parametrize("told", [{}, {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true"}])
def test_the_dashboard_gathers_no_usage_statistics_however_it_is_opened(
    told: dict[str, str], environment: dict[str, str], tmp_path: Path
) -> None:
    # From another folder, and against what somebody's own settings for Streamlit say.
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text("[browser]\ngatherUsageStats = true\n")
    asks = (
        "import runpy, sys\n"
        "from streamlit import config\n"
        "from streamlit.web import bootstrap, cli\n"
        "def run(script, *rest, **more):\n"
        "    runpy.run_path(script)\n"
        "    print('gathers', config.get_option('browser.gatherUsageStats'))\n"
        "bootstrap.run_asgi_app = run\n"
        "cli.main(['run', sys.argv[1], *sys.argv[2:]], standalone_mode=False)\n"
    )
    said = run(environment | told, "-c", asks, ROOT / "app.py", folder=tmp_path)
    assert "gathers False" in said
