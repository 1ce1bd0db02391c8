"""`/api/appeals`: objections that a site sends, and what it can tell of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from triage.api.app import create_app
from triage.api.service import Service
from triage.domain.appeals import LONGEST_TEXT
from triage.domain.decisions import Verdict
from triage.domain.tokens import Scope
from triage.settings import Settings
from triage.workbench import Workbench

PATH = "/api/appeals"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """Two comments of which ana rejected the first."""
    made = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"))
    path = tmp_path / "c.csv"
    path.write_text("id,text\n1,You fool\n2,Have a nice day\n")
    made.import_file(path, source="blog")
    decide(made, "reject", "ana", reasons=["insult"])
    yield made
    made.close()


@pytest.fixture
def client(bench: Workbench) -> Iterator[TestClient]:
    with TestClient(create_app(Service(bench)), base_url="http://localhost") as made:
        yield made


def decide(bench: Workbench, verdict: str, reviewer: str, **more: Any) -> None:
    seen = bench.item("blog:1").entry.seen
    bench.decide([seen], Verdict(verdict), reviewer=reviewer, **more)


def message(answer: Any) -> str:
    return str(answer.json()["error"]["message"])


def test_a_site_sends_an_appeal_and_hears_what_became_of_it(
    client: TestClient, bench: Workbench
) -> None:
    sent = {"comment_id": "1", "source": "blog", "text": "It was a joke", "by": "author", "id": "7"}
    found = client.post(PATH, json=sent)
    assert found.status_code == 200
    told = found.json()
    assert (told["status"], told["verdict"], told["reasons"]) == ("open", "reject", ["insult"])
    assert (told["comment_id"], told["outcome"], told["answered_at"]) == ("blog:1", None, None)
    assert bench.next_comment("bo") == "blog:1"
    decide(bench, "approve", "bo", reply="It is shown again.")
    again = client.get(f"{PATH}/{told['id']}").json()
    assert (again["status"], again["outcome"]) == ("overturned", "overturned")
    assert again["reply"] == "It is shown again."
    assert again["answered_at"]
    assert client.post(PATH, json=sent).json() == again, "sent again it is told the same"
    assert "ana" not in str(again), "who decided is nobody's business outside"
    assert "'bo'" not in str(again)


def test_a_second_appeal_against_the_same_decision_is_refused(client: TestClient) -> None:
    assert client.post(PATH, json={"comment_id": "blog:1"}).status_code == 200
    found = client.post(PATH, json={"comment_id": "blog:1"})
    assert (found.status_code, found.json()["error"]["status"]) == (409, "ABORTED")
    assert "waits for its answer already" in message(found)


def test_what_cannot_be_appealed_against_says_why(client: TestClient) -> None:
    undecided = client.post(PATH, json={"comment_id": "blog:2"})
    assert (undecided.status_code, "is not decided" in message(undecided)) == (400, True)
    unknown = client.post(PATH, json={"comment_id": "1"})
    assert (unknown.status_code, "no comment '1'" in message(unknown)) == (404, True)
    other = client.post(PATH, json={"comment_id": "blog:1", "decision_id": "nil"})
    assert (other.status_code, "not the one in force" in message(other)) == (409, True)
    assert client.get(f"{PATH}/nil").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"comment_id": ""},
        {"comment_id": "a\nb"},
        {"comment_id": 1},
        {"comment_id": "blog:1", "by": "me"},
        {"comment_id": "blog:1", "text": 1},
        {"comment_id": "blog:1", "text": "x" * (LONGEST_TEXT + 1)},
        {"comment_id": "blog:1", "id": "x" * 201},
        {"comment_id": "blog:1", "source": " "},
        {"comment_id": "blog:1", "texts": "misspelt"},
    ],
)
def test_what_is_not_as_described_is_refused(client: TestClient, body: object) -> None:
    assert client.post(PATH, json=body).status_code == 400


def test_hostile_text_is_kept_as_it_is(client: TestClient, bench: Workbench) -> None:
    text = '<img src=x onerror=alert(1)> **b** =HYPERLINK("x") \u202e'
    body = json.dumps({"comment_id": "blog:1", "text": text + "\ud800"})
    told = client.post(PATH, content=body).json()
    assert bench.appealed(told["id"]).appeal.text == text + "\ufffd"


def test_a_token_for_appeals_sends_and_asks_and_no_other_does(
    client: TestClient, bench: Workbench
) -> None:
    other = bench.create_token("coral", [Scope.COMMENTS], "lea").secret
    own = bench.create_token("blog", [Scope.APPEALS], "lea").secret
    sent = {"comment_id": "blog:1"}
    assert client.post(PATH, json=sent).status_code == 401
    refused = client.post(PATH, json=sent, headers={"Authorization": f"Bearer {other}"})
    assert refused.status_code == 403
    with_own = {"Authorization": f"Bearer {own}"}
    told = client.post(PATH, json=sent, headers=with_own).json()
    assert client.get(f"{PATH}/{told['id']}").status_code == 401
    assert client.get(f"{PATH}/{told['id']}", headers=with_own).json() == told
    assert bench.appealed(told["id"]).appeal.received_by == "client:blog"


def test_no_site_reads_what_another_one_sent(client: TestClient, bench: Workbench) -> None:
    own, other = (
        {"Authorization": f"Bearer {bench.create_token(name, [Scope.APPEALS], 'lea').secret}"}
        for name in ("blog", "forum")
    )
    told = client.post(PATH, json={"comment_id": "blog:1"}, headers=own).json()
    refused = client.get(f"{PATH}/{told['id']}", headers=other)
    assert (refused.status_code, "that you sent" in message(refused)) == (404, True)
    assert client.get(f"{PATH}/{told['id']}", headers=own).status_code == 200
