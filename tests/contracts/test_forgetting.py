"""What is forgotten and what stays, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert, select

from tests.sampling import Certain
from triage.domain.appeals import Appeal, AppealedBy, AppealStatus, AppealVia, Dismissal
from triage.domain.batches import ScoreRange
from triage.domain.comments import Comment, Ids, Thread, text_digest
from triage.domain.decisions import Annotation, Decision, Flag, FlagSource, Span, Verdict
from triage.domain.forgetting import Erased, ErasureKind, Retention
from triage.domain.looks import Gold
from triage.domain.policy import Policy, Threshold
from triage.domain.pseudonyms import Pseudonyms
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.domain.views import SavedView
from triage.domain.webhooks import EventType, Extra, Webhook
from triage.errors import ConflictError, NotFoundError, StoreError
from triage.intake.admission import Admission
from triage.store import BrowseFilter, Store, Whose
from triage.store.database import load
from triage.store.schema import metadata, standing, texts
from triage.store.threads import Threads

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=40)
COMPACT = ScorerInfo("compact", "1", (Label.TOXICITY,))
NEWER = ScorerInfo("compact", "2", (Label.TOXICITY,))
CANARY = "quokka"
FIRST = f"You {CANARY} of a fool, go and boil your head until noon"
EDITED = f"You {CANARY} of a fool, go and boil your feet until dusk"
SHARED = "Me too, and thank you for saying so out loud"
WAITING = f"Nobody asked the {CANARY} what it thinks of all this nonsense"
ANA = "Ana Quokkason"
TEXTS = {"a1": FIRST, "a2": SHARED, "a3": WAITING, "b1": SHARED, "b2": "Lovely weather today"}
SCORES = {FIRST: 0.9, EDITED: 0.8, SHARED: 0.1, WAITING: 0.7, TEXTS["b2"]: 0.05}


def thread(texts: dict[str, str], *, ids: Ids = Ids.GIVEN, name: str = "t1") -> Thread:
    """A thread in which ids that begin with `a` are Ana's, the others Bob's."""
    members = tuple(
        Comment(one, name, text, place, author=ANA if one.startswith("a") else "Bob")
        for place, (one, text) in enumerate(texts.items())
    )
    return Thread(name, source="in.csv", ids=ids, comments=members)


def decide(store: Store, comment: str, by: str = "ada", note: str = "", **more: str) -> Decision:
    seen = store.comments.get(comment).seen
    made = Decision(
        uuid4().hex, comment, seen.text_sha256, Verdict.REJECT, by, NOON, note=note, **more
    )
    (decision,) = store.decisions.decide([(seen, made)], doubled=[made.id])
    return decision


@pytest.fixture
def site(store: Store) -> Store:
    """Everything that can hang on a comment: `a1` was edited, decided, noted, appealed, flagged."""
    store.policies.save(Policy("default", 1, (Threshold(Label.TOXICITY, 0.5),), NOON, "lea"))
    store.panel.set({Label.TOXICITY: ("compact", "1")})
    store.threads.save([thread(TEXTS)])
    hook = Webhook(
        "site", "https://site.test/", frozenset(EventType), frozenset(Extra), NOON, "ada"
    )
    store.webhooks.add(hook, "whsec_one")
    decide(store, "a1", note=f"that {CANARY} again")
    (due,) = store.deliveries.claim(NOON, NOON + timedelta(minutes=1), 10)
    store.deliveries.failed(due, NOON, f"HTTP 500: no {CANARY}, please", timedelta(minutes=1))
    store.threads.save([thread({"a1": EDITED})])
    rows = [
        (text_digest(text), Scores({Label.TOXICITY: score}, mentions={"muslim": 0.9}))
        for text, score in SCORES.items()
    ]
    store.scores.save(COMPACT, rows)
    digest = text_digest(EDITED)
    about = f"about {ANA}, the {CANARY}"
    decision = decide(store, "a1", note=about)
    store.annotations.add(
        Annotation(
            uuid4().hex,
            "a1",
            digest,
            "ada",
            NOON,
            confirmed=(Label.TOXICITY,),
            spans=(Span(4, 10),),
            note=about,
        )
    )
    store.flags.add(Flag("a1", FlagSource.REVIEWER, "bo", NOON, note=about))
    store.looks.say_gold([Gold("a1", digest, Verdict.REJECT, "lea", NOON)])
    store.appeals.add(
        Appeal(
            "ap1",
            "a1",
            decision.id,
            f"I, {ANA}, am no {CANARY}",
            NOON,
            "desk",
            by=AppealedBy.AUTHOR,
            via=AppealVia.CLI,
        )
    )
    store.views.save(SavedView("mine", "ada", {"author": [ANA]}, NOON))
    store.views.save(SavedView("other", "ada", {"author": ["Bob"]}, NOON))
    return store


def every_cell(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield each cell of each table as text, and where it stands."""
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)):
            for name, value in row._mapping.items():
                yield f"{table.name}.{name}", str(value)


