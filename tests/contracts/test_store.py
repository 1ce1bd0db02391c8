"""What a store promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import event, func, select, update

from triage.domain.comments import Comment, Ids, Thread, text_digest
from triage.domain.courses import Course, Step
from triage.domain.decisions import Annotation, DecidedBy, Decision, Flag, FlagSource, Span, Verdict
from triage.domain.entries import Annotated, Entry, Logged, MentionShare, Seen
from triage.domain.policy import Policy, Route, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.domain.urgency import amplified
from triage.domain.views import SavedView
from triage.errors import ConflictError, NotFoundError, StoreError, UsageError
from triage.store import BrowseFilter, Sort, Store
from triage.store.database import Database
from triage.store.importing import ThreadWriter
from triage.store.migrate import VERSION_TABLE
from triage.store.queue import _Steps
from triage.store.schema import metadata, policies, texts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
COMPACT = ScorerInfo("compact", "1f0c", (Label.TOXICITY, Label.THREAT), details={"numpy": "2.4"})
NEWER = replace(COMPACT, version="9a7e")
OTHER = ScorerInfo("detoxify:original", "77aa", (Label.TOXICITY, Label.OBSCENE))


def thread(*texts: str, name: str = "t1", source: str = "a.csv", **fields: Any) -> Thread:
    """A thread whose comments are called `<thread>/<position>`."""
    members = tuple(
        Comment(f"{name}/{position}", name, text, position) for position, text in enumerate(texts)
    )
    return Thread(id=name, source=source, comments=members, **fields)


def one(comment_id: str, text: str, *, source: str = "a.csv", **fields: Any) -> Thread:
    """A thread with a single comment."""
    return Thread(id="t1", source=source, comments=(Comment(comment_id, "t1", text, **fields),))


def policy(version: int = 1, **at: float) -> Policy:
    thresholds = tuple(Threshold(Label(label), value) for label, value in at.items())
    return Policy("default", version, thresholds, NOON, "ada")


def rate(store: Store, scorer: ScorerInfo = COMPACT, **by_text: float | str) -> None:
    """Save a toxicity score, or the reason why there is none, under each text."""
    rows = [
        (
            text_digest(text),
            Scores(not_scored=given) if isinstance(given, str) else Scores({Label.TOXICITY: given}),
        )
        for text, given in by_text.items()
    ]
    store.scores.save(scorer, rows)


def verdict(
    store: Store,
    comment_id: str,
    said: Verdict = Verdict.REJECT,
    *,
    by: str = "ada",
    at: datetime = NOON,
    **fields: Any,
) -> Decision:
    """Decide about a comment's current text; ids count up."""
    made = sum(1 for _ in store.decisions.log())
    digest = store.comments.get(comment_id).text_sha256
    decision = Decision(f"d{made + 1}", comment_id, digest, said, by, at, **fields)
    store.decisions.add(decision)
    return decision


def upon_a_look(
    store: Store, *seen: Seen, by: str = "ada", batch: str | None = None
) -> list[Decision]:
    """Reject what was seen; ids tell the comment and the reviewer."""
    acts = (
        Decision(
            f"{one.comment_id} {by}",
            one.comment_id,
            one.text_sha256,
            Verdict.REJECT,
            by,
            NOON,
            batch=batch,
        )
        for one in seen
    )
    return store.decisions.decide(zip(seen, acts, strict=True))


def ids(entries: list[Entry]) -> list[str]:
    return [entry.comment.id for entry in entries]


def menacing(store: Store, **by_text: float) -> None:
    """Give texts a score for threat too, and put a threshold of 0.5 for it in force."""
    labels = dict.fromkeys((Label.TOXICITY, Label.THREAT), ("compact", "1f0c"))
    values = {entry.comment.text: entry.scores for entry in store.comments.stream()}
    rows = [
        (text_digest(text), Scores({**values[text].values, Label.THREAT: threat}))
        for text, threat in by_text.items()
    ]
    store.panel.set(labels)
    store.scores.save(COMPACT, rows)
    store.policies.save(policy(2, toxicity=0.5, threat=0.5))


def walk(step: Callable[[str | None], str | None]) -> Iterator[str]:
    here = step(None)
    while here is not None:
        yield here
        here = step(here)


@pytest.fixture
def rated(store: Store) -> Store:
    """Four comments at 0.9, 0.7, 0.2 and 0.7 under a threshold of 0.5."""
    store.threads.save([thread("worst", "bad", "kind", "rude")])
    store.policies.save(policy(toxicity=0.5))
    store.panel.set({Label.TOXICITY: ("compact", "1f0c")})
    rate(store, worst=0.9, bad=0.7, kind=0.2, rude=0.7)
    return store


class TestSchema:
    def test_the_migrations_lead_to_the_schema_that_the_code_uses(self, store: Store) -> None:
        with store._database.read() as connection:
            options = {"version_table": VERSION_TABLE, "compare_server_default": True}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, metadata) == []

    def test_a_database_of_the_first_version_keeps_its_scores_and_takes_mentions(
        self, empty_url: str
    ) -> None:
        database = Database(empty_url)
        with database.write() as connection:
            config = Config()
            config.set_main_option("script_location", "triage.store:migrations")
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            at = "'2026-03-01 12:00:00'"
            for statement in (
                f"INSERT INTO text VALUES (1, '{text_digest('hello')}', 'hello', 5)",
                f"""INSERT INTO scorer_version
                    VALUES (1, 'compact', '1f0c', '["toxicity"]', '', '{{}}', {at})""",
                f"""INSERT INTO score (text_pk, scorer_pk, toxicity, scored_at)
                    VALUES (1, 1, 0.25, {at})""",
            ):
                connection.exec_driver_sql(statement)
        database.close()
        with Store.open(empty_url) as store:
            store.threads.save([thread("hello")])
            scorer = ("compact", "1f0c")
            assert store.scores.of("t1/0") == {scorer: Scores({Label.TOXICITY: 0.25})}
            told = Scores({Label.TOXICITY: 0.25}, mentions={"female": 0.5})
            store.scores.save(COMPACT, [(text_digest("hello"), told)])
            assert store.scores.of("t1/0") == {scorer: told}

    def test_several_programs_may_open_a_new_database_at_once(self, empty_url: str) -> None:
        def open_and_save(number: int) -> int:
            with Store.open(empty_url) as store:
                return store.threads.save([thread("hello", name=f"t{number}")]).new

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(open_and_save, range(4))) == [1, 1, 1, 1]
        with Store.open(empty_url) as store:
            assert len(store.threads.summaries()) == 4

    def test_a_database_of_the_first_version_is_migrated_with_its_decisions(
        self, empty_url: str
    ) -> None:
        database = Database(empty_url)
        config = Config()
        config.set_main_option("script_location", "triage.store:migrations")
        with database.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
        with database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO text (pk, sha256, text, length) VALUES "
                f"(1, '{text_digest('worst')}', 'worst', 5)"
            )
            connection.exec_driver_sql(
                "INSERT INTO thread (pk, id, title, article, source, ids, imported_at) VALUES "
                "(1, 't1', '', '', 'a.csv', 'given', '2026-03-01 12:00:00')"
            )
            connection.exec_driver_sql(
                "INSERT INTO comment (pk, id, thread_pk, author, position, source, first_seen_at, "
                "revisions) VALUES (1, 'c1', 1, 'ann', 0, 'a.csv', '2026-03-01 12:00:00', 1)"
            )
            connection.exec_driver_sql(
                "INSERT INTO revision (comment_pk, number, text_pk, seen_at) VALUES "
                "(1, 1, 1, '2026-03-01 12:00:00')"
            )
            connection.exec_driver_sql(
                "INSERT INTO decision (pk, id, comment_pk, text_pk, verdict, reviewer, at, "
                "reasons, note, decided_by, score_visible, via) VALUES (1, 'd1', 1, 1, 'reject', "
                "'ada', '2026-03-01 12:00:00', '[\"insult\"]', '', 'person', true, 'review')"
            )
        database.close()
        with Store.open(empty_url) as store:
            store.rebuild()
            (decision,) = store.decisions.of("c1")
            assert (decision.reasons, decision.refused) == (("insult",), ())
            assert decision.guidelines is None
            assert store.authors.record("ann").verdicts[Verdict.REJECT] == 1

    def test_a_database_of_a_newer_version_is_refused(self, empty_url: str) -> None:
        with Store.open(empty_url) as store, store._database.write() as connection:
            connection.exec_driver_sql("UPDATE triage_version SET version_num = '9999'")
        with pytest.raises(StoreError, match="newer version of triage"):
            Store.open(empty_url)

    def test_another_programs_database_is_refused_and_left_alone(self, empty_url: str) -> None:
        database = Database(empty_url)
        with database.write() as connection:
            connection.exec_driver_sql("CREATE TABLE cookies (pk INTEGER)")
        with pytest.raises(StoreError, match="belongs to another program"):
            Store.open(empty_url)
        with database.write() as connection:
            connection.exec_driver_sql("DROP TABLE cookies")
        database.close()
        Store.open(empty_url).close()


class TestTransactions:
    def test_a_read_sees_one_state_whatever_is_written_meanwhile(self, store: Store) -> None:
        store.threads.save([thread("one")])
        with store._database.read() as connection:
            before = connection.execute(select(func.count(texts.c.pk))).scalar()
            store.threads.save([thread("two", name="t2")])
            assert connection.execute(select(func.count(texts.c.pk))).scalar() == before == 1
        assert store.comments.count() == 2


