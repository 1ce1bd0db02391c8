"""Who may ask: tokens at the HTTP edge, as bearers and as Perspective's keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from triage.api.app import create_app
from triage.api.routes import ENDPOINTS
from triage.api.service import Service
from triage.api.serving import beside_service
from triage.domain.people import SignIn
from triage.domain.tokens import Scope
from triage.settings import Settings
from triage.workbench import Workbench

ANALYZE = "/v1alpha1/comments:analyze"
SUGGEST = "/v1alpha1/comments:suggestscore"
ASKED = {"comment": {"text": "Well done."}, "requestedAttributes": {"TOXICITY": {}}}
SAID = {
    "comment": {"text": "Well done."},
    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}},
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder: Path = tmp_path_factory.mktemp("tokens")
    made = Workbench(Settings(database_url=f"sqlite:///{folder / 'triage.db'}"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(bench: Workbench) -> Iterator[TestClient]:
    with TestClient(create_app(Service(bench))) as made:
        yield made


@pytest.fixture(scope="module")
def secret(bench: Workbench) -> str:
    return bench.create_token("coral", [Scope.ANALYZE], "ada").secret


def test_until_a_token_is_made_anybody_may_ask_and_then_nobody_without(
    client: TestClient, bench: Workbench, secret: str
) -> None:
    assert bench.guarded()
    found = client.post(ANALYZE, json=ASKED)
    assert found.status_code == 401
    assert found.headers["WWW-Authenticate"] == "Bearer"
    assert "Authorization: Bearer" in found.json()["error"]["message"]


def test_before_the_first_token_a_key_that_nobody_knows_is_of_no_interest(tmp_path: Path) -> None:
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"))
    with TestClient(create_app(Service(bench))) as client:
        assert client.post(f"{ANALYZE}?key=old-google-key", json=ASKED).status_code == 200
        bench.create_token("coral", [Scope.ANALYZE], "ada")
        assert client.post(f"{ANALYZE}?key=old-google-key", json=ASKED).status_code == 401
    bench.close()


def test_a_token_may_come_as_a_bearer_or_as_perspectives_clients_send_keys(
    client: TestClient, secret: str
) -> None:
    bearer = {"Authorization": f"Bearer {secret}"}
    assert client.post(ANALYZE, json=ASKED, headers=bearer).status_code == 200
    assert client.post(ANALYZE, json=ASKED, params={"key": secret}).status_code == 200
    google = {"X-Goog-Api-Key": secret}
    assert client.post(ANALYZE, json=ASKED, headers=google).status_code == 200


def test_a_wrong_key_is_told_as_google_tells_it_and_never_repeated(
    client: TestClient, secret: str
) -> None:
    found = client.post(ANALYZE, json=ASKED, params={"key": secret + "x"})
    assert found.status_code == 401
    assert found.json()["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    assert secret not in found.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", SUGGEST, SAID),
        ("POST", "/api/comments", {"text": "x"}),
        ("POST", "/api/score", ["x"]),
        ("GET", "/metrics", None),
    ],
)
def test_a_good_token_is_for_its_scopes_only(
    client: TestClient, secret: str, method: str, path: str, body: object
) -> None:
    found = client.request(method, path, json=body, params={"key": secret})
    assert found.status_code == 403
    assert "the token coral is for analyze, not for" in found.json()["error"]["message"]


def test_a_revoked_token_is_refused_with_the_next_request(
    client: TestClient, bench: Workbench
) -> None:
    secret = bench.create_token("gone", [Scope.ANALYZE], "ada").secret
    assert client.post(ANALYZE, json=ASKED, params={"key": secret}).status_code == 200
    bench.revoke_token("gone", "ada")
    assert client.post(ANALYZE, json=ASKED, params={"key": secret}).status_code == 401


def test_whatever_is_not_open_to_all_asks_for_a_token(client: TestClient, secret: str) -> None:
    open_to_all = {"/health", "/ready", "/openapi.json", "/$discovery/rest"}
    for endpoint in ENDPOINTS:
        path = endpoint.path.replace("{id}", "1")
        code = client.request(endpoint.method, path, headers={"X-Goog-Api-Key": ""}).status_code
        assert (code == 401) is (endpoint.path not in open_to_all), endpoint.path


def test_health_needs_no_token(client: TestClient, secret: str) -> None:
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("shared", [{"behind_proxy": True}, {"sign_in": SignIn()}])
def test_beside_a_dashboard_that_others_reach_nobody_asks_without_a_token(
    tmp_path: Path, shared: dict[str, Any]
) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}", **shared)
    refuses_strangers(beside_service(settings, "localhost"))


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "10.0.0.7"])
def test_at_an_address_that_others_reach_nobody_asks_without_a_token(
    tmp_path: Path, address: str
) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'x.db'}")
    refuses_strangers(beside_service(settings, address))


def refuses_strangers(service: Service) -> None:
    """Hold that the API beside the dashboard asks for a token, though there is none yet."""
    assert not service.bench.guarded(), "no token was ever made"
    with TestClient(create_app(service), base_url="http://localhost") as client:
        assert client.post(ANALYZE, json=ASKED).status_code == 401
        assert client.get("/metrics").status_code == 401
        assert client.get("/health").status_code == 200
