"""Languages of texts, and what follows where a scorer does not read them, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Decision, Verdict
from triage.domain.forgetting import ErasureKind
from triage.domain.languages import UNKNOWN, Coverage, Others
from triage.domain.policy import Policy, Route, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.store import BrowseFilter, Kind, Store, Whose
from triage.store.importing import ThreadWriter

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENGLISH = ScorerInfo("english", "1", (Label.INCIVILITY,), languages=("en",))
BOTH = ScorerInfo("both", "1", (Label.TOXICITY,), languages=("en", "fr"))
PANEL = {Label.INCIVILITY: ("english", "1"), Label.TOXICITY: ("both", "1")}
READ = Coverage({Label.INCIVILITY: ("en",), Label.TOXICITY: ("en", "fr")})
TEXTS = {"a": "en: rude", "b": "fr: rude", "c": "de: rude", "d": "rude"}


class Prefixed:
    """Takes the two letters before a colon for the language, and is asked once for each text."""

    def __init__(self, version: str = "1", **instead: str) -> None:
        self.version = version
        self._instead = instead
        self.asked: list[str] = []

    def identify(self, texts: Sequence[str]) -> list[str]:
        self.asked += texts
        found = [text[:2] if text[2:3] == ":" else UNKNOWN for text in texts]
        return [self._instead.get(one, one) for one in found]


@pytest.fixture
def site(store: Store) -> Store:
    """Four comments from before languages were told, rated by whoever was there."""
    store.policies.save(Policy("default", 1, (Threshold(Label.INCIVILITY, 0.5),), NOON, "ada"))
    store.panel.set(PANEL)
    comments = [
        Comment(name, "t", text, at, created_at=NOON + timedelta(hours=at))
        for at, (name, text) in enumerate(TEXTS.items())
    ]
    store.threads.save([Thread("t", title="One", comments=tuple(comments), source="a.csv")])
    for scorer in (ENGLISH, BOTH):
        rated = [(text_digest(one), Scores({scorer.labels[0]: 0.9})) for one in TEXTS.values()]
        store.scores.save(scorer, rated)
    return store


class WhileNothingIsWritten(Prefixed):
    """Has another import bring the same texts when it is asked: nobody may be writing then."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def identify(self, texts: Sequence[str]) -> list[str]:
        others = [Comment(f"other {at}", "o", text, at) for at, text in enumerate(texts)]
        self._store.threads.save([Thread("o", comments=tuple(others), source="c.csv")])
        return super().identify(texts)


def told(store: Store, comment_id: str) -> tuple[str | None, dict[Label, float], str | None]:
    entry = store.comments.get(comment_id)
    scores = entry.scores or Scores(not_scored="nothing")
    return entry.language, dict(scores.values), scores.not_scored


def import_with(store: Store, identifier: Prefixed, *comments: Comment) -> None:
    writer = ThreadWriter(store._database, lambda: NOON, identifier)
    writer.save([Thread("new", comments=comments, source="b.csv")])


def test_until_languages_are_told_every_scorer_reads_every_text(site: Store) -> None:
    site.panel.set(PANEL, READ)
    assert told(site, "c") == (None, {Label.INCIVILITY: 0.9, Label.TOXICITY: 0.9}, None)


def test_a_label_has_no_number_where_its_scorer_does_not_read_the_language(site: Store) -> None:
    site.panel.set(PANEL, READ)
    assert site.languages.bring_up(Prefixed()) == 4
    whole = {Label.INCIVILITY: 0.9, Label.TOXICITY: 0.9}
    assert told(site, "a") == ("en", whole, None)
    assert told(site, "b") == ("fr", {Label.TOXICITY: 0.9}, None)
    assert told(site, "c") == ("de", {}, "language: de")
    assert told(site, "d") == (UNKNOWN, whole, None)  # read as the site's own


