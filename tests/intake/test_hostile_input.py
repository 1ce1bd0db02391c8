"""However a text is made, the time it takes grows with its length: nothing is quadratic."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from triage.domain.comments import Comment, Ids, Thread
from triage.intake import read_file
from triage.intake.boundary import find_boundary
from triage.intake.heads import find_heads, lines_of
from triage.intake.identity import align


@contextmanager
def seconds(most: float) -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < most


def thread_of(texts: Sequence[str], prefix: str) -> Thread:
    comments = (Comment(f"{prefix}{n}", "t", text, position=n) for n, text in enumerate(texts))
    return Thread("t", ids=Ids.DERIVED, comments=tuple(comments))


@pytest.mark.parametrize("bait", ["“", '"', "«", "„", "1", "1,", "A", "a*", "f u c k ", "(@a", "?"])
@pytest.mark.parametrize("width", [4_000, 200_000])
def test_finding_where_comments_begin(bait: str, width: int) -> None:
    text = (bait * 200_000)[:200_000]
    lines = ["Title", *(text[at : at + width] for at in range(0, len(text), width))]
    with seconds(3.0):
        find_boundary(lines)


def test_lines_beyond_any_article_are_comments() -> None:
    article = ["The council met on Tuesday, officials said in a statement."] * 300
    talk = ["lol what do you think, mate?"] * 200_000
    with seconds(3.0):
        assert find_boundary([*article, *talk]).index == 300


@pytest.mark.parametrize(
    "bait", ["- a\n", "- 1:00\n", "- \n", "\n", "1. x" + " " * 190 + "x\n", "1. x | | |\n", " "]
)
def test_finding_the_heads_of_comments(bait: str) -> None:
    with seconds(4.0):
        for _ in find_heads(lines_of((bait * 200_000)[:200_000])):
            pass


@pytest.mark.parametrize("words", ["a", "ab", "abcd"])
def test_aligning_comments_that_repeat_few_words(words: str) -> None:
    draw = random.Random(words)
    old, new = ([" ".join(draw.choices(words, k=300)) for _ in range(300)] for _ in range(2))
    known = thread_of([f"{text} {n}" for n, text in enumerate(old)], "known-")
    with seconds(4.0):
        align(known.comments, thread_of([f"{text} x{n}" for n, text in enumerate(new)], "new-"))


HUGE = 50_000_000  # characters of one line
NESTED = "{0}. Ann\n   Posted March 1, 2020 at 9:0{0} am\n\n   {1}\n\n"
LONG_LINES = {
    "a.csv": "id,text\n1,hello\n2,{huge}\n3,bye\n",
    "quoted.csv": 'id,text\n1,hello\n2,"{huge}"\n3,bye\n',
    "page.txt": "The bridge\nIt cost a million, officials said.\nlol what?\n{huge}\nyou wish!\n",
    "thread.txt": "Title\n\n" + "".join(NESTED.format(n, text) for n, text in enumerate(
        ("hello", "{huge}", "bye"), 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", LONG_LINES)
def test_a_line_of_fifty_megabytes_costs_itself_in_bounded_memory(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text(LONG_LINES[name].replace("{huge}", "x" * HUGE))
    tracemalloc.start()
    with seconds(20.0):
        reading = read_file(path)
        texts = [one.text for thread in reading.threads for one in thread.comments]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "x" * 100 not in "".join(texts)
    assert len(texts) >= 2
    assert "characters" in reading.problems[0].message
    assert reading.problems[0].line is not None
    assert peak < 150_000_000


def test_a_comment_of_too_many_lines_is_cut_and_told(tmp_path: Path) -> None:
    path = tmp_path / "thread.txt"
    path.write_text("Title\n\n" + NESTED.format(1, "hello\n" * 300_000) + NESTED.format(2, "bye"))
    reading = read_file(path)
    texts = [one.text for thread in reading.threads for one in thread.comments]
    assert [len(text) for text in texts] == [1_000_000, 3]
    assert "only these are kept" in reading.problems[0].message


def test_rows_that_answer_in_a_circle_are_all_shown(tmp_path: Path) -> None:
    path = tmp_path / "circle.csv"
    path.write_text("id,text,parent_id\n1,a,2\n2,b,1\n3,c,3\n1,again,\n")
    reading = read_file(path)
    (thread,) = reading.threads
    assert [node.comment.text for node in thread.walk()] == ["c", "a", "b"]
    assert [problem.line for problem in reading.problems] == [4, 5]


def test_nul_bytes_and_broken_utf8_in_a_table_are_repaired(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    rows = "id,text\n1,déjà vu à l’école\n".encode() + b"2,a\x00b\n3,caf\xe9\n"
    path.write_bytes(rows + "4,où ça\n".encode() * 3)
    reading = read_file(path)
    texts = [one.text for thread in reading.threads for one in thread.comments]
    assert texts == ["déjà vu à l’école", "a\ufffdb", "café", "où ça"]
    assert reading.problems[0].line == 4
