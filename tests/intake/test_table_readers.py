"""Comments in tables: columns, ids, times, and rows that are not as they should be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from triage.domain.comments import Comment, Ids, SourceState
from triage.errors import ReadError, UsageError
from triage.intake import ReadOptions, guess_columns, read_file
from triage.intake.table_rows import PIECE


def jsonl(*rows: Mapping[str, object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_columns_are_recognised_by_name_whatever_their_case() -> None:
    names = ["Comment ID", "inReplyTo", "USERNAME", "published-at", "comment.text", "other"]
    assert guess_columns(names) == {
        "text": "comment.text",
        "id": "Comment ID",
        "parent_id": "inReplyTo",
        "author": "USERNAME",
        "created_at": "published-at",
    }
    assert guess_columns(["comment", "body"]) == {"text": "body"}
    assert guess_columns([]) == {}


def test_a_row_becomes_a_comment(read) -> None:
    content = (
        "id,parent_id,author,created_at,text,thread,title,url\n"
        "1,,Ada,2020-03-01 09:00,Hello,t1,The title,https://blog.example/1\n"
        '2,1,,,"Two\nlines",t1,,\n'
    )
    [thread], problems, why = read(content, "a.csv")
    assert problems == []
    assert (thread.id, thread.title, thread.url) == ("t1", "The title", "https://blog.example/1")
    assert (thread.ids, thread.source) == (Ids.GIVEN, "a.csv")
    when = datetime(2020, 3, 1, 9, tzinfo=UTC)
    assert thread.comments == (
        Comment("1", "t1", "Hello", 0, None, "Ada", when),
        Comment("2", "t1", "Two\nlines", 1, "1"),
    )
    assert why == (
        "a table in CSV, columns: text, id, parent_id, author, created_at, thread, title, url"
    )


def test_how_far_a_comment_reached_is_read_where_a_column_tells(read) -> None:
    content = (
        'id,text,Likes\n1,a,0\n2,b,"1,200"\n3,c,\n4,d,12.0\n5,e,-3\n6,f,many\n7,g,0.83\n'
        f"8,h,{'9' * 30}\n9,i,1\u00a0200\n"
    )
    [thread], problems, why = read(content, "a.csv")
    assert "reach = 'Likes'" in why
    found = [one.reach for one in thread.comments]
    assert found == [0, 1_200, None, 12, 0, None, None, None, 1_200]
    assert [(one.line, one.message.split(";")[0]) for one in problems] == [
        (7, "unreadable reach 'many': it is no whole number"),
        (8, "unreadable reach '0.83': it is no whole number"),
        (9, f"unreadable reach '{'9' * 30}': it is more than 1,000,000,000,000,000"),
    ]
    assert all("kept without one" in one.message for one in problems)


def test_a_state_is_read_in_our_words_and_another_one_is_told(read) -> None:
    content = "id,text,state\n1,Hello,Approved\n2,Bye,Texas\n3,Ah,\n"
    [thread], problems, _ = read(content, "a.csv")
    assert [one.state for one in thread.comments] == [SourceState.APPROVED, None, None]
    assert [(one.line, one.message.split(":")[0]) for one in problems] == [
        (3, "unknown state 'texas'")
    ]


def test_a_score_is_a_reach_only_where_that_is_asked_for(read) -> None:
    content = "id,text,score\n1,a,7\n"
    [thread], _, _ = read(content, "a.csv")
    assert thread.comments[0].reach is None, "it may be a scorer's"
    [thread], _, _ = read(content, "a.csv", columns={"reach": "score"})
    assert thread.comments[0].reach == 7


def test_the_same_comments_are_read_from_csv_jsonl_and_parquet(read, tmp_path: Path) -> None:
    table = {"id": ["1", "2"], "text": ["a", "b"], "date": ["2020-03-01", "2020-03-02"]}
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    from_csv = read("id,text,date\n1,a,2020-03-01\n2,b,2020-03-02\n", "a.csv")[0]
    from_jsonl = read(jsonl(*rows), "a.jsonl")[0]
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    from_parquet = list(read_file(tmp_path / "a.parquet").threads)
    assert from_csv[0].comments == from_jsonl[0].comments == from_parquet[0].comments


def test_a_column_that_is_asked_for_outranks_the_guess(read) -> None:
    content = "text,note,id\nshort,the long one,1\n"
    [thread], _, why = read(content, "a.csv", columns={"text": "note"})
    assert thread.comments[0].text == "the long one"
    assert "text = 'note'" in why


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": "body"}, "a.csv has no column 'body'; it has: id, text"),
        ({"mood": "text"}, "a column cannot be 'mood'; it can be: text, id, parent_id"),
    ],
)
def test_a_column_that_is_not_there_is_refused(
    read, columns: Mapping[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        read("id,text\n1,a\n", "a.csv", columns=columns)


def test_a_table_without_a_text_asks_which_column_it_is(read) -> None:
    with pytest.raises(ReadError, match=r"it has: id, gripe\. Say which one it is: text=NAME"):
        read("id,gripe\n1,a\n", "a.csv")


def test_a_source_is_a_namespace_for_all_ids(read) -> None:
    [thread], _, _ = read("id,parent,text,thread\n1,,a,t\n2,1,b,t\n", "a.csv", source="forum")
    assert thread.id == "forum:t"
    assert [(c.id, c.parent_id) for c in thread.comments] == [
        ("forum:1", None),
        ("forum:2", "forum:1"),
    ]


def test_without_a_thread_column_the_file_is_the_thread(read) -> None:
    [thread], _, _ = read("id,text\n1,a\n", "my export.csv")
    assert thread.id == "my export"


def test_without_an_id_column_ids_follow_from_author_time_and_text(read) -> None:
    content = "text,author\nlol,Ada\nlol,Ada\nlol,Bea\n"
    [thread], problems, _ = read(content, "a.csv")
    [again], _, _ = read("text,author\nnew,Cy\nlol,Ada\nlol,Ada\nlol,Bea\n", "a.csv")
    ids = [comment.id for comment in thread.comments]
    assert thread.ids is Ids.DERIVED
    assert len(set(ids)) == 3
    assert [comment.id for comment in again.comments[1:]] == ids
    assert problems == []


def test_replies_need_ids_to_reply_to(read) -> None:
    [thread], [problem], _ = read("parent_id,text\n7,a\n", "a.csv")
    assert thread.comments[0].parent_id is None
    assert "'parent_id' is not used" in problem.message


@pytest.mark.parametrize("second", ["1,again\n", "1,a\n"])
def test_an_id_that_is_taken_is_told_with_the_line_of_the_first(read, second: str) -> None:
    [thread], [problem], _ = read("id,text\n1,a\n2,b\n" + second, "a.csv")
    assert [comment.text for comment in thread.comments] == ["a", "b"]
    assert (problem.line, problem.where) == (4, "a.csv")
    assert "id '1' already stands on line 2" in problem.message


def test_ids_are_compared_over_the_whole_file_and_on_one_line(read) -> None:
    [one, two], [problem], _ = read("id,text,thread\n1,a,t\n2,b,u\n1,c,u\n", "a.csv")
    assert (len(one.comments), len(two.comments)) == (1, 1)
    assert problem.line == 4
    [thread], [problem], _ = read('[{"id": 1, "text": "a"}, {"id": 1, "text": "a"}]', "a.json")
    assert len(thread.comments) == problem.line == 1


def test_an_empty_text_is_a_comment_and_no_text_is_none(read) -> None:
    rows = [{"id": 1, "text": ""}, {"id": 2}, {"id": 3, "text": None}, {"id": 4, "text": ["a"]}]
    [thread], problems, _ = read(jsonl(*rows), "a.jsonl")
    assert [(comment.id, comment.text) for comment in thread.comments] == [("1", "")]
    assert [problem.line for problem in problems] == [2, 3, 4]
    assert "a list or an object" in problems[2].message


def test_an_entirely_empty_row_is_no_comment(read) -> None:
    [thread], [problem], _ = read("id,text\n1,a\n,\n", "a.csv")
    assert len(thread.comments) == 1
    assert problem.line == 3


def test_a_malformed_row_is_told_and_kept_if_it_has_a_text(read) -> None:
    [thread], problems, _ = read("id,text,author\n1,a\n2\n3,b,Ada,x\n4,c,Bea\n", "a.csv")
    assert [comment.id for comment in thread.comments] == ["1", "3", "4"]
    assert [(p.line, p.message.rpartition("(")[2]) for p in problems] == [
        (2, "kept as far as it could be read)"),
        (3, "left out)"),
        (4, "kept as far as it could be read)"),
    ]


def test_a_comment_without_an_id_gets_a_derived_one_and_is_told(read) -> None:
    rows = [{"id": "", "text": "a"}, {"id": "x\ny", "text": "b"}, {"id": "z" * 999, "text": "c"}]
    [thread], problems, _ = read(jsonl(*rows), "a.jsonl")
    assert [comment.id.startswith("a-") for comment in thread.comments] == [True] * 3
    assert [problem.line for problem in problems] == [1, 2, 3]


def test_a_comment_that_is_its_own_parent_is_top_level(read) -> None:
    [thread], [problem], _ = read("id,parent_id,text\n1,1,a\n", "a.csv")
    assert thread.comments[0].parent_id is None
    assert problem.line == 2


def test_parents_saved_as_decimals_still_find_their_ids(read) -> None:
    [thread], _, _ = read("id,parent_id,text\n12,,a\n13,12.0,b\n", "a.csv")
    assert thread.comments[1].parent_id == "12"
    rows = [
        {"id": 12, "parent_id": float("nan"), "text": "a"},
        {"id": 13, "parent_id": 12.0, "text": "b"},
    ]
    [thread], _, _ = read(jsonl(*rows), "a.jsonl")
    assert [comment.parent_id for comment in thread.comments] == [None, "12"]


def test_an_unreadable_time_is_told_and_the_comment_kept(read) -> None:
    [thread], [problem], _ = read("id,text,date\n1,a,last summer\n2,b,\n", "a.csv")
    assert [comment.created_at for comment in thread.comments] == [None, None]
    assert problem.line == 2
    assert "last summer" in problem.message


def test_a_column_of_slashed_dates_shows_whether_the_day_comes_first(read) -> None:
    [thread], problems, _ = read("id,text,date\n1,a,3/4/2020\n2,b,25/4/2020\n", "a.csv")
    assert thread.comments[0].created_at == datetime(2020, 4, 3, tzinfo=UTC)
    assert problems == []
    _, [problem], _ = read("id,text,date\n1,a,3/4/2020\n", "a.csv")
    assert "day or month may come first" in problem.message


def test_times_without_a_zone_are_in_the_zone_that_is_given(read) -> None:
    zone = timezone(timedelta(hours=2))
    [thread], _, _ = read("id,text,date\n1,a,2020-03-01 09:00\n", "a.csv", timezone=zone)
    assert thread.comments[0].created_at == datetime(2020, 3, 1, 7, tzinfo=UTC)


def test_a_long_thread_comes_in_pieces_whose_positions_go_on(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    count = 2 * PIECE + 10
    path.write_text("id,text,thread\n" + "".join(f"{i},text {i},{i % 2}\n" for i in range(count)))
    pieces = list(read_file(path).threads)
    assert [len(piece.comments) for piece in pieces] == [1000, 1000, 1000, 1000, 5, 5]
    even = [comment for piece in pieces if piece.id == "0" for comment in piece.comments]
    assert [comment.position for comment in even] == list(range(count // 2))
    assert [comment.id for comment in even] == [str(i) for i in range(0, count, 2)]


def test_a_thread_with_derived_ids_comes_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("author,text\n" + "Ada,lol\n" * (2 * PIECE + 10))
    [thread] = read_file(path).threads
    assert len({comment.id for comment in thread.comments}) == 2 * PIECE + 10


def test_rows_are_read_only_as_threads_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    rows = [{"id": i, "text": "a"} for i in range(3 * PIECE)]
    path.write_text(jsonl(*rows) + "broken\n")
    reading = read_file(path)
    next(reading.threads)
    assert reading.problems == []
    list(reading.threads)
    assert [problem.line for problem in reading.problems] == [3 * PIECE + 1]


def test_a_flood_of_problems_is_counted_rather_than_listed(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": 1, "text": "a"}\n' + "broken\n" * 5_000)
    reading = read_file(path, options=ReadOptions())
    list(reading.threads)
    assert len(reading.problems) == 1_001
    assert "4000 further problems" in reading.problems[-1].message


def test_a_header_without_rows_is_told(read) -> None:
    threads, [problem], _ = read("id,text\n", "a.csv")
    assert threads == []
    assert "no rows" in problem.message


# What fuzzing found (python -m tests.fuzzing parquet): Arrow does not look whether texts are UTF-8.


@pytest.mark.parametrize("categories", [False, True])
def test_texts_in_parquet_that_are_no_utf8_are_repaired_and_told(
    tmp_path: Path, categories: bool
) -> None:
    path = tmp_path / "odd.parquet"
    texts = pa.array([b"plain", b"caf\xe9", None, b"\xed\xa0\x80"]).view(pa.string())
    if categories:  # as pandas writes them
        places = pa.array([0, 1, None, 2], pa.int32())
        texts = pa.DictionaryArray.from_arrays(places, texts.drop_null())
    pq.write_table(pa.table({"id": ["1", "2", "3", "4"], "text": texts}), path)
    reading = read_file(path)
    found = [one.text for thread in reading.threads for one in thread.comments]
    assert found == ["plain", "caf\ufffd", "\ufffd\ufffd\ufffd"]
    told = [(problem.line, "UTF-8" in problem.message) for problem in reading.problems]
    assert told == [(2, True), (4, True), (3, False)]


def test_lists_in_parquet_that_are_no_utf8_end_the_reading_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    odd = pa.array([b"caf\xe9"]).view(pa.string())
    tags = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), odd)
    pq.write_table(pa.table({"id": ["1"], "text": ["hello"], "tags": tags}), path)
    reading = read_file(path)
    assert list(reading.threads) == []
    assert "damaged from row 1 on" in reading.problems[0].message


def test_a_column_name_in_parquet_that_is_no_utf8_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    pq.write_table(pa.table({"id": ["1"], "wording": ["hello"]}), path)
    path.write_bytes(path.read_bytes().replace(b"wording", b"wor\x8cing"))
    with pytest.raises(ReadError, match="not a readable Parquet file"):
        read_file(path)
