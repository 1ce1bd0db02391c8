"""`POST /api/comments`: comments that are sent to be kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from triage.api.app import create_app
from triage.api.service import Service
from triage.settings import Settings
from triage.workbench import Workbench

PATH = "/api/comments"
RUDE, CALM = "You are a complete idiot.", "Thank you for this calm article."


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    made = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"))
    yield made
    made.close()


@pytest.fixture
def client(bench: Workbench) -> Iterator[TestClient]:
    with TestClient(create_app(Service(bench))) as made:
        yield made


def test_comments_are_kept_rated_and_routed_in_one_request(
    client: TestClient, bench: Workbench
) -> None:
    rows = [{"id": "1", "text": RUDE, "thread": "t"}, {"id": "2", "text": CALM, "thread": "t"}]
    found = client.post(PATH, json=rows)
    assert found.status_code == 200
    answer = found.json()
    assert (answer["new"], answer["edited"], answer["unchanged"]) == (2, 0, 0)
    assert [(one["id"], one["route"]) for one in answer["comments"]] == [
        ("1", "review"),
        ("2", "pass"),
    ]
    assert answer["comments"][0]["scores"]["toxicity"] > 0.7
    assert answer["problems"] == []
    assert bench.next_comment("ana") == "1"


def test_sent_again_nothing_changes_and_an_edit_is_a_revision(client: TestClient) -> None:
    client.post(PATH, json={"id": "1", "text": CALM})
    again = client.post(PATH, json={"id": "1", "text": CALM}).json()
    assert (again["new"], again["edited"], again["unchanged"]) == (0, 0, 1)
    edited = client.post(PATH, json={"id": "1", "text": RUDE}).json()
    assert (edited["new"], edited["edited"], edited["unchanged"]) == (0, 1, 0)
    assert edited["comments"][0]["route"] == "review"


@pytest.mark.parametrize("kind", ["application/x-ndjson", "application/jsonl", "application/json"])
def test_one_object_a_line_good_rows_are_kept_and_bad_ones_told_by_line(
    client: TestClient, kind: str
) -> None:
    body = f'{{"id": "1", "text": "{CALM}"}}\n{{broken\n{{"id": "3"}}\n{{"id": "4", "text": "x"}}\n'
    found = client.post(PATH, content=body, headers={"Content-Type": kind})
    answer = found.json()
    assert found.status_code == 200
    assert [one["id"] for one in answer["comments"]] == ["1", "4"]
    assert [one["line"] for one in answer["problems"]] == [2, 3]


def test_another_comment_under_a_known_id_is_a_problem_and_not_in_the_answer(
    client: TestClient,
) -> None:
    client.post(PATH, json={"id": "1", "text": CALM, "author": "Bo"})
    answer = client.post(PATH, json={"id": "1", "text": RUDE, "author": "Cy"}).json()
    assert answer["comments"] == []
    assert "another comment under the same id" in answer["problems"][0]["message"]
    named = client.post(f"{PATH}?source=b", json={"id": "1", "text": RUDE, "author": "Cy"}).json()
    assert named["comments"][0]["id"] == "b:1"


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '"x"', '{"id": "1"}', "[" * 9_999])
def test_a_body_without_comments_is_refused_and_says_what_would_do(
    client: TestClient, body: str
) -> None:
    found = client.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert found.status_code == 400
    assert "one object each, with id and text" in found.json()["error"]["message"]


def test_other_kinds_of_bodies_and_sources_that_cannot_be_are_refused(client: TestClient) -> None:
    found = client.post(PATH, content="text=x", headers={"Content-Type": "text/csv"})
    assert found.status_code == 415
    for source in ("%20", "a%0Ab", "x" * 65):
        assert client.post(f"{PATH}?source={source}", json={"text": "x"}).status_code == 400


def test_many_comments_are_all_rated(client: TestClient, bench: Workbench) -> None:
    rows = [{"id": str(n), "text": f"Sentence number {n}."} for n in range(300)]
    lines = "\n".join(json.dumps(row) for row in rows)
    answer = client.post(PATH, content=lines).json()
    assert answer["new"] == 300
    assert {one["route"] for one in answer["comments"]} == {"pass"}
    assert bench.unrated([row["id"] for row in rows]) == []


def test_a_long_comment_is_kept_for_triage_score_and_holds_up_nobody(
    client: TestClient, bench: Workbench
) -> None:
    long = "A long story. " * 2_000
    rows = [{"id": "1", "text": long}, {"id": "2", "text": RUDE}]
    answer = client.post(PATH, json=rows).json()
    assert [(one["id"], one["route"]) for one in answer["comments"]] == [
        ("1", None),
        ("2", "review"),
    ]
    assert bench.unrated(["1", "2"]) == [long]