class TestThreads:
    def test_a_thread_comes_back_as_it_was_saved(self, store: Store) -> None:
        comment = Comment(
            "c1",
            "t1",
            "Two lines,\nand a tab\t.",
            position=3,
            parent_id="c0",
            author="O'Malley ☘",
            created_at=datetime(2026, 3, 1, 14, 30, 0, 250_000, timezone(timedelta(hours=2))),
            number="3.",
        )
        saved = Thread("t1", "Title", "Article", "https://x.test", "a.txt", Ids.DERIVED, (comment,))
        store.threads.save([saved])
        assert store.threads.get("t1") == saved

    def test_importing_the_same_again_changes_nothing(self, store: Store) -> None:
        piece = thread("one", "two", title="Title")
        assert store.threads.save([piece]).new == 2
        before = (store.threads.get("t1"), list(store.comments.stream()))
        again = store.threads.save([piece])
        assert (again.new, again.revised, again.unchanged, again.problems) == (0, 0, 2, ())
        assert (store.threads.get("t1"), list(store.comments.stream())) == before

    def test_an_edit_becomes_a_revision_and_asks_for_a_new_decision(self, rated: Store) -> None:
        verdict(rated, "t1/0")
        saved = rated.threads.save([thread("bad", "bad", "kind", "rude")])
        assert (saved.revised, saved.unchanged) == (1, 3)
        entry = rated.comments.get("t1/0")
        assert (entry.revision, entry.verdict, entry.pending) == (2, None, True)
        assert [one.text for one in rated.comments.revisions("t1/0")] == ["worst", "bad"]
        assert len(rated.decisions.of("t1/0")) == 1

    def test_a_decision_stands_again_when_its_wording_returns(self, rated: Store) -> None:
        verdict(rated, "t1/0", Verdict.APPROVE)
        for text in ("edited", "worst"):
            rated.threads.save([thread(text, "bad", "kind", "rude")])
        entry = rated.comments.get("t1/0")
        assert (entry.revision, entry.verdict) == (3, Verdict.APPROVE)

    def test_an_edited_text_loses_the_scores_of_the_old_one(self, rated: Store) -> None:
        rated.threads.save([thread("unheard of", "bad", "kind", "rude")])
        entry = rated.comments.get("t1/0")
        assert (entry.scores, entry.route, entry.flagged, entry.priority) == (None, None, False, 0)

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ({"created_at": NOON}, {"created_at": NOON + timedelta(days=1)}, "another time"),
            ({"author": "ada"}, {"author": "bob"}, "another author"),
            (
                {"author": "ada", "created_at": NOON},
                {"author": "bob", "created_at": NOON},
                "author",
            ),
            ({}, {"source": "b.csv"}, "another source"),
            ({"author": "ada"}, {"created_at": NOON, "source": "b.csv"}, "another source"),
        ],
    )
    def test_another_comment_under_a_known_id_is_refused_with_a_way_out(
        self, store: Store, old: dict[str, Any], new: dict[str, Any], words: str
    ) -> None:
        store.threads.save([one("7", "first", **old)])
        saved = store.threads.save([one("7", "second", **new)])
        assert (saved.new, saved.revised) == (0, 0)
        (problem,) = saved.problems
        assert words in problem.message
        assert "--source NAME" in problem.message
        assert problem.where == new.get("source", "a.csv")
        assert store.comments.get("7").comment.text == "first"

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            (
                {"author": "ada", "created_at": NOON},
                {"author": "ada", "created_at": NOON + timedelta(days=7)},
                "the same text and written at another time",
            ),
            ({"author": "ada"}, {"author": "bob"}, "the same text and by another author"),
            (
                {"author": "ada", "created_at": NOON},
                {"author": "bob"},
                "the same text and by another author",
            ),
        ],
    )
    def test_two_people_may_say_the_same_under_one_id(
        self, store: Store, old: dict[str, Any], new: dict[str, Any], words: str
    ) -> None:
        store.threads.save([one("7", "Thanks!", **old)])
        saved = store.threads.save([one("7", "Thanks!", source="b.csv", **new)])
        assert (saved.new, saved.revised, saved.unchanged) == (0, 0, 0)
        (problem,) = saved.problems
        assert all(part in problem.message for part in ("'7'", words, "--source NAME"))
        assert problem.where == "b.csv"
        assert store.comments.get("7").comment.author == "ada"

    def test_two_people_may_say_the_same_in_one_file(self, store: Store) -> None:
        saved = store.threads.save([one("7", "Yes", author="ada"), one("7", "Yes", author="bob")])
        assert (saved.new, saved.unchanged) == (1, 0)
        assert "twice in this import, by another author" in saved.problems[0].message

    @pytest.mark.parametrize("name", ["[deleted]", "ada the second"])
    def test_a_renamed_author_is_no_other_comment_where_the_time_is_the_same(
        self, store: Store, name: str
    ) -> None:
        elsewhere = NOON.astimezone(timezone(timedelta(hours=5)))
        store.threads.save([one("7", "text", author="ada", created_at=NOON)])
        saved = store.threads.save([one("7", "text", author=name, created_at=elsewhere)])
        assert (saved.unchanged, saved.problems) == (1, ())
        assert store.comments.get("7").comment.author == name

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ({"author": "ada"}, {"author": "ada", "source": "b.csv"}),
            ({"created_at": NOON}, {"created_at": NOON, "source": "b.csv"}),
            ({"author": "ada"}, {}),
            ({"author": "ada"}, {"author": "[deleted]"}),
            (
                {"author": "ada", "created_at": NOON},
                {"author": "[deleted]", "created_at": NOON, "source": "b.csv"},
            ),
            ({}, {}),
        ],
    )
    def test_what_nothing_contradicts_is_an_edit(
        self, store: Store, old: dict[str, Any], new: dict[str, Any]
    ) -> None:
        store.threads.save([one("7", "first", **old)])
        assert store.threads.save([one("7", "second", **new)]).revised == 1

    def test_derived_ids_were_aligned_before_and_are_always_edits(self, store: Store) -> None:
        first = replace(one("7", "first", author="ada"), ids=Ids.DERIVED)
        second = replace(one("7", "second", author="bob", source="b.txt"), ids=Ids.DERIVED)
        store.threads.save([first])
        assert store.threads.save([second]).revised == 1

    def test_one_id_with_two_texts_in_one_import_keeps_the_first(self, store: Store) -> None:
        pieces = [one("7", "first"), one("7", "second"), one("7", "first")]
        for new, unchanged in ((1, 1), (0, 2)):
            saved = store.threads.save(pieces)
            assert (saved.new, saved.revised, saved.unchanged) == (new, 0, unchanged)
            assert "twice in this import" in saved.problems[0].message
        assert store.comments.get("7").comment.text == "first"

    def test_a_thread_may_come_in_pieces(self, store: Store) -> None:
        store.threads.save(
            [
                Thread("t1", "", "", None, "a.csv", comments=(Comment("c1", "t1", "one"),)),
                Thread("t1", "Title", "", None, "", comments=(Comment("c2", "t1", "two", 1),)),
            ]
        )
        whole = store.threads.get("t1")
        assert (whole.title, whole.source, len(whole.comments)) == ("Title", "a.csv", 2)

    def test_what_a_new_import_leaves_empty_keeps_its_value(self, store: Store) -> None:
        known = one("c1", "text", author="ada", number="1.", parent_id="c0", created_at=NOON)
        store.threads.save([replace(known, title="Title", article="Text", url="https://x.test")])
        before = store.threads.get("t1")
        store.threads.save([one("c1", "text")])
        assert store.threads.get("t1") == before
        renamed = one("c1", "text", author="Ada", created_at=NOON, position=5)
        store.threads.save([replace(renamed, title="New")])
        after = store.threads.get("t1")
        assert (after.title, after.article) == ("New", "Text")
        assert (after.comments[0].author, after.comments[0].position) == ("Ada", 5)

    def test_an_import_killed_halfway_keeps_whole_chunks_and_completes_when_run_again(
        self, store: Store
    ) -> None:
        pieces = [thread(*(f"{name} {n}" for n in range(1500)), name=name) for name in "abc"]

        def stop(done: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.threads.save(pieces, on_progress=stop)
        assert store.comments.count() == 2000
        heard: list[int] = []
        saved = store.threads.save(pieces, on_progress=heard.append)
        assert (saved.new, saved.unchanged, heard) == (2500, 2000, [2000, 4000, 4500])
        assert [store.threads.get(name) for name in "abc"] == pieces

    def test_a_reader_that_fails_leaves_no_half_of_a_chunk(self, store: Store) -> None:
        def pieces() -> Iterator[Thread]:
            yield thread("one", "two")
            raise UsageError("the file ends here")

        with pytest.raises(UsageError):
            store.threads.save(pieces())
        assert store.comments.count() == 0

    @pytest.mark.parametrize(
        "text", ["", "\0", "a\0b", "\ud800 half", "\U0010ffff000000", "🤡\x1b["]
    )
    def test_any_text_is_kept_to_the_last_character(self, store: Store, text: str) -> None:
        store.threads.save([one("c1", text, author="\ud83d", number="\0")])
        entry = store.comments.get("c1")
        assert (entry.comment.text, entry.comment.author, entry.comment.number) == (
            *(text, "\ud83d", "\0"),
        )
        assert entry.text_sha256 == text_digest(text)

    def test_the_first_and_the_last_year_are_times_too(self, store: Store) -> None:
        first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
        for _ in range(2):
            assert store.threads.save([one("c1", "old", created_at=first)]).problems == ()
        assert store.comments.get("c1").comment.created_at == datetime(1, 1, 1, tzinfo=UTC)

    def test_an_id_too_long_for_an_index_is_a_problem_and_the_rest_is_kept(
        self, store: Store
    ) -> None:
        long = "é" * 501
        piece = Thread("t1", comments=(Comment(long, "t1", "lost"), Comment("c2", "t1", "kept")))
        saved = store.threads.save([piece, Thread(long, comments=(Comment("c3", long, "lost"),))])
        assert (saved.new, len(saved.problems)) == (1, 2)
        assert all("shorter id" in problem.message for problem in saved.problems)
        store.threads.save([one("é" * 500, "fits")])

    def test_a_comment_keeps_its_thread_and_place_when_another_file_repeats_it(
        self, store: Store
    ) -> None:
        store.threads.save([one("c1", "same", position=4)])
        store.threads.save([Thread("t2", source="b.csv", comments=(Comment("c1", "t2", "same"),))])
        comment = store.comments.get("c1").comment
        assert (comment.thread_id, comment.position) == ("t1", 4)

    def test_known_comments_are_listed_by_position_for_alignment(self, store: Store) -> None:
        store.threads.save([thread("one", "two"), thread("three", name="t2")])
        known = store.threads.known("t1")
        assert [(one.id, one.text, one.position) for one in known] == [
            ("t1/0", "one", 0),
            ("t1/1", "two", 1),
        ]
        assert known[0].text_sha256 == text_digest("one")
        assert store.threads.known("nowhere") == []

    def test_an_outline_gives_the_order_to_read_and_no_text(self, store: Store) -> None:
        parents = {"a": None, "b": None, "a1": "a", "lost": "nowhere", "a11": "a1"}
        members = tuple(
            Comment(name, "t1", f"text {name}", place, parent)
            for place, (name, parent) in enumerate(parents.items())
        )
        store.threads.save([Thread("t1", comments=members), thread("other", name="t2")])
        outline = store.threads.outline("t1")
        assert [(node.comment.id, node.depth) for node in outline] == [
            *(("a", 0), ("a1", 1), ("a11", 2), ("b", 0), ("lost", 0)),
        ]
        assert {node.comment.text for node in outline} == {""}
        entries = store.comments.among(["b", "nothing", "a1"])
        assert [one.comment.text for one in entries] == ["text b", "text a1"]

    def test_a_course_gives_the_scores_in_the_order_to_read(self, rated: Store) -> None:
        members = (
            Comment("a", "t2", "worst", 0),
            Comment("b", "t2", "unheard of", 1),
            Comment("a1", "t2", "kind", 2, parent_id="a"),
        )
        rated.threads.save([Thread("t2", comments=members)])
        verdict(rated, "a")
        course = rated.threads.course("t2", Label.TOXICITY)
        assert course == Course(
            Label.TOXICITY,
            (Step("a", 1, 0.9, Verdict.REJECT), Step("a1", 2, 0.2), Step("b", 3, None)),
        )
        with pytest.raises(NotFoundError):
            rated.threads.course("nowhere", Label.TOXICITY)

    def test_summaries_count_what_is_pending_and_decided(self, rated: Store) -> None:
        rated.threads.save([Thread("empty", title="No comments yet")])
        verdict(rated, "t1/1")
        first, empty = rated.threads.summaries()
        assert (first.id, first.comments, first.pending, first.decided) == ("t1", 4, 2, 1)
        assert (empty.title, empty.comments, empty.pending) == ("No comments yet", 0, 0)

    def test_an_unknown_thread_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFoundError, match="'nowhere'"):
            store.threads.get("nowhere")
        with pytest.raises(NotFoundError, match="'nowhere'"):
            store.threads.outline("nowhere")


