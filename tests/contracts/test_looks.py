"""Second looks, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Decision, Verdict
from triage.domain.looks import Gold, LookKind, Opinion
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, NotFoundError
from triage.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def thread(*texts: str) -> Thread:
    """A thread whose comments are called c0, c1, ..."""
    members = tuple(Comment(f"c{at}", "t1", text, at) for at, text in enumerate(texts))
    return Thread(id="t1", source="a.csv", comments=members)


def decide(
    store: Store, comment: str, verdict: Verdict, by: str = "ada", *, doubled: bool = True
) -> Decision:
    seen = store.comments.get(comment).seen
    made = Decision(uuid4().hex, comment, seen.text_sha256, verdict, by, NOON)
    (decision,) = store.decisions.decide([(seen, made)], doubled=[made.id] if doubled else ())
    return decision


def due(store: Store, reviewer: str) -> str | None:
    return store.looks.due(reviewer, free_at=NOON)


def kind(store: Store, comment: str, reviewer: str) -> LookKind | None:
    return store.looks.kinds([comment], reviewer).get(comment)


def look(
    store: Store,
    comment: str,
    verdict: Verdict,
    by: str = "bo",
    kind: LookKind = LookKind.DOUBLED,
) -> Opinion:
    digest = store.comments.get(comment).text_sha256
    said = Opinion(uuid4().hex, comment, digest, kind, verdict, by, NOON)
    store.looks.add(said)
    return said


def answer(store: Store, comment: str, verdict: Verdict, **fields: bool) -> None:
    digest = store.comments.get(comment).text_sha256
    store.looks.say_gold([Gold(comment, digest, verdict, "lea", NOON, **fields)])


def made_severe(store: Store, text: str) -> None:
    """Rate a text as a threat, by a policy to which a threat is severe."""
    compact = ScorerInfo("compact", "1", (Label.THREAT,))
    store.policies.save(Policy("default", 1, (Threshold(Label.THREAT, 0.3),), NOON, "lea"))
    store.panel.set({Label.THREAT: ("compact", "1")})
    store.scores.save(compact, [(text_digest(text), Scores({Label.THREAT: 0.99}))])


@pytest.fixture
def decided(store: Store) -> Store:
    """Three comments, of which ada rejected the first, for somebody else to look at."""
    store.threads.save([thread("rude", "kind", "odd")])
    decide(store, "c0", Verdict.REJECT)
    return store


class TestDoubled:
    def test_it_is_due_to_others_until_one_of_them_has_looked(self, decided: Store) -> None:
        assert due(decided, "ada") is None
        assert due(decided, "bo") == due(decided, "cy") == "c0"
        assert kind(decided, "c0", "bo") is LookKind.DOUBLED
        look(decided, "c0", Verdict.APPROVE)
        assert due(decided, "bo") is due(decided, "cy") is None

    def test_what_somebody_has_on_the_screen_is_passed_over(self, decided: Store) -> None:
        decide(decided, "c1", Verdict.APPROVE)
        decided.claims.take("c0", "bo", NOON, NOON + timedelta(minutes=5))
        assert (due(decided, "bo"), due(decided, "cy")) == ("c0", "c1")
        look(decided, "c0", Verdict.REJECT)
        assert decided.claims.standing(NOON) == [], "who has said it does not hold it any more"

    def test_what_was_skipped_comes_after_the_rest(self, decided: Store) -> None:
        decide(decided, "c1", Verdict.APPROVE)
        decided.skips.add("c0", "bo", NOON)
        assert due(decided, "bo") == "c1"
        look(decided, "c1", Verdict.APPROVE)
        assert due(decided, "bo") == "c0"
        answer(decided, "c2", Verdict.APPROVE)
        assert due(decided, "bo") == "c2"

    def test_what_was_not_chosen_is_due_to_nobody(self, decided: Store) -> None:
        decide(decided, "c1", Verdict.APPROVE, doubled=False)
        look(decided, "c0", Verdict.REJECT)
        assert due(decided, "bo") is None
        assert kind(decided, "c1", "bo") is None

    def test_a_second_look_leaves_the_verdict_and_the_log_as_they_are(self, decided: Store) -> None:
        before = decided.comments.get("c0"), decided.decisions.of("c0")
        look(decided, "c0", Verdict.APPROVE)
        assert (decided.comments.get("c0"), decided.decisions.of("c0")) == before
        decided.rebuild()
        assert decided.comments.get("c0") == before[0]

    def test_the_longest_waiting_comes_first(self, decided: Store) -> None:
        decide(decided, "c1", Verdict.APPROVE)
        assert due(decided, "bo") == "c0"
        look(decided, "c0", Verdict.REJECT)
        assert due(decided, "bo") == "c1"

    def test_nobody_is_asked_about_what_they_decided_themselves(self, decided: Store) -> None:
        decide(decided, "c0", Verdict.APPROVE, by="bo", doubled=True)
        assert due(decided, "bo") is None
        assert due(decided, "ada") is None, "ada has decided that text before"
        assert due(decided, "cy") == "c0"

    @pytest.mark.parametrize("event", ["edit", "undo"])
    def test_an_edit_or_an_undo_ends_the_wait(self, decided: Store, event: str) -> None:
        if event == "edit":
            decided.threads.save([thread("rude no more", "kind", "odd")])
        else:
            decided.decisions.undo_last("ada", NOON)
        assert due(decided, "bo") is None
        with pytest.raises(ConflictError, match="nobody waits"):
            look(decided, "c0", Verdict.APPROVE)

    def test_one_of_two_who_look_at_once_is_told(self, decided: Store) -> None:
        look(decided, "c0", Verdict.REJECT, by="bo")
        with pytest.raises(ConflictError, match=r"c0.*meanwhile"):
            look(decided, "c0", Verdict.REJECT, by="cy")

    def test_an_opinion_that_is_taken_back_is_due_again(self, decided: Store) -> None:
        said = look(decided, "c0", Verdict.APPROVE)
        assert decided.looks.last("bo") == said
        decided.looks.withdraw(said, NOON + timedelta(minutes=1))
        assert decided.looks.last("bo") is None
        assert due(decided, "bo") == "c0"
        with pytest.raises(ConflictError, match="taken back already"):
            decided.looks.withdraw(said, NOON)


class TestExposure:
    def test_a_second_look_at_a_severe_comment_counts_once_as_any_reading_does(
        self, decided: Store
    ) -> None:
        made_severe(decided, "rude")
        later = NOON + timedelta(minutes=1)
        assert (decided.queue.exposure("bo", NOON), decided.queue.lately("bo", 3)) == (0, [])
        said = look(decided, "c0", Verdict.APPROVE)
        assert decided.queue.exposure("bo", NOON) == 1
        assert decided.queue.lately("bo", 3) == [("c0", True)]
        decided.looks.withdraw(said, later)
        decided.skips.add("c0", "bo", NOON)
        assert decided.queue.exposure("bo", NOON) == 1
        assert decided.queue.exposure("bo", later) == 0, "to take back is not to read"
        assert decided.queue.exposure("cy", NOON) == 0


class TestGold:
    def test_every_reviewer_but_its_author_is_asked_once(self, decided: Store) -> None:
        answer(decided, "c1", Verdict.APPROVE)
        assert due(decided, "lea") == "c0", "her own answer is no question"
        for who in ("ada", "bo", "cy"):
            assert due(decided, who) == "c1"
            look(decided, "c1", Verdict.APPROVE, who, LookKind.GOLD)
            assert kind(decided, "c1", who) is None

    def test_the_last_answer_counts_and_one_can_be_taken_out(self, decided: Store) -> None:
        answer(decided, "c1", Verdict.APPROVE)
        answer(decided, "c1", Verdict.REJECT)
        assert [(one.verdict, text) for one, text in decided.looks.gold()] == [
            (Verdict.REJECT, "kind")
        ]
        answer(decided, "c1", Verdict.REJECT, active=False)
        assert decided.looks.gold() == []
        assert kind(decided, "c1", "bo") is None

    def test_one_that_cannot_be_keeps_the_others_from_being_set(self, decided: Store) -> None:
        digest = decided.comments.get("c1").text_sha256
        both = [Gold(name, digest, Verdict.APPROVE, "lea", NOON) for name in ("c1", "c0")]
        with pytest.raises(ConflictError, match="'c0' was edited"):
            decided.looks.say_gold(both)
        assert decided.looks.gold() == []

    def test_an_edited_comment_has_no_known_answer(self, decided: Store) -> None:
        answer(decided, "c1", Verdict.APPROVE)
        digest = decided.comments.get("c1").text_sha256
        decided.threads.save([thread("rude", "kind of", "odd")])
        assert decided.looks.gold() == []
        assert kind(decided, "c1", "bo") is None
        with pytest.raises(ConflictError, match="edited meanwhile"):
            decided.looks.say_gold([Gold("c1", digest, Verdict.APPROVE, "lea", NOON)])
        with pytest.raises(NotFoundError):
            decided.looks.say_gold([Gold("c9", digest, Verdict.APPROVE, "lea", NOON)])


class TestWhatWasSaidLately:
    def test_each_reviewers_own_is_listed_newest_first(self, decided: Store) -> None:
        decide(decided, "c1", Verdict.APPROVE)
        said = [look(decided, "c0", Verdict.APPROVE), look(decided, "c1", Verdict.REJECT)]
        found = decided.looks.recent("bo")
        assert [(one.opinion, one.text) for one in found] == [(said[1], "kind"), (said[0], "rude")]
        assert [one.opinion for one in decided.looks.recent("bo", limit=1)] == said[1:]
        assert decided.looks.recent("ada") == decided.looks.recent("cy") == []

    def test_what_was_taken_back_or_edited_since_is_left_out(self, decided: Store) -> None:
        decide(decided, "c1", Verdict.APPROVE)
        first, _ = look(decided, "c0", Verdict.APPROVE), look(decided, "c1", Verdict.REJECT)
        decided.looks.withdraw(first, NOON)
        assert [one.text for one in decided.looks.recent("bo")] == ["kind"]
        decided.threads.save([thread("rude", "kinder", "odd")])
        assert decided.looks.recent("bo") == []
        assert decided.looks.last("bo") is None, "no undo takes back what no list shows"


class TestWhatComesOfIt:
    def test_pairs_hold_both_verdicts_and_the_one_in_force(self, decided: Store) -> None:
        answer(decided, "c1", Verdict.APPROVE)
        look(decided, "c0", Verdict.APPROVE)
        look(decided, "c1", Verdict.REJECT, "bo", LookKind.GOLD)
        doubled, gold = decided.looks.pairs()
        assert (doubled.opinion.verdict, doubled.other, doubled.by, doubled.final) == (
            *(Verdict.APPROVE, Verdict.REJECT),
            *("ada", Verdict.REJECT),
        )
        assert (gold.opinion.kind, gold.opinion.verdict, gold.other, gold.by, gold.final) == (
            *(LookKind.GOLD, Verdict.REJECT, Verdict.APPROVE),
            *("lea", None),
        )

    def test_a_first_verdict_that_was_taken_back_measures_nothing(self, decided: Store) -> None:
        look(decided, "c0", Verdict.APPROVE)
        decided.decisions.undo_last("ada", NOON)
        assert list(decided.looks.pairs()) == []

    @pytest.mark.parametrize("asked", LookKind)
    def test_of_what_was_said_again_the_first_is_measured(
        self, decided: Store, asked: LookKind
    ) -> None:
        # Who has said something may look at what others said, take it back and say it after them.
        name = "c0" if asked is LookKind.DOUBLED else "c1"
        answer(decided, "c1", Verdict.REJECT)
        for said in (Verdict.APPROVE, Verdict.ESCALATE):
            decided.looks.withdraw(look(decided, name, said, kind=asked), NOON)
        measured = [one.opinion.verdict for one in decided.looks.pairs()]
        assert measured == [Verdict.APPROVE], "it cannot be taken out of the measure either"
        look(decided, name, Verdict.REJECT, kind=asked)
        look(decided, "c1", Verdict.REJECT, "cy", LookKind.GOLD)
        assert [
            (one.opinion.reviewer, one.opinion.verdict, one.other) for one in decided.looks.pairs()
        ] == [("bo", Verdict.APPROVE, Verdict.REJECT), ("cy", Verdict.REJECT, Verdict.REJECT)]
        assert decided.looks.disagreements() == [], "what counts for a lead is the last word"

    def test_the_first_that_was_said_of_each_text_is_measured(self, decided: Store) -> None:
        answer(decided, "c1", Verdict.APPROVE)
        decided.looks.withdraw(look(decided, "c1", Verdict.REJECT, kind=LookKind.GOLD), NOON)
        decided.threads.save([thread("rude", "kinder", "odd")])
        answer(decided, "c1", Verdict.APPROVE)
        look(decided, "c1", Verdict.APPROVE, kind=LookKind.GOLD)
        measured = [(one.opinion.verdict, one.final) for one in decided.looks.pairs()]
        assert measured == [(Verdict.REJECT, None), (Verdict.APPROVE, None)]

    def test_a_disagreement_stays_until_somebody_has_the_last_word(self, decided: Store) -> None:
        decide(decided, "c1", Verdict.APPROVE)
        look(decided, "c0", Verdict.APPROVE)
        look(decided, "c1", Verdict.APPROVE)
        (found,) = decided.looks.disagreements()
        assert (found.first.reviewer, found.second.reviewer, found.text) == ("ada", "bo", "rude")
        decide(decided, "c0", Verdict.REJECT, by="lea", doubled=False)
        assert decided.looks.disagreements() == []
        (pair, _) = decided.looks.pairs()
        assert (pair.other, pair.final) == (Verdict.REJECT, Verdict.REJECT)
