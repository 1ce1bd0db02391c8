"""A live service over a temporary database, called in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from triage.api.app import create_app
from triage.api.service import Service
from triage.settings import Settings
from triage.workbench import Workbench


@pytest.fixture(scope="package")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder: Path = tmp_path_factory.mktemp("api")
    made = Workbench(Settings(database_url=f"sqlite:///{folder / 'triage.db'}"))
    yield made
    made.close()


@pytest.fixture
def client(bench: Workbench) -> Iterator[TestClient]:
    with client_of(Service(bench)) as made:
        yield made


@pytest.fixture(scope="module")
def hammered(bench: Workbench) -> Iterator[TestClient]:
    """One client for all examples of a property."""
    with client_of(Service(bench)) as made:
        # Loaded before Hypothesis begins: it walks sys.modules, which no thread may change then.
        assert made.post("/api/score", json=["ready"]).status_code == 200
        yield made


def client_of(service: Service) -> TestClient:
    return TestClient(create_app(service), base_url="http://localhost")