class TestScores:
    def test_identical_texts_are_scored_once(self, store: Store) -> None:
        store.threads.save([thread("same", "other", "same"), thread("same", name="t2")])
        batches = list(store.scores.unscored(COMPACT))
        assert batches == [[(text_digest(text), text) for text in ("same", "other")]]
        assert store.scores.unscored_count(COMPACT) == 2

    def test_scores_may_be_saved_while_the_unscored_are_read(self, store: Store) -> None:
        store.threads.save([thread(*(f"text {n}" for n in range(10)))])
        seen: list[str] = []
        for batch in store.scores.unscored(COMPACT, batch=3):
            seen += [text for _, text in batch]
            store.scores.save(COMPACT, [(key, Scores({Label.THREAT: 0.1})) for key, _ in batch])
        assert sorted(seen) == [f"text {n}" for n in range(10)]
        assert store.scores.unscored_count(COMPACT) == 0
        assert store.scores.unscored_count(NEWER) == 10

    def test_what_another_process_scored_meanwhile_is_not_handed_out(self, store: Store) -> None:
        store.threads.save([thread("a", "b", "c")])
        unscored = store.scores.unscored(COMPACT, batch=1)
        assert next(unscored)[0][1] == "a"
        rate(store, b=0.5)
        assert [batch[0][1] for batch in unscored] == ["c"]

    def test_texts_that_nobody_shows_any_more_are_not_scored(self, store: Store) -> None:
        store.threads.save([one("c1", "old")])
        store.threads.save([one("c1", "new")])
        assert [text for batch in store.scores.unscored(COMPACT) for _, text in batch] == ["new"]

    def test_a_known_text_brings_its_scores_along(self, rated: Store) -> None:
        rated.threads.save([thread("worst", name="t2")])
        entry = rated.comments.get("t2/0")
        assert entry.scores == Scores({Label.TOXICITY: 0.9})
        assert entry.pending

    def test_scores_of_two_versions_never_mix(self, rated: Store) -> None:
        rate(rated, NEWER, worst=0.1)
        rated.panel.set({Label.TOXICITY: ("compact", "9a7e")})
        assert rated.comments.get("t1/0").scores == Scores({Label.TOXICITY: 0.1})
        assert rated.comments.get("t1/1").scores is None
        assert rated.comments.count(BrowseFilter(flagged=True)) == 0

    def test_a_panel_takes_each_label_from_its_own_scorer(self, rated: Store) -> None:
        both = Scores({Label.TOXICITY: 0.3, Label.OBSCENE: 0.8})
        rated.scores.save(OTHER, [(text_digest("worst"), both)])
        rated.panel.set(
            {Label.TOXICITY: ("compact", "1f0c"), Label.OBSCENE: ("detoxify:original", "77aa")}
        )
        scores = rated.comments.get("t1/0").scores
        assert scores == Scores({Label.TOXICITY: 0.9, Label.OBSCENE: 0.8})
        assert rated.scores.of("t1/0") == {
            ("compact", "1f0c"): Scores({Label.TOXICITY: 0.9}),
            ("detoxify:original", "77aa"): both,
        }

    def test_scores_of_a_scorer_off_the_panel_change_no_flag(self, rated: Store) -> None:
        before = list(rated.comments.stream())
        rate(rated, NEWER, kind=1.0)
        assert list(rated.comments.stream()) == before

    def test_a_scorer_may_join_the_panel_before_its_first_score(self, store: Store) -> None:
        store.threads.save([thread("bad")])
        store.policies.save(policy(toxicity=0.5))
        store.panel.set({Label.TOXICITY: ("compact", "1f0c")})
        assert store.comments.get("t1/0").scores is None
        rate(store, bad=0.6)
        assert store.comments.get("t1/0").flagged
        assert store.panel.get() == {Label.TOXICITY: ("compact", "1f0c")}

    def test_what_cannot_be_scored_is_flagged_with_the_reason(self, rated: Store) -> None:
        rated.threads.save([one("c9", "")])
        rated.scores.save(COMPACT, [(text_digest(""), Scores(not_scored="empty text"))])
        entry = rated.comments.get("c9")
        assert entry.scores == Scores(not_scored="empty text")
        assert (entry.route, entry.pending) == (Route.REVIEW, True)
        assert 0 < entry.priority < 1

    def test_one_scorer_that_reads_a_text_is_enough_to_have_it_scored(self, rated: Store) -> None:
        rated.scores.save(OTHER, [(text_digest("kind"), Scores(not_scored="no such language"))])
        rated.panel.set(
            {Label.TOXICITY: ("compact", "1f0c"), Label.OBSCENE: ("detoxify:original", "77aa")}
        )
        entry = rated.comments.get("t1/2")
        assert (entry.scores, entry.route) == (Scores({Label.TOXICITY: 0.2}), Route.PASS)

    def test_saving_again_replaces_the_scores_of_that_version(self, rated: Store) -> None:
        rate(rated, worst=0.1)
        assert rated.scores.of("t1/0") == {("compact", "1f0c"): Scores({Label.TOXICITY: 0.1})}
        assert not rated.comments.get("t1/0").flagged

    def test_rough_scores_are_kept_as_such_and_found_where_they_lie(self, store: Store) -> None:
        store.threads.save([thread("low", "near", "at", "exact", "high", "hushed", "silent")])
        given = {
            "low": Scores({Label.TOXICITY: 0.1, Label.THREAT: 0.0}, rough=True),
            "near": Scores({Label.TOXICITY: 0.46, Label.THREAT: 0.9}, rough=True),
            "at": Scores({Label.TOXICITY: 0.1, Label.THREAT: 0.3}, rough=True),
            "exact": Scores({Label.TOXICITY: 0.5, Label.THREAT: 0.3}),
            "high": Scores({Label.TOXICITY: 0.9}, rough=True),
            "silent": Scores(not_scored="no such language"),
        }
        store.scores.save(COMPACT, [(text_digest(text), one) for text, one in given.items()])
        assert store.scores.of("t1/0") == {("compact", "1f0c"): given["low"]}
        assert store.scores.of("t1/3") == {("compact", "1f0c"): given["exact"]}
        within = {Label.TOXICITY: [(0.45, 0.55), (0.85, 0.95)], Label.THREAT: [(0.25, 0.35)]}
        found = list(store.scores.rough(COMPACT, within, batch=2))
        assert [[text for _, text in batch] for batch in found] == [["near", "at"], ["high"]]
        assert found[0][0][0] == text_digest("near")
        assert list(store.scores.rough(NEWER, within)) == []
        assert list(store.scores.rough(COMPACT, {})) == []

    def test_what_was_rated_exactly_meanwhile_is_not_rough_any_more(self, store: Store) -> None:
        store.threads.save([thread("a", "b"), one("c1", "old")])
        store.threads.save([one("c1", "new")])
        rough = Scores({Label.TOXICITY: 0.5}, rough=True)
        store.scores.save(COMPACT, [(text_digest(text), rough) for text in ("a", "b", "old")])
        batches = store.scores.rough(COMPACT, {Label.TOXICITY: [(0.4, 0.6)]}, batch=1)
        assert next(batches) == [(text_digest("a"), "a")]
        rate(store, b=0.5)
        assert list(batches) == [], "b is exact by now, and nobody shows the old text any more"

    def test_scores_for_a_text_that_is_not_here_are_passed_over(self, store: Store) -> None:
        rows = [(text_digest(text), Scores({Label.TOXICITY: 0.5})) for text in ("a", "nowhere")]
        assert store.scores.save(COMPACT, rows[1:]) == 0
        assert store.scores.scorers() == []
        store.threads.save([thread("a")])
        assert store.scores.save(COMPACT, rows) == 1

    def test_scorers_are_remembered_with_their_details(self, rated: Store) -> None:
        rate(rated, OTHER, kind=0.1)
        assert rated.scores.scorers() == [COMPACT, OTHER]


def tell(store: Store, scorer: ScorerInfo = COMPACT, **by_text: dict[str, float]) -> None:
    """Save a toxicity of 0.6 with mentions under each text."""
    rows = [
        (text_digest(text), Scores({Label.TOXICITY: 0.6}, mentions=given))
        for text, given in by_text.items()
    ]
    store.scores.save(scorer, rows)


