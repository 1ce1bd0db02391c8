"""The chain over the logs: nothing in them is altered, removed, added or moved unseen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Double,
    Integer,
    LargeBinary,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from tests.wording import rude
from triage.domain.appeals import Appeal, AppealedBy, AppealVia, Dismissal
from triage.domain.chain import ERASED, FaultKind, Verified, seal_of
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Annotation, Decision, Flag, FlagSource, Verdict
from triage.domain.looks import Gold
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, StoreError
from triage.store import Store
from triage.store.chain import erase_words, verified
from triage.store.chained import LOGS
from triage.store.columns import Moment
from triage.store.database import Database, load
from triage.store.schema import (
    adoptions,
    answers,
    appeals,
    comments,
    decisions,
    dismissals,
    flags,
    learned,
    links,
    metadata,
    notes,
    opinions,
    returned,
    revisions,
    texts,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMPACT = ScorerInfo("compact", "1", (Label.TOXICITY,))
TEXTS = rude(12)


def policy(version: int, at: float) -> Policy:
    return Policy("default", version, (Threshold(Label.TOXICITY, at),), NOON, "lea", why="calmer")


def decide(store: Store, comment: str, verdict: Verdict = Verdict.REJECT, **more: Any) -> Decision:
    (entry,) = store.comments.among([comment])
    many = sum(1 for _ in store.decisions.log())
    made = Decision(
        f"d{many + 1}", comment, entry.text_sha256, verdict, "ada", NOON, **{"note": "rude"} | more
    )
    store.decisions.add(made)
    return made


def fill(store: Store) -> None:
    """A site where each log holds something, by acts where they are short."""
    members = tuple(Comment(f"c{n}", "t", text, n, author="Ann") for n, text in enumerate(TEXTS))
    store.threads.save([Thread("t", comments=members)])
    store.policies.save(policy(1, 0.5))
    store.panel.set({Label.TOXICITY: ("compact", "1")})
    rows = [(text_digest(one), Scores({Label.TOXICITY: n / 12})) for n, one in enumerate(TEXTS)]
    store.scores.save(COMPACT, rows)
    store.policies.save(policy(2, 0.25))
    store.guidelines.save("## R1: be kind", "lea", upon=0)
    store.flags.add(Flag("c1", FlagSource.READER, "Tom", NOON, note="look"))
    first = decide(store, "c1", reasons=("insult",), refused=("threat",), seconds_spent=2)
    decide(store, "c2", batch="b1")
    store.decisions.undo(first.id, "ada", NOON)
    kept = decide(store, "c3")
    also = decide(store, "c4")
    for number, about in enumerate((kept, also)):
        store.appeals.add(
            Appeal(
                f"a{number}",
                about.comment_id,
                about.id,
                "I did not mean it",
                NOON,
                "ada",
                AppealedBy.AUTHOR,
                AppealVia.HAND,
                external_id=f"mail-{number}",
            )
        )
    store.appeals.dismiss([Dismissal("a0", "lea", NOON, "twice the same", "We looked.")])
    text = store.comments.get("c5").text_sha256
    store.annotations.add(Annotation("n1", "c5", text, "ada", NOON, note="mild"))
    store.looks.say_gold(
        [Gold("c6", store.comments.get("c6").text_sha256, Verdict.REJECT, "lea", NOON)]
    )
    with store._database.write() as connection:
        _fill_by_hand(connection)


def _fill_by_hand(connection: Connection) -> None:
    state = {"key": "compact+site", "version": "1", "base_key": "compact", "base_version": "1"}
    connection.execute(insert(learned).values(pk=1, state=b"\0\1", evidence={"auc": 0.9}, **state))
    adoption = {"base_key": "compact", "learned_pk": 1, "by": "lea", "why": "better", "at": NOON}
    connection.execute(insert(adoptions).values(adoption))
    connection.execute(insert(answers).values(appeal_pk=2, decision_pk=4, reply="It stays."))
    told = {"way": "csv", "state": "rejected", "by": "ada", "at": NOON}
    load(connection, returned, [{"comment_pk": n, "decision_pk": 2, **told} for n in (3, 4)])
    said = {"comment_pk": 1, "text_pk": 1, "verdict": "reject", "reviewer": "bea", "at": NOON}
    more = {"kind": "gold", "gold_pk": 1, "reasons": [], "seconds_spent": 1.5, "note": "hm"}
    connection.execute(insert(opinions).values(id="o1", **said, **more))
    draw = {"at": NOON, "by": "lea", "expected": 3.0, "population": 9, "drawn": 3}
    connection.execute(insert(metadata.tables["audit_draw"]).values(draw))


@pytest.fixture
def site(store: Store) -> Store:
    """The site on each engine; keys count from 1."""
    if not store._database.is_sqlite:
        every = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        with store._database.write() as connection:
            connection.exec_driver_sql(f"TRUNCATE {every} RESTART IDENTITY CASCADE")
    fill(store)
    return store


@contextmanager
def for_now(store: Store) -> Iterator[Connection]:
    """A connection of somebody who writes past triage, and past foreign keys."""
    engine = store._database._writer
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection
        connection.rollback()


def kinds(outcome: Verified) -> set[tuple[str | None, int | None, FaultKind]]:
    return {(one.log, one.key, one.kind) for one in outcome.faults}


def rows(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_every_row_of_every_log_is_on_the_chain_as_soon_as_it_is_there(site: Store) -> None:
    outcome = site.chain.verify()
    assert outcome.whole
    assert outcome.faults == ()
    with site._database.read() as connection:
        assert outcome.counts == {name: rows(connection, log.table) for name, log in LOGS.items()}
    assert min(outcome.counts.values()) > 0
    head = site.chain.head()
    assert head == outcome.head
    assert head is not None
    assert head.number == sum(outcome.counts.values())


def test_whatever_is_decided_changes_the_head(site: Store) -> None:
    seen = {site.chain.head()}
    decide(site, "c7")
    seen.add(site.chain.head())
    site.decisions.undo_last("ada", NOON)
    seen.add(site.chain.head())
    assert len(seen) == 3


def test_what_is_refused_leaves_no_trace_on_the_chain(site: Store) -> None:
    before = site.chain.head()
    (again,) = site.decisions.of("c2")
    with pytest.raises(ConflictError, match="recorded already"):
        site.decisions.add(again)
    assert site.chain.head() == before


def test_an_altered_decision_is_found_and_named(site: Store) -> None:
    with for_now(site) as connection:
        connection.execute(update(decisions).where(decisions.c.pk == 2).values(verdict="approve"))
        outcome = verified(connection)
    assert kinds(outcome) == {("decision", 2, FaultKind.ALTERED)}
    assert "id d2, verdict approve, reviewer ada" in str(outcome.faults[0])


def test_an_altered_note_is_found_although_only_its_seal_is_on_the_chain(site: Store) -> None:
    with for_now(site) as connection:
        connection.execute(update(decisions).where(decisions.c.pk == 2).values(note="polite"))
        assert kinds(verified(connection)) == {("decision", 2, FaultKind.ALTERED)}


def test_a_removed_decision_is_found_and_named(site: Store) -> None:
    with for_now(site) as connection:
        connection.execute(delete(decisions).where(decisions.c.pk == 3))
        assert kinds(verified(connection)) == {("decision", 3, FaultKind.REMOVED)}


def test_a_decision_that_somebody_put_in_is_found_and_not_taken_over_later(site: Store) -> None:
    mine = select(decisions.c.comment_pk, decisions.c.text_pk).where(decisions.c.pk == 2)
    # Written with a driver of its own, so that no part of triage notices.
    with site._database._writer.begin() as connection:
        about = connection.execute(mine).one()
        connection.exec_driver_sql(
            "INSERT INTO decision (id, comment_pk, text_pk, verdict, reviewer, at, reasons, note, "
            f"decided_by, score_visible, via) VALUES ('x', {about.comment_pk}, {about.text_pk}, "
            "'approve', 'ada', '2026-03-01 12:00:00', '[]', '', 'person', true, 'review')"
        )
        pk = connection.execute(select(func.max(decisions.c.pk))).scalar_one()
    decide(site, "c8")
    outcome = site.chain.verify()
    assert kinds(outcome) == {("decision", pk, FaultKind.ADDED)}


def test_what_was_removed_last_ends_all_adding_in_plain_words(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'triage.db'}") as site:
        fill(site)
        with site._database._writer.begin() as connection:
            last = select(func.max(decisions.c.pk)).scalar_subquery()
            for table in (answers, dismissals, appeals):
                connection.execute(delete(table))
            connection.execute(delete(decisions).where(decisions.c.pk == last))
        with pytest.raises(StoreError, match="altered past triage"):
            decide(site, "c8")


def test_two_decisions_that_changed_places_are_found(site: Store) -> None:
    with for_now(site) as connection:
        for pk, to in ((2, -1), (3, 2), (-1, 3)):
            connection.execute(update(decisions).where(decisions.c.pk == pk).values(pk=to))
        assert {one.key for one in verified(connection).faults} == {2, 3}


def test_a_decision_taken_off_the_chain_is_found(site: Store) -> None:
    with for_now(site) as connection:
        mine = (links.c.log == "decision", links.c.fact_pk == 2)
        number = connection.execute(select(links.c.number).where(*mine)).scalar_one()
        connection.execute(delete(links).where(*mine))
        outcome = verified(connection)
    assert kinds(outcome) == {
        (None, None, FaultKind.UNLINKED),
        ("decision", 2, FaultKind.ADDED),
    }
    assert outcome.faults[0].number == number


def test_a_tail_cut_off_leaves_no_gap_and_a_head_noted_before_finds_it(site: Store) -> None:
    decide(site, "c7")
    head = site.chain.head()
    assert head is not None
    assert site.chain.verify([head.hash]).found == {head.hash: head.number}
    with for_now(site) as connection:
        connection.execute(delete(links).where(links.c.number == head.number))
        last = connection.execute(select(func.max(decisions.c.pk))).scalar()
        connection.execute(delete(decisions).where(decisions.c.pk == last))
        assert verified(connection).whole
        cut = verified(connection, [head.hash])
    assert (cut.whole, cut.faulty, cut.found) == (False, 0, {head.hash: None})


def test_a_chain_made_anew_in_another_order_is_found(site: Store) -> None:
    """Whoever can compute every hash still has the keys of the log against them."""
    from triage.store.chain import _links

    with for_now(site) as connection:
        log = LOGS["flag"]
        connection.execute(delete(links))
        for name, other in LOGS.items():
            if name != "decision":
                connection.execute(delete(other.table))
        log = LOGS["decision"]
        (facts,) = log.after(connection, 0)
        turned = [facts[1], facts[0], *facts[2:]]
        load(connection, links, _links(log, turned, 0, bytes(32)))
        assert kinds(verified(connection)) == {("decision", facts[0].key, FaultKind.MOVED)}


class TestErasure:
    """Of comments c1 to c4 something was decided, flagged or appealed; c5 has an annotation."""

    @staticmethod
    def erase(connection: Connection, *names: str) -> None:
        """Erase all words about some comments, and which text each event was about."""
        about = select(comments.c.pk).where(comments.c.id.in_(names))
        pks = connection.execute(about).scalars().all()
        erase_words(connection, pks)
        for table in (decisions, notes, opinions, flags):
            connection.execute(update(table).where(table.c.comment_pk.in_(pks)).values(note=""))
        connection.execute(update(appeals).where(appeals.c.comment_pk.in_(pks)).values(text=""))
        theirs = select(appeals.c.pk).where(appeals.c.comment_pk.in_(pks))
        for table, words in ((answers, {}), (dismissals, {"why": ERASED})):
            mine = update(table).where(table.c.appeal_pk.in_(theirs))
            connection.execute(mine.values(reply="", **words))
        mine = update(comments).where(comments.c.pk.in_(pks))
        connection.execute(mine.values(erased_at=NOON))
        said = select(revisions.c.text_pk).where(revisions.c.comment_pk.in_(pks))
        for pk in set(connection.execute(said).scalars()):
            gone = {"text": "", "sha256": f"{pk:064x}", "erased_at": NOON}
            connection.execute(update(texts).where(texts.c.pk == pk).values(gone))

    def test_words_and_texts_can_be_erased_and_the_rest_still_holds(self, site: Store) -> None:
        with site._database.write() as connection:
            self.erase(connection, "c1", "c2", "c3", "c4", "c5")
        outcome = site.chain.verify()
        # 5 decisions, 1 flag, 2 appeals, 1 answer, 1 dismissal, 1 annotation; not what is about c6.
        assert (outcome.whole, outcome.faults, outcome.erased) == (True, (), 11)

    def test_nothing_is_left_by_which_to_try_what_the_words_were(self, site: Store) -> None:
        with site._database.write() as connection:
            self.erase(connection, "c2")
            mine = links.c.log == "decision", links.c.fact_pk == 2
            link = connection.execute(select(links).where(*mine)).one()
        assert (link.salt, len(link.sealed)) == (None, 32)

    def test_erasing_twice_changes_nothing(self, site: Store) -> None:
        with site._database.write() as connection:
            self.erase(connection, "c1", "c2", "c3", "c4", "c5")
            self.erase(connection, "c1", "c2", "c3", "c4", "c5")
        assert site.chain.verify().whole

    @pytest.mark.parametrize("put", [{"verdict": "approve"}, {"note": "kind"}, {"reviewer": "bea"}])
    def test_what_stays_of_it_cannot_change_and_no_words_can_be_put_in(
        self, site: Store, put: dict[str, str]
    ) -> None:
        with site._database.write() as connection:
            self.erase(connection, "c1", "c2", "c3", "c4")
            connection.execute(update(decisions).where(decisions.c.pk == 2).values(put))
        assert kinds(site.chain.verify()) == {("decision", 2, FaultKind.ALTERED)}

    @staticmethod
    def pass_off(connection: Connection, name: str) -> int:
        """Take the salt and the words of a log's last row, as an erasure would; return its key."""
        log = LOGS[name]
        key = int(connection.execute(select(func.max(log.key))).scalar_one())
        fact = log.read(connection, [key])[key]
        assert fact is not None
        mine = (links.c.log == name, links.c.fact_pk == key)
        salt = connection.execute(select(links.c.salt).where(*mine)).scalar_one()
        sealed = seal_of(salt, fact.words)
        connection.execute(update(links).where(*mine).values(salt=None, sealed=sealed))
        emptied = {word: ERASED if word == "why" else "" for word in log.words}
        connection.execute(update(log.table).where(log.key == key).values(emptied))
        return key

    @pytest.mark.parametrize("name", ["decision", "flag", "appeal_dismissal", "annotation"])
    def test_what_nobody_erased_is_not_taken_for_erased(self, site: Store, name: str) -> None:
        with for_now(site) as connection:
            key = self.pass_off(connection, name)
            assert kinds(verified(connection)) == {(name, key, FaultKind.ALTERED)}

    def test_nor_is_it_once_it_is_put_beside_what_was_erased(self, site: Store) -> None:
        with for_now(site) as connection:
            self.erase(connection, "c2")
            key = self.pass_off(connection, "decision")
            gone = select(decisions.c.text_pk).where(decisions.c.pk == 2).scalar_subquery()
            connection.execute(update(decisions).where(decisions.c.pk == key).values(text_pk=gone))
            assert kinds(verified(connection)) == {("decision", key, FaultKind.ALTERED)}


