"""What SQLite files and database URLs can do wrong, and what several programs can do at once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from triage.domain.assignments import Part, PartKind, Tier
from triage.domain.comments import Comment, Thread
from triage.errors import StoreError, UsageError
from triage.store import Store
from triage.store.database import Database
from triage.store.migrate import HEAD


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "triage.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{path}?timeout=0.05") as opened:
        yield opened


def thread(*texts: str, name: str = "t1") -> Thread:
    members = tuple(Comment(f"{name}/{n}", name, text, n) for n, text in enumerate(texts))
    return Thread(name, comments=members)


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python program that finds the same packages as this one."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )


class TestWhatCannotBeOpened:
    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("triage.db", "no database URL"),
            ("", "no database URL"),
            ("oracle+nothing://x/y", "no database URL|not supported"),
            ("mysql://ada@host/db", "mysql databases are not supported"),
            ("sqlite://", "in memory"),
            ("sqlite:///:memory:", "in memory"),
        ],
    )
    def test_a_url_we_cannot_use_gets_one_that_we_could(self, url: str, words: str) -> None:
        with pytest.raises(UsageError, match=words) as caught:
            Store.open(url)
        assert "sqlite:///FILE" in str(caught.value)

    def test_a_missing_folder_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match=r"nowhere.*check that its folder exists"):
            Store.open(f"sqlite:///{tmp_path / 'nowhere' / 'triage.db'}")

    def test_a_file_that_is_no_database_is_left_alone(self, path: Path) -> None:
        path.write_text("id,text\n1,hello\n" * 100)
        before = path.read_bytes()
        with pytest.raises(StoreError, match="no SQLite database"):
            Store.open(f"sqlite:///{path}")
        assert path.read_bytes() == before

    def test_a_missing_driver_gets_its_install_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "psycopg", None)
        with pytest.raises(StoreError, match=r"pip install 'triage-workbench\[postgres\]'"):
            Store.open("postgresql://ada:secret@localhost/triage")

    def test_a_server_that_is_not_there_is_told_without_the_password(self) -> None:
        pytest.importorskip("psycopg")
        with pytest.raises(StoreError, match="no server answers there") as caught:
            Store.open("postgresql://ada:secret@127.0.0.1:1/triage")
        assert "secret" not in str(caught.value)


class TestWhatCannotBeWritten:
    def test_a_database_in_use_says_so(self, store: Store, path: Path) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="another program is writing"):
                store.threads.save([thread("hello")])
            assert store.comments.count() == 0
            other.execute("ROLLBACK")
        assert store.threads.save([thread("hello")]).new == 1

    def test_a_database_that_may_only_be_read_can_be_read(self, store: Store, path: Path) -> None:
        store.threads.save([thread("hello")])
        with Store.open(f"sqlite:///file:{path}?mode=ro&uri=true") as reader:
            assert reader.comments.get("t1/0").comment.text == "hello"
            with pytest.raises(StoreError, match="may only be read"):
                reader.threads.save([thread("more", name="t2")])

    def test_a_damaged_database_is_called_damaged(self, store: Store, path: Path) -> None:
        store.threads.save([thread(*("filler " * 50 + str(n) for n in range(500)))])
        store.close()
        with path.open("r+b") as handle:
            handle.seek(8192)
            handle.write(b"\xff" * (path.stat().st_size - 8192))
        with pytest.raises(StoreError, match="damaged"):
            Store.open(f"sqlite:///{path}").rebuild()


class TestSeveralPrograms:
    def test_two_processes_write_one_file_without_harm(self, path: Path) -> None:
        program = """
import sys
from triage.domain.comments import Comment, Thread
from triage.store import Store
name = sys.argv[2]
with Store.open(sys.argv[1]) as store:
    for n in range(30):
        for thread in (name, "both"):
            comment = Comment(f"{thread}/{n}", thread, f"text {n}", n)
            store.threads.save([Thread(thread, comments=(comment,))])
