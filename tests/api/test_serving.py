"""The API over a real socket: alone, beside the dashboard, and with clients that misbehave."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.scoring.far_side import Reply, far_side
from triage.api.serving import application, serve
from triage.domain.decisions import Verdict
from triage.domain.tokens import Scope
from triage.errors import UsageError
from triage.settings import Settings
from triage.workbench import Workbench

BODY = {"comment": {"text": "You are a complete idiot."}, "requestedAttributes": {"TOXICITY": {}}}
PATH = "/v1alpha1/comments%3Aanalyze"
PATIENCE = 60  # seconds: a busy machine is no fault


@contextmanager
def served(command: str, folder: Path) -> Iterator[str]:
    """Start a command of triage and yield the address at which it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = (folder / "log").open("w+")
    database = f"sqlite:///{folder / 'triage.db'}"
    server = subprocess.Popen(
        [sys.executable, "-m", "triage.cli", "--database", database, command, "--port", str(port)],
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=os.environ | {"TRIAGE_SCORERS": "compact", "TRIAGE_WEBHOOK_HOSTS": "127.0.0.1"},
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert server.poll() is None, (folder / "log").read_text()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def posted(address: str, body: object = BODY, **headers: str) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(
        address + PATH, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def asked(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def handshake(here: str, origin: str, host: str) -> int:
    """Ask the dashboard for a session, as the browser of a page of some origin does."""
    name, port = here.split(":")
    head = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with socket.create_connection((name, int(port)), timeout=PATIENCE) as browser:
        browser.sendall(head.encode())
        return int(browser.recv(1_000).split()[1])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served("api", tmp_path_factory.mktemp("alone")) as address:
        yield address


def test_it_answers_alone(alone: str) -> None:
    code, answer = posted(alone)
    assert code == 200
    assert "TOXICITY" in answer["attributeScores"]  # type: ignore[operator]


def test_a_name_that_somebody_points_at_this_machine_is_refused(alone: str) -> None:
    assert posted(alone, Host="evil.example")[0] == 421


def test_a_client_that_hangs_up_or_says_nothing_hurts_nobody(alone: str) -> None:
    host, port = alone.removeprefix("http://").split(":")
    head = f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 500\r\n\r\n".encode()
    silent = socket.create_connection((host, int(port)))
    silent.sendall(head + b'{"comment"')
    gone = socket.create_connection((host, int(port)))
    gone.sendall(head.replace(b"500", b"2") + b"{}")
    gone.close()
    assert posted(alone)[0] == 200
    silent.settimeout(PATIENCE)
    assert b" 408 " in silent.recv(1_000).split(b"\r\n")[0]
    silent.close()


def test_what_is_too_large_is_refused_before_it_is_sent(alone: str) -> None:
    host, port = alone.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as client:
        head = f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999999\r\n\r\n"
        client.sendall(head.encode())
        assert b" 413 " in client.recv(1_000).split(b"\r\n")[0]


def test_the_dashboard_answers_clients_on_its_own_port_and_tells_receivers(tmp_path: Path) -> None:
    with far_side(lambda _: Reply(204)) as far, served("serve", tmp_path) as address:
        with urllib.request.urlopen(address, timeout=PATIENCE) as page:
            assert b"<!doctype html>" in page.read().lower()
        assert posted(address)[0] == 200
        assert posted(address, Host="evil.example")[0] == 421
        here = address.removeprefix("http://")
        assert handshake(here, f"http://{here}", here) == 101
        assert handshake(here, "https://evil.example", here) == 403, "another site's page"
        assert handshake(here, "http://evil.example", "evil.example") == 403, "by a name of its own"
        assert asked(f"{address}/_stcore/metrics") == 404
        database = f"sqlite:///{tmp_path / 'triage.db'}"
        bench = Workbench(Settings(database_url=database, webhook_hosts=("127.0.0.1",)))
        bench.add_webhook(far.url, "ada")
        comments = tmp_path / "comments.csv"
        comments.write_text("id,text\nc1,a comment\n")
        bench.import_file(comments)
        bench.decide([bench.item("c1").entry.seen], Verdict.APPROVE, reviewer="ana")
        deadline = time.monotonic() + PATIENCE
        while not far.asked:
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.1)
        assert far.asked[0].body["data"]["comment_id"] == "c1"
        bench.close()


def test_an_address_that_others_reach_needs_tokens_or_a_word(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}")
    with pytest.raises(UsageError, match="--no-auth"):
        serve(settings, "0.0.0.0", 8080)


def test_with_a_token_an_address_that_others_reach_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}")
    bench = Workbench(settings)
    bench.create_token("coral", [Scope.ANALYZE], "ada")
    bench.close()
    monkeypatch.setenv("TRIAGE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("TRIAGE_API_AT", "")
    with socket.create_server(("0.0.0.0", 0)) as busy, pytest.raises(SystemExit):
        serve(settings, "0.0.0.0", busy.getsockname()[1])  # it gets as far as the port


def test_at_a_public_address_any_name_is_answered_unless_some_are_set(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    database = {"TRIAGE_DATABASE_URL": f"sqlite:///{tmp_path / 'triage.db'}"}

    def code(**environment: str) -> int:
        with TestClient(application(database | environment)) as client:
            return client.get("/health", headers={"host": "triage.example"}).status_code

    assert code(TRIAGE_API_AT="0.0.0.0") == 200
    assert code(TRIAGE_API_AT="127.0.0.1") == 421
    assert code(TRIAGE_API_AT="0.0.0.0", TRIAGE_API_HOSTS="other.example") == 421