def readable(store: Store, *words: str) -> list[str]:
    """Return where any of these words can still be read."""
    with store._database.read() as connection:
        return [
            where
            for where, cell in every_cell(connection)
            if any(word.casefold() in cell.casefold() for word in words)
        ]


def read_model(store: Store) -> list[tuple[object, ...]]:
    with store._database.read() as connection:
        rows = connection.execute(select(standing).order_by(standing.c.comment_pk))
        return [tuple(row) for row in rows]


def forget(store: Store, *names: str) -> Erased:
    return store.forgetting.forget(Whose(ErasureKind.AUTHOR, names=names), "lea", LATER)


def test_nothing_that_an_author_wrote_or_is_called_can_be_read_anywhere(site: Store) -> None:
    assert readable(site, CANARY, ANA)
    forget(site, ANA)
    assert readable(site, CANARY, ANA) == []
    outcome = site.chain.verify()
    assert outcome.whole, outcome.faults
    assert outcome.erased


def test_what_is_said_beforehand_is_what_is_done(site: Store) -> None:
    whose = Whose(ErasureKind.AUTHOR, names=(ANA,))
    before = read_model(site)
    said = site.forgetting.look(whose, LATER)
    assert read_model(site) == before
    # Two notes of decisions, one each of an annotation and a flag, and an appeal.
    assert said == Erased(comments=3, texts=4, notes=5, decisions=2)
    assert site.forgetting.forget(whose, "lea", LATER) == said
    (record,) = site.forgetting.records()
    assert (record.by, record.kind, record.erased) == ("lea", ErasureKind.AUTHOR, said)


def test_decisions_and_scores_stay_as_they_were(site: Store) -> None:
    before = [(one.id, one.verdict, one.reviewer, one.at) for one in site.decisions.of("a1")]
    scores = site.comments.get("a1").scores
    forget(site, ANA)
    found = site.decisions.of("a1")
    assert [(one.id, one.verdict, one.reviewer, one.at) for one in found] == before
    assert {one.note for one in found} == {""}
    entry = site.comments.get("a1")
    assert entry.scores == scores
    assert entry.verdict is Verdict.REJECT
    assert entry.text_sha256 == found[-1].text_sha256, "it is about the text that was here"
    assert entry.text_sha256 != text_digest(EDITED), "which nobody can try out"
    assert site.comments.count(BrowseFilter(verdict=Verdict.REJECT)) == 1
    (noted,) = site.annotations.of("a1")
    assert (noted.confirmed, noted.spans, noted.note) == ((Label.TOXICITY,), (Span(4, 10),), "")


def test_an_erased_comment_says_so_wherever_it_is_read(site: Store) -> None:
    forget(site, ANA)
    entry = site.comments.get("a1")
    assert entry.comment.text == "[erased 2026-04-10]"
    assert entry.comment.author is None
    assert entry.comment.erased_at == LATER
    assert [one.text for one in site.comments.revisions("a1")] == ["[erased 2026-04-10]"] * 2
    assert {one.text for one in site.decisions.log()} == {"[erased 2026-04-10]"}
    assert [one.text for one in site.annotations.log()] == ["[erased 2026-04-10]"]
    assert site.copies.of("a1") == []
    assert site.authors.record(ANA).comments == 0


