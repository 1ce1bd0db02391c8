"""What leaves with its text comes back the same: parse, export, parse is the identity."""

from __future__ import annotations

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
from triage.export.dataset import write_dataset
from triage.export.tables import COMMENTS, columns_of, rows_of
from triage.files.table_writer import bare_cell, safe_cell, write_rows
from triage.intake.reading import read_all
from triage.settings import Settings
from triage.workbench import Export, Workbench

NAMES = st.text(st.sampled_from("abcXYZ089_-é=@'"), min_size=1, max_size=8)
# What CSV cannot tell apart is left out: single line ends of the old Mac.
TEXTS = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00\r"), max_size=60
)
TIMES = st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year > 1900)
STARTS = st.sampled_from(["", "=", "'", "''", "'=", "-", "@x", "\t", "+1", "'-3", "\uff1d1"])


@st.composite
def comments(draw: st.DrawFn) -> list[Comment]:
    ids = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    made = []
    for place, one in enumerate(ids):
        text = draw(STARTS) + draw(TEXTS)
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
