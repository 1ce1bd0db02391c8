"""Where the site stores what Perspective's clients send: comments, and decisions by clients."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.testclient import TestClient

from triage.api import keeping
from triage.api.app import create_app
from triage.api.errors import ApiError
from triage.api.service import Service
from triage.domain.arrivals import Arrival, Received, Suggestion
from triage.domain.decisions import Decision, Verdict
from triage.domain.policy import Route
from triage.domain.scores import Scores
from triage.domain.tokens import Scope
from triage.errors import ScorerError
from triage.settings import Settings
from triage.workbench import Workbench

ANALYZE = "/v1alpha1/comments:analyze"
SUGGEST = "/v1alpha1/comments:suggestscore"
RUDE, CALM = "You are a complete idiot.", "Thank you for this calm article."
STORY = "https://daily.example/gardens?page=2"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    made = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}", api_store=True))
    yield made
    made.close()


@pytest.fixture
def client(bench: Workbench) -> Iterator[TestClient]:
    with TestClient(create_app(Service(bench))) as made:
        yield made


def asked(text: str, **more: Any) -> dict[str, Any]:
    return {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, **more}


def coral(text: str, value: int, comment_id: str = "c7", **more: Any) -> dict[str, Any]:
    """What Coral sends of a comment that a moderator approved (0) or rejected (1)."""
    told = {"url": f"{STORY}&commentID={comment_id}", "Coral_comment_id": comment_id, **more}
    return {
        "comment": {"text": text},
        "context": {"entries": [{"text": json.dumps(told)}]},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": value}}},
        "languages": ["en"],
        "communityId": "Coral:https://comments.daily.example",
        "clientToken": f"comment:{comment_id}",
    }


def soon(what: Callable[[], bool]) -> None:
    """Wait for what happens behind the answers."""
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_an_analysed_comment_comes_into_the_queue_with_the_scores_that_were_answered(
    client: TestClient, bench: Workbench
) -> None:
    answer = client.post(ANALYZE, json=asked(RUDE, communityId="daily")).json()
    soon(lambda: bench.next_comment("ana") is not None)
    (entry,) = bench.entries([bench.next_comment("ana") or ""])
    assert (entry.comment.text, entry.comment.thread_id) == (RUDE, "anybody:daily")
    assert entry.route is Route.REVIEW
    assert entry.scores is not None
    told = answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"]
    assert max(entry.scores.values.values()) >= told


def test_the_same_text_again_is_not_another_comment_unless_the_ids_differ(
    client: TestClient, bench: Workbench
) -> None:
    for token in ("", "x1", "x2", "demo"):
        client.post(ANALYZE, json=asked(RUDE, clientToken=token))
    for token in ("comment:1", "comment:2", "comment:2"):
        client.post(ANALYZE, json=asked(RUDE, clientToken=token))
    soon(lambda: bench.count() == 3)
    client.post(ANALYZE, json=asked(CALM))
    soon(lambda: bench.count() == 4)
    assert {one.comment.id for one in bench.entries(["1", "2"])} == {"1", "2"}


def test_do_not_store_is_kept_to(client: TestClient, bench: Workbench) -> None:
    client.post(ANALYZE, json=asked(RUDE, doNotStore=True))
    client.post(ANALYZE, json=asked(CALM))
    soon(lambda: bench.count() > 0)
    assert bench.count() == 1


def test_of_html_the_words_are_kept(client: TestClient, bench: Workbench) -> None:
    html = {"text": "<p>You are a <b>complete</b> idiot &amp; more.</p>", "type": "HTML"}
    client.post(ANALYZE, json={**asked(""), "comment": html})
    soon(lambda: bench.count() == 1)
    soon(lambda: bench.next_comment("ana") is not None)
    text = bench.entries([bench.next_comment("ana") or ""])[0].comment.text
    assert text.strip() == "You are a complete idiot & more."


def test_a_refused_request_is_not_kept(client: TestClient, bench: Workbench) -> None:
    body = {**asked(RUDE), "requestedAttributes": {"FLIRTATION": {}}}
    assert client.post(ANALYZE, json=body).status_code == 400
    client.post(ANALYZE, json=asked(CALM))
    soon(lambda: bench.count() > 0)
    assert bench.count() == 1


def test_a_database_that_cannot_be_written_spoils_no_answer_and_feedback_says_so(
    tmp_path: Path,
) -> None:
    path = tmp_path / "triage.db"
    settings = Settings(database_url=f"sqlite:///{path}?timeout=0.05", api_store=True)
    bench = Workbench(settings)
    with TestClient(create_app(Service(bench))) as client:
        client.post(ANALYZE, json=asked("warm", doNotStore=True))
        with closing(sqlite3.connect(path, isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")
            assert client.post(ANALYZE, json=asked(RUDE)).status_code == 200
            found = client.post(SUGGEST, json=coral(CALM, 0))
            another.execute("ROLLBACK")
        assert found.status_code == 503
        assert str(path) not in found.text
        soon(lambda: bench.count() == 1)
    bench.close()


def test_without_the_sites_consent_nothing_is_kept(tmp_path: Path) -> None:
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"))
    with TestClient(create_app(Service(bench))) as client:
        assert client.post(ANALYZE, json=asked(RUDE)).status_code == 200
        said = client.post(SUGGEST, json=coral(RUDE, 1))
        assert (said.status_code, said.json()) == (200, {"clientToken": "comment:c7"})
    assert bench.count() == 0
    bench.close()


def test_what_waits_to_be_kept_is_kept_before_the_process_ends(bench: Workbench) -> None:
    with TestClient(create_app(Service(bench))) as client:
        for number in range(20):
            client.post(ANALYZE, json=asked(f"Sentence number {number}."))
    assert bench.count() == 20


def test_the_page_and_the_parent_come_from_perspectives_context(
    client: TestClient, bench: Workbench
) -> None:
    place = {"article": {"text": "A long article."}}
    client.post(ANALYZE, json=asked(CALM, context={"articleAndParentComment": place}))
    place["parentComment"] = {"text": CALM}
    client.post(ANALYZE, json=asked(RUDE, context={"articleAndParentComment": place}))
    soon(lambda: bench.count() == 2)
    (thread,) = bench.threads()
    outline = bench.thread_outline(thread.id)
    assert [(one.depth, bench.item(one.comment.id).comment.text) for one in outline] == [
        (0, CALM),
        (1, RUDE),
    ]
    assert bench.item(outline[0].comment.id).thread.article == "A long article."


def test_corals_approvals_and_rejections_become_decisions_by_its_token(
    client: TestClient, bench: Workbench
) -> None:
    secret = bench.create_token("coral", [Scope.ANALYZE, Scope.FEEDBACK], "ada").secret
    key = {"key": secret}
    client.post(ANALYZE, json=asked(RUDE, languages=["en"]), params=key)
    soon(lambda: bench.count() == 1)
    for _ in range(2):
        said = client.post(SUGGEST, json=coral(RUDE, 1), params=key)
        assert (said.status_code, said.json()) == (200, {"clientToken": "comment:c7"})
    client.post(SUGGEST, json=coral(CALM, 0, "c8", reply_to_id_Coral_comment_id="c7"), params=key)
    assert bench.count() == 2, "the comment that was analysed is the one that was rejected"
    item, answer = bench.item("c7"), bench.item("c8")
    (decision,) = item.log
    assert (decision.reviewer, decision.via, decision.verdict, decision.reasons) == (
        "client:coral",
        "feedback",
        Verdict.REJECT,
        ("toxicity",),
    )
    assert answer.entry.verdict is Verdict.APPROVE
    assert answer.comment.parent_id == "c7"
    assert item.thread.url == answer.thread.url == STORY, "without the part that names the comment"
    soon(lambda: bench.entries(["c8"])[0].scores is not None)


def test_feedback_that_overtakes_the_keeping_of_its_comment_is_about_the_same_one(
    bench: Workbench,
) -> None:
    held = HeldBack(bench.settings)
    with TestClient(create_app(Service(held))) as client:
        client.post(ANALYZE, json=asked(RUDE))
        assert held.busy.wait(20)
        client.post(SUGGEST, json=coral(RUDE, 1))
        client.post(ANALYZE, json=asked(CALM))
        assert bench.count() == 1
        held.go.set()
    held.close()
    assert bench.count() == 2, "and in the end all is kept that was sent"
    item = bench.item("c7")
    assert (item.thread.url, item.entry.verdict) == (STORY, Verdict.REJECT)


def test_an_id_that_is_another_clients_is_refused_as_a_conflict(
    client: TestClient, bench: Workbench
) -> None:
    client.post(SUGGEST, json=coral(CALM, 0))
    other = bench.create_token("other", [Scope.FEEDBACK], "ada").secret
    found = client.post(SUGGEST, json=coral(RUDE, 1), params={"key": other})
    assert (found.status_code, found.json()["error"]["status"]) == (409, "ABORTED")
    assert bench.item("c7").comment.text == CALM


@pytest.mark.parametrize(
    "entry",
    [
        "plain words",
        "{",
        "[]",
        '{"Coral_comment_id": 7, "url": 3}',
        '{"Coral_comment_id": "a\\nb", "url": "javascript:alert(1)"}',
        '{"Coral_comment_id": "' + "x" * 1_000 + '", "url": "http://[broken"}',
        "[" * 5_000,
    ],
)
def test_a_context_that_is_not_corals_is_no_reason_to_fail(
    client: TestClient, bench: Workbench, entry: str
) -> None:
    body = {**coral(RUDE, 1), "context": {"entries": [{"text": entry}]}, "clientToken": ""}
    assert client.post(SUGGEST, json=body).status_code == 200
    assert bench.count() == 1
    (thread,) = bench.threads()
    assert thread.id == "anybody:Coral:https://comments.daily.example"


def test_what_no_label_stands_for_is_said_in_the_note(client: TestClient, bench: Workbench) -> None:
    body = coral(CALM, 0)
    body["attributeScores"]["SPAM"] = {"summaryScore": {"value": 1}}
    client.post(SUGGEST, json=body)
    (decision,) = bench.item("c7").log
    assert (decision.verdict, decision.reasons, decision.refused, decision.note) == (
        Verdict.REJECT,
        (),
        ("toxicity",),
        "SPAM",
    )


class Flaky:
    """Scores that cannot be had at first."""

    def __init__(self, bench: Workbench, failures: list[Exception]) -> None:
        self._bench = bench
        self._failures = failures

    async def __call__(self, texts: Sequence[str]) -> list[Scores]:
        if self._failures:
            raise self._failures.pop()
        found, _ = self._bench.score_texts(texts)
        return found


def test_what_cannot_be_rated_now_is_rated_later_and_holds_up_nobody(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_PATIENCE", 0.05)
    flaky = Flaky(bench, [ApiError(429, "busy"), ScorerError("gone"), ApiError(503, "down")])

    async def scenario() -> None:
        mine = keeping.Keeping(bench, flaky)
        mine.keep(Arrival("coral", RUDE))
        await eventually(lambda: bench.count() == 1)
        mine.keep(Arrival("coral", CALM))
        await eventually(lambda: bench.count() == 2)
        await eventually(lambda: bench.next_comment("ana") is not None)
        await mine.finish()

    asyncio.run(scenario())


def test_a_fault_while_rating_is_told_and_the_rest_goes_on(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    flaky = Flaky(bench, [LookupError("a fault")])

    async def scenario() -> None:
        mine = keeping.Keeping(bench, flaky)
        mine.keep(Arrival("coral", CALM))
        await eventually(lambda: "a fault" in caplog.text)
        mine.keep(Arrival("coral", RUDE))
        await eventually(lambda: bench.next_comment("ana") is not None)
        await mine.finish()

    asyncio.run(scenario())
    assert "1 texts are left for `triage score`" in caplog.text


def test_more_than_the_database_takes_is_refused_before_it_is_rated(bench: Workbench) -> None:
    async def scenario() -> None:
        mine = keeping.Keeping(bench, Flaky(bench, []))
        for number in range(2_000):
            mine.admit()
            mine.keep(Arrival("coral", f"Sentence number {number}."))
        with pytest.raises(ApiError, match="faster than they can be kept") as refused:
            mine.admit()
        assert refused.value.headers == {"Retry-After": "2"}
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    asyncio.run(scenario())


async def eventually(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not await asyncio.to_thread(what):
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.02)


class Held(Workbench):
    """Writes nothing before it is told to, so that a client can hang up meanwhile."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.busy, self.go = Event(), Event()

    def receive(self, body: bytes, client: str, *, source: str | None = None) -> Received:
        self._hold()
        return super().receive(body, client, source=source)

    def suggest(self, said: Suggestion, client: str) -> Decision | None:
        self._hold()
        return super().suggest(said, client)

    def _hold(self) -> None:
        self.busy.set()
        assert self.go.wait(20)