def test_a_text_that_somebody_else_wrote_too_stays_theirs(site: Store) -> None:
    forget(site, ANA)
    theirs, gone = site.comments.get("b1"), site.comments.get("a2")
    assert (theirs.comment.text, theirs.comment.author) == (SHARED, "Bob")
    assert gone.comment.text == "[erased 2026-04-10]"
    assert theirs.scores is not None
    assert theirs.scores.values == {Label.TOXICITY: 0.1}
    forget(site, "Bob")
    assert readable(site, SHARED) == []


def test_the_same_words_by_somebody_else_are_their_own(site: Store) -> None:
    forget(site, ANA)
    site.threads.save([thread({"b3": EDITED})])
    assert site.comments.get("b3").comment.text == EDITED
    assert site.comments.get("b3").verdict is None
    assert site.comments.get("a1").comment.text == "[erased 2026-04-10]"


def test_what_nobody_decided_waits_for_nobody_and_is_never_scored(site: Store) -> None:
    assert site.comments.get("a3").pending
    forget(site, ANA)
    entry = site.comments.get("a3")
    assert (entry.pending, entry.flagged, entry.route) == (False, False, None)
    assert site.queue.next("bo") is None
    assert site.comments.count(BrowseFilter(scored=False)) == 0
    assert site.batches.tally(ScoreRange(Label.TOXICITY, 0.6, 1.0)).comments == 0
    open_texts = [text for some in site.scores.unscored(NEWER) for _, text in some]
    assert sorted(open_texts) == sorted({SHARED, TEXTS["b2"]})
    site.panel.set({Label.TOXICITY: ("compact", "2")})
    assert site.comments.get("a1").scores == Scores(not_scored="erased")
    with pytest.raises(ConflictError, match="was erased"):
        decide(site, "a3")


def test_what_is_erased_while_it_is_being_scored_is_passed_over(site: Store) -> None:
    batches = site.scores.unscored(NEWER, batch=2)
    ((first, _), (second, _)) = next(batches)
    forget(site, ANA)
    rated = Scores({Label.TOXICITY: 0.9})
    saved = site.scores.save(NEWER, [(first, rated), (second, rated)])
    told = [text for some in batches for _, text in some]
    assert (saved, told) == (1, [TEXTS["b2"]]), "the one that Bob wrote too, then his other"


def test_what_waits_about_it_ends(site: Store) -> None:
    assert site.appeals.waiting() == 1
    forget(site, ANA)
    assert site.appeals.waiting() == 0
    (appealed,) = site.appeals.of("a1")
    assert appealed.status is AppealStatus.DISMISSED
    assert site.looks.due("bo", free_at=NOON) is None
    assert [one.name for one in site.views.of("ada")] == ["other"]


def test_what_is_still_to_be_told_tells_nothing_of_it(site: Store) -> None:
    forget(site, ANA)
    told = site.deliveries.claim(LATER, LATER + timedelta(minutes=1), 10)
    assert {one.event.data["comment_id"] for one in told} == {"a1"}
    said = " ".join(str(one.event.extras) for one in told)
    assert "[erased 2026-04-10]" in said
    assert CANARY not in said
    (state,) = site.webhooks.states()
    assert state.last_error == "HTTP 500"


def test_what_a_receiver_answers_while_something_is_erased_is_left_out_too(site: Store) -> None:
    due, *_ = site.deliveries.claim(LATER, LATER + timedelta(minutes=1), 10)

    def answer(_done: int) -> None:
        site.deliveries.failed(due, LATER, f"HTTP 400: no {CANARY}", timedelta(minutes=1))

    site.forgetting.forget(Whose(ErasureKind.AUTHOR, names=(ANA,)), "lea", LATER, answer)
    assert readable(site, CANARY, ANA) == []


