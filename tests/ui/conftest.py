"""A dashboard of ana's for every test of a page, over a database of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.ui.state import workbench


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment that the next workbench is made from; what is set here is undone."""
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setenv("TRIAGE_REVIEWER", "ana")
    workbench.clear()
    return monkeypatch