class HeldBack(Held):
    """Keeps nothing that was analysed before it is told to."""

    def keep(self, arrivals: Iterable[Arrival]) -> Received:
        self._hold()
        return super().keep(arrivals)

    def suggest(self, said: Suggestion, client: str) -> Decision | None:
        return Workbench.suggest(self, said, client)


@pytest.mark.parametrize(
    ("path", "body"), [(SUGGEST, coral(RUDE, 1, "1")), ("/api/comments", {"id": "1", "text": RUDE})]
)
def test_what_is_kept_is_rated_though_its_client_hung_up_meanwhile(
    bench: Workbench, path: str, body: object
) -> None:
    held = Held(bench.settings)
    sent: list[dict[str, object]] = [{"type": "http.request", "body": json.dumps(body).encode()}]

    async def receive() -> dict[str, object]:
        if sent:
            return sent.pop()
        await asyncio.to_thread(held.busy.wait, 20)
        return {"type": "http.disconnect"}

    async def send(_message: object) -> None:
        pass

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"localhost")],
    }

    async def scenario() -> None:
        service = Service(held)
        await create_app(service)(scope, receive, send)
        assert bench.count() == 0
        held.go.set()
        await eventually(lambda: bench.count() == 1 and bench.unrated(["1"]) == [])
        await service.close()

    asyncio.run(scenario())
    held.close()
