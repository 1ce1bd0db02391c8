"""`POST /api/comments`: comments that are sent to be kept."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from starlette.testclient import TestClient

from triage.api import comments
from triage.api.app import create_app
from triage.api.service import Service
from triage.domain.scores import Label, ScorerInfo, Scores
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


@pytest.mark.parametrize("row", ["1", '{"text": "x"}'])
@pytest.mark.parametrize("array", [True, False])
def test_more_than_a_thousand_rows_are_too_many_whatever_they_hold(
    client: TestClient, bench: Workbench, row: str, array: bool
) -> None:
    rows = ['{"text": "a"}', *[row] * 100_000]
    found = client.post(PATH, content=f"[{','.join(rows)}]" if array else "\n".join(rows))
    assert (found.status_code, bench.count()) == (413, 0)
    assert "more than 1,000 comments" in found.json()["error"]["message"]


def test_a_thousand_problems_are_listed_at_most(client: TestClient) -> None:
    row = {"text": "x", "created_at": "when?", "parent_id": "gone"}
    rows = [row | {"text": f"x {n}"} for n in range(1_000)]
    problems = client.post(PATH, json=rows).json()["problems"]
    assert len(problems) == 1_000
    assert "further problems are not listed" in problems[-1]["message"]


def test_an_answer_does_not_wait_for_scores_without_end(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = Event()
    rating = bench.score_texts

    def slow(
        texts: Sequence[str], beside: Sequence[str | None] | None = None
    ) -> tuple[list[Scores], dict[Label, ScorerInfo]]:
        assert go.wait(20)
        return rating(texts, beside)

    monkeypatch.setattr(bench, "score_texts", slow)
    monkeypatch.setattr(comments, "_SECONDS", 0.1)
    with TestClient(create_app(Service(bench))) as client:
        answer = client.post(PATH, json={"id": "1", "text": RUDE}).json()
        assert [(one["id"], one["route"]) for one in answer["comments"]] == [("1", None)]
        go.set()
        end = time.monotonic() + 20
        while bench.unrated(["1"]):
            assert time.monotonic() < end, "it was never rated"
            time.sleep(0.02)
