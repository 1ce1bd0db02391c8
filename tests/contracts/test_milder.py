"""After several severe comments in a row a milder one comes, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.looks import look_in_turn
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.review.desk import Desk
from triage.review.turns import Turns
from triage.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCORER = ScorerInfo("test", "1", (Label.THREAT, Label.INSULT))
AT = (Threshold(Label.THREAT, 0.5), Threshold(Label.INSULT, 0.5))


class Desks:
    """A desk of ten severe comments `s0`... and as many milder ones `m0`..., the severe first."""

    def __init__(self, store: Store, severe: int = 10, milder: int = 10, clean: int = 0) -> None:
        self.store, self.now = store, NOON
        self.desk, self.turns = (
            Desk(store, lambda: self.now),
            Turns(store, lambda: self.now, timedelta(minutes=5)),
        )
        kinds = {"s": (severe, Label.THREAT, 0.9), "m": (milder, Label.INSULT, 0.6)}
        kinds["c"] = (clean, Label.INSULT, 0.1)
        given = {
            f"{kind}{n}": Scores({label: score})
            for kind, (many, label, score) in kinds.items()
            for n in range(many)
        }
        members = [Comment(name, "t", f"text {name}", at) for at, name in enumerate(given)]
        store.threads.save([Thread("t", comments=tuple(members))])
        store.policies.save(Policy("p", 1, AT, NOON, "lead"))
        store.panel.set(dict.fromkeys((Label.THREAT, Label.INSULT), ("test", "1")))
        store.scores.save(
            SCORER, [(text_digest(f"text {name}"), one) for name, one in given.items()]
        )

    def work(self, many: int, who: str = "ana", *, after: int = 3, skip: bool = False) -> list[str]:
        """Go through the queue as Review does: the next is asked for before the act."""
        found: list[str] = []
        here = self.turns.next_of_all(who, milder_after=after)
        while here is not None and len(found) < many:
            found.append(here)
            following = self.turns.next_of_all(who, here, milder_after=after)
            self.now += timedelta(seconds=5)
            if skip:
                self.desk.skip(here, who)
            else:
                seen = self.store.comments.get(here).seen
                self.desk.decide([seen], Verdict.REJECT, reviewer=who, score_visible=False)
            self.turns.release([here], who)
            again = following == here  # the last one: nothing else waits
            here = self.turns.next_of_all(who, milder_after=after) if again else following
        return found


def kinds(names: Sequence[str]) -> str:
    return "".join(name[0] for name in names)


def test_after_three_severe_ones_a_milder_one_comes_and_then_the_queue_goes_on(
    store: Store,
) -> None:
    found = Desks(store).work(16)
    assert kinds(found) == "sssmsssmsssmsmmm"
    assert [name for name in found if name[0] == "s"] == [f"s{n}" for n in range(10)]
    assert [name for name in found if name[0] == "m"] == [f"m{n}" for n in range(6)]


def test_each_reviewer_has_a_row_of_their_own(store: Store) -> None:
    desks = Desks(store)
    assert kinds(desks.work(2, "ana")) == "ss"
    assert kinds(desks.work(4, "bea")) == "sssm"
    assert kinds(desks.work(2, "ana")) == "sm"


def test_what_was_skipped_was_seen_too(store: Store) -> None:
    assert kinds(Desks(store).work(8, skip=True)) == "sssmsssm"


def test_nobody_is_given_a_milder_one_who_does_not_want_it(store: Store) -> None:
    assert kinds(Desks(store).work(11, after=0)) == "ssssssssssm"


def test_where_there_is_no_milder_one_the_queue_goes_on(store: Store) -> None:
    assert kinds(Desks(store, milder=1).work(11)) == "sssmsssssss"


def test_a_milder_one_on_another_screen_is_passed_over(store: Store) -> None:
    desks = Desks(store)
    desks.store.claims.take("m0", "bea", NOON, NOON + timedelta(minutes=5))
    assert desks.work(4)[-1] == "m1"


class TestTheAudit:
    class Draw:
        def numbers(self, ids: Sequence[str], salt: str) -> Sequence[float]:
            return [0.5] * len(ids)

        def probabilities(self, closeness: Sequence[float]) -> Sequence[float]:
            return [1.0] * len(closeness)

    @pytest.fixture
    def desks(self, store: Store) -> Desks:
        made = Desks(store, severe=40, milder=60, clean=6)
        made.store.audits.draw(self.Draw(), 6.0, "lead", NOON)
        return made

    def test_a_milder_one_is_never_blind_so_that_it_says_nothing_of_what_is(
        self, desks: Desks
    ) -> None:
        blind = desks.store.audits.blind([f"{kind}{n}" for kind in "smc" for n in range(60)])
        assert {name[0] for name in blind} >= {"c", "m"}, "a drawn one, and others like it"
        plain = [f"m{n}" for n in range(60) if f"m{n}" not in blind]
        found = desks.work(20)
        relief = [
            name
            for at, name in enumerate(found)
            if at >= 3 and kinds(found[at - 3 : at]) == "sss" and name[0] != "c"
        ]
        assert relief
        assert [name for name in relief if name[0] == "m"] == plain[: len(relief)]

    def test_nobody_loses_a_comment_by_it(self, desks: Desks) -> None:
        found = desks.work(200)
        assert len(found) == len(set(found)) == 106
        assert desks.store.queue.progress("ana", NOON).pending == 0


def test_a_second_look_comes_in_its_turn_all_the_same(store: Store) -> None:
    desks = Desks(store)
    turn = next(f"s{n}" for n in range(10) if look_in_turn("ana", f"s{n}"))
    desk = Desk(store, lambda: NOON, doubled=1.0)
    desk.decide([store.comments.get("m9").seen], Verdict.APPROVE, reviewer="bea")
    found = desks.work(int(turn[1:]) + 6)
    assert found[found.index(turn) + 1] == "m9"