class TestMentions:
    def test_they_come_back_with_the_scores_of_the_scorer_that_told_of_them(
        self, rated: Store
    ) -> None:
        tell(rated, OTHER, worst={"female": 0.9, "black": 1e-9}, kind={"female": 0.1, "black": 0.0})
        found = rated.scores.of("t1/0")
        assert found["detoxify:original", "77aa"].mentions == {"female": 0.9, "black": 1e-9}
        assert found["compact", "1f0c"].mentions == {}

    def test_scores_that_are_saved_again_bring_their_own(self, rated: Store) -> None:
        tell(rated, worst={"female": 0.9}, bad={"female": 0.8})
        tell(rated, worst={"male": 0.7})
        rate(rated, bad=0.7)
        scorer = ("compact", "1f0c")
        assert rated.scores.of("t1/0")[scorer].mentions == {"male": 0.7}
        assert rated.scores.of("t1/1")[scorer].mentions == {}

    def test_those_of_a_text_that_is_not_here_are_passed_over(self, rated: Store) -> None:
        tell(rated, worst={"female": 0.9}, nowhere={"male": 0.9})
        assert rated.mentions.identities() == ("female",)

    def test_where_a_group_is_named_comments_may_be_flagged_more_often(self, rated: Store) -> None:
        rated.threads.save([thread("worst", name="t2")])
        rated.flags.add(Flag("t1/2", FlagSource.REVIEWER, "ada", NOON))
        for text, toxicity, female in (
            ("worst", 0.9, 0.5), ("bad", 0.7, 0.2), ("kind", 0.2, 0.8), ("rude", 0.1, 0.49),
        ):  # fmt: skip
            scores = Scores({Label.TOXICITY: toxicity}, mentions={"female": female, "white": 0.1})
            rated.scores.save(COMPACT, [(text_digest(text), scores)])
        report = rated.mentions.report()
        assert report is not None
        assert (report.by, report.at) == ("compact@1f0c", 0.5)
        assert report.everyone == MentionShare(comments=5, flagged=3)
        assert report.by_identity == {
            "female": MentionShare(3, 2),  # two comments share a text; a colleague's flag is none
            "white": MentionShare(0, 0),
        }
        assert report.by_identity["female"].share == pytest.approx(2 / 3)
        assert report.by_identity["white"].share is None
        stricter = rated.mentions.report(at=0.6)
        assert stricter is not None
        assert stricter.by_identity["female"] == MentionShare(1, 0)

    def test_only_a_scorer_on_the_panel_is_asked(self, rated: Store) -> None:
        tell(rated, NEWER, worst={"female": 0.9})
        assert rated.mentions.report() is None
        assert list(rated.mentions.stream()) == []
        rated.panel.set({Label.TOXICITY: ("compact", "9a7e")})
        assert rated.mentions.identities() == ("female",)
        report = rated.mentions.report()
        assert report is not None
        assert report.everyone == MentionShare(1, 1)

    def test_comments_stream_with_what_their_texts_mention(self, rated: Store) -> None:
        told = {f"text{n}": {"male": n / 4_000, "female": 0.5} for n in range(2_500)}
        rated.threads.save([thread("unread", *told, "text7", name="t2")])
        tell(rated, **told)
        found = list(rated.mentions.stream())
        assert ids([one.entry for one in found]) == [f"t2/{n}" for n in range(1, 2_502)]
        assert {one.by for one in found} == {"compact@1f0c"}
        assert [one.mentions for one in found] == [*told.values(), told["text7"]]


class TestUrgency:
    """What comes first: harm, its reach, and the time that a comment is here."""

    def came(self, store: Store, at: datetime, *members: Comment) -> None:
        writer = ThreadWriter(store._database, lambda: at)
        writer.save([Thread("t1", source="a.csv", comments=members)])

    def test_of_two_alike_the_one_that_reaches_more_comes_first(self, rated: Store) -> None:
        rated.threads.save([one("quiet", "worst", reach=3), one("loud", "worst", reach=5_000)])
        loud, quiet = (rated.comments.get(name) for name in ("loud", "quiet"))
        assert loud.priority == pytest.approx(0.9 * 0.6 * amplified(5_000))
        assert quiet.priority == pytest.approx(0.9 * 0.6 * amplified(3))
        assert rated.queue.next("ada") == "loud"
        assert rated.queue.next("ada", after="loud") == "quiet"

    def test_a_reach_that_grows_moves_a_comment_up_and_is_never_forgotten(
        self, rated: Store
    ) -> None:
        first = [one("a", "worst", reach=50), one("b", "worst", reach=5)]
        rated.threads.save(first)
        assert rated.queue.next("ada") == "a"
        saved = rated.threads.save([one("b", "worst", reach=900), one("a", "worst")])
        assert (saved.revised, saved.unchanged) == (0, 2)
        assert [rated.comments.get(name).comment.reach for name in "ab"] == [50, 900]
        assert rated.queue.next("ada") == "b"

    def test_an_old_comment_comes_up_in_the_end_whatever_goes_viral(self, rated: Store) -> None:
        for name, days in (("old", 11), ("newer", 9)):  # the difference in harm is worth ten
            self.came(rated, NOON - timedelta(days=days), Comment(name, "t1", "mild"))
        rate(rated, mild=0.51)
        viral = [Comment(f"v{n}", "t1", "worst", n, reach=10**9) for n in range(5)]
        self.came(rated, NOON, *viral)
        in_turn = list(walk(lambda here: rated.queue.next("ada", after=here)))
        assert in_turn[:7] == ["old", *(one.id for one in viral), "newer"]

    def test_a_table_of_comments_begins_as_the_queue_does(self, rated: Store) -> None:
        self.came(rated, NOON - timedelta(days=30), Comment("old", "t1", "mild"))
        rate(rated, mild=0.51)
        rated.flags.add(Flag("t1/2", FlagSource.REVIEWER, "bob", NOON))
        in_turn = list(walk(lambda here: rated.queue.next("ada", after=here)))
        assert in_turn[:2] == ["t1/2", "old"], "a colleague asks, and thirty days outweigh harm"
        verdict(rated, "old")
        shown, total = rated.comments.page()
        assert ids(shown)[: len(in_turn)] == in_turn, "what is decided stands where it stood"
        assert not any(entry.flagged for entry in shown[len(in_turn) :])
        assert total == len(shown)

    def test_a_day_here_outweighs_no_difference_in_harm_that_matters(self, rated: Store) -> None:
        self.came(rated, NOON - timedelta(days=1), Comment("yesterday", "t1", "mild"))
        self.came(rated, NOON, Comment("today", "t1", "worst"))
        rate(rated, mild=0.51)
        in_turn = list(walk(lambda here: rated.queue.next("ada", after=here)))
        assert in_turn[:2] == ["today", "yesterday"]

    def test_what_a_colleague_asks_about_comes_before_all_else(self, rated: Store) -> None:
        self.came(rated, NOON - timedelta(days=4_000), Comment("old", "t1", "worst"))
        self.came(rated, NOON, Comment("asked", "t1", "unrated"))
        assert rated.queue.next("ada") == "old"
        rated.flags.add(Flag("asked", FlagSource.REVIEWER, "bob", NOON))
        assert rated.queue.next("ada") == "asked"
        rated.rebuild()
        assert rated.queue.next("ada") == "asked"


class TestPolicy:
    def test_the_route_is_what_the_policy_proposes(self, rated: Store) -> None:
        graded = Policy(
            "default",
            2,
            (Threshold(Label.TOXICITY, 0.5), Threshold(Label.TOXICITY, 0.9, Route.HOLD)),
            NOON,
            "ada",
        )
        rated.policies.save(graded)
        for entry in rated.comments.stream():
            assert entry.scores is not None
            assert entry.route is graded.propose(entry.scores).route
        assert rated.comments.get("t1/0").route is Route.HOLD

    def test_a_change_of_policy_changes_flags_and_order(self, rated: Store) -> None:
        rated.policies.save(policy(2, toxicity=0.1))
        assert rated.comments.count(BrowseFilter(flagged=True)) == 4
        rated.policies.save(policy(3, toxicity=0.8))
        assert ids(rated.comments.page(BrowseFilter(flagged=True))[0]) == ["t1/0"]
        assert rated.comments.get("t1/0").priority == pytest.approx(0.9 * 0.6)

    def test_a_threshold_of_one_is_reached_by_a_one(self, rated: Store) -> None:
        rate(rated, worst=1.0)
        rated.policies.save(policy(2, toxicity=1.0))
        entry = rated.comments.get("t1/0")
        assert (entry.flagged, entry.priority) == (True, 0.6)
        assert rated.comments.count(BrowseFilter(flagged=True)) == 1

    def test_without_a_policy_nothing_is_proposed(self, store: Store) -> None:
        store.threads.save([thread("bad")])
        store.panel.set({Label.TOXICITY: ("compact", "1f0c")})
        rate(store, bad=1.0)
        assert store.policies.in_force() is None
        assert store.comments.get("t1/0").route is None
        assert store.comments.count(BrowseFilter(scored=True)) == 1

    def test_the_history_keeps_every_version_with_its_evidence(self, store: Store) -> None:
        store.policies.save(policy(1, toxicity=0.5))
        store.policies.save(policy(2, toxicity=0.6), evidence={"decisions": 120})
        assert store.policies.in_force() == policy(2, toxicity=0.6)
        assert [record.policy.version for record in store.policies.history()] == [1, 2]
        assert store.policies.get("default", 2).evidence == {"decisions": 120}
        assert store.policies.get("default", 1).evidence is None
        with pytest.raises(NotFoundError, match="default@3"):
            store.policies.get("default", 3)

    def test_a_change_of_weights_changes_the_order_and_flags_nothing(self, store: Store) -> None:
        store.threads.save([thread("menace", "slur")])
        store.panel.set(dict.fromkeys((Label.THREAT, Label.INSULT), ("compact", "1f0c")))
        given = {"menace": {Label.THREAT: 0.6}, "slur": {Label.INSULT: 0.9}}
        rows = [(text_digest(text), Scores(values)) for text, values in given.items()]
        store.scores.save(ScorerInfo("compact", "1f0c", (Label.THREAT, Label.INSULT)), rows)
        first = Policy(
            "p", 1, (Threshold(Label.THREAT, 0.5), Threshold(Label.INSULT, 0.5)), NOON, "a"
        )
        store.policies.save(first)
        assert store.queue.next("ada") == "t1/0"
        store.policies.save(replace(first, version=2, severity={Label.INSULT: 5.0}))
        assert store.queue.next("ada") == "t1/1"
        assert store.comments.count(BrowseFilter(flagged=True)) == 2
        in_force = store.policies.in_force()
        assert in_force is not None
        assert in_force.severity == {**first.severity, Label.INSULT: 5.0}
        with pytest.raises(ConflictError, match="next version"):
            store.policies.save(replace(first, version=2, severity={Label.INSULT: 4.0}))

    def test_a_policy_from_before_weights_has_the_usual_ones(self, store: Store) -> None:
        store.policies.save(replace(policy(1, toxicity=0.5), severity={Label.THREAT: 9.0}))
        with store._database.write() as connection:
            connection.execute(update(policies).values(severity=None))
        assert store.policies.in_force() == policy(1, toxicity=0.5)

    def test_versions_are_never_altered(self, store: Store) -> None:
        store.policies.save(policy(1, toxicity=0.5))
        store.policies.save(policy(1, toxicity=0.5))
        with pytest.raises(ConflictError, match="next version"):
            store.policies.save(policy(1, toxicity=0.4))
        assert len(store.policies.history()) == 1