class TestBefore:
    def test_what_was_there_before_there_was_a_chain_is_linked_as_it_is_found(
        self, empty_url: str
    ) -> None:
        with Store.open(empty_url) as store:
            fill(store)
            counts = store.chain.verify().counts
        self._set_back(empty_url)
        with Store.open(empty_url) as store:
            outcome = store.chain.verify()
            assert outcome.whole
            assert outcome.counts == counts
            decide(store, "c9")
            assert store.chain.verify().whole

    @staticmethod
    def _set_back(url: str) -> None:
        with closing(Database(url)) as database, database.write() as connection:
            for name in ("chain", "assignment", "handover_read", "handover"):
                connection.exec_driver_sql(f"DROP TABLE {name}")
            connection.exec_driver_sql("DROP INDEX ix_standing_language_queue")
            connection.exec_driver_sql("UPDATE triage_version SET version_num = '0027_bench'")


def test_a_backup_carries_the_chain_to_either_engine(
    site: Store, empty_url: str, tmp_path: Path
) -> None:
    head = site.chain.head()
    kept = tmp_path / "kept.db"
    copied = site.back_up(kept, lambda _done, _of: None)
    assert (copied.chain.whole, copied.chain.head) == (True, head)
    brought = Store.take_back(empty_url, kept, lambda _done, _of: None)
    assert (brought.chain.whole, brought.chain.head) == (True, head)
    with Store.open(empty_url) as other:
        assert other.chain.verify([head.hash] if head else []).whole
        decide(other, "c10")
        assert other.chain.verify().whole