@pytest.mark.parametrize("refused", [False, True])
def test_what_a_receiver_answers_after_something_was_erased_is_left_out_too(
    site: Store, *, refused: bool
) -> None:
    due, *_ = site.deliveries.claim(LATER, LATER + timedelta(minutes=1), 10)
    forget(site, ANA)
    if refused:
        site.deliveries.refused_for_good(due, LATER, f"HTTP 410: no {CANARY}")
    else:
        site.deliveries.failed(due, LATER, f"HTTP 400: no {CANARY}", timedelta(minutes=1))
    (state,) = site.webhooks.states()
    assert state.last_error == ("HTTP 410" if refused else "HTTP 400")
    assert readable(site, CANARY, ANA) == []


def test_why_nothing_was_answered_is_kept_whatever_was_erased(site: Store) -> None:
    due, *_ = site.deliveries.claim(LATER, LATER + timedelta(minutes=1), 10)
    forget(site, ANA)
    site.deliveries.failed(due, LATER, "the host is not known here", timedelta(minutes=1))
    (state,) = site.webhooks.states()
    assert state.last_error == "the host is not known here"


def test_the_read_model_follows_from_what_is_left(site: Store) -> None:
    forget(site, ANA)
    kept = read_model(site)
    site.rebuild()
    assert read_model(site) == kept
    site.decisions.undo_last("ada", LATER)
    assert not site.comments.get("a1").pending, "taken back, and still not to be read"


WAYS: dict[str, Callable[[Store, str], object]] = {
    "the last": lambda store, _id: store.decisions.undo_last("ada", LATER),
    "its act": lambda store, one: store.decisions.undo_act(one, "ada", LATER),
    "it": lambda store, one: store.decisions.undo(one, "lea", LATER),
}


def test_why_an_appeal_was_dismissed_before_is_erased_and_not_made_up(site: Store) -> None:
    site.appeals.dismiss([Dismissal("ap1", "lea", NOON, f"a {CANARY}, forty times", "Enough.")])
    assert forget(site, ANA).notes == 7, "a reason and a reply more"
    (appealed,) = site.appeals.of("a1")
    assert appealed.dismissal == Dismissal("ap1", "lea", NOON, "erased")
    assert readable(site, CANARY) == []
    assert site.chain.verify().whole


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("noted", [True, False])
def test_what_is_taken_back_of_an_erased_comment_waits_for_nobody(
    site: Store, way: str, *, noted: bool
) -> None:
    if noted:
        site.flags.add(Flag("a3", FlagSource.REVIEWER, "bo", NOON))
    made = decide(site, "a3")
    forget(site, ANA)
    WAYS[way](site, made.id)
    kept = read_model(site)
    entry = site.comments.get("a3")
    assert (entry.verdict, entry.pending, entry.flagged, entry.route) == (None, False, False, None)
    site.rebuild()
    assert read_model(site) == kept
    assert site.queue.next("bo") is None
    site.decisions.undo(site.decisions.of("a3")[-1].id, "lea", LATER)
    assert site.comments.get("a3").verdict is Verdict.REJECT
    kept = read_model(site)
    site.rebuild()
    assert read_model(site) == kept


def test_nothing_more_can_be_said_about_an_erased_comment(site: Store) -> None:
    made = decide(site, "a3")
    forget(site, ANA)
    digest = site.comments.get("a3").text_sha256
    said = f"I, {ANA}, am no {CANARY}"
    appeal = Appeal(
        "ap2", "a3", made.id, said, LATER, "desk", by=AppealedBy.AUTHOR, via=AppealVia.CLI
    )
    flag = Flag("a3", FlagSource.REVIEWER, "bo", LATER, note=said)
    noted = Annotation(uuid4().hex, "a3", digest, "ada", LATER, note=said)
    for say in (
        lambda: site.appeals.add(appeal),
        lambda: site.flags.add(flag),
        lambda: site.annotations.add(noted),
        lambda: site.looks.say_gold([Gold("a3", digest, Verdict.REJECT, "lea", LATER)]),
    ):
        with pytest.raises(ConflictError, match="was erased"):
            say()
    assert readable(site, CANARY, ANA) == []


