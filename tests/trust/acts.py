"""What is killed: kinds of work on a site of 600 comments, and what must hold afterwards."""

from __future__ import annotations

import csv
import random
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

from triage.domain.batches import ScoreRange
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.policy import Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import TriageError
from triage.settings import Settings
from triage.store.database import Database
from triage.workbench import Export, Workbench

__all__ = ["ACTS", "Act", "check_sound", "opened", "refused"]

Ack = Callable[[object], object]
"""Says that something was acknowledged to whoever asked for it."""

COMMENTS = 600
_THREADS = 12
_WORDS = [first + rest for first in "bdfgklmnprst" for rest in ("arn", "ilt", "osset", "umely")]
_SCORER = ScorerInfo("compact", "1", (Label.TOXICITY,))
_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of work.

    `prepare` makes a folder to begin from. `work` does all that is left to do in it, and tells
    each fact that was acknowledged. `check` holds after a kill, given these facts; `check_done`
    once the work was taken up again.
    """

    name: str
    prepare: Callable[[Path], None]
    work: Callable[[Path, Ack], None]
    check: Callable[[Path, Sequence[str]], None]
    check_done: Callable[[Path], None]


def check_sound(place: Path) -> None:
    """Assert that the database opens, is whole, and that what it derived follows from its facts."""
    with opened(place) as bench:
        before = _derived(place)
        bench.store.rebuild()
    assert _derived(place) == before, "what is derived does not follow from the facts"
    assert _rows(place, "PRAGMA integrity_check") == [("ok",)]
    assert _rows(place, "PRAGMA foreign_key_check") == []


# Import


def _table(place: Path) -> None:
    with (place / "in.csv").open("w", newline="", encoding="utf-8") as handle:
        rows = csv.writer(handle)
        rows.writerow(["id", "thread_id", "text"])
        rows.writerows(
            (one.id, one.thread_id, one.text) for thread in _threads() for one in thread.comments
        )
    with opened(place):
        pass


def _import(place: Path, ack: Ack) -> None:
    with opened(place) as bench:
        before = _count(place, "comment")
        report = bench.import_file(place / "in.csv", on_progress=lambda done, _: ack(done))
        assert (report.new, report.unchanged) == (COMMENTS - before, before)
        assert not report.revised
        assert not report.problems


def _check_import(place: Path, said: Sequence[str]) -> None:
    assert _count(place, "comment") >= max(map(int, said), default=0)
    assert _count(place, "comment") == _count(place, "revision") == _count(place, "standing")


def _imported(place: Path) -> None:
    assert _count(place, "comment") == _count(place, "text") == COMMENTS


# Scores


_RATED = 120


def _unscored(place: Path) -> None:
    with opened(place) as bench:
        bench.store.threads.save(_threads(_RATED))


def _score(place: Path, ack: Ack) -> None:
    with opened(place) as bench:
        bench.score(on_progress=lambda done, _: ack(done))


def _check_scores(place: Path, said: Sequence[str]) -> None:
    assert _count(place, "score") >= max(map(int, said), default=0)


def _scored(place: Path) -> None:
    assert _count(place, "score") == _RATED


# Decisions, one by one and in batches


def _site(place: Path) -> None:
    """A site on which every comment has a score, and a third is flagged."""
    with opened(place) as bench:
        store = bench.store
        bench.save_policy([_threshold(2)], by="ada", why="the one to begin with")
        store.panel.set({Label.TOXICITY: (_SCORER.key, _SCORER.version)})
        threads = _threads()
        store.threads.save(threads)
        texts = [one.text for thread in threads for one in thread.comments]
        store.scores.save(
            _SCORER,
            (
                (text_digest(text), Scores({Label.TOXICITY: (at * 7 % 1000) / 1000}))
                for at, text in enumerate(texts)
            ),
        )


_DECIDED = 30


def _decide(place: Path, ack: Ack) -> None:
    with opened(place) as bench:
        while _count(place, "decision") < _DECIDED:
            comment = bench.next_comment("ana")
            assert comment is not None
            entry = bench.item(comment, reviewer="ana").entry
            (decision,) = bench.decide([entry.seen], Verdict.REJECT, reviewer="ana")
            ack(decision.id)


def _check_decisions(place: Path, said: Sequence[str]) -> None:
    logged = [one for (one,) in _rows(place, "SELECT id FROM decision ORDER BY pk")]
    assert logged[: len(said)] == list(said), "an acknowledged decision is missing, or moved"
    assert len(logged) <= len(said) + 1, "a decision that nobody asked for"
    assert len(_rows(place, "SELECT DISTINCT comment_pk FROM decision")) == len(logged)


def _all_decided(place: Path) -> None:
    assert _count(place, "decision") == _DECIDED


_BATCHES = tuple(ScoreRange(Label.TOXICITY, low / 10, low / 10 + 0.0999) for low in range(6))


def _batches(place: Path, ack: Ack) -> None:
    with opened(place) as bench:
        for within in _BATCHES:
            picked = bench.pick_batch(within)
            if picked.tally.comments:
                report = bench.decide_batch(picked, Verdict.APPROVE, reviewer="ana")
                ack(report.decided)


def _check_batches(place: Path, said: Sequence[str]) -> None:
    sizes = [
        many
        for (many,) in _rows(place, "SELECT count(*) FROM decision GROUP BY batch ORDER BY min(pk)")
    ]
    assert sizes[: len(said)] == [int(many) for many in said]
    assert len(sizes) <= len(said) + 1
    whole = {within: _in_range(place, within) for within in _BATCHES}
    assert sizes == [whole[within] for within in _BATCHES[: len(sizes)]], "half a batch"


def _all_batches(place: Path) -> None:
    assert _count(place, "decision") == sum(_in_range(place, within) for within in _BATCHES)


# Policies

_VERSIONS = 8


def _threshold(version: int) -> Threshold:
    return Threshold(Label.TOXICITY, round(0.4 + version / 20, 2))


def _policies(place: Path, ack: Ack) -> None:
    with opened(place) as bench:
        while (version := bench.policy().version) < _VERSIONS:
            made = bench.save_policy([_threshold(version + 1)], by="ada", why="another one")
            ack(made.version)


def _check_policies(place: Path, said: Sequence[str]) -> None:
    versions = [one for (one,) in _rows(place, "SELECT version FROM policy ORDER BY version")]
    assert versions == list(range(1, len(versions) + 1))
    assert len(said) <= len(versions) - 2 <= len(said) + 1
    at = _threshold(len(versions)).at
    strays = f"SELECT count(*) FROM standing WHERE (toxicity >= {at}) != (route != 'pass')"
    assert _rows(place, strays) == [(0,)], "a route that another policy proposed"


def _all_policies(place: Path) -> None:
    assert _count(place, "policy") == _VERSIONS


# Migration


def _old(place: Path) -> None:
    """A database of the first version, with comments and decisions."""
    database = Database(_url(place))
    config = Config()
    config.set_main_option("script_location", "triage.store:migrations")
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    database.close()
    at = "2026-03-01 12:00:00"
    texts = [one.text for thread in _threads() for one in thread.comments]
    with closing(sqlite3.connect(place / "triage.db")) as old, old:
        old.execute("INSERT INTO thread (pk, id, title, article, source, ids, imported_at) "
                    f"VALUES (1, 't1', '', '', 'a.csv', 'given', '{at}')")  # fmt: skip
        for pk, text in enumerate(texts, 1):
            old.execute(
                "INSERT INTO text (pk, sha256, text, length) VALUES (?, ?, ?, ?)",
                (pk, text_digest(text), text, len(text)),
            )
            old.execute(
                "INSERT INTO comment (pk, id, thread_pk, author, position, source, first_seen_at, "
                "revisions) VALUES (?, ?, 1, 'ann', ?, 'a.csv', ?, 1)",
                (pk, f"c{pk}", pk, at),
            )
            old.execute("INSERT INTO revision VALUES (?, 1, ?, ?)", (pk, pk, at))
            if pk % 3 == 0:
                old.execute(
                    "INSERT INTO decision (pk, id, comment_pk, text_pk, verdict, reviewer, at, "
                    "reasons, note, decided_by, score_visible, via) VALUES (?, ?, ?, ?, 'reject', "
                    "'ada', ?, '[\"insult\"]', '', 'person', true, 'review')",
                    (pk, f"d{pk}", pk, pk, at),
                )


def _migrate(place: Path, ack: Ack) -> None:
    with opened(place) as bench:
        ack(bench.count())


def _check_migrated(place: Path, _said: Sequence[str]) -> None:
    assert _count(place, "comment") == COMMENTS
    assert _count(place, "decision") == COMMENTS // 3
    rejected = "SELECT count(*) FROM standing WHERE verdict = 'reject'"
    assert _rows(place, rejected) == [(COMMENTS // 3,)]


# Export


def _decided_site(place: Path) -> None:
    _site(place)
    _batches(place, lambda _fact: None)


def _export(place: Path, ack: Ack) -> None:
    with opened(place) as bench:
        for name in ("out.csv", "out.parquet"):
            ack(f"{name}={bench.export(place / name, Export.LOG)}")


def _check_export(place: Path, said: Sequence[str]) -> None:
    written = dict(fact.split("=") for fact in said)
    out = place / "out.csv"
    assert out.exists() or "out.csv" not in written
    if out.exists():
        with out.open(newline="", encoding="utf-8-sig") as handle:
            assert sum(1 for _ in csv.DictReader(handle)) == _count(place, "decision")
    assert (place / "out.parquet").exists() or "out.parquet" not in written


def _exported(place: Path) -> None:
    import pyarrow.parquet

    _check_export(place, ["out.csv=", "out.parquet="])
    rows = pyarrow.parquet.read_metadata(place / "out.parquet").num_rows
    assert rows == _count(place, "decision")


ACTS = (
    Act("import", _table, _import, _check_import, _imported),
    Act("score", _unscored, _score, _check_scores, _scored),
    Act("decisions", _site, _decide, _check_decisions, _all_decided),
    Act("batches", _site, _batches, _check_batches, _all_batches),
    Act("policy", _site, _policies, _check_policies, _all_policies),
    Act("migration", _old, _migrate, _check_migrated, lambda place: _check_migrated(place, ())),
    Act("export", _decided_site, _export, _check_export, _exported),
)


def _threads(many: int = COMMENTS) -> list[Thread]:
    """Return threads of comments no two of which are near copies."""
    draw = random.Random(5)
    texts = [f"{number} {' '.join(draw.choices(_WORDS, k=12))}" for number in range(many)]
    size = many // _THREADS
    return [
        Thread(
            f"t{at}",
            comments=tuple(
                Comment(f"t{at}/{row}", f"t{at}", text, row)
                for row, text in enumerate(texts[at * size : (at + 1) * size])
            ),
        )
        for at in range(_THREADS)
    ]


def _url(place: Path) -> str:
    return f"sqlite:///{place / 'triage.db'}"


def opened(place: Path) -> closing[Workbench]:
    """Return a workbench on the database in a folder, to be closed."""
    bench = Workbench(Settings(database_url=_url(place), scorers=("compact",), doubled=0.0))
    bench.count()
    return closing(bench)


def _rows(place: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(place / "triage.db")) as database:
        return database.execute(query).fetchall()


def _count(place: Path, table: str) -> int:
    (found,) = _rows(place, f"SELECT count(*) FROM {table}")
    return int(found[0])


def _in_range(place: Path, within: ScoreRange) -> int:
    query = f"SELECT count(*) FROM standing WHERE toxicity BETWEEN {within.low} AND {within.high}"
    return int(_rows(place, query)[0][0])


def _derived(place: Path) -> list[tuple[Any, ...]]:
    return _rows(place, "SELECT * FROM standing ORDER BY comment_pk")


def refused(work: Callable[[], object]) -> str:
    """Return what triage said when it could not do some work. Raises AssertionError if it did."""
    try:
        work()
    except TriageError as error:
        return str(error)
    raise AssertionError("it was done")
