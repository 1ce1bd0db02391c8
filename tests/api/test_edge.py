"""What stands before every endpoint: whose host, whose page, whose token, how often."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import client_of
from triage.api.app import create_app
from triage.api.batcher import Bounds
from triage.api.callers import Caller, Scope
from triage.api.errors import ApiError
from triage.api.limits import Limits
from triage.api.service import Service
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.settings import Settings
from triage.workbench import Workbench

PATH = "/api/score"


def with_settings(bench: Workbench, **changes: object) -> TestClient:
    settings: Settings = replace(bench.settings, **changes)  # type: ignore[arg-type]
    return client_of(Service(Workbench(settings)))


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("triage.example:8080", 200),
        ("TRIAGE.example", 200),
        ("evil.example", 421),
        ("triage.example.evil.example", 421),
        ("triage.example/..", 400),
        ('triage.example"><script>', 400),
        ("", 400),
    ],
)
def test_only_hosts_that_are_ours_are_answered(bench: Workbench, host: str, code: int) -> None:
    with with_settings(bench, api_hosts=("triage.example",)) as client:
        assert client.get("/health", headers={"host": host}).status_code == code


def test_a_page_of_another_site_may_not_ask(bench: Workbench) -> None:
    with with_settings(bench, api_origins=("https://news.example",)) as client:
        own = client.post(PATH, json=["a"], headers={"origin": "http://localhost"})
        friend = client.post(PATH, json=["a"], headers={"origin": "https://news.example"})
        other = client.post(PATH, json=["a"], headers={"origin": "https://evil.example"})
        asked = client.options(PATH, headers={"origin": "https://news.example"})
        refused = client.options(PATH, headers={"origin": "null"})
    assert own.status_code == 200
    assert "access-control-allow-origin" not in own.headers
    assert friend.headers["access-control-allow-origin"] == "https://news.example"
    assert (other.status_code, refused.status_code) == (403, 403)
    assert "access-control-allow-origin" not in other.headers
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-methods"] == "POST"


class Tokens:
    """One token that may score, and no more."""

    def caller(self, secret: str | None, scope: Scope) -> Caller | None:
        if secret != "good":
            raise ApiError(401, "there is no such token")
        if scope is not Scope.SCORE:
            raise ApiError(403, f"this token may not {scope}")
        return Caller("newsroom")


@pytest.mark.parametrize(
    "given",
    [
        {"headers": {"Authorization": "Bearer good"}},
        {"headers": {"X-Goog-Api-Key": "good"}},
        {"params": {"key": "good"}},
    ],
)
def test_a_token_comes_as_a_bearer_or_as_perspectives_key(
    bench: Workbench, given: dict[str, dict[str, str]]
) -> None:
    with client_of(Service(bench, authority=Tokens())) as client:
        assert client.post(PATH, json=["a"], **given).status_code == 200  # type: ignore[arg-type]
        assert client.post(PATH, json=["a"]).status_code == 401
        suggest = client.post("/v1alpha1/comments:suggestscore", json={}, **given)  # type: ignore[arg-type]
        assert suggest.status_code == 403


def test_health_needs_no_token_and_figures_do(bench: Workbench) -> None:
    with client_of(Service(bench, authority=Tokens())) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/openapi.json").status_code == 200
        assert client.get("/metrics").status_code == 401


def test_who_may_not_ask_is_refused_before_the_body_is_read(bench: Workbench) -> None:
    with client_of(Service(bench, authority=Tokens())) as client:
        found = client.post(PATH, content=b"{", headers={"content-type": "application/json"})
    assert found.status_code == 401


def test_whoever_asks_too_often_is_told_when_to_come_back(bench: Workbench) -> None:
    with with_settings(bench, api_rate=0.1) as client:
        assert client.post(PATH, json=["a"]).status_code == 200
        again = client.post(PATH, json=["a"])
        assert client.get("/health").status_code == 200
        figures = client.get("/metrics").text
    assert again.status_code == 429
    assert 1 <= int(again.headers["retry-after"]) <= 10
    assert again.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert 'triage_api_rejected_total{reason="rate"}' in figures


class Counted(Tokens):
    """Counts how often the database would be asked."""

    def __init__(self) -> None:
        self.asked = 0

    def caller(self, secret: str | None, scope: Scope) -> Caller | None:
        self.asked += 1
        return super().caller(secret, scope)


def test_a_stranger_is_paced_before_anybody_is_asked_who_it_is(bench: Workbench) -> None:
    counted = Counted()
    slow = Workbench(replace(bench.settings, api_rate=0.2))  # two at once
    with client_of(Service(slow, authority=counted)) as client:
        known = {"Authorization": "Bearer good"}
        assert [client.post(PATH, json=["a"], headers=known).status_code for _ in range(3)] == [
            200,
            200,
            429,
        ]
        strangers = [client.post(PATH, json=["a"]).status_code for _ in range(5)]
        probes = [client.get("/ready").status_code for _ in range(3)]
        assert {client.get("/health").status_code for _ in range(5)} == {200}
    assert strangers == [401, 401, 429, 429, 429], "and the token took nothing from the address"
    assert counted.asked == 5
    assert probes[2] == 429
    slow.close()


def test_a_bucket_fills_at_its_rate_and_each_caller_has_one() -> None:
    now = 0.0
    limits = Limits(2.0, clock=lambda: now)
    assert [limits.wait("a") for _ in range(21)] == [0] * 20 + [1]
    assert limits.wait("b") == 0
    now = 1.0
    assert [limits.wait("a") for _ in range(3)] == [0, 0, 1]


def test_without_a_rate_nobody_waits() -> None:
    limits = Limits(0.0)
    assert not any(limits.wait("a") for _ in range(10_000))


def test_a_fault_of_ours_is_named_and_not_shown(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty(Tokens):
        def caller(self, secret: str | None, scope: Scope) -> Caller | None:
            raise LookupError("a secret detail")

    with client_of(Service(bench, authority=Faulty())) as client:
        found = client.post(PATH, json=["a"])
    assert found.status_code == 500
    assert "secret" not in found.text
    assert "a secret detail" in caplog.text


class Slow(Workbench):
    """Scores nothing before it is told to; remembers what it scored."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.scored: list[str] = []
        self.busy, self.go = Event(), Event()

    def score_texts(
        self, texts: Sequence[str], beside: Sequence[str | None] | None = None
    ) -> tuple[list[Scores], dict[Label, ScorerInfo]]:
        self.busy.set()
        assert self.go.wait(20)
        self.scored += texts
        info = ScorerInfo("slow", "1", (Label.TOXICITY,))
        return [Scores({Label.TOXICITY: 0.5})] * len(texts), {Label.TOXICITY: info}