def test_an_audit_goes_on_without_what_is_erased(site: Store) -> None:
    site.audits.draw(Certain(), 10.0, "lea", NOON)
    decide(site, "b1", by="bo")
    forget(site, ANA)
    with site._database.read() as connection:
        waiting = connection.execute(select(standing.c.pending, standing.c.turn)).all()
    assert sum(row.pending for row in waiting) == 1, "b2 alone"
    site.audits.draw(Certain(), 10.0, "lea", NOON)
    assert not site.comments.get("a3").pending
    known = site.evidence.read(LATER)
    assert known.drawn.sum() == 2


def test_an_import_brings_nothing_back_whatever_its_ids_are(site: Store) -> None:
    forget(site, ANA)
    again = thread(TEXTS)
    others = thread({f"{one}-x": text for one, text in TEXTS.items()})
    saved = site.threads.save(admitted(site, [again, others]))
    assert saved.new == 2, "Bob's, under other ids"
    assert readable(site, CANARY, ANA) == []


def test_a_known_id_is_left_as_it_is_whoever_sends_it(site: Store) -> None:
    forget(site, ANA)
    anonymous = Comment("a1", "t1", EDITED)
    saved = site.threads.save([Thread("t1", source="in.csv", comments=(anonymous,))])
    assert (saved.new, saved.revised, saved.forgotten) == (0, 0, 1)
    assert readable(site, CANARY) == []


def test_who_writes_again_later_is_let_in(site: Store) -> None:
    forget(site, ANA)
    old = Comment("n1", "t1", "Before", author=ANA, created_at=LATER - timedelta(days=1))
    new = Comment("n2", "t1", "After", author=ANA, created_at=LATER + timedelta(days=1))
    saved = site.threads.save(admitted(site, [Thread("t1", source="in.csv", comments=(old, new))]))
    assert saved.new == 1
    assert site.comments.get("n2").comment.author == ANA


def test_who_is_forgotten_again_is_forgotten_up_to_then(site: Store) -> None:
    forget(site, ANA)
    again = Whose(ErasureKind.AUTHOR, names=(ANA,))
    site.forgetting.forget(again, "lea", LATER + timedelta(days=2))
    site.forgetting.forget(again, "lea", NOON)  # by a clock that goes wrong
    old, new = (
        Comment(f"n{day}", "t1", "Between", author=ANA, created_at=LATER + timedelta(days=day))
        for day in (1, 3)
    )
    (left,) = admitted(site, [Thread("t1", source="in.csv", comments=(old, new))])
    assert left.comments == (new,)


def test_a_comment_without_an_id_at_its_source_is_known_again(store: Store) -> None:
    texts = {"b-1": "No id has this one", "b-2": "Nor has that one"}
    store.threads.save([thread(texts, ids=Ids.DERIVED)])
    store.forgetting.forget(Whose(ErasureKind.COMMENTS, ids=("b-1",)), "lea", LATER)
    assert [one.id for one in store.threads.known("t1")] == ["b-2"]
    (left,) = admitted(store, [thread({"new": texts["b-1"], **texts}, ids=Ids.DERIVED)])
    assert [one.id for one in left.comments] == ["b-2"]


def test_an_unknown_comment_is_an_error_and_nothing_is_done(site: Store) -> None:
    with pytest.raises(NotFoundError, match="'nope'"):
        site.forgetting.forget(Whose(ErasureKind.COMMENTS, ids=("a1", "nope")), "lea", LATER)
    assert site.forgetting.records() == []
    assert site.comments.get("a1").comment.text == EDITED


