"""The desk over a real store: what a reviewer sees and what becomes of a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.sampling import Certain
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.entries import Seen
from triage.domain.looks import Gold
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, NotFoundError
from triage.review.desk import Desk
from triage.store import Store

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
SCORER = ScorerInfo("test", "1", (Label.INSULT,))
TEXTS = {"root": "Good morning", "rude": "You fool", "calm": "I disagree"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'desk.db'}") as store:
        comments = [
            Comment(name, "t", text, place, None if name == "root" else "root")
            for place, (name, text) in enumerate(TEXTS.items())
        ]
        store.threads.save([Thread("t", "On manners", comments=tuple(comments))])
        store.policies.save(Policy("p", 1, (Threshold(Label.INSULT, 0.5),), START, "lead"))
        store.panel.set({Label.INSULT: (SCORER.key, SCORER.version)})
        scored = {"root": 0.1, "rude": 0.9, "calm": 0.6}
        rows = [(text_digest(TEXTS[n]), Scores({Label.INSULT: s})) for n, s in scored.items()]
        store.scores.save(SCORER, rows)
        yield store


@pytest.fixture
def desk(store: Store) -> Desk:
    ticks = iter(START + timedelta(minutes=minute) for minute in range(100))
    return Desk(store, lambda: next(ticks))


def seen(*names: str) -> list[Seen]:
    return [Seen(name, text_digest(TEXTS[name]), None) for name in names]


def test_an_item_shows_the_comment_in_its_thread_and_why_it_is_flagged(desk: Desk) -> None:
    item = desk.item("rude")
    assert (item.thread.title, item.parent and item.parent.id) == ("On manners", "root")
    assert [one.id for one in item.siblings] == ["calm"]
    assert item.proposal is not None
    assert [one.threshold.label for one in item.proposal.reached] == [Label.INSULT]
    assert [one.id for one in desk.item("root").replies] == ["rude", "calm"]


def test_a_decision_names_policy_and_scorer_of_its_moment(desk: Desk, store: Store) -> None:
    (made,) = desk.decide(seen("rude"), Verdict.REJECT, reviewer="ana", seconds_spent=3)
    assert (made.policy, made.scorer) == ("p@1", "test@1")
    store.policies.save(Policy("p", 2, (Threshold(Label.INSULT, 0.7),), START, "lead"))
    assert store.decisions.of("rude")[0].policy == "p@1"


def test_one_stale_text_keeps_the_whole_batch_from_being_decided(desk: Desk, store: Store) -> None:
    stale = [*seen("calm"), Seen("rude", text_digest("what it said before"), None)]
    with pytest.raises(ConflictError, match="rude"):
        desk.decide(stale, Verdict.REJECT, reviewer="ana")
    assert store.comments.get("calm").verdict is None


def test_a_decision_on_what_is_not_scored_names_no_scorer(desk: Desk, store: Store) -> None:
    store.threads.save([Thread("t", comments=(Comment("new", "t", "Just in"),))])
    (made,) = desk.decide([desk.item("new").entry.seen], Verdict.APPROVE, reviewer="ana")
    assert (made.policy, made.scorer) == ("p@1", None)


def test_whoever_decides_second_is_told_who_was_first(desk: Desk) -> None:
    desk.decide(seen("rude"), Verdict.REJECT, reviewer="ana")
    with pytest.raises(ConflictError, match="decided meanwhile by ana; look again"):
        desk.decide(seen("rude"), Verdict.APPROVE, reviewer="bea")
    desk.decide([desk.item("rude").entry.seen], Verdict.APPROVE, reviewer="bea")
    assert desk.item("rude").entry.verdict is Verdict.APPROVE


def test_undo_takes_back_ones_own_last_decision_only(desk: Desk, store: Store) -> None:
    desk.decide(seen("rude"), Verdict.REJECT, reviewer="ana")
    desk.decide(seen("calm"), Verdict.APPROVE, reviewer="bea")
    assert [one.comment_id for one in desk.undo("ana")] == ["rude"]
    assert store.comments.get("rude").verdict is None
    assert store.comments.get("calm").verdict is Verdict.APPROVE
    assert desk.undo("ana") == []
    assert desk.undo("nobody") == []


def test_one_act_about_several_comments_is_undone_as_one(desk: Desk, store: Store) -> None:
    (single,) = desk.decide(seen("root", "root"), Verdict.APPROVE, reviewer="ana")
    made = desk.decide(seen("rude", "calm"), Verdict.REJECT, reviewer="ana")
    assert single.batch is None
    assert len({one.batch for one in made} - {None}) == 1
    assert desk.undo("ana") == made
    assert [entry.verdict for entry in store.comments.stream()] == [Verdict.APPROVE, None, None]
    assert desk.undo("ana") == [single]
    assert desk.decide([], Verdict.REJECT, reviewer="ana") == []


def test_a_flag_on_a_decided_comment_brings_it_back_with_its_verdict(desk: Desk) -> None:
    desk.decide(seen("rude"), Verdict.APPROVE, reviewer="ana")
    desk.flag(["rude"], "bea")
    entry = desk.item("rude").entry
    assert (entry.pending, entry.verdict) == (True, Verdict.APPROVE)
    desk.decide([entry.seen], Verdict.REJECT, reviewer="ana")
    assert not desk.item("rude").entry.pending


def test_flags_on_several_comments_are_raised_together_or_not_at_all(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="nothing"):
        desk.flag(["root", "nothing"], "ana")
    assert desk.item("root").flags == ()


def test_a_flag_stands_until_its_author_withdraws_it(desk: Desk) -> None:
    desk.flag(["root"], "ana", note="have a look")
    desk.flag(["root"], "bea")
    desk.flag(["root"], "bea", raised=False)
    item = desk.item("root")
    assert [(flag.by, flag.note) for flag in item.flags] == [("ana", "have a look")]
    assert item.entry.pending
    desk.flag(["root"], "ana", raised=False)
    assert not desk.item("root").entry.pending


def test_an_unknown_comment_is_named(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="nothing"):
        desk.item("nothing")


SPAM = "Cheap watches, ask me how to get one today"


@pytest.fixture
def spammed(store: Store) -> Store:
    """Three comments with one text, one of them decided, and two that thank."""
    texts = [SPAM, SPAM, SPAM, "Thanks!", "Thanks!"]
    comments = [Comment(f"s{n}", "u", text, n) for n, text in enumerate(texts)]
    store.threads.save([Thread("u", "On watches", comments=tuple(comments))])
    return store


def test_copies_share_a_verdict_as_one_act_and_only_what_was_read_counts_as_read(
    desk: Desk, spammed: Store
) -> None:
    item = desk.item("s0")
    assert [one.comment_id for one in item.copies] == ["s1", "s2"]
    copies = [one.seen for one in item.copies]
    made = desk.decide(
        [item.entry.seen], Verdict.REJECT, reviewer="ana", seconds_spent=4, copies=copies
    )
    assert [(one.comment_id, one.via, one.looked, one.seconds_spent) for one in made] == [
        ("s0", "review", True, 4),
        ("s1", "group", False, None),
        ("s2", "group", False, None),
    ]
    assert [one.note for one in made] == ["", *["in group, near copies of s0"] * 2]
    assert len({one.batch for one in made}) == 1
    assert desk.item("s0").copies == ()
    assert desk.undo("ana") == made
    assert spammed.comments.get("s2").verdict is None


def test_a_groups_act_is_told_by_what_was_read_of_it(desk: Desk, spammed: Store) -> None:
    item = desk.item("s1")
    copies = [one.seen for one in item.copies]
    desk.decide([item.entry.seen], Verdict.REJECT, reviewer="ana", copies=copies)
    (act,) = desk.recent_acts("ana")
    assert (act.decision.comment_id, act.count) == ("s1", 3)
    desk.undo_act(act.decision.id, "ana")
    assert desk.recent_acts("ana") == []
    assert spammed.comments.get("s2").verdict is None


def test_copies_that_changed_since_are_left_out_and_what_was_read_is_decided(
    desk: Desk, spammed: Store
) -> None:
    gone = Seen("gone", text_digest(SPAM), None)
    item = desk.item("s0")
    desk.decide([desk.item("s1").entry.seen], Verdict.APPROVE, reviewer="bea")
    copies = [*(one.seen for one in item.copies), gone]
    made = desk.decide([item.entry.seen], Verdict.REJECT, reviewer="ana", copies=copies)
    assert [one.comment_id for one in made] == ["s0", "s2"]
    verdicts = [spammed.comments.get(name).verdict for name in ("s0", "s1", "s2")]
    assert verdicts == [Verdict.REJECT, Verdict.APPROVE, Verdict.REJECT]


def test_what_was_read_is_not_decided_over_for_its_copies_sake(desk: Desk, spammed: Store) -> None:
    item = desk.item("s0")
    desk.decide([item.entry.seen], Verdict.APPROVE, reviewer="bea")
    with pytest.raises(ConflictError, match="decided meanwhile by bea"):
        desk.decide(
            [item.entry.seen],
            Verdict.REJECT,
            reviewer="ana",
            copies=[one.seen for one in item.copies],
        )
    assert spammed.comments.get("s2").verdict is None


def test_a_copy_that_an_audit_drew_since_is_left_to_it(desk: Desk, spammed: Store) -> None:
    item = desk.item("s0")
    spammed.scores.save(SCORER, [(text_digest(SPAM), Scores({Label.INSULT: 0.2}))])
    desk.decide([item.entry.seen], Verdict.APPROVE, reviewer="bea")
    item = desk.item("s1")
    copies = [one.seen for one in item.copies]
    assert [one.comment_id for one in copies] == ["s2"]
    spammed.audits.draw(Certain(), 5, "lea", START)
    made = desk.decide([item.entry.seen], Verdict.REJECT, reviewer="ana", copies=copies)
    assert [one.comment_id for one in made] == ["s1"]


def test_neither_decided_copies_nor_short_texts_nor_an_audits_are_offered(
    desk: Desk, spammed: Store
) -> None:
    assert desk.item("s3").copies == ()
    desk.decide([desk.item("s1").entry.seen], Verdict.APPROVE, reviewer="ana")
    assert [one.comment_id for one in desk.item("s0").copies] == ["s2"]
    assert desk.item("s1").copies == (), "it is decided itself"
    spammed.scores.save(SCORER, [(text_digest(SPAM), Scores({Label.INSULT: 0.2}))])
    spammed.audits.draw(Certain(), 5, "lea", START)
    assert desk.item("s0").copies == (), "drawn, and so decided blind and alone"


def test_neither_an_audits_decoys_nor_what_is_due_for_a_second_look_are_copies(
    desk: Desk, store: Store
) -> None:
    wave = [Comment(f"w{n}", "u", SPAM, n) for n in range(150)]
    store.threads.save([Thread("u", "On watches", comments=tuple(wave))])
    store.scores.save(SCORER, [(text_digest(SPAM), Scores({Label.INSULT: 0.9}))])
    store.looks.say_gold([Gold("w1", text_digest(SPAM), Verdict.REJECT, by="lea", at=START)])
    store.audits.draw(Certain(), 1, "lea", START)
    ids = {one.id for one in wave}
    decoys = store.audits.blind(ids)
    assert decoys
    first = min(ids - decoys - {"w1"})
    offered = {one.comment_id for one in desk.item(first, reviewer="ana").copies}
    assert offered == ids - decoys - {"w1", first}
    assert all(desk.item(one).copies == () for one in decoys)


def copies_of(desk: Desk, comment_id: str, reviewer: str | None = None) -> list[str]:
    return [one.comment_id for one in desk.item(comment_id, reviewer=reviewer).copies]


LETTER = (
    "The council has put the works on the bridge off until the spring, and I wonder how those who "
    "walk across it every morning to school and to work are to do so when the river rises"
)


def test_a_copy_with_a_threat_hung_on_shares_no_verdict_with_the_harmless_one(
    desk: Desk, store: Store
) -> None:
    texts = {"mild": LETTER, "threat": f"{LETTER}, you fool", "loud": LETTER.upper()}
    scored = {"mild": 0.1, "threat": 0.9, "loud": 0.2}
    letters = [Comment(name, "u", text, n) for n, (name, text) in enumerate(texts.items())]
    store.threads.save([Thread("u", "On bridges", comments=tuple(letters))])
    assert {one.comment_id for one in store.copies.of("mild")} == {"threat", "loud"}
    assert copies_of(desk, "mild") == [], "nothing is known of either yet"
    rows = [(text_digest(texts[n]), Scores({Label.INSULT: s})) for n, s in scored.items()]
    store.scores.save(SCORER, rows)
    assert copies_of(desk, "threat") == []
    assert copies_of(desk, "mild") == ["loud"]


def test_what_no_machine_could_read_is_a_copy_of_the_very_same_text_only(
    desk: Desk, store: Store
) -> None:
    texts = [LETTER, LETTER, LETTER.upper()]
    letters = [Comment(f"l{n}", "u", text, n) for n, text in enumerate(texts)]
    store.threads.save([Thread("u", "On bridges", comments=tuple(letters))])
    unread = Scores({}, not_scored="it is in another language")
    store.scores.save(SCORER, [(text_digest(text), unread) for text in set(texts)])
    assert copies_of(desk, "l0") == ["l1"]
    assert copies_of(desk, "l2") == []
