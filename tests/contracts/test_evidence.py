"""What the store tells whoever tunes a threshold, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Annotation, DecidedBy, Decision, Flag, FlagSource, Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.store import Kind, KnownComments, Store
from triage.store.evidence import APPROVED, BITS, OPEN, REJECTED, UNDECIDED
from triage.store.groups import Groups
from triage.tuning.sampling import inclusion, permanent_numbers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOTH = (Label.TOXICITY, Label.THREAT)
COMPACT = ScorerInfo("compact", "1f0c", BOTH)
SITE = (
    Comment("bad", "t1", "bad", 0, author="ann", created_at=NOON - timedelta(days=2)),
    Comment("rude", "t1", "rude", 1, author="bob", created_at=NOON - timedelta(days=1)),
    Comment("kind", "t1", "kind", 2, author="ann", created_at=NOON),
    Comment("odd", "t1", "odd", 3),
)
SCORES = {
    "bad": Scores({Label.TOXICITY: 0.9, Label.THREAT: 0.4}),
    "rude": Scores({Label.TOXICITY: 0.4}),
    "kind": Scores({Label.TOXICITY: 0.1, Label.THREAT: 0.0}),
    "odd": Scores(not_scored="a language that it cannot read"),
}


class Everyone:
    """A sampling that draws every comment for certain."""

    def numbers(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        return [float(one) for one in permanent_numbers(ids, salt)]

    def probabilities(self, closeness: Sequence[float]) -> Sequence[float]:
        return [float(one) for one in inclusion(np.asarray(closeness), len(closeness))]


@pytest.fixture
def site(store: Store) -> Store:
    store.policies.save(Policy("default", 1, (Threshold(Label.TOXICITY, 0.5),), NOON, "ada"))
    store.panel.set(dict.fromkeys(BOTH, ("compact", "1f0c")))
    store.threads.save(
        [Thread("t1", title="One", comments=SITE, source="a.csv")],
    )
    store.scores.save(COMPACT, [(text_digest(text), given) for text, given in SCORES.items()])
    return store


def known(store: Store) -> KnownComments:
    return store.evidence.read(NOON)


def at(store: Store, comment_id: str) -> int:
    """Return where a comment stands in the arrays."""
    return [one.comment.id for one in store.comments.stream()].index(comment_id)


def decide(
    store: Store, comment_id: str, said: Verdict | None = Verdict.REJECT, **more: object
) -> Decision:
    digest = store.comments.get(comment_id).text_sha256
    fields: dict[str, object] = {"reviewer": "ada", "at": NOON, **more}
    made = Decision(uuid4().hex, comment_id, digest, said, **fields)  # type: ignore[arg-type]
    store.decisions.add(made)
    return made


def annotate(store: Store, comment_id: str, by: str, **labels: tuple[Label, ...]) -> None:
    digest = store.comments.get(comment_id).text_sha256
    store.annotations.add(Annotation(uuid4().hex, comment_id, digest, by, NOON, **labels))


def test_scores_flags_and_what_cannot_be_read_are_told_of_every_comment(site: Store) -> None:
    site.flags.add_many([Flag("kind", FlagSource.READER, "eve", NOON)])
    found = known(site)
    assert found.scores[Label.TOXICITY][:3].tolist() == [0.9, 0.4, 0.1]
    assert np.isnan(found.scores[Label.THREAT][[1, 3]]).all()
    assert found.scores[Label.THREAT][[0, 2]].tolist() == [0.4, 0.0]
    assert set(found.scores) == set(BOTH)
    assert found.unreadable.tolist() == [False, False, False, True]
    assert found.by_policy.tolist() == [True, False, False, True]
    assert found.asked.tolist() == [False, False, True, False]
    assert [one.ref for one in found.history] == ["default@1"]
    assert site.evidence.ids(found.comment[[2, 0]].tolist()) == ["kind", "bad"]


@pytest.mark.parametrize(
    ("verdict", "more", "told"),
    [
        (Verdict.APPROVE, {}, APPROVED),
        (Verdict.REJECT, {}, REJECTED),
        (Verdict.REJECT, {"via": "audit"}, REJECTED),
        (Verdict.ESCALATE, {}, OPEN),
        (Verdict.REJECT, {"via": "batch"}, UNDECIDED),
        (Verdict.APPROVE, {"via": "group"}, UNDECIDED),
        (Verdict.REJECT, {"decided_by": DecidedBy.POLICY}, UNDECIDED),
    ],
)
def test_a_verdict_counts_where_a_person_looked(
    site: Store, verdict: Verdict, more: dict[str, object], told: int
) -> None:
    decide(site, "bad", verdict, **more)
    assert known(site).verdict.tolist() == [told, UNDECIDED, UNDECIDED, UNDECIDED]


def test_a_verdict_that_one_without_a_look_replaced_is_open(site: Store) -> None:
    decide(site, "bad")
    decide(site, "bad", Verdict.APPROVE, via="batch")
    assert known(site).verdict[0] == OPEN


def test_what_was_undone_or_is_about_an_earlier_text_does_not_count(site: Store) -> None:
    site.decisions.undo(decide(site, "bad").id, "ada", NOON)
    decide(site, "rude")
    edited = Comment("rude", "t1", "rude no more", 1)
    site.threads.save([Thread("t1", title="One", comments=(edited,), source="a.csv")])
    assert known(site).verdict.tolist() == [UNDECIDED] * 4


def test_reasons_and_the_deciders_own_last_annotation_say_which_labels(site: Store) -> None:
    decide(site, "bad", reasons=("threat", "R2"), refused=("toxicity",), seconds_spent=4.0)
    decide(site, "rude", Verdict.APPROVE, reviewer="bo", seconds_spent=8.0)
    annotate(site, "bad", "eve", confirmed=(Label.INSULT,))  # somebody else's
    annotate(site, "rude", "bo", confirmed=(Label.INSULT, Label.THREAT))
    annotate(site, "rude", "bo", confirmed=(Label.INSULT,), rejected=(Label.TOXICITY,))
    found = known(site)
    assert found.given[:2].tolist() == [BITS[Label.THREAT], BITS[Label.INSULT]]
    assert found.refused[:2].tolist() == [BITS[Label.TOXICITY]] * 2
    assert found.decided_at[0] == NOON.timestamp()
    assert np.isnan(found.decided_at[2])
    assert (found.seconds, found.reviewers) == (6.0, 2)


def test_the_audit_tells_who_could_be_drawn_how_likely_and_who_was(site: Store) -> None:
    assert known(site).last_draw is None
    assert known(site).probability.tolist() == [0.0] * 4
    site.audits.draw(Everyone(), 2, "ada", NOON)
    found = known(site)
    assert found.probability.tolist() == [0.0, 1.0, 1.0, 0.0]
    assert found.drawn.tolist() == [False, True, True, False]
    chances = {one.comment_id: one.number for one in site.audits.chances()}
    assert found.number[1:3].tolist() == [chances["rude"], chances["kind"]]
    assert found.last_draw == NOON.timestamp()


def test_the_pace_is_that_of_the_last_four_weeks_and_no_comment_is_from_the_future(
    site: Store,
) -> None:
    assert known(site).per_day == pytest.approx(3 / 2)  # the fourth was seen after NOON
    old = Comment("old", "t2", "old", 0, created_at=NOON - timedelta(days=400))
    late = Comment("late", "t2", "late", 1, created_at=datetime(9999, 1, 1, tzinfo=UTC))
    site.threads.save([Thread("t2", comments=(old, late))])
    assert known(site).per_day == pytest.approx(3 / 2)


def test_an_empty_database_is_known_too(store: Store) -> None:
    store.policies.save(Policy("default", 1, (), NOON, "ada"))
    found = known(store)
    assert (len(found.comment), found.per_day, found.seconds) == (0, 0.0, None)
    assert [store.evidence.groups(kind).names for kind in (Kind.THREAD, Kind.SOURCE)] == [(), ()]


def members(groups: Groups, store: Store) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    ids = store.evidence.ids(groups.comment.tolist())
    for one, group in zip(ids, groups.group.tolist(), strict=True):
        found.setdefault(groups.names[group], set()).add(one)
    return found


def test_comments_fall_into_groups(site: Store) -> None:
    other = Comment("else", "t2", "kind", 0, author="ann")
    site.threads.save([Thread("t2", comments=(other,), source="b.csv")])
    all_of_one = {"bad", "rude", "kind", "odd"}
    own = site.evidence
    assert members(own.groups(Kind.THREAD), site) == {"One": all_of_one, "t2": {"else"}}
    assert members(own.groups(Kind.SOURCE), site) == {"a.csv": all_of_one, "b.csv": {"else"}}
    by_author = members(own.groups(Kind.AUTHOR), site)
    assert [sorted(one) for one in by_author.values()] == [
        ["bad", "rude"],  # new
        ["else", "kind"],  # known
        ["odd"],  # no name
    ]
    assert own.groups(Kind.IDENTITY).names == ()


def test_an_authors_first_comment_is_the_first_written_not_the_first_imported(
    store: Store,
) -> None:
    first = [
        Comment("late", "t", "late", 0, author="ann", created_at=NOON),
        Comment("undated", "t", "undated", 1, author="ann"),
    ]
    earlier = NOON - timedelta(days=1)
    second = Comment("early", "t2", "early", 0, author="ann", created_at=earlier)
    store.threads.save([Thread("t", comments=tuple(first)), Thread("t2", comments=(second,))])
    found = members(store.evidence.groups(Kind.AUTHOR), store)
    assert sorted(map(sorted, found.values())) == [["early"], ["late", "undated"]]


def test_a_comment_belongs_to_every_identity_that_its_text_mentions(site: Store) -> None:
    rows = [
        (text_digest("kind"), Scores({Label.TOXICITY: 0.1}, mentions={"women": 0.9, "men": 0.5})),
        (text_digest("bad"), Scores({Label.TOXICITY: 0.9}, mentions={"women": 0.4, "men": 0.8})),
    ]
    teller = ScorerInfo("teller", "1", (Label.TOXICITY,))
    site.panel.set({Label.TOXICITY: ("teller", "1")})
    site.scores.save(teller, rows)
    found = members(site.evidence.groups(Kind.IDENTITY), site)
    assert found == {"women": {"kind"}, "men": {"kind", "bad"}}


def test_the_stamp_changes_with_whatever_is_written_and_not_otherwise(site: Store) -> None:
    before = site.evidence.stamp()
    known(site)
    assert site.evidence.stamp() == before
    stamps = {before}
    decide(site, "bad")
    stamps.add(site.evidence.stamp())
    site.flags.add_many([Flag("kind", FlagSource.READER, "eve", NOON)])
    stamps.add(site.evidence.stamp())
    site.scores.save(COMPACT, [(text_digest("kind"), Scores({Label.TOXICITY: 0.2}))])
    with ThreadPoolExecutor(2) as pool:  # every session of the dashboard asks from its own thread
        stamps |= set(pool.map(lambda _: site.evidence.stamp(), range(4)))
    assert len(stamps) == 4