@pytest.fixture
def slow(bench: Workbench) -> Slow:
    return Slow(bench.settings)


def test_what_is_too_much_is_refused_and_health_answers_meanwhile(slow: Slow) -> None:
    async def work() -> None:
        service = Service(slow, bounds=Bounds(batch_texts=1, queue_texts=2))
        transport = httpx2.ASGITransport(app=create_app(service))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            asked = [asyncio.ensure_future(client.post(PATH, json=[f"{n}"])) for n in range(6)]
            await asyncio.to_thread(slow.busy.wait, 20)
            assert (await client.get("/health")).status_code == 200
            while not any(one.done() for one in asked):
                await asyncio.sleep(0.01)
            refused = [one.result() for one in asked if one.done()]
            assert [one.status_code for one in refused] == [429] * len(refused)
            assert int(refused[0].headers["retry-after"]) >= 1
            slow.go.set()
            answered = await asyncio.gather(*asked)
        assert {one.status_code for one in answered} == {200, 429}
        await service.close()

    asyncio.run(asyncio.wait_for(work(), 30))


def test_what_nobody_waits_for_any_more_is_not_scored(
    slow: Slow, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        service = Service(slow, bounds=Bounds(lanes=1, batch_texts=1))
        app = create_app(service)
        service.warm()
        await asyncio.to_thread(slow.busy.wait, 20)
        body = json.dumps(["gone"]).encode()
        messages = [{"type": "http.request", "body": body}, {"type": "http.disconnect"}]

        async def receive() -> Any:
            return messages.pop(0)

        async def send(_message: Any) -> None:
            pass

        scope = {
            "type": "http",
            "method": "POST",
            "path": PATH,
            "query_string": b"",
            "scheme": "http",
            "headers": [(b"host", b"localhost")],
        }
        await app(scope, receive, send)
        messages[:] = [
            {"type": "http.request", "body": b'["ha', "more_body": True},
            {"type": "http.disconnect"},
        ]
        await app(scope, receive, send)
        slow.go.set()
        assert len(await service.scores(["stays"])) == 1
        assert slow.scored == ["ready", "stays"]
        await service.close()

    asyncio.run(asyncio.wait_for(work(), 30))
    assert "failed" not in caplog.text  # to hang up is no fault of ours


@pytest.mark.parametrize(
    ("given", "kept"), [("0123456789abcdef", True), ("short", False), ("a\tb c d e f", False)]
)
def test_a_request_leaves_a_line_without_its_query(
    bench: Workbench, caplog: pytest.LogCaptureFixture, given: str, kept: bool
) -> None:
    caplog.set_level(logging.INFO, logger="triage.api")
    with with_settings(bench) as client:
        caplog.clear()
        answer = client.post(
            f"{PATH}?key=a-secret", json=["what a reader wrote"], headers={"X-Request-ID": given}
        )
    (line,) = [one.__dict__["fields"] for one in caplog.records if one.getMessage() == "request"]
    assert line.pop("seconds") > 0
    own = answer.headers["X-Request-ID"]
    assert (own == given) is kept
    assert line == {"method": "POST", "path": PATH, "status": 200, "request": own, "client": ""}
    assert "a-secret" not in caplog.text
    assert "what a reader wrote" not in caplog.text


def test_a_path_that_nothing_is_at_is_not_told(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="triage.api")
    with with_settings(bench) as client:
        caplog.clear()
        assert client.get("/my-secret").status_code == 404
    (line,) = [one for one in caplog.records if one.name == "triage.api"]
    assert line.__dict__["fields"] == {"method": "GET", "status": 404}
    assert "my-secret" not in line.getMessage()
