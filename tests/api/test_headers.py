"""What every answer tells a browser, whatever it answers."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from triage.api.headers import NOTHING, safe_headers


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/health", 200),
        ("GET", "/openapi.json", 200),
        ("POST", "/api/score", 400),
        ("OPTIONS", "/api/score", 204),
        ("GET", "/no/such/path", 404),
        ("DELETE", "/health", 405),
    ],
)
def test_no_answer_loads_anything_or_stands_in_a_frame(
    client: TestClient, method: str, path: str, code: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == code
    assert answer.headers["Content-Security-Policy"] == NOTHING
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


async def _own(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("", headers={"Content-Security-Policy": "sandbox"})


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("open")
    await socket.close()


def test_an_answer_keeps_its_own_policy_and_a_socket_passes() -> None:
    routes = [Route("/own", _own), WebSocketRoute("/socket", _socket)]
    app = Starlette(routes=routes, middleware=[safe_headers("default-src 'self'")])
    client = TestClient(app)
    own = client.get("/own").headers
    assert own["Content-Security-Policy"] == "sandbox"
    assert own["X-Frame-Options"] == "DENY"
    assert client.get("/none").headers["Content-Security-Policy"] == "default-src 'self'"
    with client.websocket_connect("/socket") as socket:
        assert socket.receive_text() == "open"


async def _cookies(_request: Request) -> PlainTextResponse:
    answer = PlainTextResponse("")
    answer.set_cookie("plain", "1", httponly=True, samesite="lax")
    answer.set_cookie("safe", "secure", secure=True)
    return answer


@pytest.mark.parametrize(
    ("tls", "scheme", "safe"),
    [(False, "http", False), (False, "https", True), (True, "http", True)],
)
def test_over_tls_a_browser_is_told_to_come_by_nothing_else_and_cookies_go_by_nothing_else(
    *, tls: bool, scheme: str, safe: bool
) -> None:
    app = Starlette(routes=[Route("/", _cookies)], middleware=[safe_headers(tls=tls)])
    answer = TestClient(app, base_url=f"{scheme}://desk.example").get("/")
    told = answer.headers.get("Strict-Transport-Security")
    assert told == ("max-age=31536000" if safe else None)
    plain, own = answer.headers.get_list("set-cookie")
    assert plain.startswith("plain=1; HttpOnly; ")
    assert plain.endswith("; Secure") is safe
    assert own.lower().count("; secure") == 1
