"""What each role may do is asked by the workbench itself, at every verb."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from triage import ui
from triage.domain.automatic import Automatic
from triage.domain.decisions import Verdict
from triage.domain.people import Account, Role, SignIn
from triage.domain.policy import DEFAULT_THRESHOLDS
from triage.domain.scores import Label
from triage.domain.tokens import Scope
from triage.errors import RightsError, UsageError
from triage.settings import Settings
from triage.workbench import RIGHTS, Seat, Workbench, seat
from triage.workbench.rights import MACHINE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
VERBS = sorted(
    name
    for name in dir(Workbench)
    if not name.startswith("_")
    and not isinstance(inspect.getattr_static(Workbench, name), int | str)
)
ASKED_OF_NOBODY = {"allows", "close"}
"""What a seat answers by itself."""


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bench(tmp_path: Path, clock: Clock) -> Iterator[Workbench]:
    url = f"sqlite:///{tmp_path / 'triage.db'}"
    made = Workbench(Settings(database_url=url, sign_in=SignIn()), clock)
    yield made
    made.close()


def account(name: str, role: Role | None = None) -> Account:
    return Account("https://id", f"s-{name}", name, role, NOON, NOON + timedelta(hours=12))


@pytest.fixture
def seats(bench: Workbench) -> dict[Role, Seat]:
    """A person of each role, called after it."""
    for role in Role:
        bench.add_person(role, role, "op")
    return {role: seat(bench, account(role)) for role in Role}


def test_every_verb_is_in_the_table_once_and_nothing_else_is() -> None:
    assert sorted([*RIGHTS, *MACHINE]) == VERBS
    assert len({*RIGHTS, *MACHINE}) == len(RIGHTS) + len(MACHINE)


def taken_by_the_pages() -> Iterator[tuple[str, str]]:
    """Yield what the dashboard's code takes from a workbench by name, with the file."""
    for path in Path(ui.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(value=ast.Name(id="bench"), attr=taken):
                    yield taken, path.name


def test_the_dashboard_calls_nothing_that_no_role_may() -> None:
    facts = {
        name
        for name in dir(Workbench)
        if isinstance(inspect.getattr_static(Workbench, name), int | str)
    }
    found = set(taken_by_the_pages())
    assert len(found) > 100
    known = {*RIGHTS, *facts, "settings", "role"}
    assert [one for one in sorted(found) if one[0] not in known] == []


def call(who: Seat, verb: str) -> object:
    """Call a verb with whatever fits its parameters; the right is asked before they are looked at.

    Where it takes a name, that of whoever is there.
    """
    found = inspect.getattr_static(Workbench, verb)
    if isinstance(found, staticmethod):
        found = found.__func__
    if not inspect.isfunction(found):
        return getattr(who, verb)
    given = {
        one.name: who.settings.reviewer if one.annotation == "str" else None
        for one in list(inspect.signature(found).parameters.values())
        if one.name != "self" and one.default is one.empty
    }
    return getattr(who, verb)(**given)


def refusal(act: Callable[[], object]) -> str:
    """Return why an act was refused; empty where it was not."""
    try:
        act()
    except RightsError as error:
        return str(error)
    return ""


def test_a_verb_is_refused_to_every_role_below_its_own(seats: dict[Role, Seat]) -> None:
    for verb, (role, who) in product(set(VERBS) - ASKED_OF_NOBODY, seats.items()):
        needed = RIGHTS.get(verb)
        assert who.allows(verb) is (needed is not None and role.covers(needed)), verb
        if not who.allows(verb):
            assert refusal(partial(call, who, verb)), f"{role} may call {verb}"


def test_no_verb_is_done_in_somebody_elses_name(seats: dict[Role, Seat]) -> None:
    tried = 0
    for verb in RIGHTS:
        parameters = inspect.signature(getattr(Workbench, verb)).parameters
        others = {name: None for name, one in parameters.items() if one.default is one.empty}
        del others["self"]
        for name in {"by", "reviewer", "received_by"} & set(parameters):
            if parameters[name].annotation in ("str", "str | None"):
                tried += 1
                act = partial(getattr(seats[Role.ADMIN], verb), **(others | {name: "mallory"}))
                assert "in the name of mallory" in refusal(act), f"{verb} takes any {name}"
    assert tried > 50


def test_a_seat_hands_out_nothing_that_asks_nobody(seats: dict[Role, Seat]) -> None:
    for part in ("store", "desk", "turns", "models"):
        with pytest.raises(RightsError, match="this machine's own programs"):
            getattr(seats[Role.ADMIN], part)


def test_a_verb_that_nobody_put_into_the_table_is_refused(
    seats: dict[Role, Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.workbench.seating.RIGHTS", {})
    with pytest.raises(RightsError):
        seats[Role.ADMIN].policy()


def test_each_role_does_what_is_its_own_and_signs_with_its_name(
    bench: Workbench, seats: dict[Role, Seat], tmp_path: Path
) -> None:
    path = tmp_path / "thread.csv"
    path.write_text("id,text\nc1,You are a stupid idiot\n", encoding="utf-8")
    bench.import_file(path)
    bench.score()
    seen = seats[Role.REVIEWER].item("c1").entry.seen
    (made,) = seats[Role.REVIEWER].decide([seen], Verdict.REJECT, reviewer="reviewer")
    assert made.reviewer == "reviewer"
    lower = [replace(one, at=one.at / 2) for one in DEFAULT_THRESHOLDS]
    assert seats[Role.LEAD].save_policy(lower, "lead", "tried").created_by == "lead"
    assert seats[Role.ADMIN].create_token("coral", [Scope.ANALYZE], "admin").token.name == "coral"


def test_another_role_holds_from_the_next_act_on(bench: Workbench, seats: dict[Role, Seat]) -> None:
    who = seats[Role.REVIEWER]
    with pytest.raises(RightsError, match="this takes a lead, and reviewer is a reviewer here"):
        who.policy_history()
    seats[Role.ADMIN].set_role("reviewer", Role.LEAD, "admin")
    assert who.policy_history()
    seats[Role.ADMIN].remove_person("reviewer", "admin")
    with pytest.raises(RightsError, match="reviewer was removed here"):
        who.policy()
    with pytest.raises(RightsError, match="was removed"):
        seat(bench, account("reviewer"))


def test_a_sign_in_ends_by_itself(bench: Workbench, seats: dict[Role, Seat], clock: Clock) -> None:
    clock.now = NOON + timedelta(hours=12)
    with pytest.raises(RightsError, match="your sign-in is over"):
        seats[Role.LEAD].policy()
    with pytest.raises(RightsError, match="your sign-in is over"):
        seat(bench, account("lead"))


def test_a_role_by_claim_is_enough_and_the_table_outranks_it(bench: Workbench) -> None:
    with pytest.raises(RightsError, match="max has no role here"):
        seat(bench, account("max"))
    claimed = account("max", Role.LEAD)
    assert seat(bench, claimed).role is Role.LEAD
    bench.set_role("max", Role.REVIEWER, "op")
    assert seat(bench, claimed).role is Role.REVIEWER
    bench.set_role("max", None, "op")
    assert seat(bench, claimed).role is Role.LEAD
    with pytest.raises(RightsError, match="no role here, and the provider says none"):
        seat(bench, account("max"))


def test_two_accounts_are_never_one_person(bench: Workbench) -> None:
    seat(bench, account("max", Role.REVIEWER))
    twin = replace(account("max", Role.ADMIN), subject="another")
    with pytest.raises(RightsError, match="another account here"):
        seat(bench, twin)


def test_records_of_others_are_for_leads(
    bench: Workbench, seats: dict[Role, Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    class One:
        reviewer = "mia"

    report = replace(bench.quality(), records=(One(),))  # type: ignore[arg-type]
    monkeypatch.setattr(bench, "quality", lambda: report)
    assert seats[Role.REVIEWER].quality().records == ()
    assert len(seats[Role.LEAD].quality().records) == 1


def test_scores_that_ranges_hide_are_hidden_from_reviewers_who_sign_in(
    bench: Workbench, seats: dict[Role, Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = [who.veils_scores(role) for role, who in seats.items()]
    assert hidden == [False, False, False], "nothing is decided by itself"
    with_ranges = replace(bench.policy(), automatic=Automatic({Label.INSULT: 0.98}))
    monkeypatch.setattr(bench, "policy", lambda: with_ranges)
    assert {role: who.veils_scores(role) for role, who in seats.items()} == {
        Role.REVIEWER: True,
        Role.LEAD: False,
        Role.ADMIN: False,
    }
    seats[Role.ADMIN].set_role("lead", Role.REVIEWER, "admin")
    assert seats[Role.LEAD].veils_scores("lead"), "by the role of now"


def test_a_skip_is_taken_back_by_whoever_skipped(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "thread.csv"
    path.write_text("id,text\nc1,You are a stupid idiot\n", encoding="utf-8")
    bench.import_file(path)
    bench.score()
    bench.skip("c1", "ana")
    (put_off,) = bench.recently("ana")
    with pytest.raises(UsageError, match="by whoever skipped"):
        bench.unskip(put_off.skip, "bea")  # type: ignore[union-attr]
    assert bench.unskip(put_off.skip, "ana") == 1  # type: ignore[union-attr]


def test_without_sign_in_the_workbench_asks_nobody(tmp_path: Path) -> None:
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"))
    assert all(bench.allows(verb) for verb in VERBS)
    bench.add_person("lea", Role.LEAD, "op")
    assert [one.name for one in bench.people()] == ["lea"]
    bench.close()