def test_a_backup_of_a_log_that_was_altered_is_written_and_says_so(
    site: Store, tmp_path: Path
) -> None:
    with site._database.write() as connection:
        connection.execute(update(decisions).where(decisions.c.pk == 2).values(reviewer="bea"))
    copied = site.back_up(tmp_path / "kept.db", lambda _done, _of: None)
    assert kinds(copied.chain) == {("decision", 2, FaultKind.ALTERED)}


def test_the_log_leaves_with_the_head_that_each_decision_made(site: Store) -> None:
    decide(site, "c7")
    *_, last = site.decisions.log()
    head = site.chain.head()
    assert head is not None
    assert last.chain_head == head.hash
    told = {one.chain_head for one in site.decisions.log()}
    told |= {one.chain_head for one in site.decisions.current()}
    outcome = site.chain.verify([one for one in told if one is not None])
    assert None not in told
    assert outcome.whole


# What of a row is hashed in format 1 whatever it holds. A column that comes later must take null,
# and be null in what was there before: else its hashes would change.
NEVER_NULL = {
    "policy": {"name", "version", "thresholds", "created_at", "created_by", "why"},
    "guideline": {"text", "created_at", "created_by", "why"},
    "panel": {"labels", "set_at"},
    "learned": {"key", "version", "base_key", "base_version", "state", "evidence"},
    "adoption": {"base_key", "by", "why", "at"},
    "audit_draw": {"at", "by", "automatic"},
    "flag": {"comment_pk", "source", "by", "at", "raised"},
    "decision": {"id", "comment_pk", "reviewer", "at", "reasons", "decided_by", "via"}
    | {"score_visible"},
    "appeal": {"id", "comment_pk", "decision_pk", "by", "via", "received_at", "received_by"},
    "appeal_answer": {"appeal_pk", "decision_pk"},
    "appeal_dismissal": {"appeal_pk", "by", "at"},
    "annotation": {"id", "comment_pk", "reviewer", "at", "confirmed", "rejected", "spans"},
    "gold": {"comment_pk", "verdict", "reasons", "by", "at", "active"},
    "opinion": {"id", "comment_pk", "kind", "reviewer", "at", "reasons"},
    "returned": {"comment_pk", "way", "decision_pk", "state", "by", "at"},
}