"""
        running = [start(program, f"sqlite:///{path}", name) for name in ("first", "second")]
        assert [process.wait(60) for process in running] == [0, 0]
        with Store.open(f"sqlite:///{path}") as store:
            assert store.comments.count() == 90
            before = list(store.comments.stream())
            store.rebuild()
            assert list(store.comments.stream()) == before
        with closing(sqlite3.connect(path)) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert plain.execute("PRAGMA foreign_key_check").fetchall() == []

    def test_an_import_killed_outright_completes_when_run_again(self, path: Path) -> None:
        program = """
import sys
from triage.domain.comments import Comment, Thread
from triage.store import Store
members = tuple(Comment(f"c{n}", "t1", f"text {n}", n) for n in range(9_000))
with Store.open(sys.argv[1]) as store:
    saved = store.threads.save(
        [Thread("t1", comments=members)], on_progress=lambda done: print(done, flush=True)
    )
    print(saved.new, saved.unchanged)
"""
        first = start(program, f"sqlite:///{path}")
        assert first.stdout is not None
        assert first.stdout.readline() == "2000\n"
        first.kill()
        first.wait()
        first.stdout.close()
        with Store.open(f"sqlite:///{path}") as store:
            kept = store.comments.count()
            assert kept % 2000 == 0 or kept == 9000
            before = list(store.comments.stream())
            store.rebuild()
            assert list(store.comments.stream()) == before
        again, _ = start(program, f"sqlite:///{path}").communicate(timeout=60)
        assert again.splitlines()[-1] == f"{9000 - kept} {kept}"

    def test_a_reader_is_not_held_up_by_a_writer(self, store: Store, path: Path) -> None:
        store.threads.save([thread("hello")])
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE text SET text = 'changed'")
            assert store.comments.get("t1/0").comment.text == "hello"


class TestPlans:
    @pytest.mark.parametrize("free_at", [None, datetime(2026, 3, 1, tzinfo=UTC)])
    def test_the_queue_is_read_from_its_index_and_never_sorted(
        self, store: Store, free_at: datetime | None
    ) -> None:
        store.threads.save([thread("hello")])
        seen: list[tuple[str, object]] = []
        engine = store._database._engine
        event.listen(
            engine,
            "before_cursor_execute",
            lambda _c, _k, statement, parameters, _x, _m: seen.append((statement, parameters)),
        )
        store.queue.next("ada", free_at=free_at)
        store.queue.next("ada", after="t1/0", free_at=free_at)
        store.queue.next("ada", after="t1/0", thread_id="t1", free_at=free_at)
        store.queue.previous("ada", before="t1/0", free_at=free_at)
        looked = [one for one in seen if "NOT (EXISTS (SELECT * \nFROM skip" in one[0]]
        assert len(looked) == 10
        with store._database.read() as connection:
            for statement, parameters in looked:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                told = "\n".join(row.detail for row in plan)
                assert "INDEX ix_standing_" in told
                assert "queue" in told
                assert "SCAN skip" not in told
                assert "SCAN claim" not in told
                assert "TEMP B-TREE" not in told

    @pytest.mark.parametrize("part", [("thread", "t1"), ("language", "de")])
    def test_a_part_of_the_queue_is_read_from_its_own_index(
        self, store: Store, part: tuple[str, str]
    ) -> None:
        store.threads.save([thread("hello")])
        tier = Tier(within=(Part(PartKind(part[0]), part[1]),))
        for told in plans(store, lambda: store.queue.following("ada", "t1/0", many=20, tier=tier)):
            assert f"INDEX ix_standing_{part[0]}_queue" in told
            assert "TEMP B-TREE" not in told

    def test_what_is_nobodys_is_a_walk_along_the_queue(self, store: Store) -> None:
        store.threads.save([thread("hello")])
        parts = (("thread", "t1"), ("language", "de"), ("label", "toxicity"))
        tier = Tier(outside=tuple(Part(PartKind(kind), value) for kind, value in parts))
        for told in plans(store, lambda: store.queue.following("ada", many=20, tier=tier)):
            assert "INDEX ix_standing_queue" in told
            assert "TEMP B-TREE" not in told


def plans(store: Store, look: Callable[[], object]) -> list[str]:
    """Return how SQLite goes about every look for what the reviewer has not skipped."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, *_rest: object) -> None:
        seen.append((statement, parameters))

    event.listen(store._database._engine, "before_cursor_execute", note)
    look()
    event.remove(store._database._engine, "before_cursor_execute", note)
    looked = [one for one in seen if "NOT (EXISTS (SELECT * \nFROM skip" in one[0]]
    assert looked
    with store._database.read() as connection:
        return [
            "\n".join(
                row.detail
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            )
            for statement, parameters in looked
        ]