class TestFlags:
    def test_a_persons_flag_asks_for_a_review_whatever_the_scores_say(self, rated: Store) -> None:
        flag = Flag("t1/2", FlagSource.REVIEWER, "bob", NOON, note="sarcasm")
        rated.flags.add(flag)
        entry = rated.comments.get("t1/2")
        assert (entry.asked, entry.pending, entry.route) == (FlagSource.REVIEWER, True, Route.PASS)
        assert rated.queue.next("ada") == "t1/2"
        assert rated.flags.of("t1/2") == [flag]

    def test_each_persons_last_word_counts(self, rated: Store) -> None:
        flag = Flag("t1/2", FlagSource.READER, "bob", NOON)
        rated.flags.add(flag)
        rated.flags.add(replace(flag, by="eve"))
        rated.flags.add(replace(flag, raised=False))
        assert rated.comments.get("t1/2").asked is FlagSource.READER
        rated.flags.add(replace(flag, by="eve", raised=False))
        entry = rated.comments.get("t1/2")
        assert (entry.asked, entry.flagged, entry.pending) == (None, False, False)
        assert len(rated.flags.of("t1/2")) == 4

    def test_a_flag_on_nothing_is_refused_and_those_beside_it_are_not_raised(
        self, rated: Store
    ) -> None:
        flag = Flag("t1/2", FlagSource.READER, "bob", NOON)
        with pytest.raises(NotFoundError, match="'nowhere'"):
            rated.flags.add_many([flag, replace(flag, comment_id="nowhere")])
        assert rated.flags.of("t1/2") == []
        rated.flags.add_many([flag, replace(flag, comment_id="t1/0"), replace(flag, raised=False)])
        assert rated.comments.get("t1/0").asked is FlagSource.READER
        assert rated.comments.get("t1/2").asked is None

    @pytest.mark.parametrize("source", FlagSource)
    def test_a_flag_on_a_decided_comment_asks_again_until_it_is_withdrawn(
        self, rated: Store, source: FlagSource
    ) -> None:
        verdict(rated, "t1/2", Verdict.APPROVE)
        flag = Flag("t1/2", source, "bob", NOON - timedelta(days=1))
        rated.flags.add(flag)
        entry = rated.comments.get("t1/2")
        assert (entry.pending, entry.verdict, entry.reviewer) == (True, Verdict.APPROVE, "ada")
        assert "t1/2" in walk(lambda here: rated.queue.next("ada", after=here))
        rated.flags.add(replace(flag, raised=False))
        assert not rated.comments.get("t1/2").pending

    def test_a_new_decision_answers_the_flag_and_its_undo_opens_it_again(
        self, rated: Store
    ) -> None:
        verdict(rated, "t1/0", Verdict.APPROVE)
        rated.flags.add(Flag("t1/0", FlagSource.REVIEWER, "bob", NOON))
        verdict(rated, "t1/0", Verdict.REJECT)
        entry = rated.comments.get("t1/0")
        assert (entry.pending, entry.asked) == (False, FlagSource.REVIEWER)
        rated.decisions.undo("d2", "ada", NOON)
        entry = rated.comments.get("t1/0")
        assert (entry.pending, entry.verdict) == (True, Verdict.APPROVE)

    def test_a_flag_raised_again_asks_again(self, rated: Store) -> None:
        flag = Flag("t1/2", FlagSource.REVIEWER, "bob", NOON)
        rated.flags.add(flag)
        verdict(rated, "t1/2")
        assert not rated.comments.get("t1/2").pending
        rated.flags.add(flag)
        assert rated.comments.get("t1/2").pending

    def test_a_change_of_policy_leaves_a_reopened_comment_open(self, rated: Store) -> None:
        verdict(rated, "t1/2")
        rated.flags.add(Flag("t1/2", FlagSource.REVIEWER, "bob", NOON))
        rated.policies.save(policy(2, toxicity=0.1))
        assert rated.comments.get("t1/2").pending


