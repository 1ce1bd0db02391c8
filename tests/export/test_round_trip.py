"""What leaves with its text comes back the same: parse, export, parse is the identity."""

from __future__ import annotations

import json
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.export.test_tables import ENTRY
from triage.domain.comments import Comment, Problem, SourceState
from triage.domain.decisions import Verdict
from triage.export.dataset import write_dataset
from triage.export.tables import COMMENTS, columns_of, rows_of
from triage.files.table_writer import bare_cell, safe_cell, write_rows
from triage.intake.reading import read_all
from triage.settings import Settings
from triage.workbench import Export, Workbench

NAMES = st.text(st.sampled_from("abcXYZ089_-é=@'"), min_size=1, max_size=8)
TEXTS = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=60
)
ENDS = st.sampled_from(["", "a\rb", "a\r\nb\nc", "\n\r", "\r", "a\n"])
TIMES = st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year > 1900)
STARTS = st.sampled_from(["", "=", "'", "''", "'=", "-", "@x", "\t", "+1", "'-3", "\uff1d1"])


@st.composite
def comments(draw: st.DrawFn) -> list[Comment]:
    ids = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    made = []
    for place, one in enumerate(ids):
        text = draw(STARTS) + draw(TEXTS) + draw(ENDS)
        if draw(st.booleans()):
            text = text.replace("\n", "\r\n")
        parent = draw(st.sampled_from([None, *ids[:place]]))
        made.append(
            Comment(
                one,
                draw(st.sampled_from(["t1", "=t2"])),
                text,
                place,
                parent,
                draw(st.none() | NAMES),
                draw(st.none() | TIMES),
                reach=draw(st.none() | st.integers(0, 10**6)),
                state=draw(st.none() | st.sampled_from(SourceState)),
            )
        )
    return made


def facts(found: list[Comment]) -> dict[str, tuple[object, ...]]:
    return {
        one.id: (
            *(one.thread_id, one.text, one.parent_id, one.author, one.created_at),
            *(one.reach, one.state),
        )
        for one in found
    }


@given(st.text(max_size=30), STARTS)
def test_a_cell_made_safe_gives_its_text_back(text: str, start: str) -> None:
    assert bare_cell(safe_cell(start + text)) == start + text


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "dataset"])
@given(made=comments())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_comments_come_back_as_they_left(form: str, made: list[Comment]) -> None:
    entries = [replace(ENTRY, comment=one, text_sha256=one.text_sha256) for one in made]
    columns = columns_of(COMMENTS, include_text=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("set" if form == "dataset" else f"out.{form}")
        if form == "dataset":
            write_dataset(path, columns, rows_of(COMMENTS, entries), lambda _: "", shard=2)
        else:
            write_rows(path, columns, rows_of(COMMENTS, entries))
        found: list[Comment] = []
        problems: list[Problem] = []
        for reading in read_all(path):
            found += [comment for thread in reading.threads for comment in thread.comments]
            problems += reading.problems
    assert problems == []
    assert facts(found) == facts(made)


ROWS = """\
id,parent_id,author,text,created_at,thread,title,reach,state
1,,Ana,"=1+1, she said",2026-03-01T08:00:00Z,t,About t,4,approved
2,1,'Bea,"'- quoted
over lines",2026-03-02T08:00:00Z,t,About t,,pending
-3,2,,Short,,u,About u,0,
"""


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "dataset"])
def test_an_empty_database_takes_an_export_and_exports_the_same(form: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(ROWS, encoding="utf-8")
    out = []
    path = tmp_path / "in.csv"
    for name in ("first", "second"):
        with closing(Workbench(Settings(f"sqlite:///{tmp_path / name}.db"))) as bench:
            report = bench.import_file(path)
            assert (report.new, report.problems) == (3, ())
            path = tmp_path / (f"{name}-set" if form == "dataset" else f"{name}.{form}")
            if form == "dataset":
                bench.export_dataset(path, Export.COMMENTS, include_text=True)
            else:
                bench.export(path, Export.COMMENTS, include_text=True)
            shown = bench.preview(Export.COMMENTS, include_text=True)
            out.append([{**row, "source": None} for row in shown])
    assert out[0] == out[1]
    assert out[0][1]["text"] == "'- quoted\nover lines"
    assert (out[0][0]["state"], out[0][0]["author"]) == (SourceState.APPROVED.value, "Ana")


ENDINGS = ["a\rb", "a\r\nb\nc", "x\r\ny\r", "a\n\rb", "plain\nlines"]


def test_a_verdict_stays_in_force_when_our_own_table_is_read_again(tmp_path: Path) -> None:
    every = [{"id": str(at), "text": text, "thread": "t"} for at, text in enumerate(ENDINGS)]
    lines = "".join(json.dumps(one) + "\n" for one in every)
    (tmp_path / "in.jsonl").write_text(lines, encoding="utf-8")
    with closing(Workbench(Settings(f"sqlite:///{tmp_path / 'triage.db'}"))) as bench:
        bench.import_file(tmp_path / "in.jsonl")
        known = bench.entries([one["id"] for one in every])
        bench.decide([one.seen for one in known], Verdict.REJECT, reviewer="cem")
        bench.export(tmp_path / "out.csv", Export.COMMENTS, include_text=True)
        report = bench.import_file(tmp_path / "out.csv")
        assert (report.new, report.revised) == (0, 0)
        again = bench.entries([one["id"] for one in every])
        assert [one.comment.text for one in again] == ENDINGS
        assert {one.verdict for one in again} == {Verdict.REJECT}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_that_a_spreadsheet_changed_are_those_of_the_digest(
    end: str, tmp_path: Path
) -> None:
    stored = "a\rb\rc"
    made = Comment("1", "t", stored, 0)
    entry = replace(ENTRY, comment=made, text_sha256=made.text_sha256)
    columns = columns_of(COMMENTS, include_text=True)
    write_rows(tmp_path / "out.csv", columns, rows_of(COMMENTS, [entry]))
    raw = (tmp_path / "out.csv").read_bytes()
    assert stored.encode() in raw
    saved = raw.replace(stored.encode(), stored.replace("\r", end).encode())
    (tmp_path / "out.csv").write_bytes(saved)
    (reading,) = read_all(tmp_path / "out.csv")
    assert [one.text for thread in reading.threads for one in thread.comments] == [stored]
