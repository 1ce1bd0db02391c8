"""Comments that come one by one, and what a client says of them, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.sampling import Certain
from triage.domain.arrivals import Unnamed
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import DecidedBy, Decision, Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, NotFoundError
from triage.store import Asked, Saved, Store
from triage.store.schema import standing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCORER = ScorerInfo("compact", "1f0c", (Label.TOXICITY,))


def piece(thread_id: str, *ids: str, text: str = "", **fields: str) -> Thread:
    """A piece of a thread whose comments say `text`, or else what they are called."""
    members = tuple(Comment(one, thread_id, text or one) for one in ids)
    return Thread(thread_id, source="coral", comments=members, **fields)


def keep(store: Store, *pieces: Thread, at: datetime = NOON) -> None:
    assert not store.threads.save(store.arrivals.placed(pieces, at)).problems


def name(store: Store, named: Thread, *nameless: str) -> Saved:
    placed = store.arrivals.placed([named], NOON)
    return store.arrivals.save(placed, Asked(nameless=nameless))


def read_model(store: Store) -> list[tuple[object, ...]]:
    with store._database.read() as connection:
        rows = connection.execute(select(standing).order_by(standing.c.comment_pk))
        return [tuple(row) for row in rows]


def ids_of(store: Store, thread_id: str) -> list[str]:
    return [comment.id for comment in store.threads.get(thread_id).comments]


def test_comments_stand_in_the_order_in_which_they_came(store: Store) -> None:
    store.threads.save([Thread("t", comments=(Comment("imported", "t", "x", 7),))])
    keep(store, piece("t", "b", "a"))
    keep(store, piece("t", "c"), at=NOON + timedelta(seconds=1))
    assert ids_of(store, "t") == ["imported", "b", "a", "c"]


def test_what_is_known_stays_at_its_place_and_in_its_thread(store: Store) -> None:
    keep(store, piece("t", "a", "b"))
    before = store.threads.get("t")
    keep(store, piece("t", "b", "a"), at=NOON + timedelta(days=1))
    keep(store, piece("elsewhere", "a", url="https://else.example"), at=NOON + timedelta(days=2))
    assert store.threads.get("t") == before
    with pytest.raises(NotFoundError):
        store.threads.get("elsewhere")


def test_a_comment_that_came_without_an_id_gets_the_one_that_comes_later(store: Store) -> None:
    keep(store, piece("coral", "coral-1f", "coral-2e", text="Hello"))
    answer = Comment("coral-3d", "coral", "Why?", parent_id="coral-1f")
    keep(store, Thread("coral", source="coral", comments=(answer,)))
    store.scores.save(SCORER, [(text_digest("Hello"), Scores({Label.TOXICITY: 0.9}))])
    named = piece("https://d.example/1", "c7", text="Hello", url="https://d.example/1")
    assert name(store, named, "coral-0", "coral-1f").new == 0
    entry = store.comments.get("c7")
    assert (entry.comment.thread_id, entry.source) == ("https://d.example/1", "coral")
    assert store.threads.get("https://d.example/1").url == "https://d.example/1"
    assert store.comments.get("coral-3d").comment.parent_id == "c7"
    with pytest.raises(NotFoundError):
        store.comments.get("coral-1f")
    kept = read_model(store)
    store.rebuild()
    assert read_model(store) == kept


@pytest.mark.parametrize(
    ("nameless", "named", "text"),
    [
        (["nobody"], "c7", "coral-1f"),
        (["coral-1f"], "taken", "coral-1f"),
        (["coral-1f"], "c7", "another text"),
    ],
    ids=["nothing known", "the id is taken", "another text"],
)
def test_a_name_is_given_only_where_it_is_free_and_the_text_is_the_same(
    store: Store, nameless: list[str], named: str, text: str
) -> None:
    keep(store, piece("coral", "coral-1f"))
    kept = read_model(store)
    keep(store, piece("coral", "taken"), at=NOON + timedelta(seconds=1))
    saved = name(store, piece("page", named, text=text), *nameless)
    assert saved.new + saved.revised == 1, "it is another comment"
    assert read_model(store)[: len(kept)] == kept
    assert ids_of(store, "coral") == ["coral-1f", "taken"]


def test_what_an_audit_could_have_drawn_keeps_the_id_that_its_number_hangs_on(store: Store) -> None:
    store.policies.save(Policy("p", 1, (Threshold(Label.TOXICITY, 0.5),), NOON, "lead"))
    store.panel.set({Label.TOXICITY: (SCORER.key, SCORER.version)})
    keep(store, piece("coral", "coral-1f"))
    store.scores.save(SCORER, [(text_digest("coral-1f"), Scores({Label.TOXICITY: 0.1}))])
    store.audits.draw(Certain(), 1, "lead", NOON)
    assert name(store, piece("page", "c7", text="coral-1f"), "coral-1f").new == 1
    assert store.arrivals.stored(["coral-1f"]) == {"coral-1f"}


def test_texts_are_unrated_until_every_scorer_of_the_panel_rated_them(store: Store) -> None:
    other = ScorerInfo("other", "1", (Label.INSULT,))
    keep(store, piece("t", "a", "b"), piece("u", "c", text="a"))
    assert sorted(store.arrivals.unrated(["a", "b", "c"])) == ["a", "b"]
    seats = {Label.TOXICITY: (SCORER.key, SCORER.version), Label.INSULT: ("other", "1")}
    store.panel.set(seats)
    store.scores.save(SCORER, [(text_digest(one), Scores(not_scored="x")) for one in "ab"])
    store.scores.save(other, [(text_digest("a"), Scores({Label.INSULT: 0.1}))])
    assert store.arrivals.unrated(["a", "b", "c"]) == ["b"]
    assert store.arrivals.unrated(["nobody"]) == []
    assert store.arrivals.unrated([]) == []


def said(name: str, verdict: Verdict = Verdict.APPROVE, **fields: Any) -> Decision:
    made = Decision(
        name,
        "a",
        text_digest("a"),
        verdict,
        "client:coral",
        NOON,
        decided_by=DecidedBy.CLIENT,
        via="feedback",
    )
    return replace(made, **fields)


def unnamed(*ids: str, since: datetime = NOON) -> Asked:
    return Asked({one: Unnamed(since, "page".startswith) for one in ids})


def test_a_comment_that_was_decided_under_an_id_since_it_was_sent_is_not_kept_again(
    store: Store,
) -> None:
    store.arrivals.save([piece("page", "a")], Asked(said=said("1")))
    late = [piece("coral", "coral-1f", text="a"), piece("coral", "coral-2e", text="b")]
    saved = store.arrivals.save(late, unnamed("coral-1f", "coral-2e"))
    assert (saved.named, saved.new, saved.unchanged) == ({"coral-1f": "a"}, 1, 1)
    assert ids_of(store, "page") + ids_of(store, "coral") == ["a", "coral-2e"]
    sooner = piece("u", "coral-3d", text="a")
    assert store.arrivals.save([sooner], unnamed("coral-3d", since=NOON + timedelta(1))).new == 1
    assert store.arrivals.save([sooner], unnamed("coral-3d")).named == {}, "it is kept already"


def test_a_comment_and_what_is_said_of_it_are_stored_together_or_not_at_all(store: Store) -> None:
    other = said("1", text_sha256=text_digest("b"))
    with pytest.raises(ConflictError):
        store.arrivals.save([piece("page", "a")], Asked(said=other))
    keep(store, piece("coral", "coral-1f", text="a"))
    with pytest.raises(ConflictError):
        store.arrivals.save([piece("page", "a")], Asked(said=other, nameless=["coral-1f"]))
    assert store.arrivals.stored(["a", "coral-1f"]) == {"coral-1f"}
    store.arrivals.save([piece("page", "a")], Asked(said=said("2"), nameless=["coral-1f"]))
    assert store.arrivals.stored(["a", "coral-1f"]) == {"a"}
    assert [one.id for one in store.decisions.of("a")] == ["2"]


def test_nothing_is_said_of_a_comment_that_was_refused(store: Store) -> None:
    keep(store, piece("page", "a"))
    other = replace(piece("page", "a", text="b"), source="another")
    about = said("1", text_sha256=text_digest("b"))
    assert store.arrivals.save([other], Asked(said=about)).refused == {"a"}
    assert store.decisions.of("a") == []


def test_what_a_client_says_twice_is_one_decision_and_a_change_of_mind_another(
    store: Store,
) -> None:
    keep(store, piece("t", "a"))
    first = store.decisions.say(said("1"))
    assert store.decisions.say(said("2")) == first
    store.decisions.say(said("3", Verdict.REJECT, reasons=("toxicity",)))
    store.decisions.say(said("4", Verdict.REJECT, reasons=("toxicity",)))
    store.decisions.say(said("5", Verdict.REJECT, reasons=("insult",)))
    store.decisions.say(said("6"))
    store.decisions.say(said("7", reviewer="client:other"))
    assert [one.id for one in store.decisions.of("a")] == ["1", "3", "5", "6", "7"]


def test_what_was_taken_back_is_no_last_word(store: Store) -> None:
    keep(store, piece("t", "a"))
    store.decisions.say(said("1"))
    store.decisions.undo("1", "ana", NOON)
    assert store.decisions.say(said("2")).id == "2"


def test_what_is_said_of_an_older_text_is_refused_as_any_decision_is(store: Store) -> None:
    keep(store, piece("t", "a"))
    keep(store, piece("t", "a", text="edited"))
    with pytest.raises(ConflictError, match="edited meanwhile"):
        store.decisions.say(said("1"))
    with pytest.raises(NotFoundError):
        store.decisions.say(said("1", comment_id="nobody"))