def test_the_scores_from_before_come_back_where_the_language_is_read_again(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    site.panel.set(PANEL, READ)
    site.panel.set(PANEL, Coverage())
    assert told(site, "c") == ("de", {Label.INCIVILITY: 0.9, Label.TOXICITY: 0.9}, None)


def test_what_no_scorer_reads_is_sent_to_review(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    site.panel.set(PANEL, READ)
    entry = site.comments.get("c")
    assert (entry.route, entry.flagged, entry.pending) == (Route.REVIEW, True, True)
    assert site.languages.unread() == {"de": 1}


def test_a_site_may_leave_what_no_scorer_reads(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    site.panel.set(PANEL, Coverage(READ.by_label, others=Others.LEAVE))
    entry = site.comments.get("c")
    assert (entry.route, entry.flagged, told(site, "c")[2]) == (None, False, "language: de")
    assert site.languages.unread() == {"de": 1}
    assert not site.evidence.read(NOON).unreadable.any()
    assert site.policies.shadow(site.policies.in_force(), "ada").would_flag == 2  # type: ignore[arg-type]


def test_an_unknown_language_is_not_read_where_the_sites_own_is_not(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    site.panel.set(PANEL, Coverage(READ.by_label, unknown_as="de"))
    assert told(site, "d") == (UNKNOWN, {}, f"language: {UNKNOWN}")


def test_a_scorer_that_does_not_say_what_it_reads_reads_any(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    site.panel.set(PANEL, Coverage({Label.INCIVILITY: ("en",)}))
    assert told(site, "c") == ("de", {Label.TOXICITY: 0.9}, None)
    assert site.languages.unread() == {}


def test_the_read_model_is_the_same_when_it_is_rebuilt(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    site.panel.set(PANEL, READ)
    before = list(site.comments.stream())
    site.rebuild()
    assert list(site.comments.stream()) == before
    assert site.languages.unread() == {"de": 1}


def test_each_text_is_told_once_and_again_by_another_version(site: Store) -> None:
    first = Prefixed()
    assert (site.languages.behind("1"), site.languages.bring_up(first)) == (4, 4)
    assert (site.languages.behind("1"), site.languages.bring_up(first)) == (0, 0)
    assert len(first.asked) == 4
    site.panel.set(PANEL, READ)
    assert site.languages.bring_up(Prefixed("2", de="en")) == 4
    assert told(site, "c") == ("en", {Label.INCIVILITY: 0.9, Label.TOXICITY: 0.9}, None)
    assert site.languages.counts() == {"en": 2, "fr": 1, UNKNOWN: 1}


def test_an_import_tells_the_language_of_what_is_new(site: Store) -> None:
    site.panel.set(PANEL, READ)
    identifier = Prefixed()
    import_with(site, identifier, Comment("e", "new", "de: neu", 0), Comment("f", "new", "neu", 1))
    assert told(site, "e") == ("de", {}, "language: de")  # at once: nobody will rate it
    assert site.comments.get("e").flagged
    assert told(site, "f") == (UNKNOWN, {}, "nothing")
    assert identifier.asked == ["de: neu", "neu"]
    import_with(site, identifier, Comment("g", "new", "de: neu", 2))
    assert len(identifier.asked) == 2
    assert told(site, "g") == ("de", {}, "language: de")


def test_nobody_waits_to_write_while_an_import_tells_languages(site: Store) -> None:
    import_with(site, WhileNothingIsWritten(site), Comment("e", "new", "de: neu", 0))
    assert told(site, "e") == told(site, "other 0") == (None, {}, "nothing"), "the other one's text"
    import_with(site, Prefixed(), Comment("f", "new", "fr: neuf", 1))
    assert told(site, "f")[0] == "fr"
    assert site.languages.bring_up(Prefixed()) == 5
    assert told(site, "e")[0] == told(site, "other 0")[0] == "de"


def test_an_edit_brings_the_language_of_its_text(site: Store) -> None:
    site.panel.set(PANEL, READ)
    site.languages.bring_up(Prefixed())
    edited = Comment("a", "t", "de: anders", 0, created_at=NOON)
    ThreadWriter(site._database, lambda: NOON, Prefixed()).save(
        [Thread("t", comments=(edited,), source="a.csv")]
    )
    assert told(site, "a") == ("de", {}, "language: de")


def test_a_scorer_is_asked_about_what_it_reads(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    newer = ScorerInfo("english", "2", (Label.INCIVILITY,), languages=("en",))

    def asked(unknown_as: str) -> list[str]:
        batches = site.scores.unscored(newer, unknown_as=unknown_as)
        return [text for batch in batches for _, text in batch]

    assert asked("en") == ["en: rude", "rude"]
    assert asked("fr") == ["en: rude"]
    assert site.scores.unscored_count(newer, unknown_as="en") == 2
    anything = ScorerInfo("any", "1", (Label.INCIVILITY,))
    assert site.scores.unscored_count(anything, unknown_as="en") == 4


def test_what_arrives_lacks_no_score_that_nobody_can_give(site: Store) -> None:
    site.panel.set(PANEL, READ)
    arrived = (Comment("e", "new", "de: neu", 0), Comment("f", "new", "fr: neuf", 1))
    import_with(site, Prefixed(), *arrived)
    assert site.arrivals.unrated(["e", "f"]) == ["fr: neuf"]


def test_a_decision_names_no_scorer_that_does_not_read_the_text(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    site.panel.set(PANEL, READ)
    said = Verdict.APPROVE
    entries = [site.comments.get(name) for name in TEXTS]
    acts = [
        (one.seen, Decision(one.comment.id, one.comment.id, one.text_sha256, said, "ada", NOON))
        for one in entries
    ]
    made = {one.comment_id: one.scorer for one in site.decisions.decide(acts)}
    assert made["a"] == "english@1+both@1"
    assert made["b"] == "both@1"
    assert not made["c"]


def test_browse_finds_a_language_and_what_is_not_scored_for_it(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    site.panel.set(PANEL, READ)

    def found(**wanted: object) -> list[str]:
        rows = site.comments.stream(BrowseFilter(**wanted))  # type: ignore[arg-type]
        return sorted(one.comment.id for one in rows)

    assert found(language="fr") == ["b"]
    assert found(unread=True) == ["c"]
    assert found(unread=False) == ["a", "b", "d"]


def test_what_is_erased_is_in_no_language_that_nobody_reads(site: Store) -> None:
    site.languages.bring_up(Prefixed())
    site.panel.set(PANEL, READ)
    entry = site.comments.get("c")
    site.decisions.decide(
        [(entry.seen, Decision("1", "c", entry.text_sha256, Verdict.APPROVE, "ada", NOON))]
    )
    assert site.languages.unread() == {"de": 1}
    site.forgetting.forget(Whose(ErasureKind.COMMENTS, ids=("c",)), "lea", NOON)
    assert site.languages.unread() == {}
    assert told(site, "c")[2] == "erased"


def test_what_was_said_of_a_language_before_anybody_knew_it_counts_nowhere(site: Store) -> None:
    naming = Scores({Label.INCIVILITY: 0.9}, mentions={"Christian": 0.8}, rough=True)
    site.scores.save(ENGLISH, [(text_digest(one), naming) for one in TEXTS.values()])
    site.languages.bring_up(Prefixed())
    within = {Label.INCIVILITY: [(0.5, 1.0)]}

    def counted() -> tuple[int, int, int, int]:
        report = site.mentions.report()
        assert report is not None
        rough = [one for batch in site.scores.rough(ENGLISH, within) for one in batch]
        groups = site.evidence.groups(Kind.IDENTITY)
        naming = report.by_identity["Christian"]
        return report.everyone.comments, naming.comments, len(rough), len(groups.comment)

    assert counted() == (4, 4, 2, 4), "the panel says of no language what it reads"
    assert site.versions.read("english", "1", [Label.INCIVILITY]).rated.sum() == 4
    site.panel.set(PANEL, READ)
    assert counted() == (2, 2, 2, 2)
    known = site.versions.read("english", "1", [Label.INCIVILITY])
    assert known.rated.sum() == 2
    assert sum(known.scores[Label.INCIVILITY] == 0.9) == 2


def test_comments_fall_into_groups_by_their_language(site: Store) -> None:
    assert site.evidence.groups(Kind.LANGUAGE).names == ()
    site.languages.bring_up(Prefixed())
    groups = site.evidence.groups(Kind.LANGUAGE)
    named = sorted(groups.names[at] for at in groups.group)
    assert named == ["English", "French", "German", "unknown language"]


def test_a_change_of_scorers_keeps_what_is_read_unless_it_is_said(site: Store) -> None:
    site.panel.set(PANEL, READ)
    site.panel.set(PANEL | {Label.TOXICITY: ("both", "2")})
    assert site.panel.coverage() == READ
