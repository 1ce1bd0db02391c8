"""Who may give what to whom, and whose a note is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from triage.domain.assignments import Part, PartKind
from triage.domain.people import Role
from triage.errors import NotFoundError, RightsError, UsageError
from triage.settings import Settings
from triage.workbench import Seat, Workbench, seat

from .test_seating import account

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
THREATS = Part(PartKind.LABEL, "threat")


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bench(tmp_path: Path, clock: Clock) -> Iterator[Workbench]:
    with closing(Workbench(Settings(f"sqlite:///{tmp_path / 'triage.db'}"), clock)) as made:
        yield made


@pytest.fixture
def seats(bench: Workbench) -> dict[Role, Seat]:
    for role in Role:
        bench.add_person(role, role, "op")
    return {role: seat(bench, account(role)) for role in Role}


def test_leads_assign_to_who_works_here_and_reviewers_see_their_own(
    seats: dict[Role, Seat],
) -> None:
    lead, reviewer = seats[Role.LEAD], seats[Role.REVIEWER]
    with pytest.raises(RightsError, match="takes a lead"):
        reviewer.assign(THREATS, "reviewer", "reviewer")
    given = lead.assign(THREATS, "reviewer", "lead")
    assert reviewer.own_parts("reviewer") == [("threat", THREATS, 0)]
    with pytest.raises(RightsError, match="in the name of lead"):
        reviewer.own_parts("lead")
    with pytest.raises(RightsError, match="takes a lead"):
        reviewer.part_progress()
    with pytest.raises(RightsError, match="takes a lead"):
        reviewer.end_assignment(given.id, "reviewer")
    assert seats[Role.ADMIN].end_assignment(given.id, "admin").ended_by == "admin"
    assert reviewer.own_parts("reviewer") == []


def test_nothing_is_assigned_to_who_was_removed(seats: dict[Role, Seat]) -> None:
    seats[Role.ADMIN].remove_person("reviewer", "admin")
    assert seats[Role.LEAD].assignable() == ["admin", "lead"]
    with pytest.raises(NotFoundError, match="nobody here is called"):
        seats[Role.LEAD].assign(THREATS, "reviewer", "lead")


def test_who_is_removed_has_no_assignments_any_more(
    bench: Workbench, seats: dict[Role, Seat]
) -> None:
    mine = seats[Role.LEAD].assign(THREATS, "reviewer", "lead")
    other = seats[Role.LEAD].assign(THREATS, "lead", "lead")
    for _ in range(2):
        seats[Role.ADMIN].remove_person("reviewer", "admin")
    assert seats[Role.LEAD].assignments() == [other]
    ended = bench.store.assignments.all()[0]
    assert (ended.id, ended.ended_by, ended.ended_at) == (mine.id, "admin", NOON)
    bench.add_person("reviewer", Role.REVIEWER, "op")
    assert seats[Role.LEAD].assignments() == [other], "who comes back starts without any"


def test_where_nobody_signs_in_any_name_is_somebodys_but_a_programs(bench: Workbench) -> None:
    assert bench.assign(THREATS, "Bea@News.example", "op").reviewer == "bea@news.example"
    with pytest.raises(UsageError, match="policies and programs"):
        bench.assign(THREATS, "client:coral", "op")


def test_a_note_is_dismissed_by_each_and_withdrawn_by_leads(seats: dict[Role, Seat]) -> None:
    left = seats[Role.REVIEWER].leave_note("  Wait. ", "reviewer")
    assert left.text == "Wait."
    assert seats[Role.REVIEWER].own_notes("reviewer") == [], "the writer knows it"
    for _ in range(2):
        seats[Role.LEAD].dismiss_note(left.id, "lead")
    assert seats[Role.LEAD].own_notes("lead") == []
    assert seats[Role.ADMIN].own_notes("admin") == [left]
    with pytest.raises(RightsError, match="takes a lead"):
        seats[Role.REVIEWER].withdraw_note(left.id, "reviewer")
    seats[Role.LEAD].withdraw_note(left.id, "lead")
    assert seats[Role.ADMIN].own_notes("admin") == []
    (gone,) = seats[Role.REVIEWER].handover_notes()
    assert (gone.text, gone.withdrawn_by) == ("", "lead")


def test_a_note_is_shown_for_thirty_days(bench: Workbench, clock: Clock) -> None:
    bench.leave_note("Wait.", "ana")
    clock.now += timedelta(days=30)
    assert bench.own_notes("bea")
    clock.now += timedelta(seconds=1)
    assert bench.own_notes("bea") == []


@pytest.mark.parametrize(
    ("code", "meant"),
    [("DE", "say de"), ("deu", "say de"), ("pt_BR", "say pt"), ("German", "such as de")],
)
def test_a_language_is_told_by_the_code_that_its_texts_have(
    bench: Workbench, code: str, meant: str
) -> None:
    part = Part(PartKind.LANGUAGE, code)
    with pytest.raises(UsageError, match=f"not '{code}': {meant}$"):
        bench.assign(part, "ana", "op")
    with pytest.raises(UsageError, match="small letters"):
        bench.leave_note("Wait.", "ana", part)
    for known in ("de", "gom", "und"):
        bench.assign(Part(PartKind.LANGUAGE, known), "ana", "op")


def test_a_note_is_about_a_thread_that_is_there(bench: Workbench) -> None:
    for act in (bench.assign, lambda part, who, _: bench.leave_note("Wait.", who, part)):
        with pytest.raises(NotFoundError):
            act(Part(PartKind.THREAD, "z"), "ana", "op")
    assert bench.handover_notes() == []


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001, "a\0b"])
def test_a_note_is_some_words_and_not_a_book(bench: Workbench, text: str) -> None:
    with pytest.raises(UsageError, match="a note"):
        bench.leave_note(text, "ana")


def test_what_is_not_there_cannot_be_dismissed_nor_withdrawn(bench: Workbench) -> None:
    with pytest.raises(NotFoundError, match="no note"):
        bench.dismiss_note("x", "ana")
    with pytest.raises(NotFoundError, match="no note"):
        bench.withdraw_note("x", "ana")