def test_a_column_that_comes_to_a_log_later_may_be_null() -> None:
    assert {
        name: {
            column.name
            for column in log.table.c
            if not column.nullable
            and column is not log.key
            and column.name not in {"text_pk", *log.words, *log.changing}
        }
        for name, log in LOGS.items()
    } == NEVER_NULL


def others(column: Column[Any], value: Any) -> list[Any]:
    """Return values that somebody might put in a cell instead of the one it holds."""
    if isinstance(column.type, Boolean):
        return [not value]
    if isinstance(column.type, JSON):
        return [[["toxicity", 0.9, "review"]], {"a": 1}]
    if isinstance(column.type, Moment):
        return [NOON + timedelta(microseconds=1)]
    if isinstance(column.type, Double):
        return [(value or 0.0) + 0.125]
    if isinstance(column.type, LargeBinary):
        return [b"\xff" * 32, b"" if value else b"\1"]
    if isinstance(column.type, Integer) or "pk" in column.name:
        return [(value or 0) + 1, (value or 0) + 1_000]
    return [f"{value or ''}x"]


def cells() -> list[tuple[str, str]]:
    """Return every cell that is proven, as table and column."""
    proven = [
        (name, column.name)
        for name, log in LOGS.items()
        for column in log.table.c
        if column.name not in log.changing
    ]
    return [*proven, *((links.name, column.name) for column in links.c)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('chain') / 'full.db'}") as store:
        fill(store)
        yield store