class TestDecisions:
    def test_a_decision_comes_back_as_it_was_made(self, rated: Store) -> None:
        decision = Decision(
            "d1",
            "t1/0",
            text_digest("worst"),
            Verdict.REJECT,
            "ada",
            NOON,
            reasons=("insult", "schön"),
            note="a\0b",
            policy="default@1",
            scorer="compact@1f0c",
            score_visible=False,
            seconds_spent=4.5,
            via="browse",
            refused=("threat",),
        )
        rated.decisions.add(decision)
        assert rated.decisions.of("t1/0") == [decision]
        entry = rated.comments.get("t1/0")
        assert (entry.verdict, entry.decision_id) == (Verdict.REJECT, "d1")
        assert (entry.reviewer, entry.decided_at) == ("ada", NOON)
        assert (entry.flagged, entry.pending) == (True, False)

    def test_the_last_decision_stands(self, rated: Store) -> None:
        verdict(rated, "t1/0", Verdict.REJECT)
        verdict(rated, "t1/0", Verdict.APPROVE, by="bob")
        assert rated.comments.get("t1/0").verdict is Verdict.APPROVE

    def test_a_human_verdict_outranks_a_later_one_by_policy(self, rated: Store) -> None:
        verdict(rated, "t1/0", Verdict.APPROVE)
        verdict(rated, "t1/0", Verdict.REJECT, by="default@1", decided_by=DecidedBy.POLICY)
        assert rated.comments.get("t1/0").verdict is Verdict.APPROVE

    def test_an_undo_is_another_row_and_so_is_its_undo(self, rated: Store) -> None:
        verdict(rated, "t1/0")
        undo = rated.decisions.undo("d1", "ada", NOON)
        assert undo.undoes == "d1"
        assert rated.comments.get("t1/0").pending
        rated.decisions.undo(undo.id, "bob", NOON)
        assert rated.comments.get("t1/0").decision_id == "d1"
        assert len(rated.decisions.of("t1/0")) == 3

    def test_nothing_is_undone_twice(self, rated: Store) -> None:
        verdict(rated, "t1/0")
        rated.decisions.undo("d1", "ada", NOON)
        with pytest.raises(ConflictError, match="undone already"):
            rated.decisions.undo("d1", "ada", NOON)
        with pytest.raises(NotFoundError):
            rated.decisions.undo("d99", "ada", NOON)

    def test_a_verdict_on_a_text_that_was_edited_meanwhile_is_refused(self, rated: Store) -> None:
        stale = Decision("d1", "t1/0", text_digest("worst"), Verdict.REJECT, "ada", NOON)
        rated.threads.save([thread("edited", "bad", "kind", "rude")])
        with pytest.raises(ConflictError, match="edited meanwhile"):
            rated.decisions.add(stale)
        assert list(rated.decisions.log()) == []

    def test_an_undo_is_refused_after_an_edit_too(self, rated: Store) -> None:
        verdict(rated, "t1/0")
        rated.threads.save([thread("edited", "bad", "kind", "rude")])
        with pytest.raises(ConflictError, match="edited meanwhile"):
            rated.decisions.undo("d1", "ada", NOON)

    def test_of_many_decisions_all_are_made_or_none(self, rated: Store) -> None:
        good = Decision("d1", "t1/0", text_digest("worst"), Verdict.REJECT, "ada", NOON)
        with pytest.raises(ConflictError):
            rated.decisions.add_many([good, replace(good, id="d2", text_sha256="0" * 64)])
        with pytest.raises(NotFoundError):
            rated.decisions.add_many([good, replace(good, id="d2", comment_id="nowhere")])
        with pytest.raises(ConflictError, match="'d1' is recorded already"):
            rated.decisions.add_many([good, good])
        assert rated.comments.get("t1/0").verdict is None
        rated.decisions.add_many(
            [good, replace(good, id="d2", comment_id="t1/1", text_sha256=text_digest("bad"))]
        )
        assert rated.comments.count(BrowseFilter(verdict=Verdict.REJECT)) == 2
        rated.decisions.add_many([])

    def test_an_undo_must_name_a_decision_about_the_same_comment(self, rated: Store) -> None:
        verdict(rated, "t1/0")
        strange = Decision("d2", "t1/1", text_digest("bad"), None, "ada", NOON, undoes="d1")
        with pytest.raises(NotFoundError, match="about comment 't1/1'"):
            rated.decisions.add(strange)

    def test_everybody_who_ever_decided_is_listed_by_name(self, rated: Store) -> None:
        verdict(rated, "t1/0", by="zoe")
        verdict(rated, "t1/0", by="ada")
        verdict(rated, "t1/1", by="zoe")
        assert rated.decisions.reviewers() == ["ada", "zoe"]

    def test_the_last_act_of_a_reviewer_is_what_an_undo_key_takes_back(self, rated: Store) -> None:
        made = [verdict(rated, comment_id) for comment_id in ("t1/0", "t1/1", "t1/3")]
        verdict(rated, "t1/2", by="bob")
        assert rated.decisions.undo_last("ada", NOON) == made[2:]
        rated.threads.save([thread("worst", "edited", "kind", "rude")])
        assert rated.decisions.undo_last("ada", NOON) == made[:1]
        assert rated.decisions.undo_last("ada", NOON) == []
        assert rated.decisions.undo_last("eve", NOON) == []
        assert rated.comments.get("t1/2").reviewer == "bob"

    def test_an_act_about_many_comments_is_taken_back_whole(self, rated: Store) -> None:
        rated.threads.save([thread(*(str(n) for n in range(1200)), name="t2")])
        seen = [entry.seen for entry in rated.comments.stream(BrowseFilter(thread_id="t2"))]
        verdict(rated, "t1/0", Verdict.APPROVE)
        made = upon_a_look(rated, *seen, batch="b1")
        rated.decisions.undo("t2/7 ada", "bob", NOON)
        assert rated.decisions.undo_last("ada", NOON) == [
            one for one in made if one.comment_id != "t2/7"
        ]
        undoing = [logged.decision for logged in rated.decisions.log()][-1199:]
        assert len({one.batch for one in undoing} - {None, "b1"}) == 1
        assert rated.comments.count(BrowseFilter(decided=True)) == 1
        assert [one.comment_id for one in rated.decisions.undo_last("ada", NOON)] == ["t1/0"]

    def test_an_undo_leaves_what_others_decided_since(self, rated: Store) -> None:
        mine = [rated.comments.get(comment_id).seen for comment_id in ("t1/0", "t1/1")]
        made = upon_a_look(rated, *mine, batch="b1")
        theirs = verdict(rated, "t1/0", Verdict.APPROVE, by="bob")
        assert rated.decisions.undo_last("ada", NOON) == made
        assert rated.comments.get("t1/0").decision_id == theirs.id
        assert rated.comments.get("t1/1").verdict is None

    def test_an_undo_looks_back_as_far_as_it_takes(self, rated: Store) -> None:
        first = verdict(rated, "t1/0", Verdict.APPROVE)
        later = [replace(first, id=f"later {n}") for n in range(120)]
        rated.decisions.add_many(later)
        rated.decisions.add_many(
            replace(one, id=f"undo {one.id}", verdict=None, undoes=one.id) for one in later
        )
        assert rated.decisions.undo_last("ada", NOON) == [first]

    def test_the_last_acts_are_listed_newest_first_each_once(self, rated: Store) -> None:
        rated.threads.save([thread(*(str(n) for n in range(120)), name="t2")])
        seen = [entry.seen for entry in rated.comments.stream(BrowseFilter(thread_id="t2"))]
        first, _edited, undone = (verdict(rated, name) for name in ("t1/0", "t1/1", "t1/3"))
        rated.threads.save([thread("worst", "edited", "kind", "rude")])
        rated.decisions.undo(undone.id, "ada", NOON)
        upon_a_look(rated, *seen, batch="b1")
        last = verdict(rated, "t1/2", Verdict.APPROVE)
        verdict(rated, "t1/1", by="bob")
        acts = rated.decisions.recent_acts("ada")
        assert [(act.decision.comment_id, act.text, act.count) for act in acts] == [
            *(("t1/2", "kind", 1), ("t2/119", "119", 120), ("t1/0", "worst", 1)),
        ]
        assert [act.decision for act in acts[::2]] == [last, first]
        assert len(rated.decisions.recent_acts("ada", limit=2)) == 2
        assert rated.decisions.recent_acts("eve") == []

    def test_an_act_that_is_not_the_last_can_be_taken_back_too(self, rated: Store) -> None:
        first = verdict(rated, "t1/0")
        made = upon_a_look(
            rated, *(rated.comments.get(name).seen for name in ("t1/1", "t1/2")), batch="b1"
        )
        last = verdict(rated, "t1/3")
        assert rated.decisions.undo_act(made[0].id, "ada", NOON) == made
        assert rated.decisions.undo_act(first.id, "bob", NOON) == [], "it is not bob's"
        assert rated.decisions.undo_act(first.id, "ada", NOON) == [first]
        assert rated.decisions.undo_act(first.id, "ada", NOON) == [], "once is enough"
        assert [one.decision.id for one in rated.decisions.current()] == [last.id]

    def test_a_decision_names_only_scorers_that_scored_the_text(self, rated: Store) -> None:
        rated.threads.save([thread("unscored", name="t2")])
        rate(rated, OTHER, bad=0.6)
        rated.panel.set(
            {Label.TOXICITY: ("compact", "1f0c"), Label.OBSCENE: ("detoxify:original", "77aa")}
        )
        seen = [rated.comments.get(name).seen for name in ("t1/0", "t1/1", "t2/0")]
        made = upon_a_look(rated, *seen)
        assert [(one.policy, one.scorer) for one in made] == [
            ("default@1", "compact@1f0c"),
            ("default@1", "compact@1f0c+detoxify:original@77aa"),
            ("default@1", None),
        ]
        assert [one for seen_one in seen for one in rated.decisions.of(seen_one.comment_id)] == made

    def test_what_was_decided_meanwhile_is_not_decided_unseen(self, rated: Store) -> None:
        seen = rated.comments.get("t1/0").seen
        verdict(rated, "t1/0", Verdict.APPROVE, by="bob")
        other = rated.comments.get("t1/1").seen
        with pytest.raises(ConflictError, match="'t1/0' was decided meanwhile by bob; look again"):
            upon_a_look(rated, other, seen)
        assert rated.comments.get("t1/0").reviewer == "bob"
        assert rated.comments.get("t1/1").verdict is None
        (made,) = upon_a_look(rated, rated.comments.get("t1/0").seen)
        assert rated.comments.get("t1/0").decision_id == made.id

    def test_nor_is_what_was_taken_back_or_edited_meanwhile(self, rated: Store) -> None:
        verdict(rated, "t1/0", by="bob")
        seen = rated.comments.get("t1/0").seen
        rated.decisions.undo("d1", "bob", NOON)
        with pytest.raises(ConflictError, match="taken back meanwhile"):
            upon_a_look(rated, seen)
        seen = rated.comments.get("t1/0").seen
        rated.threads.save([thread("edited", "bad", "kind", "rude")])
        with pytest.raises(ConflictError, match="edited meanwhile"):
            upon_a_look(rated, seen)
        with pytest.raises(NotFoundError, match="'nowhere'"):
            upon_a_look(rated, replace(seen, comment_id="nowhere"))

    def test_of_two_who_decide_at_once_exactly_one_wins(self, rated: Store) -> None:
        for _ in range(5):
            seen = rated.comments.get("t1/0").seen
            together = Barrier(2)

            def act(who: str, seen: Seen = seen, together: Barrier = together) -> Decision | str:
                together.wait(10)
                try:
                    return upon_a_look(rated, seen, by=who)[0]
                except ConflictError as error:
                    return str(error)

            with ThreadPoolExecutor(2) as pool:
                results = list(pool.map(act, (uuid4().hex, uuid4().hex)))
            (won,) = (one for one in results if isinstance(one, Decision))
            (lost,) = (one for one in results if isinstance(one, str))
            assert f"decided meanwhile by {won.reviewer}" in lost
            assert rated.comments.get("t1/0").decision_id == won.id

    def test_an_export_shows_one_state_whatever_is_scored_meanwhile(self, rated: Store) -> None:
        rated.threads.save([thread(*(str(n) for n in range(2500)), name="t2")])
        wanted = BrowseFilter(thread_id="t2")
        upon_a_look(rated, *(entry.seen for entry in rated.comments.stream(wanted)))
        current = rated.decisions.current()
        assert next(current).by_scorer == {}
        rate(rated, **{str(n): 0.1 for n in range(2500)})
        assert all(one.by_scorer == {} for one in current)

    def test_current_decisions_carry_all_that_an_export_needs(self, rated: Store) -> None:
        rate(rated, NEWER, worst=0.3)
        verdict(rated, "t1/0", scorer="compact@1f0c")
        verdict(rated, "t1/1")
        verdict(rated, "t1/1", Verdict.ESCALATE)
        first, second = rated.decisions.current()
        assert (first.decision.id, second.decision.id) == ("d1", "d3")
        assert first.entry == rated.comments.get("t1/0")
        assert first.by_scorer == {
            "compact@1f0c": Scores({Label.TOXICITY: 0.9}),
            "compact@9a7e": Scores({Label.TOXICITY: 0.3}),
        }

    def test_the_log_shows_each_decision_with_the_text_it_was_about(self, rated: Store) -> None:
        first = verdict(rated, "t1/0")
        rated.threads.save([thread("edited", "bad", "kind", "rude")])
        second = verdict(rated, "t1/0", Verdict.APPROVE)
        assert list(rated.decisions.log()) == [
            Logged(first, "t1", "worst"),
            Logged(second, "t1", "edited"),
        ]


class TestAnnotations:
    def test_an_annotation_comes_back_as_it_was_made(self, rated: Store) -> None:
        made = Annotation(
            "a1",
            "t1/0",
            text_digest("worst"),
            "ada",
            NOON,
            confirmed=(Label.INSULT,),
            rejected=(Label.THREAT,),
            spans=(Span(0, 5, Label.INSULT), Span(1, 2)),
            note="quoted",
        )
        rated.annotations.add(made)
        assert rated.annotations.of("t1/0") == [made]
        assert list(rated.annotations.log()) == [Annotated(made, "t1", "worst", replaced=False)]
        assert rated.annotations.of("t1/1") == []

    def test_the_last_word_of_each_reviewer_about_each_text_is_told_from_the_earlier(
        self, rated: Store
    ) -> None:
        first = Annotation("a1", "t1/0", text_digest("worst"), "ada", NOON, note="hm")
        rated.annotations.add(first)
        rated.annotations.add(replace(first, id="a2", reviewer="bob"))
        rated.annotations.add(replace(first, id="a3", note="no"))
        rated.threads.save([thread("edited", "bad", "kind", "rude")])
        rated.annotations.add(replace(first, id="a4", text_sha256=text_digest("edited")))
        assert [(one.annotation.id, one.text, one.replaced) for one in rated.annotations.log()] == [
            *(("a1", "worst", True), ("a2", "worst", False)),
            *(("a3", "worst", False), ("a4", "edited", False)),
        ]

    def test_an_annotation_fits_the_text_it_is_about(self, rated: Store) -> None:
        made = Annotation("a1", "t1/0", text_digest("worst"), "ada", NOON, note="quoted")
        with pytest.raises(UsageError, match="character 6"):
            rated.annotations.add(replace(made, spans=(Span(0, 6),)))
        with pytest.raises(ConflictError, match="edited meanwhile"):
            rated.annotations.add(replace(made, text_sha256="0" * 64))
        rated.annotations.add(made)
        with pytest.raises(ConflictError, match="recorded already"):
            rated.annotations.add(made)


class TestGuidelines:
    def test_versions_count_up_and_the_last_is_in_force(self, store: Store) -> None:
        assert store.guidelines.in_force() is None
        first = store.guidelines.save("## R1: Be kind", "ada", upon=0)
        second = store.guidelines.save("## R1: Be kinder", "bob", upon=1, why="a\0b")
        assert (first.ref, second.ref) == ("guidelines@1", "guidelines@2")
        assert store.guidelines.in_force() == second
        assert store.guidelines.history() == [first, second]

    def test_a_change_that_did_not_see_the_last_one_is_refused(self, store: Store) -> None:
        store.guidelines.save("one", "ada", upon=0)
        store.guidelines.save("two", "ada", upon=1)
        with pytest.raises(ConflictError, match="at version 2 now"):
            store.guidelines.save("my two", "bob", upon=1)
        assert store.guidelines.save("two", "bob", upon=1).created_by == "ada", "nothing changed"
        with pytest.raises(UsageError, match="must say something"):
            store.guidelines.save(" ", "bob", upon=2)
        assert len(store.guidelines.history()) == 2

    def test_a_decision_keeps_the_version_it_was_made_under(self, rated: Store) -> None:
        (before,) = upon_a_look(rated, rated.comments.get("t1/1").seen)
        rated.guidelines.save("one", "ada", upon=0)
        (made,) = upon_a_look(rated, rated.comments.get("t1/0").seen)
        rated.guidelines.save("two", "ada", upon=1)
        assert (before.guidelines, made.guidelines) == (None, "guidelines@1")
        assert rated.decisions.of("t1/0") == [made]


