"""Connections run out, servers go away and come back, and another version migrates meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import psycopg
import pytest

from tests.contracts.conftest import Server
from triage.domain.comments import Comment, Thread
from triage.domain.decisions import Verdict
from triage.domain.pools import Pool
from triage.errors import StoreError
from triage.settings import Settings
from triage.store import Store
from triage.workbench import Workbench

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = ("The ferry leaves at noon.", "A kite got stuck in the elm.", "Who repaired the old clock?")


def reviewed_by_ana(url: str) -> Workbench:
    """A site with three flagged comments."""
    bench = Workbench(Settings(database_url=url, reviewer="ana", doubled=0.0), clock=lambda: NOON)
    comments = tuple(Comment(f"c{n}", "t", text, n) for n, text in enumerate(WORDS))
    bench.store.threads.save([Thread("t", comments=comments)])
    bench.flag([one.id for one in comments], "bea")
    return bench


def reject(bench: Workbench, comment_id: str) -> None:
    seen = bench.item(comment_id).entry.seen
    bench.decide([seen], Verdict.REJECT, reviewer="ana")


def rejected(bench: Workbench) -> list[str]:
    """Return the comments of the log, one for each decision in it."""
    return [act.comment_id for n in range(len(WORDS)) for act in bench.store.decisions.of(f"c{n}")]


def cut(url: str) -> None:
    """End all connections to the server but this one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@pytest.fixture
def bench(own_url: str) -> Iterator[Workbench]:
    with closing(reviewed_by_ana(own_url)) as made:
        yield made


def test_who_needs_a_connection_while_all_are_taken_is_told_which_setting_helps(
    empty_url: str,
) -> None:
    with Store.open(empty_url, pool=Pool(size=1, overflow=1, seconds=0.1)) as store:
        with ExitStack() as held:
            for _ in range(2):
                held.enter_context(store._database.read())
            with pytest.raises(StoreError, match=r"were in use for too long.*TRIAGE_POOL_SIZE"):
                store.comments.count()
        assert store.comments.count() == 0, "they are free again"


@pytest.mark.postgres
class TestAServer:
    def test_that_takes_no_more_connections_says_so(self, own_url: str) -> None:
        Store.open(own_url).close()
        with psycopg.connect(own_url, autocommit=True) as connection:
            connection.execute("CREATE ROLE lone LOGIN CONNECTION LIMIT 1")
            connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO lone")
        full = pytest.raises(StoreError, match=r"takes no more connections.*TRIAGE_POOL_SIZE")
        lone = own_url.replace("postgres@", "lone@")
        with Store.open(lone) as store, store._database.read(), full:
            store.comments.count()

    def test_that_goes_away_mid_review_and_comes_back_loses_no_decision(
        self, server: Server, bench: Workbench
    ) -> None:
        reject(bench, "c0")
        seen = bench.item("c1").entry.seen
        server.stop()
        for _ in range(2):
            with pytest.raises(StoreError, match=r"went away|no server answers there"):
                bench.decide([seen], Verdict.REJECT, reviewer="ana")
        server.start()
        bench.decide([seen], Verdict.REJECT, reviewer="ana")
        reject(bench, "c2")
        assert rejected(bench) == ["c0", "c1", "c2"]

    def test_that_dropped_idle_connections_is_asked_anew_and_nobody_notices(
        self, server: Server, bench: Workbench
    ) -> None:
        reject(bench, "c0")
        cut(server.url)
        reject(bench, "c1")
        assert rejected(bench) == ["c0", "c1"]

    def test_that_goes_away_in_a_transaction_leaves_nothing_of_it(
        self, server: Server, bench: Workbench
    ) -> None:
        def write() -> None:
            with bench.store._database.write() as connection:
                connection.exec_driver_sql("UPDATE comment SET author = 'nobody'")
                cut(server.url)
                connection.exec_driver_sql("SELECT 1")

        with pytest.raises(StoreError, match="the server went away while this was done"):
            write()
        assert bench.item("c0").entry.comment.author is None


class TestAnotherVersionThatMigratesMeanwhile:
    def test_stops_whoever_knows_the_earlier_schema_from_writing(self, empty_url: str) -> None:
        with closing(reviewed_by_ana(empty_url)) as bench:
            reject(bench, "c0")
            seen = bench.item("c1").entry.seen
            with bench.store._database.write() as connection:
                connection.exec_driver_sql("UPDATE triage_version SET version_num = '9999_new'")
            with pytest.raises(StoreError, match=r"'9999_new'.*nothing was saved; start this"):
                bench.decide([seen], Verdict.REJECT, reviewer="ana")
            assert rejected(bench) == ["c0"]

    def test_is_no_other_version_where_the_schema_is_the_same(self, empty_url: str) -> None:
        with closing(reviewed_by_ana(empty_url)) as bench, Store.open(empty_url) as other:
            assert other.earlier is not None, "it was there already"
            reject(bench, "c0")
            assert rejected(bench) == ["c0"]