@pytest.mark.parametrize(("name", "column"), cells())
def test_no_cell_of_any_row_can_be_altered_unseen(filled: Store, name: str, column: str) -> None:
    table = metadata.tables[name]
    (key,) = table.primary_key.columns
    with for_now(filled) as connection:
        known = connection.execute(select(key, table.c[column].label("value"))).all()
        known = [*known[:3], *known[3:-1:6], known[-1]] if len(known) > 3 else known
        tried = 0
        for pk, value in known:
            for other in (
                *others(table.c[column], value),
                *([None] if table.c[column].nullable else []),
            ):
                if other == value:
                    continue
                savepoint = connection.begin_nested()
                try:
                    mine = update(table).where(key == pk).values({column: other})
                    connection.execute(mine)
                except IntegrityError:
                    pass  # the database itself refuses it
                else:
                    tried += 1
                    assert not verified(connection).whole, (pk, other)
                savepoint.rollback()
    assert tried


GARBAGE = ["", "x", "{", "[", "9999-99-99", "-1", "1e999", b"\xff", b"", 7, -0.5]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(cells()), st.sampled_from(GARBAGE), st.data())
def test_what_cannot_be_read_is_found_too(
    filled: Store, cell: tuple[str, str], garbage: object, data: st.DataObject
) -> None:
    name, column = cell
    with for_now(filled) as connection:
        (key,) = metadata.tables[name].primary_key.columns
        pk = data.draw(st.sampled_from(connection.execute(select(key)).scalars().all()))
        raw = f'SELECT "{column}" FROM "{name}" WHERE {key.name} = {pk}'
        before = connection.exec_driver_sql(raw).scalar()
        try:
            connection.exec_driver_sql(
                f'UPDATE "{name}" SET "{column}" = ? WHERE {key.name} = {pk}', (garbage,)
            )
        except SQLAlchemyError:
            return  # the database refuses it
        after = connection.exec_driver_sql(raw).scalar()
        same = after == before or {after, before} == {0, -0.0}
        if isinstance(metadata.tables[name].c[column].type, Boolean):
            same = bool(after) == bool(before)  # which is how it is read
        assert verified(connection).whole <= same


