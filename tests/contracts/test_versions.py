"""What scorer versions said, beside each other: on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, NotFoundError
from triage.store import Adoption, LearnedRecord, Store, VersionSeen

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOTH = (Label.TOXICITY, Label.THREAT)
OLD, NEW = ScorerInfo("compact", "1", BOTH), ScorerInfo("compact", "2", BOTH)
TEXTS = ("bad", "rude", "kind", "odd")


def scores(*toxicity: float) -> list[tuple[str, Scores]]:
    given = zip(TEXTS, toxicity, strict=False)
    return [(text_digest(text), Scores({Label.TOXICITY: score})) for text, score in given]


@pytest.fixture
def site(store: Store) -> Store:
    store.policies.save(Policy("default", 1, (Threshold(Label.TOXICITY, 0.5),), NOON, "ada"))
    store.panel.set(dict.fromkeys(BOTH, ("compact", "1")))
    comments = tuple(Comment(text, "t", text, at) for at, text in enumerate(TEXTS))
    store.threads.save([Thread("t", comments=comments)])
    store.scores.save(OLD, scores(0.9, 0.6, 0.1))
    return store


def test_a_version_counts_the_comments_that_it_rated(site: Store) -> None:
    site.scores.save(NEW, scores(0.2, 0.3))
    site.threads.save([Thread("u", comments=(Comment("again", "u", "bad", 0),))])  # one text twice
    assert site.versions.seen() == [
        VersionSeen("compact", "1", BOTH, 4),
        VersionSeen("compact", "2", BOTH, 3),
    ]


def test_a_version_is_read_in_the_order_of_the_comments_and_not_by_text(site: Store) -> None:
    site.scores.save(NEW, [*scores(0.2, 0.3), (text_digest("odd"), Scores(not_scored="odd"))])
    found = site.versions.read("compact", "2", BOTH)
    assert found.scores[Label.TOXICITY][:2].tolist() == [0.2, 0.3]
    assert np.isnan(found.scores[Label.TOXICITY][2:]).all()
    assert np.isnan(found.scores[Label.THREAT]).all()
    assert found.rated.tolist() == [True, True, False, True]
    assert found.unreadable.tolist() == [False, False, False, True]
    with pytest.raises(NotFoundError, match="never rated anything"):
        site.versions.read("compact", "3", BOTH)


def test_scores_of_two_versions_are_never_mixed_in_a_sort_a_filter_or_a_threshold(
    site: Store,
) -> None:
    """The new version puts the comments the other way round; half of them it has not rated yet."""

    def shown() -> list[tuple[str, float | None, bool]]:
        rows, _ = site.comments.page(sort=Label.TOXICITY)
        return [
            (
                one.comment.id,
                one.scores.values.get(Label.TOXICITY) if one.scores else None,
                one.flagged,
            )
            for one in rows
        ]

    before = shown()
    site.scores.save(NEW, scores(0.05, 0.95))
    assert shown() == before
    site.panel.set(dict.fromkeys(BOTH, ("compact", "2")))
    after = {comment: (score, flagged) for comment, score, flagged in shown()}
    assert after["rude"] == (0.95, True)
    assert after["bad"] == (0.05, False)
    assert after["kind"] == (None, False)  # the old version's score is no stand-in


def test_texts_come_by_the_comments_keys_all_of_them_or_some(site: Store) -> None:
    every = [row for batch in site.versions.texts() for row in batch]
    assert [text for _, text in every] == list(TEXTS)
    keys = [every[2][0], every[0][0]]
    some = [row for batch in site.versions.texts(keys) for row in batch]
    assert some == [every[0], every[2]]


def test_what_a_version_said_is_had_by_the_texts_digests(site: Store) -> None:
    told = Scores({Label.TOXICITY: 0.4}, mentions={"female": 0.7})
    site.scores.save(NEW, [(text_digest("bad"), told)])
    digests = [text_digest(text) for text in TEXTS]
    assert site.scores.said(NEW, digests) == {digests[0]: told}
    assert site.scores.said(ScorerInfo("other", "1", BOTH), digests) == {}


def test_scorer_and_thresholds_change_together_or_not_at_all(site: Store) -> None:
    site.scores.save(NEW, scores(0.2, 0.3, 0.9))
    record = LearnedRecord("compact", "2", "below", "1", {"kind": "reranking"})
    policy = Policy("default", 2, (Threshold(Label.TOXICITY, 0.25),), NOON, "ada", "it learned")
    panel = dict.fromkeys(BOTH, ("compact", "2"))
    site.learned.adopt(Adoption("below", record, "ada", "better", NOON), b"state", panel, policy)
    flagged = {one.comment.id for one in site.comments.stream() if one.flagged}
    assert flagged == {"rude", "kind"}
    assert site.learned.in_force() == {"below": record}
    assert site.learned.state("compact", "2") == b"state"

    other = Policy("default", 2, (Threshold(Label.TOXICITY, 0.9),), NOON, "bob", "at once")
    back = Adoption("below", None, "bob", "worse", NOON)
    with pytest.raises(ConflictError):
        site.learned.adopt(back, b"", dict.fromkeys(BOTH, ("compact", "1")), other)
    assert site.learned.in_force() == {"below": record}
    assert site.panel.get() == panel
    site.learned.adopt(back, b"", dict.fromkeys(BOTH, ("compact", "1")), None)
    assert site.learned.in_force() == {}
    assert [one.why for one in site.learned.history()] == ["better", "worse"]
    again = Adoption("below", record, "ada", "better after all", NOON)
    site.learned.adopt(again, b"", panel, None)  # what is known is not written twice
    assert site.learned.state("compact", "2") == b"state"
