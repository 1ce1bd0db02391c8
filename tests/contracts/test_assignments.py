"""Who has a part of the queue gets it first, and nothing is stuck, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from triage.domain.appeals import Appeal
from triage.domain.assignments import Assignment, Part, PartKind, Tier
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.handovers import HandoverNote
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, NotFoundError
from triage.review.desk import Desk
from triage.review.turns import Turns
from triage.store import Store
from triage.store.schema import comments, standing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCORER = ScorerInfo("test", "1", (Label.THREAT, Label.INSULT))
AT = (Threshold(Label.THREAT, 0.5), Threshold(Label.INSULT, 0.5))

THREAD_B = Part(PartKind.THREAD, "b")
THREATS = Part(PartKind.LABEL, "threat")
GERMAN = Part(PartKind.LANGUAGE, "de")


class Site:
    """Threads `a`, `b` and `c` with four flagged comments each, most urgent first: a0 b0 c0 a1...

    `b1` and `c2` are threats, `a3` and `c3` are in German.
    """

    NAMES: ClassVar = [f"{thread}{n}" for n in range(4) for thread in "abc"]

    def __init__(self, store: Store, clean: int = 0) -> None:
        self.store, self.now = store, NOON
        self.turns = Turns(store, lambda: self.now, timedelta(minutes=5))
        self.desk = Desk(store, lambda: self.now)
        score = {name: 0.99 - at / 100 for at, name in enumerate(self.NAMES)}
        score |= {f"{'abc'[n % 3]}-clean{n}": 0.1 for n in range(clean)}
        for thread in "abc":
            names = [name for name in score if name[0] == thread]
            members = [Comment(one, thread, f"text {one}", at) for at, one in enumerate(names)]
            store.threads.save([Thread(thread, f"On {thread}", comments=tuple(members))])
        store.policies.save(Policy("p", 1, AT, NOON, "lead", severity=dict.fromkeys(Label, 1.0)))
        store.panel.set(dict.fromkeys((Label.THREAT, Label.INSULT), ("test", "1")))
        given = {name: {Label.INSULT: one} for name, one in score.items()}
        for name in ("b1", "c2"):
            given[name][Label.THREAT] = 0.5
        rows = [(text_digest(f"text {name}"), Scores(one)) for name, one in given.items()]
        store.scores.save(SCORER, rows)
        german = select(comments.c.pk).where(comments.c.id.in_(("a3", "c3")))
        with store._database.write() as connection:
            mine = standing.c.comment_pk.in_(german)
            connection.execute(update(standing).where(mine).values(language="de"))

    def give(self, part: Part, reviewer: str) -> str:
        given = Assignment(uuid4().hex, part, reviewer, "lead", self.now)
        self.store.assignments.add(given)
        return given.id

    def walked(self, who: str, tier: Tier | None = None) -> list[str]:
        """Return the queue as its order is: all of it, or a tier."""
        return self.store.queue.following(who, many=10_000, tier=tier)

    def decide(self, name: str, who: str) -> None:
        seen = self.store.comments.get(name).seen
        self.desk.decide([seen], Verdict.REJECT, reviewer=who)

    def work(self, who: str, many: int = 100) -> list[str]:
        """Go through the queue as Review does: the next is asked for before the act."""
        done: list[str] = []
        here = self.turns.next_of_all(who)
        while here is not None and len(done) < many:
            done.append(here)
            following = self.turns.next_of_all(who, here)
            self.now += timedelta(seconds=5)
            self.decide(here, who)
            self.turns.release([here], who)
            here = self.turns.next_of_all(who) if following == here else following
        if here is not None:
            self.turns.release([here], who)
        return done


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)


def test_without_assignments_the_queue_is_as_it_was(site: Site) -> None:
    assert site.work("ana", 4) == site.NAMES[:4]


def test_ones_own_comes_first_then_what_is_nobodys_and_what_is_others_last(site: Site) -> None:
    site.give(THREAD_B, "ana")
    site.give(Part(PartKind.THREAD, "a"), "bea")
    own, nobodys, others = ([f"{one}{n}" for n in range(4)] for one in "bca")
    assert site.work("ana") == [*own, *nobodys, *others]


def test_who_has_nothing_gets_what_is_nobodys_first(site: Site) -> None:
    site.give(THREAD_B, "ana")
    done = site.work("cem")
    assert done[:8] == [name for name in site.NAMES if name[0] != "b"]
    assert done[8:] == ["b0", "b1", "b2", "b3"], "nothing is stuck when somebody is away"


def test_several_parts_are_one_row_in_the_usual_order(site: Site) -> None:
    for part in (GERMAN, THREATS, THREAD_B):
        site.give(part, "ana")
    assert site.work("ana", 7) == ["b0", "b1", "b2", "c2", "a3", "b3", "c3"]


def test_an_end_gives_the_queue_back(site: Site) -> None:
    given = site.give(THREAD_B, "ana")
    site.work("ana", 1)
    ended = site.store.assignments.end(given, "lead", NOON)
    assert (ended.ended_by, ended.ended_at) == ("lead", NOON)
    assert site.store.assignments.in_force() == []
    assert site.store.assignments.all() == [ended]
    assert site.work("ana", 4) == ["a0", "c0", "a1", "b1"]


def test_a_part_may_be_several_peoples_and_is_given_to_each_once(site: Site) -> None:
    first = site.give(THREAD_B, "ana")
    site.give(THREAD_B, "bea")
    with pytest.raises(ConflictError, match="assigned to ana already"):
        site.give(THREAD_B, "ana")
    assert [site.turns.next_of_all(who) for who in ("ana", "bea")] == ["b0", "b1"]
    site.store.assignments.end(first, "lead", NOON)
    with pytest.raises(ConflictError, match="ended by lead"):
        site.store.assignments.end(first, "lead", NOON)
    site.give(THREAD_B, "ana")


def test_what_is_not_there_cannot_be_given_nor_ended(site: Site) -> None:
    with pytest.raises(NotFoundError):
        site.give(Part(PartKind.THREAD, "z"), "ana")
    with pytest.raises(NotFoundError, match="no assignment"):
        site.store.assignments.end("z", "lead", NOON)


def test_what_was_skipped_comes_after_all_the_rest_and_not_after_ones_own_part(
    site: Site,
) -> None:
    site.give(THREAD_B, "ana")
    site.desk.skip("b0", "ana")
    site.desk.skip("a1", "ana")
    done = site.work("ana")
    assert done[:3] == ["b1", "b2", "b3"]
    assert done[-2:] == ["b0", "a1"]
    assert sorted(done) == sorted(site.NAMES)


def test_behind_what_was_skipped_comes_what_was_skipped_later(site: Site) -> None:
    site.give(THREAD_B, "ana")
    for name in ("b2", "b0"):
        site.desk.skip(name, "ana")
    others = [name for name in site.NAMES if name not in {"b2", "b0"}]
    assert site.turns.next_of_all("ana", without=others) == "b2"
    assert site.turns.next_of_all("ana", "b2", without=others) == "b0"


def test_before_what_was_skipped_comes_what_was_skipped_earlier(site: Site) -> None:
    site.give(THREAD_B, "ana")
    for name in ("b2", "a0"):
        site.desk.skip(name, "ana")
    assert site.turns.previous("ana", "a0") == "b2"
    assert site.turns.previous("ana", "b2") == "c3", "the queue's last that was not skipped"


def test_the_last_of_ones_own_is_followed_by_what_is_nobodys(site: Site) -> None:
    site.give(THREAD_B, "ana")
    site.work("ana", 3)
    assert site.turns.next_of_all("ana") == "b3"
    assert site.turns.next_of_all("ana", "b3") == "a0", "the most urgent, wherever b3 stood"
    assert site.turns.next_of_all("ana", "a0") == "b3", "what is one's own and waits comes first"
    site.decide("b3", "ana")
    assert site.turns.next_of_all("ana", "a0") == "c0"


def test_steps_keep_to_ones_own_part_as_long_as_there_is_any(site: Site) -> None:
    site.give(THREAD_B, "ana")
    assert site.turns.next("ana", "b1") == "b2"
    assert site.turns.previous("ana", "b2") == "b1"
    assert site.turns.previous("ana", "b0") == "a0"
    assert site.turns.next("ana", "b3") == "c3"


def test_review_goes_on_however_many_parts_are_assigned(site: Site) -> None:
    """SQLite refuses an expression of a thousand terms, so a part must not be one."""
    many = [f"many{n}" for n in range(1_200)]
    site.store.threads.save([Thread(name, "") for name in many])
    parts = [THREAD_B, *(Part(PartKind.THREAD, name) for name in many)]
    for who, mine in (("ana", parts), ("bea", parts[1:])):
        own, outside = Tier(within=tuple(mine)), Tier(outside=tuple(mine))
        held = [name for name in site.NAMES if name[0] == "b"] if who == "ana" else []
        assert site.walked(who, own) == held
        assert site.walked(who, outside) == [name for name in site.NAMES if name not in held]
        assert site.store.queue.tier_of("b0", [own, outside]) == (0 if held else 1)
        mild = [name for name in held if name != "b1"]
        assert site.store.queue.milder(who, free_at=NOON, tier=own) == mild
    assert site.store.assignments.progress(parts, NOON)[-1].waiting == 8
    note = HandoverNote("n", "bea", NOON, "Wait.", THREAD_B)
    site.store.handovers.add(note)
    assert site.store.handovers.unread("ana", parts, NOON) == [note]
    assert site.store.handovers.unread("ana", parts[1:], NOON) == []


def test_many_languages_are_one_condition_as_few_are(site: Site) -> None:
    codes = [f"{one}{two}" for one in "xyz" for two in "abcdefgh"]
    many = (GERMAN, *(Part(PartKind.LANGUAGE, code) for code in codes))
    assert site.walked("ana", Tier(many)) == ["a3", "c3"]
    assert len(site.walked("ana", Tier(None, many))) == 10


def test_a_label_that_the_policy_has_no_threshold_for_holds_nothing(site: Site) -> None:
    site.give(Part(PartKind.LABEL, "obscene"), "ana")
    assert site.work("ana", 3) == site.NAMES[:3]


def test_progress_tells_of_each_part_and_of_the_rest(site: Site) -> None:
    site.decide("b0", "ana")
    site.now += timedelta(days=2)
    site.decide("b1", "bea")
    found = site.store.assignments.progress(
        [THREAD_B, THREATS, GERMAN], site.now - timedelta(days=1)
    )
    assert [(one.part, one.name, one.waiting, one.decided) for one in found] == [
        (THREAD_B, "On b", 2, 1),
        (THREATS, "threat", 1, 1),
        (GERMAN, "de", 2, 0),
        (None, "", 5, 0),
    ]
    with site.store._database.read() as connection:
        came = select(comments.c.first_seen_at).where(comments.c.id.in_(("b2", "b3")))
        assert found[0].waiting_since == min(connection.execute(came).scalars())
    assert site.store.assignments.waiting("ana", [THREAD_B, THREATS], up_to=1) == [
        ("On b", THREAD_B, 1),
        ("threat", THREATS, 1),
    ]
    assert site.store.assignments.names([THREAD_B]) == {THREAD_B: "On b"}


def test_what_is_left_of_ones_own_is_what_one_is_handed_from_it(site: Site) -> None:
    site.decide("b0", "ana")
    against = site.store.comments.get("b0").decision_id or "none"
    site.store.appeals.add(Appeal("p", "b0", against, "Please.", site.now, "op"))
    site.desk.skip("b1", "ana")
    left = {
        who: site.store.assignments.waiting(who, [THREAD_B], up_to=9)[0][2]
        for who in ("ana", "bea")
    }
    assert left == {"ana": 2, "bea": 4}
    assert site.walked("ana", Tier((THREAD_B,))) == ["b2", "b3"]
    assert len(site.walked("bea", Tier((THREAD_B,)))) == 4


class Draw:
    """Draws every comment that can be drawn."""

    def numbers(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        return [n / len(ids) for n in range(len(ids))]

    def probabilities(self, closeness: Sequence[float]) -> Sequence[float]:
        return [1.0] * len(closeness)


class TestAudits:
    """What an audit drew is among each part's comments as it is among all."""

    @pytest.fixture
    def site(self, store: Store) -> Site:
        made = Site(store, clean=12)
        store.audits.draw(Draw(), 12.0, "lead", NOON)
        return made

    @pytest.mark.parametrize("part", [THREAD_B, THREATS, GERMAN])
    def test_each_is_of_a_part_or_of_what_is_nobodys_so_that_none_is_left_out(
        self, site: Site, part: Part
    ) -> None:
        own, others = site.walked("ana", Tier((part,))), site.walked("ana", Tier(None, (part,)))
        assert own
        assert sorted([*own, *others]) == sorted(site.walked("ana"))
        assert len(own + others) == 24

    def test_one_of_another_thread_would_be_known_for_what_it_is(self, site: Site) -> None:
        site.give(THREAD_B, "ana")
        done = site.work("ana", 8)
        assert {name[0] for name in done} == {"b"}
        assert sum("clean" in name for name in done) == 4

    def test_one_goes_with_the_label_of_the_flagged_one_that_it_stands_beside(
        self, site: Site
    ) -> None:
        with site.store._database.write() as connection:
            rows = connection.execute(
                select(comments.c.id, comments.c.pk, standing.c.place).join(
                    standing, standing.c.comment_pk == comments.c.pk
                )
            ).all()
            pks, places = {row.id: row.pk for row in rows}, {row.pk: row.place for row in rows}
            for drawn, beside in (("a-clean0", "b1"), ("a-clean3", "b2")):
                connection.execute(
                    update(standing)
                    .where(standing.c.comment_pk == pks[drawn])
                    .values(place=places[pks[beside]], beside=pks[beside])
                )
        site.give(THREATS, "ana")
        assert set(site.work("ana", 3)) == {"b1", "a-clean0", "c2"}
