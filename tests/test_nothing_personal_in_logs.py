"""No log holds what people wrote: neither comments nor names, however much is logged."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from triage.api.app import create_app
from triage.api.service import Service
from triage.domain.decisions import Verdict
from triage.errors import StoreError
from triage.settings import Settings
from triage.ui.state import workbench
from triage.workbench import Workbench

CANARY = "quokkatastrophe"
AUTHOR = "Quokkana Marsupilami"
NOTE = "quokkanote of a reviewer"
SECRETS = (CANARY, AUTHOR, NOTE)
ROWS = f"""\
id,author,text,created_at
1,{AUTHOR},"You {CANARY}, you stupid idiot",2026-03-01
2,Bob,"A lovely {CANARY}",no time at all
2,{AUTHOR},"Another {CANARY} under the same id",2026-03-02
"""


class _All(logging.Handler):
    """Keeps every record as a formatter would write it, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[_All]:
    """Everything that is logged from DEBUG on, by loggers that keep to themselves, too."""
    handler = _All()
    own = [
        one
        for one in logging.root.manager.loggerDict.values()
        if isinstance(one, logging.Logger) and not one.propagate
    ]
    loggers = [logging.getLogger(), logging.getLogger("triage"), *own]
    before = [(one, one.level) for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.DEBUG)
    yield handler
    for one, level in before:
        one.removeHandler(handler)
        one.setLevel(level)


def work(bench: Workbench, folder: Path) -> None:
    (folder / "in.csv").write_text(ROWS, encoding="utf-8")
    report = bench.import_file(folder / "in.csv")
    logging.getLogger("triage").warning("left out: %s", [str(one) for one in report.problems])
    bench.score()
    (entry,) = bench.entries(["1"])
    bench.decide([entry.seen], Verdict.REJECT, reviewer="cem", note=NOTE)
    bench.rate(folder / "in.csv", folder / "out.csv")


def ask(bench: Workbench) -> None:
    service = Service(bench)
    with TestClient(create_app(service), base_url="http://localhost") as client:
        text = {"comment": {"text": CANARY}, "requestedAttributes": {"TOXICITY": {}}}
        assert client.post("/v1alpha1/comments:analyze", json=text).status_code == 200
        wrong = client.post("/v1alpha1/comments:analyze", content=f'{{"comment": "{CANARY}')
        assert wrong.status_code == 400
        assert client.post("/api/score", json=[CANARY, 3]).status_code == 400
        rows = [{"id": "9", "author": AUTHOR, "text": f"one more {CANARY}"}]
        assert client.post("/api/comments", json=rows).status_code == 200


def break_down(bench: Workbench, folder: Path) -> None:
    """Let the database fail while a comment and a note are in hand."""
    (entry,) = bench.entries(["2"])
    with closing(sqlite3.connect(folder / "triage.db")) as own:
        own.execute("ALTER TABLE revision RENAME TO revision_gone")
        own.execute("ALTER TABLE flag RENAME TO flag_gone")
        own.commit()
    again = folder / "again.csv"
    again.write_text(ROWS.replace("\n1,", "\n8,"), encoding="utf-8")
    for act in (
        lambda: bench.import_file(again),
        lambda: bench.decide([entry.seen], Verdict.REJECT, reviewer="cem", note=NOTE),
    ):
        try:
            act()
        except StoreError:
            logging.getLogger("triage").exception("it failed")
        else:
            pytest.fail("the database was to fail")
    with TestClient(create_app(Service(bench)), base_url="http://localhost") as client:
        rows = [{"id": "10", "author": AUTHOR, "text": f"one more {CANARY}"}]
        assert client.post("/api/comments", json=rows).status_code == 503


def draw(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{folder / 'triage.db'}")
    workbench.clear()
    for page in ("review", "browse"):
        code = f"from triage.ui import {page}; from triage.ui.state import workbench; "
        app = AppTest.from_string(code + f"{page}.page(workbench())", default_timeout=300).run()
        assert not app.exception
    workbench.clear()


def test_no_log_holds_a_text_a_name_or_a_note(
    logged: _All,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with closing(Workbench(Settings(f"sqlite:///{tmp_path / 'triage.db'}"))) as bench:
        work(bench, tmp_path)
        ask(bench)
        draw(tmp_path, monkeypatch)
        break_down(bench, tmp_path)
    assert any("it failed" in line and "Traceback" in line for line in logged.lines)
    assert any("left out" in line for line in logged.lines)
    printed = "".join(capfd.readouterr())
    for secret in SECRETS:
        found = [line for line in logged.lines if secret in line]
        assert found == [], f"{secret!r} was logged"
        assert secret not in printed