class TestPreferences:
    def test_the_last_choice_of_each_reviewer_is_kept_until_it_is_left_to_the_site(
        self, store: Store
    ) -> None:
        store.preferences.set("ada", "blur", "text")
        store.preferences.set("ada", "blur", "words")
        store.preferences.set("bob", "blur", "off")
        assert store.preferences.get("ada", "blur") == "words"
        assert store.preferences.get("ada", "other") is None
        store.preferences.set("ada", "blur", None)
        assert store.preferences.get("ada", "blur") is None
        assert store.preferences.get("bob", "blur") == "off"


class TestViews:
    def view(self, name: str, by: str = "ada", **fields: Any) -> SavedView:
        link = {"score": ["0.5", "1.0"], "text": ["ä&=?"]}
        return SavedView(name, by, link, NOON, **fields)

    def test_own_ones_and_those_that_are_shared_come_back_by_name(self, store: Store) -> None:
        own, shared = self.view("b"), self.view("a", "bob", shared=True)
        for one in (own, shared, self.view("c", "bob")):
            store.views.save(one)
        assert store.views.of("ada") == [shared, own]

    def test_a_name_stands_for_one_view_of_a_reviewer(self, store: Store) -> None:
        for one in (self.view("a"), self.view("a", "bob", shared=True)):
            store.views.save(one)
        store.views.save(replace(self.view("a"), link={"text": ["new"]}))
        assert [dict(one.link) for one in store.views.of("ada") if one.reviewer == "ada"] == [
            {"text": ["new"]}
        ]
        assert len(store.views.of("ada")) == 2

    def test_only_its_own_reviewer_forgets_it(self, store: Store) -> None:
        store.views.save(self.view("a", "bob", shared=True))
        with pytest.raises(NotFoundError, match="ada has no view called 'a'"):
            store.views.remove("a", "ada")
        store.views.remove("a", "bob")
        assert store.views.of("bob") == []

    @pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61])
    def test_a_name_is_one_line_of_up_to_60_characters(self, name: str) -> None:
        with pytest.raises(ValueError, match="a view's name"):
            self.view(name)


class TestAuthors:
    def test_a_record_counts_what_was_decided_and_shows_the_newest(self, store: Store) -> None:
        members = tuple(
            Comment(f"c{n}", "t1", f"text {n}", n, author="ann" if n % 2 else "Ann")
            for n in range(20)
        )
        store.threads.save([Thread("t1", comments=members)])
        verdict(store, "c1", Verdict.APPROVE)
        verdict(store, "c3", Verdict.REJECT)
        verdict(store, "c5", Verdict.REJECT)
        verdict(store, "c7", Verdict.REJECT)
        record = store.authors.record("ann", without="c7", recent=2)
        assert (record.author, record.comments, record.all_of_them) == ("ann", 9, True)
        assert record.verdicts == {Verdict.APPROVE: 1, Verdict.REJECT: 2, Verdict.ESCALATE: 0}
        assert ids(list(record.recent)) == ["c19", "c17"]
        bounded = store.authors.record("ann", look_back=9)
        assert (bounded.comments, bounded.all_of_them) == (9, False)
        assert bounded.verdicts[Verdict.APPROVE] == 0, "c1 lies further back"
        assert store.authors.record("eve").comments == 0

    @pytest.mark.parametrize("name", ["x" * 3_000, "a\0b", "\ud83d", "🤡" * 900])
    def test_any_name_is_told_from_one_that_begins_like_it(self, store: Store, name: str) -> None:
        store.threads.save([one("c1", "text", author=name)])
        store.threads.save([Thread("t2", comments=(Comment("c2", "t2", "x", author=name + "!"),))])
        assert ids(list(store.authors.record(name).recent)) == ["c1"]

    def test_a_record_is_read_from_the_index(self, store: Store) -> None:
        store.threads.save([one("c1", "text", author="ann")])
        asked: list[tuple[str, Any]] = []

        def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        engine = store._database._engine
        event.listen(engine, "before_cursor_execute", listen)
        store.authors.record("ann", without="c9")
        event.remove(engine, "before_cursor_execute", listen)
        queries = [one for one in asked if "comment" in one[0]]
        assert len(queries) == 3
        sqlite = store.file is not None
        with store._database.read() as connection:
            if not sqlite:
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            for statement, parameters in queries:
                explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
                plan = connection.exec_driver_sql(explain + statement, parameters)
                assert "ix_comment_author" in str(plan.all())


class TestQueue:
    def test_the_furthest_above_its_threshold_comes_first(self, rated: Store) -> None:
        walked = list(walk(lambda here: rated.queue.next("ada", after=here)))
        assert walked == ["t1/0", "t1/1", "t1/3"]

    def test_the_place_of_a_decided_comment_is_remembered(self, rated: Store) -> None:
        verdict(rated, "t1/1")
        assert rated.queue.next("ada", after="t1/1") == "t1/3"
        assert rated.queue.previous("ada", before="t1/1") == "t1/0"

    def test_what_a_reviewer_skipped_comes_back_last_oldest_skip_first(self, rated: Store) -> None:
        rated.skips.add("t1/1", "ada", NOON)
        rated.skips.add("t1/0", "ada", NOON)
        assert list(walk(lambda here: rated.queue.next("ada", here))) == ["t1/3", "t1/1", "t1/0"]
        assert list(walk(lambda here: rated.queue.previous("ada", here)))[::-1] == [
            *("t1/3", "t1/1", "t1/0"),
        ]
        assert rated.queue.next("bob") == "t1/0"
        rated.skips.add("t1/1", "ada", NOON)
        assert list(walk(lambda here: rated.queue.next("ada", here))) == ["t1/3", "t1/0", "t1/1"]

    @pytest.mark.parametrize("seed", range(3))
    def test_any_queue_is_walked_whole_both_ways_in_order(self, store: Store, seed: int) -> None:
        chance = random.Random(seed)
        texts = [f"text {n}" for n in range(30)]
        store.threads.save([thread(*texts), thread(*texts[:10], name="t2")])
        store.policies.save(policy(toxicity=0.25))
        store.panel.set({Label.TOXICITY: ("compact", "1f0c")})
        rate(store, **{text: chance.choice([0.0, 0.25, 0.5, 0.75]) for text in texts})
        everything = list(store.comments.stream())
        skipped = chance.sample(ids(everything), 12)
        for comment_id in skipped:
            store.skips.add(comment_id, "ada", NOON)
        for within in (None, "t1", "t2"):
            pending = [
                entry
                for entry in everything
                if entry.pending and within in (None, entry.comment.thread_id)
            ]
            pending.sort(key=lambda entry: -entry.priority)
            wanted = [i for i in ids(pending) if i not in skipped]
            wanted += [i for i in skipped if i in ids(pending)]
            forward = walk(lambda here, t=within: store.queue.next("ada", here, t))  # type: ignore[misc]
            back = walk(lambda here, t=within: store.queue.previous("ada", here, t))  # type: ignore[misc]
            assert list(forward) == wanted
            assert list(back) == wanted[::-1]

    def test_an_empty_queue_has_neither_end(self, store: Store) -> None:
        assert store.queue.next("ada") is None
        assert store.queue.previous("ada") is None
        with pytest.raises(NotFoundError):
            store.queue.next("ada", after="nowhere")
        with pytest.raises(NotFoundError):
            store.queue.next("ada", thread_id="nowhere")

    def test_progress_counts_comments_not_events(self, rated: Store) -> None:
        rated.threads.save([thread("calm", name="t2")])
        verdict(rated, "t1/0", by="bob")
        verdict(rated, "t1/1")
        verdict(rated, "t1/1")
        verdict(rated, "t1/2")
        rated.skips.add("t1/3", "ada", NOON)
        rated.skips.add("t1/3", "ada", NOON)
        progress = rated.queue.progress("ada", since=NOON)
        assert (progress.pending, progress.flagged) == (1, 3)
        assert (progress.decided_by_me, progress.skipped_by_me) == (2, 1)
        assert rated.queue.progress("ada", NOON + timedelta(seconds=1)).decided_by_me == 0
        assert rated.queue.progress("ada", NOON, thread_id="t2").decided_by_me == 0

    def test_exposure_counts_each_severe_comment_once(self, rated: Store) -> None:
        menacing(rated, worst=0.9, bad=0.7, kind=0.0, rude=0.7)
        verdict(rated, "t1/0")
        verdict(rated, "t1/0", Verdict.APPROVE)
        verdict(rated, "t1/2")
        verdict(rated, "t1/3", by="bob")
        rated.skips.add("t1/1", "ada", NOON)
        rated.skips.add("t1/0", "ada", NOON)
        assert rated.queue.exposure("ada", NOON) == 2, "one decided, one skipped"
        assert rated.queue.exposure("ada", NOON + timedelta(seconds=1)) == 0
        assert rated.queue.exposure("eve", NOON) == 0
        rated.policies.save(policy(3, toxicity=0.5))
        assert rated.queue.exposure("ada", NOON) == 0, "the policy says nothing of threats now"

    def test_what_was_seen_lately_is_told_newest_first(self, rated: Store) -> None:
        menacing(rated, worst=0.9, bad=0.0, kind=0.0, rude=0.7)
        verdict(rated, "t1/0")
        verdict(rated, "t1/1", by="bob")
        rated.skips.add("t1/3", "ada", NOON + timedelta(seconds=1))
        verdict(rated, "t1/2", at=NOON + timedelta(seconds=2))
        verdict(rated, "t1/1", at=NOON + timedelta(seconds=3), via="group")
        seen = [("t1/2", False), ("t1/3", True), ("t1/0", True)]
        assert rated.queue.lately("ada", 5) == seen
        assert rated.queue.lately("ada", 2) == seen[:2]
        assert rated.queue.lately("eve", 5) == []

    def test_the_milder_ones_are_the_flagged_that_are_not_severe_in_their_order(
        self, rated: Store
    ) -> None:
        menacing(rated, worst=0.9, bad=0.0, kind=0.0, rude=0.1)
        free = {"free_at": NOON}
        assert rated.queue.milder("ada", **free) == ["t1/1", "t1/3"]
        assert rated.queue.milder("ada", **free, many=1) == ["t1/1"]
        rated.claims.take("t1/1", "bob", NOON, NOON + timedelta(minutes=1))
        assert rated.queue.milder("ada", **free) == ["t1/3"]
        assert rated.queue.milder("bob", **free) == ["t1/1", "t1/3"]
        rated.skips.add("t1/3", "ada", NOON)
        assert rated.queue.milder("ada", **free) == []
        rated.rebuild()
        assert rated.queue.milder("bob", **free) == ["t1/1", "t1/3"]
        assert [rated.queue.severe(f"t1/{n}") for n in range(4)] == [True, False, False, False]
        with pytest.raises(NotFoundError):
            rated.queue.severe("t9")

    def test_the_milder_ones_are_looked_up_in_their_index(self, rated: Store) -> None:
        with rated._database.read() as connection:
            if connection.dialect.name != "sqlite":
                pytest.skip("PostgreSQL scans a table of four rows, whatever its indexes")
            steps = _Steps(connection, "ada", None, NOON)
            asked: list[str] = []
            event.listen(
                connection, "before_cursor_execute", lambda *given: asked.append(given[2:4])
            )
            steps.milder(20)
            statement, parameters = asked[-1]
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            assert "ix_standing_milder" in " ".join(row.detail for row in plan)


