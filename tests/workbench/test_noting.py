"""Every act leaves a line in the log, and none of them holds what somebody wrote."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from triage.domain.checks import utc_now
from triage.domain.decisions import Verdict
from triage.domain.people import Account, Role, SignIn
from triage.domain.tokens import Scope
from triage.errors import ConflictError, RightsError
from triage.settings import Settings
from triage.workbench import Workbench, seat
from triage.workbench.noting import _ACTS

TEXT = "The ferry leaves at noon, said the harbour master."
CSV = f'id,author,text\ncomment-1,Priscilla,"{TEXT}"\nc2,Priscilla,"A kite got stuck in the elm."\n'


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    url = f"sqlite:///{tmp_path / 'site.db'}"
    with closing(Workbench(Settings(database_url=url, reviewer="Quentin", doubled=0.0))) as made:
        yield made


def fields(caplog: pytest.LogCaptureFixture) -> list[tuple[str, Mapping[str, object]]]:
    """Return what each line is about, with what it tells; a duration is always there."""
    found = []
    for record in caplog.records:
        told = dict(record.__dict__["fields"])
        assert told.pop("seconds") >= 0.0
        found.append((record.getMessage(), told))
    return found


def test_an_import_a_decision_and_an_export_leave_counts_and_ids(
    bench: Workbench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="triage")
    path = tmp_path / "thread.csv"
    path.write_text(CSV, encoding="utf-8")
    bench.import_file(path)
    (made,) = bench.decide(
        [bench.item("comment-1").entry.seen], Verdict.REJECT, reviewer="Quentin", note="as I said"
    )
    rows = bench.export(tmp_path / "out.csv", include_text=True)
    issued = bench.create_token("blog", [Scope.ANALYZE], "Quentin")
    lines = fields(caplog)
    assert lines == [
        ("import_file", {"threads": 1, "new": 2, "revised": 0, "unchanged": 0, "problems": 0}),
        ("decide", {"comments": 1, "act": made.id}),
        ("export", {"rows": rows}),
        ("create_token", {"client": "blog"}),
    ]
    said = str(lines)
    for never in (TEXT, "Priscilla", "Quentin", "as I said", issued.secret, "comment-1"):
        assert never not in said


def test_an_act_that_is_refused_leaves_why_by_type(
    bench: Workbench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "thread.csv"
    path.write_text(CSV, encoding="utf-8")
    bench.import_file(path)
    seen = bench.item("comment-1").entry.seen
    bench.decide([seen], Verdict.REJECT, reviewer="Quentin")
    caplog.set_level(logging.WARNING, logger="triage")
    caplog.clear()
    with pytest.raises(ConflictError):
        bench.decide([seen], Verdict.APPROVE, reviewer="Rosa")
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("WARNING", "decide")
    assert record.exc_info is not None
    assert record.exc_info[0] is ConflictError


def test_every_verb_that_is_done_in_somebodys_name_leaves_a_line() -> None:
    looks = {"checked_policy", "preview_policy", "automates_only"}
    within = {"save_tuned"}  # it calls save_policy, which does
    verbs = {
        name
        for name, found in inspect.getmembers(Workbench, inspect.isfunction)
        if "by" in inspect.signature(found).parameters and not name.startswith("_")
    }
    assert len(verbs) > 30
    assert verbs - looks - within - set(_ACTS) == set()


def test_who_may_work_here_and_what_is_erased_leave_a_line_without_a_name(
    bench: Workbench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "thread.csv"
    path.write_text(CSV, encoding="utf-8")
    bench.import_file(path)
    caplog.set_level(logging.INFO, logger="triage")
    caplog.clear()
    bench.add_person("Rosa", Role.REVIEWER, "Quentin")
    bench.set_role("Rosa", Role.LEAD, "Quentin")
    bench.release_name("Rosa", "Quentin")
    bench.remove_person("Rosa", "Quentin")
    bench.forget_author("Priscilla", "Quentin", dry_run=True)
    bench.forget_author("Priscilla", "Quentin")
    assert bench.withdraw_last("Quentin") is None
    bench.act()
    lines = fields(caplog)
    assert lines == [
        ("add_person", {}),
        ("set_role", {}),
        ("release_name", {}),
        ("remove_person", {}),
        ("forget_author", {"comments": 2}),
        ("act", {"comments": 0}),
    ]
    for never in ("Rosa", "Priscilla", "Quentin"):
        assert never not in str(lines)


def test_a_right_that_is_lacking_leaves_the_verb_and_the_role(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'site.db'}", sign_in=SignIn())
    with closing(Workbench(settings)) as bench:
        bench.add_person("Rosa", Role.REVIEWER, "Quentin")
        now = utc_now()
        until = now + timedelta(hours=1)
        rosa = seat(bench, Account("https://id", "s-rosa", "Rosa", None, now, until))
        caplog.set_level(logging.WARNING, logger="triage")
        caplog.clear()
        for refused in (partial(rosa.policy_history), partial(rosa.skip, "comment-1", "Quentin")):
            with pytest.raises(RightsError):
                refused()
    told = [
        (one.levelname, one.getMessage(), one.__dict__["fields"], one.exc_info[0])
        for one in caplog.records
        if one.exc_info
    ]
    assert told == [
        ("WARNING", "policy_history", {"role": "reviewer"}, RightsError),
        ("WARNING", "skip", {"role": "reviewer"}, RightsError),
    ]


def test_what_a_reviewer_waits_for_is_told_on_the_level_debug(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.policy()
    caplog.set_level(logging.DEBUG, logger="triage.workbench")
    assert bench.next_comment("Quentin") is None
    assert [name for name, _ in fields(caplog)] == ["next_comment"]
