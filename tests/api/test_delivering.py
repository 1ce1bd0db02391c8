"""Webhooks beside the API: told while the server runs, no longer, and counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.scoring.far_side import FarSide, Reply, far_side
from triage.api.app import create_app
from triage.api.service import Service
from triage.domain.decisions import Verdict
from triage.settings import Settings
from triage.workbench import Workbench

PATIENCE = 30  # seconds: a busy machine is no fault


@pytest.fixture
def far() -> Iterator[FarSide]:
    with far_side(lambda _: Reply(204)) as running:
        yield running


@pytest.fixture
def own(tmp_path: Path, far: FarSide) -> Iterator[Workbench]:
    """A desk with two comments, and a receiver that is told of them."""
    path = tmp_path / "comments.csv"
    path.write_text("id,text\nc1,a comment\nc2,something else entirely\n")
    url = f"sqlite:///{tmp_path / 'triage.db'}"
    made = Workbench(Settings(database_url=url, webhook_hosts=("127.0.0.1",)))
    made.import_file(path)
    made.add_webhook(far.url, "ada", name="site")
    yield made
    made.close()


def decide(bench: Workbench, comment_id: str) -> None:
    bench.decide([bench.item(comment_id).entry.seen], Verdict.REJECT, reviewer="ana")


def await_messages(far: FarSide, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(far.asked) < count:
        assert time.monotonic() < deadline, "nothing was delivered"
        time.sleep(0.02)


def test_a_server_tells_of_decisions_while_it_runs(own: Workbench, far: FarSide) -> None:
    decide(own, "c1")
    with TestClient(create_app(Service(own), delivers=True)):
        await_messages(far, 1)
    assert "webhooks" not in [one.name for one in threading.enumerate()]
    decide(own, "c2")
    assert [one.body["data"]["comment_id"] for one in far.asked] == ["c1"]
    assert own.webhooks()[0].waiting == 1


def test_a_database_that_cannot_be_opened_stops_no_server(tmp_path: Path) -> None:
    broken = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'no' / 'folder.db'}"))
    app = create_app(Service(broken), delivers=True)
    with TestClient(app, base_url="http://localhost") as client:
        assert client.get("/health").status_code == 200


def test_figures_of_webhooks_are_those_of_the_database(own: Workbench, far: FarSide) -> None:
    far.play = lambda _: Reply(500)
    decide(own, "c1")
    own.courier().round()
    decide(own, "c2")
    with TestClient(create_app(Service(own)), base_url="http://localhost") as client:
        lines = client.get("/metrics").text.splitlines()
    assert 'triage_webhook_delivered_total{hook="site"} 0.0' in lines
    assert 'triage_webhook_failed_total{hook="site"} 1.0' in lines
    assert 'triage_webhook_given_up_total{hook="site"} 0.0' in lines
    assert 'triage_webhook_waiting{hook="site"} 2.0' in lines
    assert 'triage_webhook_dead{hook="site"} 0.0' in lines