def test_the_newest_migration_is_the_one_the_code_asks_for() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "triage.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_scores_from_before_there_was_a_fast_mode_are_exact(path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    database = Database(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", "triage.store:migrations")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with database.write() as connection:
        for statement in (
            "INSERT INTO text (pk, sha256, text, length) VALUES (1, 'd', 'x', 1)",
            "INSERT INTO scorer_version VALUES (1, 'k', 'v', '[]', '', '{}', '2026-01-01')",
            "INSERT INTO score (text_pk, scorer_pk, scored_at) VALUES (1, 1, '2026-01-01')",
        ):
            connection.exec_driver_sql(statement)
    database.close()
    with Store.open(f"sqlite:///{path}") as store, store._database.read() as connection:
        assert connection.exec_driver_sql("SELECT rough FROM score").all() == [(0,)]


def test_an_opened_database_is_opened_again_without_alembic(path: Path) -> None:
    Store.open(f"sqlite:///{path}").close()
    program = (
        "import sys; from triage.store import Store; Store.open(sys.argv[1]).close(); "
        "print([name for name in ('alembic', 'pandas', 'psycopg') if name in sys.modules])"
    )
    process = start(program, f"sqlite:///{path}")
    assert process.communicate(timeout=60)[0].strip() == "[]"
    assert process.returncode == 0


def test_a_store_knows_its_file(store: Store, path: Path, tmp_path: Path) -> None:
    assert store.file == path.resolve()
    link = tmp_path / "link.db"
    link.symlink_to(path)
    assert Database(f"sqlite:///{link}").file == path.resolve()
    assert Database(f"sqlite:///file:{path}?mode=ro&uri=true").file == path.resolve()
    assert Database("postgresql://ada@nowhere.test/triage").file is None


def test_a_verdict_is_on_the_disk_before_it_is_confirmed(tmp_path: Path) -> None:
    # In a process of its own: the tests' wait for no disk.
    asks = (
        "import sys; from triage.store import Store\n"
        "with Store.open(sys.argv[1]) as store, store._database.write() as connection:\n"
        "    for pragma in ('synchronous', 'journal_mode'):\n"
        "        print(connection.exec_driver_sql(f'PRAGMA {pragma}').scalar())\n"
    )
    command = [sys.executable, "-c", asks, f"sqlite:///{tmp_path / 'triage.db'}"]
    full = "2"
    assert subprocess.check_output(command, text=True).split() == [full, "wal"]


def test_threads_may_make_several_databases_at_once(tmp_path: Path) -> None:
    # In a process of its own: the tests' new databases are copies, which nothing migrates.
    makes = (
        "import sys; from concurrent.futures import ThreadPoolExecutor\n"
        "from triage.domain.comments import Comment, Thread; from triage.store import Store\n"
        "hello = Thread('t1', comments=(Comment('t1/0', 't1', 'hello', 0),))\n"
        "def make(number):\n"
        "    with Store.open(f'sqlite:///{sys.argv[1]}/{number}.db') as made:\n"
        "        return made.threads.save([hello]).new\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    print(*pool.map(make, range(4)))\n"
    )
    process = start(makes, str(tmp_path))
    assert process.communicate(timeout=60)[0].split() == ["1"] * 4


def test_a_failed_write_leaves_everything_as_it_was(store: Store, path: Path) -> None:
    database = Database(f"sqlite:///{path}")

    def write_twice() -> None:
        with database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO text (pk, sha256, text, length) VALUES (1, 'd', 'x', 1)"
            )
            connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(StoreError, match="no such table: nowhere"):
        write_twice()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM text").scalar() == 0
    database.close()