def test_erasing_again_goes_on_where_it_was_stopped(site: Store) -> None:
    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    whose = Whose(ErasureKind.AUTHOR, names=(ANA,))
    with pytest.raises(KeyboardInterrupt):
        site.forgetting.forget(whose, "lea", LATER, stop)
    assert site.forgetting.forget(whose, "lea", LATER) == Erased()
    assert [one.erased.comments for one in site.forgetting.records()] == [3, 0]


@pytest.mark.parametrize(
    ("decided", "undecided", "gone"),
    [(30, None, {"a2"}), (None, 30, {"a3", "b1", "b2"}), (90, 90, set()), (30, 30, None)],
)
def test_what_was_kept_for_long_enough_goes(
    store: Store, decided: int | None, undecided: int | None, gone: set[str] | None
) -> None:
    Threads(store._database, lambda: NOON).save([thread(TEXTS)])
    for one in ("a1", "a2"):
        decide(store, one)
    store.flags.add(Flag("a1", FlagSource.REVIEWER, "bo", NOON))  # it asks for another decision
    retention = Retention(
        None if decided is None else timedelta(days=decided),
        None if undecided is None else timedelta(days=undecided),
    )
    store.forgetting.forget(Whose(ErasureKind.RETENTION, retention=retention), "cron", LATER)
    erased = {one.comment.id for one in store.comments.stream() if one.comment.erased_at}
    assert erased == (TEXTS.keys() - {"a1"} if gone is None else gone)


@pytest.mark.parametrize("quickly", [True, False])
def test_an_error_of_the_database_quotes_no_row(store: Store, *, quickly: bool) -> None:
    row = {"sha256": "0" * 64, "text": CANARY, "length": None}

    def write() -> None:
        with store._database.write() as connection:
            if quickly:
                load(connection, texts, [row])
            else:
                connection.execute(insert(texts), row)

    with pytest.raises(StoreError) as caught:
        write()
    assert CANARY not in "".join(traceback.format_exception(caught.value))


class TestPseudonyms:
    KEYS = (Pseudonyms("k" * 32), Pseudonyms("l" * 32))

    def test_names_are_rewritten_everywhere_and_once(self, site: Store) -> None:
        own, _ = self.KEYS
        assert not site.names.begin(own), "there are names"
        assert site.names.rewrite(own) == 5
        assert site.names.begin(own)
        assert site.comments.get("a1").comment.author == own.of(ANA)
        (mine, _) = site.views.of("ada")
        assert mine.link == {"author": [own.of(ANA)]}
        assert site.authors.record(own.of(ANA) or "").comments == 3

    def test_another_key_is_told_from_the_one_in_use(self, store: Store) -> None:
        own, other = self.KEYS
        assert store.names.begin(own), "a new database has no names"
        assert not store.names.begin(other)

    def test_a_lost_key_costs_the_authors_and_mixes_nothing(self, site: Store) -> None:
        own, other = self.KEYS
        site.names.rewrite(own)
        assert site.names.begin_anew(other) == 5
        assert {one.comment.author for one in site.comments.stream()} == {None}
        admission = Admission(other, None, site.forgetting.known)
        site.threads.save(map(admission.admit, [thread({**TEXTS, "a1": EDITED})]))
        assert site.comments.get("a1").comment.author == other.of(ANA)

    def test_what_was_erased_after_the_key_was_lost_stays_outside(self, store: Store) -> None:
        own, other = self.KEYS
        given = thread({"a-1": "No id has this one"}, ids=Ids.DERIVED)
        store.names.begin(own)
        store.threads.save([Admission(own, None, store.forgetting.known).admit(given)])
        store.names.begin_anew(other)
        store.forgetting.forget(Whose(ErasureKind.COMMENTS, ids=("a-1",)), "lea", LATER)
        admission = Admission(other, store.forgetting.marks(), store.forgetting.known)
        assert (admission.admit(given).comments, admission.left_out) == ((), 1)


def admitted(store: Store, threads: Sequence[Thread]) -> list[Thread]:
    admission = Admission(None, store.forgetting.marks(), store.forgetting.known)
    return list(map(admission.admit, threads))
