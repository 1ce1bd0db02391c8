"""What claims promise, on SQLite and on PostgreSQL alike: nobody is handed another's comment."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Decision, Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import NotFoundError
from triage.review.desk import Desk
from triage.review.turns import Turns
from triage.store import Store

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=5)
SCORER = ScorerInfo("test", "1", (Label.TOXICITY,))

REVIEWER = """
import sys
from datetime import timedelta
from triage.domain.checks import utc_now
from triage.domain.decisions import Verdict
from triage.review.desk import Desk
from triage.review.turns import Turns
from triage.store import Store

url, who = sys.argv[1:]
with Store.open(url) as store:
    turns, desk = Turns(store, utc_now, timedelta(minutes=5)), Desk(store, utc_now)
    print("ready", flush=True)
    sys.stdin.readline()
    here = None
    while (here := turns.next_of_all(who, here)) is not None:
        desk.decide([store.comments.get(here).seen], Verdict.REJECT, reviewer=who)
        print(here, flush=True)
"""


def fill(store: Store, count: int) -> Store:
    """Put in comments `0`, `1`, ... whose order in the queue is that of their numbers."""
    texts = [f"text {number}" for number in range(count)]
    members = [Comment(str(n), "t", text, n) for n, text in enumerate(texts)]
    store.threads.save([Thread("t", "Manners", comments=tuple(members))])
    store.policies.save(Policy("p", 1, (Threshold(Label.TOXICITY, 0.5),), NOON, "ada"))
    store.panel.set({Label.TOXICITY: (SCORER.key, SCORER.version)})
    rows = [
        (text_digest(text), Scores({Label.TOXICITY: 1 - n / (2 * count)}))
        for n, text in enumerate(texts)
    ]
    store.scores.save(SCORER, rows)
    return store


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turns(store: Store, clock: Clock) -> Turns:
    return Turns(fill(store, 4), clock, LEASE)


def decide(store: Store, comment_id: str, reviewer: str) -> None:
    entry = store.comments.get(comment_id)
    made = Decision(uuid4().hex, comment_id, entry.text_sha256, Verdict.REJECT, reviewer, NOON)
    store.decisions.decide([(entry.seen, made)])


def holders(store: Store, clock: Clock) -> dict[str, str]:
    return {one.comment_id: one.reviewer for one in store.claims.standing(clock())}


def test_what_one_reviewer_has_the_others_are_not_handed(turns: Turns) -> None:
    assert [turns.next(who) for who in ("ana", "bea", "cem")] == ["0", "1", "2"]
    assert turns.next("ana") == "0", "the own one comes again after a look elsewhere"


def test_following_and_previous_ones_are_claimed_too_and_pass_over_what_others_have(
    turns: Turns,
) -> None:
    assert turns.next("bea", after="0") == "1"
    assert turns.next("ana") == "0"
    assert turns.next("ana", after="0") == "2"
    assert turns.previous("ana", before="2") == "0"
    assert turns.next("cem") == "3", "ana looked at two of them, and has let go of neither"


def test_an_idle_reviewer_loses_the_comment(turns: Turns, clock: Clock) -> None:
    assert turns.next("ana") == "0"
    clock.go(minutes=4, seconds=59)
    assert turns.next("bea") == "1"
    clock.go(seconds=1)
    assert turns.next("cem") == "0"


def test_a_sign_of_life_keeps_it_and_is_written_down_only_when_half_the_lease_is_over(
    turns: Turns, store: Store, clock: Clock
) -> None:
    turns.next("ana")
    clock.go(minutes=2)
    held = turns.hold("0", "ana")
    assert held is not None
    assert held.until == NOON + LEASE
    clock.go(minutes=1)
    held = turns.hold("0", "ana")
    assert held is not None
    assert held.until == clock() + LEASE
    clock.go(minutes=4)
    assert turns.next("bea") == "1"


def test_where_a_thread_has_no_title_its_id_says_where_somebody_is(store: Store) -> None:
    store.threads.save([Thread("u", comments=(Comment("x", "u", "text"),))])
    store.claims.take("x", "ana", NOON, NOON + LEASE)
    assert [one.thread_title for one in store.claims.standing(NOON)] == ["u"]


def test_a_link_shows_whose_it_is_and_takes_nothing_from_anybody(
    turns: Turns, clock: Clock
) -> None:
    turns.next("ana")
    theirs = turns.hold("0", "bea")
    assert theirs is not None
    assert (theirs.reviewer, theirs.comment_id, theirs.thread_title) == ("ana", "0", "Manners")
    clock.go(minutes=5)
    mine = turns.hold("0", "bea")
    assert mine is not None
    assert mine.reviewer == "bea"
    assert turns.hold("nothing", "bea") is None


def test_a_decision_a_skip_and_leaving_let_go(turns: Turns, store: Store, clock: Clock) -> None:
    for who in ("ana", "bea", "cem"):
        turns.next(who)
    decide(store, "0", "ana")
    store.skips.add("1", "bea", NOON)
    turns.release(["2", "3", "nothing"], "cem")
    assert holders(store, clock) == {}
    assert turns.next("ana") == "1", "skipped by bea, not by ana"


def test_whoever_decides_ends_the_claim_of_whoever_has_it(
    turns: Turns, store: Store, clock: Clock
) -> None:
    turns.next("ana")
    decide(store, "0", "bea")
    assert holders(store, clock) == {}


def test_a_skip_or_a_leave_ends_nobody_elses_claim(
    turns: Turns, store: Store, clock: Clock
) -> None:
    turns.next("ana")
    turns.release(["0"], "bea")
    store.skips.add("0", "bea", NOON)
    assert holders(store, clock) == {"0": "ana"}


def test_when_all_is_in_other_hands_nothing_is_handed_out(turns: Turns, store: Store) -> None:
    for who in ("ana", "bea", "cem", "dan"):
        assert turns.next(who) is not None
    assert turns.next("eve") is None
    assert {one.reviewer for one in turns.others("ana")} == {"bea", "cem", "dan"}


def test_what_is_skipped_by_one_and_held_by_another_is_passed_over(
    turns: Turns, store: Store
) -> None:
    for number in range(4):
        store.skips.add(str(number), "ana", NOON)
    assert turns.next("bea") == "0"
    assert turns.next("ana") == "1"


def test_what_is_decided_meanwhile_is_not_claimed_as_pending(store: Store) -> None:
    fill(store, 3)
    decide(store, "0", "ana")
    assert store.claims.first(["0"], "bea", NOON, NOON + LEASE, pending=True) is None
    assert store.claims.first(["0", "2", "1"], "bea", NOON, NOON + LEASE, pending=True) == "2"
    assert store.claims.first(["nothing", "0"], "bea", NOON, NOON + LEASE) == "0"
    with pytest.raises(NotFoundError):
        store.claims.take("nothing", "bea", NOON, NOON + LEASE)


def test_of_several_the_first_is_claimed_that_nobody_else_has(store: Store) -> None:
    fill(store, 3)
    store.claims.take("1", "ana", NOON, NOON + LEASE)
    wanted = ["1", "2", "0"]
    assert store.claims.first(wanted, "bea", NOON, NOON + LEASE) == "2"
    assert store.claims.first(wanted, "ana", NOON, NOON + LEASE) == "1", "it is hers"
    assert store.claims.first(wanted, "cem", NOON, NOON + LEASE) == "0"
    assert store.claims.first(wanted, "dan", NOON, NOON + LEASE) is None
    assert store.claims.first(wanted, "dan", NOON + LEASE, NOON + 2 * LEASE) == "1", "all ended"


def test_ended_claims_are_swept_away_by_the_next_one(
    turns: Turns, store: Store, clock: Clock
) -> None:
    turns.next("ana")
    clock.go(hours=1)
    turns.next("bea", after="0")
    assert store.claims.standing(NOON - LEASE) == store.claims.standing(clock())


def test_many_who_ask_at_once_are_never_handed_the_same(empty_url: str) -> None:
    reviewers, count = [f"r{number}" for number in range(8)], 64
    with Store.open(empty_url) as store:
        fill(store, count)
    start = Barrier(len(reviewers))

    def review(who: str) -> list[str]:
        done: list[str] = []
        with Store.open(empty_url) as store:  # connections of their own, as processes have
            turns = Turns(store, lambda: datetime.now(UTC), LEASE)
            start.wait(60)
            here = None
            while (here := turns.next_of_all(who, here)) is not None:
                decide(store, here, who)  # a ConflictError where somebody else had it too
                done.append(here)
        return done

    with ThreadPoolExecutor(len(reviewers)) as pool:
        done = [one for some in pool.map(review, reviewers) for one in some]
    assert Counter(done) == dict.fromkeys(map(str, range(count)), 1)


def test_processes_of_their_own_are_never_handed_the_same(empty_url: str) -> None:
    with Store.open(empty_url) as store:
        fill(store, 30)
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", REVIEWER, empty_url, f"r{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for number in range(3)
    ]
    for one in programs:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in programs:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    done: list[str] = []
    for one in programs:
        out, err = one.communicate(timeout=60)
        assert one.returncode == 0, err
        done += out.split()
    assert Counter(done) == dict.fromkeys(map(str, range(30)), 1)


def test_of_many_who_open_one_link_at_once_one_holds_it(empty_url: str) -> None:
    with Store.open(empty_url) as store:
        fill(store, 1)
        start = Barrier(6)
        turns = Turns(store, lambda: NOON, LEASE)

        def open_it(who: str) -> str:
            start.wait(30)
            claim = turns.hold("0", who)
            assert claim is not None
            return claim.reviewer

        with ThreadPoolExecutor(6) as pool:
            told = set(pool.map(open_it, [f"r{number}" for number in range(6)]))
        assert len(told) == 1


WAVE = "You fool, vote against the new bridge on Sunday"


def wave(store: Store) -> Store:
    """Four near copies, `w0` to `w3`, all flagged, and then `other`."""
    said = {f"w{n}": WAVE + "!" * n for n in range(4)} | {"other": "text of its own, you fool"}
    members = [Comment(name, "t", text, n) for n, (name, text) in enumerate(said.items())]
    store.threads.save([Thread("t", comments=tuple(members))])
    store.policies.save(Policy("p", 1, (Threshold(Label.TOXICITY, 0.5),), NOON, "lead"))
    store.panel.set({Label.TOXICITY: (SCORER.key, SCORER.version)})
    scored = {text: 0.6 if name == "other" else 0.9 for name, text in said.items()}
    rows = [(text_digest(text), Scores({Label.TOXICITY: at})) for text, at in scored.items()]
    store.scores.save(SCORER, rows)
    return store


def test_nobody_is_handed_a_near_copy_of_what_another_has(store: Store, clock: Clock) -> None:
    turns = Turns(wave(store), clock, LEASE)
    desk = Desk(store, clock)
    assert turns.next("ana") == "w0"
    assert turns.next("bea") == "other"
    assert turns.next("cem") is None, "one verdict of ana's will be for all that is left"
    item = desk.item("w0", reviewer="ana")
    copies = [one.seen for one in item.copies]
    assert len(desk.decide([item.entry.seen], Verdict.REJECT, reviewer="ana", copies=copies)) == 4


def test_copies_are_handed_out_again_when_nobody_has_one_of_them(
    store: Store, clock: Clock
) -> None:
    turns = Turns(wave(store), clock, LEASE)
    assert turns.next("ana", after="w0") == "w1"
    assert turns.previous("bea", before="other") is None
    turns.release(["w1"], "ana")
    assert turns.previous("bea", before="other") == "w3"


def test_a_group_leaves_out_what_others_have_on_their_screens(store: Store, clock: Clock) -> None:
    turns = Turns(wave(store), clock, LEASE)
    desk = Desk(store, clock)
    turns.hold("w2", "bea")
    for who, group in (("ana", {"w1", "w3"}), ("bea", {"w1", "w2", "w3"})):
        found = desk.item("w0", reviewer=who).copies
        assert {one.comment_id for one in found} == group