class TestBrowse:
    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            (BrowseFilter(), ["t1/0", "t1/1", "t1/2", "t1/3", "t2/0"]),
            (BrowseFilter(thread_id="t2"), ["t2/0"]),
            (BrowseFilter(scores={Label.TOXICITY: (0.2, 0.7)}), ["t1/1", "t1/2", "t1/3"]),
            (BrowseFilter(verdict=Verdict.APPROVE), ["t1/3"]),
            (BrowseFilter(decided=True), ["t1/0", "t1/3"]),
            (BrowseFilter(decided=False, flagged=True), ["t1/1"]),
            (BrowseFilter(flagged=False), ["t1/2", "t2/0"]),
            (BrowseFilter(pending=True), ["t1/1"]),
            (BrowseFilter(pending=False), ["t1/0", "t1/2", "t1/3", "t2/0"]),
            (BrowseFilter(route=Route.PASS), ["t1/2"]),
            (BrowseFilter(scored=False), ["t2/0"]),
            (BrowseFilter(scored=True, text="K"), ["t1/2"]),
            (BrowseFilter(author="Zoë"), ["t2/0"]),
            (BrowseFilter(author="zo"), []),
            (BrowseFilter(decided_by="bob"), ["t1/3"]),
            (BrowseFilter(decided_by="eve"), []),
            (BrowseFilter(since=NOON), ["t2/0"]),
            (BrowseFilter(since=NOON + timedelta(seconds=1)), []),
            (BrowseFilter(before=NOON), []),
            (BrowseFilter(before=NOON + timedelta(seconds=1), pattern="^l"), ["t2/0"]),
            (BrowseFilter(thread_id="t1", author="Zoë"), []),
        ],
    )
    def test_a_filter_keeps_what_it_says(
        self, rated: Store, wanted: BrowseFilter, found: list[str]
    ) -> None:
        late = Comment("t2/0", "t2", "Later", author="Zoë", created_at=NOON)
        rated.threads.save([Thread("t2", comments=(late,))])
        verdict(rated, "t1/0")
        verdict(rated, "t1/3", Verdict.APPROVE, by="bob")
        assert ids(rated.comments.page(wanted, sort=Sort.IMPORTED, descending=False)[0]) == found
        assert ids(list(rated.comments.stream(wanted))) == found
        assert rated.comments.count(wanted) == len(found)
        assert rated.comments.page(wanted)[1] == len(found)

    @pytest.mark.parametrize(
        ("part", "found"),
        [("ÄRGER", ["t1/0"]), ("100%", ["t1/1"]), ("_", ["t1/2"]), ("\\", ["t1/2"]), ("/", [])],
    )
    def test_text_is_found_in_any_case_and_taken_literally(
        self, store: Store, part: str, found: list[str]
    ) -> None:
        store.threads.save([thread("Das ist ärgerlich", "100% true", "snake_case\\")])
        assert ids(store.comments.page(BrowseFilter(text=part))[0]) == found

    @pytest.mark.parametrize("sort", [*Sort, *Label])
    def test_any_column_sorts_both_ways_in_pages(self, rated: Store, sort: Sort | Label) -> None:
        pages = [rated.comments.page(sort=sort, limit=3, offset=at)[0] for at in (0, 3)]
        assert sorted(ids(pages[0]) + ids(pages[1])) == ["t1/0", "t1/1", "t1/2", "t1/3"]
        assert len(rated.comments.page(sort=sort, descending=False)[0]) == 4

    def test_sorting_by_who_decided_and_by_text_puts_them_in_order(self, rated: Store) -> None:
        verdict(rated, "t1/3", by="zoe")
        verdict(rated, "t1/2", by="bob")
        down = rated.comments.page(sort=Sort.DECIDED_BY)[0]
        assert ids(down) == ["t1/3", "t1/2", "t1/0", "t1/1"]
        by_text = rated.comments.page(sort=Sort.TEXT, descending=False)[0]
        assert [one.comment.text for one in by_text] == ["bad", "kind", "rude", "worst"]

    @pytest.mark.parametrize("wanted", [None, BrowseFilter(text="R"), BrowseFilter(pattern="r")])
    def test_a_page_tells_how_many_there_are_in_all(
        self, rated: Store, wanted: BrowseFilter | None
    ) -> None:
        rows = rated.comments.page(wanted, sort=Sort.IMPORTED)[0]
        for at in range(6):
            page, total = rated.comments.page(wanted, sort=Sort.IMPORTED, limit=1, offset=at)
            assert (page, total) == (rows[at : at + 1], len(rows))

    def test_what_has_no_score_comes_last_either_way(self, rated: Store) -> None:
        rated.threads.save([thread("unscored", name="t2")])
        down = rated.comments.page(sort=Label.TOXICITY)[0]
        up = rated.comments.page(sort=Label.TOXICITY, descending=False)[0]
        assert ids(down) == ["t1/0", "t1/1", "t1/3", "t1/2", "t2/0"]
        assert ids(up) == ["t1/2", "t1/1", "t1/3", "t1/0", "t2/0"]

    def test_a_comment_is_shown_among_its_neighbours(self, store: Store) -> None:
        def comment(name: str, position: int, parent: str | None) -> Comment:
            return Comment(name, "t1", f"text {name}", position, parent)

        members = (
            *(comment("a", 0, None), comment("a1", 1, "a"), comment("a2", 2, "a")),
            *(comment("a21", 3, "a2"), comment("a3", 4, "a"), comment("b", 5, None)),
        )
        store.threads.save([Thread("t1", "Title", "Article", comments=members)])
        place = store.comments.around("a2", siblings=1)
        assert (place.thread.title, place.thread.article) == ("Title", "Article")
        assert place.parent is not None
        assert place.parent.id == "a"
        assert [c.id for c in place.before + place.after + place.replies] == ["a1", "a3", "a21"]
        assert [c.id for c in store.comments.around("b").before] == ["a"]
        with pytest.raises(NotFoundError):
            store.comments.around("nowhere")

    def test_a_parent_is_found_in_another_thread(self, store: Store) -> None:
        store.threads.save([one("question", "last week")])
        answer = Comment("answer", "t2", "this week", parent_id="question")
        stray = Comment("stray", "t2", "to nobody we know", parent_id="lost")
        store.threads.save([Thread("t2", comments=(answer, stray))])
        parent = store.comments.around("answer").parent
        assert parent is not None
        assert (parent.thread_id, parent.text) == ("t1", "last week")
        assert store.comments.around("stray").parent is None

    def test_parents_in_a_circle_show_nobody_twice(self, store: Store) -> None:
        parents = {"a": "b", "b": "a", "self": "self", "kid": "self", "top": None, "c": "a"}
        members = tuple(
            Comment(name, "t1", f"text {name}", place, parent)
            for place, (name, parent) in enumerate(parents.items())
        )
        store.threads.save([Thread("t1", comments=members)])
        shown: dict[str, list[str]] = {}
        for name in parents:
            place = store.comments.around(name)
            around = (place.parent, *place.before, *place.after, *place.replies)
            shown[name] = [comment.id for comment in around if comment is not None]
        assert shown == {
            "a": ["b", "c"],
            "b": ["a", "c"],
            "self": ["top", "kid"],
            "kid": ["self"],
            "top": [],
            "c": ["a", "b"],
        }

    def test_many_comments_stream_through(self, store: Store) -> None:
        store.threads.save([thread(*(str(n) for n in range(2500)))])
        stream = store.comments.stream()
        assert next(stream).comment.id == "t1/0"
        rate(store, **{"0": 0.5})
        assert sum(1 for _ in stream) == 2499

    def test_an_unknown_comment_is_not_found(self, store: Store) -> None:
        for look in (store.comments.get, store.comments.revisions, store.decisions.of):
            with pytest.raises(NotFoundError, match="'nowhere'"):
                look("nowhere")


def test_rebuilding_from_the_facts_changes_nothing(rated: Store) -> None:
    rated.threads.save([thread("worst", "edited", "kind", "rude"), thread("kind", name="t2")])
    rated.flags.add(Flag("t2/0", FlagSource.READER, "eve", NOON))
    verdict(rated, "t1/0")
    rated.decisions.undo("d1", "ada", NOON)
    verdict(rated, "t1/3", Verdict.ESCALATE)
    before = list(rated.comments.stream())
    rated.rebuild()
    assert list(rated.comments.stream()) == before


def test_threads_of_one_program_share_a_store(rated: Store) -> None:
    def work(number: int) -> None:
        comment_id = ("t1/0", "t1/1", "t1/3")[number % 3]
        digest = rated.comments.get(comment_id).text_sha256
        said = Verdict.APPROVE if number % 2 else Verdict.REJECT
        rated.decisions.add(Decision(f"d{number}", comment_id, digest, said, "ada", NOON))
        rated.queue.next("ada")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(24)))
    for entry in rated.comments.stream():
        log = rated.decisions.of(entry.comment.id)
        assert entry.decision_id == (log[-1].id if log else None)
    assert sum(1 for _ in rated.decisions.log()) == 24


def test_the_address_hides_the_password() -> None:
    shown = Database("postgresql://ada:secret@nowhere.test/triage").url
    assert "secret" not in shown
    assert "nowhere.test/triage" in shown