ACTS = ("decide", "undo", "flag", "policy", "annotate", "group", "gold")


def act(store: Store, name: str, number: int) -> None:
    comment = f"c{number % len(TEXTS)}"
    digest = store.comments.get(comment).text_sha256
    if name == "decide":
        verdict = list(Verdict)[number % 3]
        decide(store, comment, verdict, note="" if number % 2 else f"note {number}")
    elif name == "undo":
        store.decisions.undo_last("ada", NOON)
    elif name == "flag":
        store.flags.add(Flag(comment, FlagSource.REVIEWER, "ada", NOON, note=f"flag {number}"))
    elif name == "policy":
        present = store.policies.in_force()
        assert present is not None
        store.policies.save(policy(present.version + 1, 0.1 + number / 100))
    elif name == "annotate":
        many = len([*store.annotations.log()])
        store.annotations.add(Annotation(f"n{many + 1}", comment, digest, "ada", NOON))
    elif name == "gold":
        store.looks.say_gold([Gold(comment, digest, Verdict.APPROVE, "lea", NOON)])
    else:
        many = sum(1 for _ in store.decisions.log())
        store.decisions.add_many(
            Decision(
                f"g{many}-{n}",
                one,
                store.comments.get(one).text_sha256,
                Verdict.REJECT,
                "ada",
                NOON,
                via="batch",
                batch=f"b{many}",
            )
            for n, one in enumerate(f"c{(number + step) % len(TEXTS)}" for step in range(3))
        )


@settings(max_examples=20, deadline=None)
@given(
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 60)), min_size=1, max_size=8),
    data=st.data(),
)
def test_any_course_of_acts_verifies_and_any_tampering_with_it_is_found(
    sqlite_store: Store, acts: list[tuple[str, int]], data: st.DataObject
) -> None:
    store = sqlite_store
    with store._database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    members = tuple(Comment(f"c{n}", "t", text, n) for n, text in enumerate(TEXTS))
    store.threads.save([Thread("t", comments=members)])
    store.policies.save(policy(1, 0.5))
    for name, number in acts:
        act(store, name, number)
    outcome = store.chain.verify()
    assert outcome.whole
    noted = store.chain.head()
    assert noted is not None
    with for_now(store) as connection:
        tamper(connection, data)
        assert not verified(connection, [noted.hash]).whole


def tamper(connection: Connection, data: st.DataObject) -> None:
    """Remove a row of a log or of the chain or both, or let two events change places."""
    one = data.draw(st.sampled_from(connection.execute(select(links)).all()))
    log = LOGS[one.log]
    how = data.draw(st.sampled_from(["row", "link", "both", "hashes", "keys"]))
    other = data.draw(st.sampled_from(connection.execute(select(links)).all()))
    if other.number == one.number and how in {"hashes", "keys"}:
        how = "both"
    if how in {"row", "both"}:
        connection.execute(delete(log.table).where(log.key == one.fact_pk))
    if how in {"link", "both"}:
        connection.execute(delete(links).where(links.c.number == one.number))
    if how == "hashes":
        for link, value in ((one, other.hash), (other, one.hash)):
            mine = update(links).where(links.c.number == link.number)
            connection.execute(mine.values(hash=value))
    if how == "keys":
        for number, to in ((one.number, -1), (other.number, one.number), (-1, other.number)):
            mine = update(links).where(links.c.number == number)
            connection.execute(mine.values(number=to))
