"""A backup holds every row, can be brought to either engine, and never replaces anything."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.wording import rude
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.policy import Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.domain.tokens import Scope
from triage.errors import ReadError, StoreError, UsageError
from triage.settings import Settings
from triage.store.schema import metadata
from triage.workbench import Workbench

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCORER = ScorerInfo("test", "1", (Label.TOXICITY,))
HOSTILE = "half a pair \ud800, NUL \0, quote ' \" ; DROP TABLE comment; -- \U0001f600\n"


def bench_at(url: str) -> Workbench:
    return Workbench(Settings(database_url=url, reviewer="ana"), clock=lambda: NOON)


def fill(bench: Workbench) -> None:
    """A site where something was rated, decided, undone, flagged, drawn and annotated."""
    texts = [*rude(40), HOSTILE]
    members = tuple(
        Comment(f"c{n}", "t", text, n, author="O'Hara \0", created_at=NOON)
        for n, text in enumerate(texts)
    )
    bench.store.threads.save([Thread("t", title="Naïve; title", comments=members)])
    bench.store.panel.set({Label.TOXICITY: (SCORER.key, SCORER.version)})
    rows = [
        (text_digest(one.text), Scores({Label.TOXICITY: n / 50})) for n, one in enumerate(members)
    ]
    bench.store.scores.save(SCORER, rows)
    bench.draw_audit(5, "ana")
    for name, verdict in (("c39", Verdict.REJECT), ("c38", Verdict.APPROVE)):
        bench.decide([bench.item(name).entry.seen], verdict, reviewer="ana", note="n\0")
    bench.undo("ana")
    bench.flag(["c1"], "ana", note="=1+1")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    with closing(bench_at(f"sqlite:///{tmp_path / 'site.db'}")) as made:
        fill(made)
        yield made


def everything(bench: Workbench) -> dict[str, list[tuple[object, ...]]]:
    with bench.store._database.read() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }


def test_every_row_comes_to_either_engine_and_back(
    bench: Workbench, empty_url: str, tmp_path: Path
) -> None:
    told = everything(bench)
    assert {name for name, rows in told.items() if rows} >= {
        *("text", "thread", "comment", "revision", "score", "decision", "flag", "audit", "standing")
    }
    first, second = tmp_path / "first.db", tmp_path / "second.db"
    report = bench.back_up(first)
    assert (report.comments, report.rows) == (41, sum(map(len, told.values())))
    with closing(bench_at(empty_url)) as other:
        other.take_back(first)
        assert everything(other) == told
        other.back_up(second)
    with closing(bench_at(f"sqlite:///{second}")) as copy:
        assert everything(copy) == told


def test_work_goes_on_where_a_backup_was_brought_back(
    bench: Workbench, empty_url: str, tmp_path: Path
) -> None:
    bench.back_up(tmp_path / "kept.db")
    with closing(bench_at(empty_url)) as other:
        other.take_back(tmp_path / "kept.db")
        (made,) = other.decide([other.item("c38").entry.seen], Verdict.REJECT, reviewer="bea")
        assert made.id not in {one.decision.id for one in bench.store.decisions.log()}
        other.store.threads.save([Thread("new", comments=(Comment("n", "new", "Hello there", 0),))])
        assert other.item("n").entry.comment.text == "Hello there"


def test_a_backup_is_one_file_that_only_its_owner_may_read(
    bench: Workbench, tmp_path: Path
) -> None:
    kept = tmp_path / "odd name?#%.db"
    bench.back_up(kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("odd")] == [kept.name]


def test_a_backup_overwrites_nothing(bench: Workbench, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    kept.write_text("something else")
    with pytest.raises(UsageError, match="overwrites nothing"):
        bench.back_up(kept)
    assert kept.read_text() == "something else"


def test_a_database_that_holds_comments_is_never_replaced(bench: Workbench, tmp_path: Path) -> None:
    bench.back_up(tmp_path / "kept.db")
    told = everything(bench)
    with pytest.raises(UsageError, match="in use"):
        bench.take_back(tmp_path / "kept.db")
    assert everything(bench) == told


def test_what_was_set_up_before_any_comment_came_is_never_replaced(
    bench: Workbench, tmp_path: Path
) -> None:
    bench.back_up(tmp_path / "kept.db")
    for number, set_up in enumerate(
        (
            lambda other: other.save_policy([Threshold(Label.THREAT, 0.9)], by="ana", why="less"),
            lambda other: other.create_token("site", [Scope.ANALYZE], "ana"),
        )
    ):
        with closing(bench_at(f"sqlite:///{tmp_path / f'set-up-{number}.db'}")) as other:
            set_up(other)
            told = everything(other)
            with pytest.raises(UsageError, match="in use"):
                other.take_back(tmp_path / "kept.db")
            assert everything(other) == told


def test_a_damaged_backup_is_said_to_be_that(bench: Workbench, tmp_path: Path) -> None:
    torn, orphaned = tmp_path / "torn.db", tmp_path / "orphaned.db"
    bench.back_up(torn)
    bench.back_up(orphaned)
    torn.write_bytes(torn.read_bytes()[: torn.stat().st_size // 2])
    with closing(sqlite3.connect(orphaned)) as connection:
        connection.execute("DELETE FROM thread")
        connection.commit()
    with closing(bench_at(f"sqlite:///{tmp_path / 'new.db'}")) as other:
        for path in (torn, orphaned):
            with pytest.raises(StoreError, match=rf"{path.name}: this backup is damaged.*another"):
                other.take_back(path)


def test_what_is_no_backup_is_refused_by_name(tmp_path: Path) -> None:
    text, other, damaged = (tmp_path / name for name in ("text.db", "other.db", "damaged.db"))
    text.write_text("no database")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE recipe (name)")
    damaged.write_bytes(other.read_bytes()[:100] + b"\xff" * 4_000)
    with closing(bench_at(f"sqlite:///{tmp_path / 'new.db'}")) as bench:
        with pytest.raises(ReadError, match=r"text\.db is no backup"):
            bench.take_back(text)
        with pytest.raises(StoreError, match=r"other\.db.*another program"):
            bench.take_back(other)
        with pytest.raises(StoreError, match=r"damaged\.db"):
            bench.take_back(damaged)
        with pytest.raises(ReadError, match="cannot be read"):
            bench.take_back(tmp_path / "nowhere.db")


def test_a_database_in_use_is_no_backup(bench: Workbench, tmp_path: Path) -> None:
    bench.policy()
    with (
        closing(bench_at(f"sqlite:///{tmp_path / 'new.db'}")) as other,
        pytest.raises(UsageError, match="-wal"),
    ):
        other.take_back(tmp_path / "site.db")
