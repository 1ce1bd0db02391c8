"""Lists of scores, Coral's phase, the discovery document, health, figures and OpenAPI."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import client_of
from triage.api.schemas import MOST_TEXTS
from triage.api.service import Service
from triage.domain.policy import Route
from triage.domain.scores import Label
from triage.settings import Settings
from triage.workbench import Workbench

BAD, GOOD = "You are a complete idiot.", "Thank you, well explained."


def test_a_list_gets_all_that_the_scorers_say_in_its_order(
    client: TestClient, bench: Workbench
) -> None:
    body = [GOOD, {"id": "c1", "text": f"👍 {BAD}"}, "", {"text": BAD}]
    answer = client.post("/api/score", json=body).json()
    first, second, third, fourth = answer["results"]
    (scores,), seats = bench.score_texts([GOOD])
    by_us = scores.values
    assert first == {
        "scores": {label: pytest.approx(by_us[label], abs=1e-6) for label in by_us},
        "language": "en",
    }
    assert second["id"] == "c1"
    assert [f"👍 {BAD}"[start:end] for start, end, _ in second["spans"]] == ["idiot"]
    assert third == {"scores": {}, "language": "und", "not_scored": "empty text"}
    assert fourth["scores"]["insult"] > 0.7
    assert answer["scorers"]["toxicity"] == f"compact@{seats[Label.TOXICITY].version}"


def test_a_long_text_says_where_its_scores_come_from(client: TestClient) -> None:
    text = f"{GOOD} " * 60 + BAD
    (found,) = client.post("/api/score", json=[text]).json()["results"]
    start, end = found["where"]["insult"]
    assert BAD in text[start:end]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], 200),
        (["a"] * MOST_TEXTS, 200),
        (["a"] * (MOST_TEXTS + 1), 413),
        (["x" * 20_000] * 11, 413),
        (["short", "x" * 20_481], 413),
        (["é" * 10_241], 413),
        ({"text": "a"}, 400),
        ([7], 400),
        ([{"id": "a"}], 400),
        ([{"text": "a", "id": 7}], 400),
        ([{"text": "a", "author": "b"}], 400),
    ],
)
def test_a_list_is_checked_whole(client: TestClient, body: object, code: int) -> None:
    assert client.post("/api/score", json=body).status_code == code


def coral(text: str) -> dict[str, object]:
    """As Coral's external phase sends it (talk 9.11, pipeline/phases/external.ts)."""
    return {
        "action": "NEW",
        "comment": {"body": text, "parentID": None},
        "author": {"id": "a", "role": "COMMENTER"},
        "story": {"id": "s", "url": "https://example.org/story"},
        "site": {"id": "site"},
        "tenantID": "t",
        "tenantDomain": "example.org",
    }


def test_the_policy_decides_what_coral_does(tmp_path: Path) -> None:
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"))
    flag = {"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}
    path = "/api/coral/phase"
    with client_of(Service(bench)) as client:
        assert client.post(path, json=coral(GOOD)).status_code == 204
        assert client.post(path, json=coral(BAD)).json() == {"actions": [flag]}
        held = bench.policy().with_threshold(Label.INSULT, 0.6, Route.HOLD)
        bench.save_policy(held, bench.settings.reviewer, "insults are held")
        found = client.post(path, json=coral(BAD)).json()
        assert found == {"status": "SYSTEM_WITHHELD", "actions": [flag]}
        unread = client.post(path, json=coral("\u200b")).json()
        assert unread == {"status": "PREMOD", "actions": []}
    bench.close()


def test_coral_says_whether_its_comments_are_html(client: TestClient) -> None:
    body = coral("<div title='You are a complete idiot.'>Hello.</div>")
    assert client.post("/api/coral/phase?format=html", json=body).status_code == 204
    assert client.post("/api/coral/phase", json=body).status_code == 200
    assert client.post("/api/coral/phase", json={"comment": {"body": None}}).status_code == 400


@pytest.mark.parametrize("text", ["x" * 20_481, "x" * 100_001])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_what_is_too_long_for_corals_patience_waits_for_a_moderator(
    client: TestClient, text: str, kind: str
) -> None:
    found = client.post(f"/api/coral/phase?format={kind}", json=coral(text))
    assert found.json() == {"status": "PREMOD", "actions": []}


def test_the_discovery_document_names_the_address_it_was_asked_at(client: TestClient) -> None:
    path = "/$discovery/rest?version=v1alpha1"
    document = client.get(path, headers={"host": "triage.example:8080"}).json()
    assert document["rootUrl"] == "http://triage.example:8080/"
    method = document["resources"]["comments"]["methods"]["analyze"]
    assert method["path"] == "v1alpha1/comments:analyze"
    used = {method["request"]["$ref"], method["response"]["$ref"]}
    assert used <= set(document["schemas"])
    assert "batchPath" not in document, "nothing answers there"
    assert client.get("/$discovery/rest?version=v2").status_code == 400


def test_it_is_ready_once_the_scorers_are_loaded(client: TestClient) -> None:
    client.post("/api/score", json=[GOOD])
    found = client.get("/ready")
    assert found.status_code == 200
    assert found.json() == {"status": "ready", "database": True, "scorers": True}


def test_it_is_not_ready_without_a_database_and_lives_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "not there"
    bench = Workbench(Settings(database_url=f"sqlite:///{folder / 'triage.db'}"))
    with client_of(Service(bench)) as client:
        found = client.get("/ready")
        assert (found.status_code, found.json()["database"]) == (503, False)
        assert client.get("/health").status_code == 200
        answer = client.post("/api/score", json=[GOOD])
    assert answer.status_code == 503
    assert "not there" not in answer.text


def test_figures_count_requests_batches_and_refusals(bench: Workbench) -> None:
    with client_of(Service(bench)) as client:
        client.post("/api/score", json=[GOOD, BAD])
        client.post("/api/score", json=[7])
        page = client.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=")
    lines = page.text.splitlines()
    assert 'triage_api_requests_total{path="/api/score",status="200"} 1.0' in lines
    assert 'triage_api_requests_total{path="/api/score",status="400"} 1.0' in lines
    assert "triage_api_queue_texts 0.0" in lines
    (batches,) = [line for line in lines if line.startswith("triage_api_batch_texts_count ")]
    assert float(batches.split()[1]) >= 2  # one at least warms the scorers
    assert any(line.startswith("triage_api_request_seconds_count") for line in lines)
