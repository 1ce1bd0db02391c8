"""Which names the dashboard answers to, and what stands before its pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from triage.api.app import create_app
from triage.api.hosts import door
from triage.api.serving import application, beside_door, beside_service
from triage.settings import Settings


async def _page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("the page")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("open")
    await socket.close()


def at(host: str, *, alone: bool = True, others: tuple[str, ...] = ()) -> TestClient:
    routes = [
        Route("/", _page),
        Route("/_stcore/metrics", _page),
        WebSocketRoute("/_stcore/stream", _socket),
    ]
    app = Starlette(routes=routes, middleware=[door(alone=alone, others=others)])
    return TestClient(app, base_url=f"http://{host}")


@pytest.mark.parametrize(
    "host", ["localhost:8501", "LOCALHOST", "127.0.0.1:8501", "127.0.0.2", "[::1]:8501"]
)
def test_the_dashboard_of_one_person_answers_to_this_machines_names(host: str) -> None:
    assert at("localhost").get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "a b", "10.0.0.1"],
)
def test_a_name_that_a_page_elsewhere_points_at_this_machine_opens_nothing(host: str) -> None:
    client = at("localhost")
    refused = client.get("/", headers={"Host": host})
    assert refused.status_code == 421
    assert "localhost" in refused.text
    asking = client.websocket_connect("/_stcore/stream", headers={"Host": host})
    with pytest.raises(WebSocketDisconnect), asking:
        pass


def test_a_name_that_the_settings_give_is_answered_to() -> None:
    assert at("desk.example", others=("desk.example",)).get("/").status_code == 200


def test_where_people_sign_in_or_a_proxy_is_asked_any_name_goes() -> None:
    client = at("desk.example", alone=False)
    assert client.get("/").status_code == 200
    with client.websocket_connect("/_stcore/stream") as socket:
        assert socket.receive_text() == "open"


@pytest.mark.parametrize("alone", [True, False])
def test_streamlits_own_figures_are_nobodys(*, alone: bool) -> None:
    assert at("localhost", alone=alone).get("/_stcore/metrics").status_code == 404


def test_the_settings_say_who_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIAGE_SIGN_IN", raising=False)
    monkeypatch.setenv("TRIAGE_BEHIND_PROXY", "0")
    monkeypatch.setenv("TRIAGE_API_HOSTS", "Desk.example")
    assert beside_door().kwargs == {"alone": True, "others": ("desk.example",)}
    monkeypatch.setenv("TRIAGE_BEHIND_PROXY", "1")
    assert beside_door().kwargs["alone"] is False


def test_settings_that_cannot_be_used_let_in_this_machine_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_BEHIND_PROXY", "perhaps")
    assert beside_door().kwargs["alone"] is True


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2", "[::1]", "desk.example"])
def test_a_name_that_the_settings_give_takes_none_from_the_api(tmp_path: Path, host: str) -> None:
    database = f"sqlite:///{tmp_path / 'x.db'}"
    named = {"TRIAGE_DATABASE_URL": database, "TRIAGE_API_HOSTS": "desk.example"}
    settings = Settings.from_environment(named)
    for app in (create_app(beside_service(settings, "localhost")), application(named)):
        with TestClient(app, base_url="http://localhost") as client:
            assert client.get("/health", headers={"Host": host}).status_code == 200
            assert client.get("/health", headers={"Host": "evil.example"}).status_code == 421
