"""Reddit's, YouTube's, Discourse's and Coral's JSON, in files written after their documentation."""

from __future__ import annotations

import json
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.domain.comments import Comment, Problem, SourceState, Thread
from triage.errors import ReadError
from triage.files.json_documents import open_json
from triage.intake.gathering import PIECE

EXPORTS = Path(__file__).parent / "exports"
TEN_PAST = datetime(2025, 3, 2, 10, 15, tzinfo=UTC)


def golden(name: str) -> bytes:
    return (EXPORTS / name).read_bytes()


def merged(threads: list[Thread]) -> dict[str, Thread]:
    found: dict[str, Thread] = {}
    for thread in threads:
        before = found.get(thread.id)
        kept = (*before.comments, *thread.comments) if before else thread.comments
        found[thread.id] = thread.with_comments(kept)
    return found


def by_id(threads: list[Thread]) -> dict[str, Comment]:
    return {comment.id: comment for thread in threads for comment in thread.comments}


def test_a_reddit_dump_keeps_threads_replies_times_reports_and_what_was_removed(read) -> None:
    threads, problems, why = read(golden("reddit.jsonl"), "RC.jsonl")
    assert problems == []
    assert why == (
        'Reddit comments, one JSON object a line, because it has a "link_id" that begins with t3_'
    )
    found = merged(threads)
    assert [(t.id, t.title, t.url, len(t.comments)) for t in found.values()] == [
        (
            "t3_zz9",
            "the ducks are back",
            "https://www.reddit.com/r/millponds/comments/zz9/the_ducks_are_back/",
            4,
        ),
        ("t3_yy8", "Lamps & oil", None, 1),
    ]
    one, two, three, four, five = by_id(threads).values()
    assert (one.text, one.author, one.parent_id) == (
        "They're back & > ever <3",
        "pond_watcher",
        None,
    )
    assert one.created_at == datetime(2025, 3, 2, 10, tzinfo=UTC)
    assert (two.text.startswith("> They're"), two.parent_id) == (True, "aa1")
    assert (three.text, three.author) == ("[removed]", None)
    assert [c.state for c in (one, three, four, five)] == [
        None,
        SourceState.REJECTED,
        SourceState.DELETED,
        SourceState.APPROVED,
    ]
    assert [c.reports for c in (one, two, three, five)] == [None, 3, None, 1]
    assert [c.reach for c in (one, two, five)] == [12, 0, 2]


def test_a_reddit_listing_is_read_with_all_its_replies(read) -> None:
    def thing(name: str, parent: str, *replies: object) -> dict[str, object]:
        listing = {"kind": "Listing", "data": {"children": replies}}
        data = {"id": name, "link_id": "t3_q", "parent_id": parent, "body": name}
        return {"kind": "t1", "data": data | {"replies": listing if replies else ""}}

    post = {
        "kind": "t3",
        "data": {"id": "q", "name": "t3_q", "title": "A &lt;b", "selftext": "Hm."},
    }
    tree = thing("a", "t3_q", thing("b", "t1_a"), {"kind": "more", "data": {"children": ["zz"]}})
    listings = [{"kind": "Listing", "data": {"children": [one]}} for one in (post, tree)]
    [thread], problems, _ = read(json.dumps(listings), "thread.json")
    assert (thread.title, thread.article, problems) == ("A <b", "Hm.", [])
    assert [(c.id, c.parent_id) for c in thread.comments] == [("a", None), ("b", "a")]


def test_youtube_threads_keep_replies_times_and_moderation_states(read) -> None:
    [thread], problems, why = read(golden("youtube.json"), "comments.json")
    assert problems == []
    assert why.startswith("YouTube comments, one JSON document, because it has things of the kind")
    assert (thread.id, thread.url) == (
        "vid00000001",
        "https://www.youtube.com/watch?v=vid00000001",
    )
    one, two = thread.comments
    assert (one.text, one.author, one.created_at) == (
        "Nice & calm.\nMore *ducks*!",
        "@quill",
        TEN_PAST,
    )
    assert (two.text, two.parent_id) == ("No\nducks <3", "UgA")
    assert [one.state, two.state] == [SourceState.PENDING, SourceState.REJECTED]
    assert [one.reach, two.reach] == [4, None]


@pytest.mark.parametrize("shape", ["array", "lines", "pages", "items"])
def test_pages_may_be_collected_in_any_way(read, shape: str) -> None:
    page = json.loads(golden("youtube.json"))
    other = json.loads(golden("youtube.json").replace(b"UgA", b"UgB"))
    content = {
        "array": json.dumps([page, other]),
        "lines": f"{json.dumps(page)}\n{json.dumps(other)}\n",
        "pages": f"{json.dumps(page, indent=1)}\n{json.dumps(other, indent=1)}\n",
        "items": json.dumps([*page["items"], *other["items"]]),
    }[shape]
    threads, problems, _ = read(content, "comments.json")
    assert list(by_id(threads)) == ["UgA", "UgA.r1", "UgB", "UgB.r1"]
    assert problems == []


def test_a_discourse_topic_keeps_its_title_replies_flags_and_what_is_hidden(read) -> None:
    threads, problems, why = read(golden("discourse.json"), "topic.json")
    assert problems == []
    assert why == 'Discourse topics, one JSON document, because it has a "post_stream"'
    [thread] = merged(threads).values()
    assert (thread.id, thread.title) == ("9", "The ducks are back")
    one, two, three = thread.comments
    assert [(c.id, c.parent_id) for c in thread.comments] == [
        ("71", None),
        ("72", "71"),
        ("74", "72"),
    ]
    assert two.text == "quill:\n\n> The ducks are back.\n\nWho cares, muppet."
    assert three.text == "I *do* care."
    assert [c.state for c in thread.comments] == [None, SourceState.PENDING, SourceState.DELETED]
    assert [c.reports for c in thread.comments] == [0, 3, None]
    assert [c.reach for c in thread.comments] == [5, 1, None]
    assert one.created_at == datetime(2025, 3, 2, 10, 15, 0, 123000, tzinfo=UTC)


def test_a_coral_export_keeps_stories_names_states_and_reports_by_readers(read) -> None:
    threads, problems, why = read(golden("coral.json"), "coral.json")
    assert problems == []
    assert why.startswith("Coral stories and comments, one JSON document, because it has")
    [thread] = merged(threads).values()
    assert (thread.id, thread.title, thread.url) == (
        "s-1",
        "Ducks & drakes",
        "https://mill-lane.example/ducks",
    )
    one, two, three, four = thread.comments
    assert (one.text, one.author, one.created_at) == ("Lovely ducks.", "quill", TEN_PAST)
    assert (two.parent_id, two.author) == ("c-1", "harrumph")
    assert two.created_at == datetime(2025, 3, 2, 11, tzinfo=UTC)
    assert (three.author, four.author) == ("u-9", None)
    assert [c.state for c in thread.comments] == [
        None,
        SourceState.PENDING,
        SourceState.REJECTED,
        SourceState.DELETED,
    ]
    assert [c.reports for c in thread.comments] == [0, 2, 0, None]
    assert [c.reach for c in thread.comments] == [3, 0, 0, None]


def test_coral_collections_may_come_as_mongoexport_writes_them(read) -> None:
    comments = json.loads(golden("coral.json"))["comments"]
    content = "".join(json.dumps(one) + "\n" for one in comments)
    [thread], _, why = read(content, "comments.json")
    assert why.startswith("Coral stories and comments, one JSON object a line")
    assert [c.author for c in thread.comments] == ["u-1", "u-2", "u-9", None]


def test_counts_may_be_in_mongodbs_extended_json(read) -> None:
    row = {
        "id": "c1",
        "storyID": "s1",
        "body": "x",
        "actionCounts": {"FLAG__COMMENT_REPORTED_SPAM": {"$numberInt": "2"}},
    }
    [thread], _, _ = read(lines(row), "comments.json")
    assert thread.comments[0].reports == 2


def test_graphql_nodes_are_read_too(read) -> None:
    node = {
        "id": "c1",
        "body": "Hello",
        "story": {"id": "s1", "url": "https://a.example", "metadata": {"title": "T"}},
        "author": {"id": "u", "username": "quill"},
        "parent": {"id": "c0"},
        "actionCounts": {"flag": {"total": 2, "reasons": {"COMMENT_REPORTED_SPAM": 2}}},
    }
    content = json.dumps({"data": {"comments": {"edges": [{"node": node}]}}}, indent=1)
    [thread], _, _ = read(content, "a.json")
    [comment] = thread.comments
    assert (thread.title, comment.author, comment.parent_id, comment.reports) == (
        "T",
        "quill",
        "c0",
        2,
    )


def test_a_table_of_json_stays_a_table(read) -> None:
    assert read('{"id": 1, "text": "a"}\n', "a.json")[2].startswith("a table in JSONL")


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def reddit(number: int, **more: object) -> dict[str, object]:
    made = {"id": f"n{number}", "link_id": "t3_q", "parent_id": "t3_q", "body": "hello"}
    return made | more


def test_a_long_dump_comes_in_pieces(read) -> None:
    threads, _, _ = read(lines(*(reddit(n) for n in range(2 * PIECE + 1))), "RC.jsonl")
    assert [len(thread.comments) for thread in threads][-1] <= 10
    assert [c.position for t in threads for c in t.comments] == list(range(2 * PIECE + 1))


def test_rows_that_are_no_json_are_told_by_line_and_the_rest_is_kept(read) -> None:
    content = lines(reddit(1)) + "{broken\n[1]\n" + "[" * 100_000 + "\n" + lines(reddit(2))
    threads, problems, _ = read(content, "RC.jsonl")
    assert list(by_id(threads)) == ["n1", "n2"]
    assert [problem.line for problem in problems] == [2, 3, 4]


@pytest.mark.parametrize("cut", [0.5, 0.9])
def test_of_a_document_cut_short_what_came_before_is_kept(read, cut: float) -> None:
    page = {"kind": "Listing", "data": [reddit(n) for n in range(500)]}
    content = json.dumps(page, indent=1)
    threads, problems, _ = read(content[: int(len(content) * cut)], "a.json", reader="reddit")
    assert len(by_id(threads)) > 400 * cut
    assert "not valid JSON after element" in problems[0].message


def test_of_an_array_cut_short_what_came_before_is_kept(read) -> None:
    content = json.dumps([reddit(n) for n in range(500)])
    threads, problems, _ = read(content[: len(content) // 2], "a.json")
    assert len(by_id(threads)) > 200
    assert problems[-1].message.startswith(("not valid JSON", "the array is not closed"))


@pytest.mark.parametrize(
    ("begin", "value", "times", "told"),
    [
        ('{"a": "', "a" * 16_000_000, 1, "a value has more than 6,000,000 characters"),
        ('{"a": [0', ', "' + "a" * 100_000 + '"', 700, "one object has more than 67,108,864 char"),
        ('{"a": [0', ",0", 1_000_001, "one object has more than 1,000,000 values"),
    ],
)
def test_an_object_beyond_all_measure_ends_the_reading(
    tmp_path: Path, begin: str, value: str, times: int, told: str
) -> None:
    path = tmp_path / "a.json"
    one = json.dumps({"link_id": "t3_q", "id": "a", "body": "x"})
    path.write_text('{\n"comments": [\n' + one + ",\n" + begin + value * times)
    reported: list[Problem] = []
    source = open_json(path, ["comments"], reported.append)
    assert [item.values["id"] for item in source.items] == ["a"]
    assert told in reported[0].message


def test_nesting_without_end_is_told(read) -> None:
    deep = '{"x": ' * 100_000
    content = '{\n"kind": "youtube#commentThreadListResponse",\n"items": [' + deep
    _, problems, _ = read(content, "a.json")
    assert "nested more than 200 deep" in problems[0].message
    hundred = "[" * 100 + "]" * 100
    threads, problems, _ = read(
        '{"link_id": "t3_q", "id": "a", "body": "x", "y": ' + hundred + "}", "a.json"
    )
    assert (list(by_id(threads)), problems) == (["a"], [])


def test_nul_bytes_surrogates_and_broken_utf8_are_repaired(read) -> None:
    content = b'{"id": "a\\u0000", "link_id": "t3_q", "body": "x\\u0000y\\ud800"}\n'
    content += lines(reddit(2, body="déjà vu")).encode() + "é".encode() * 20
    content += b'{"id": "c", "link_id": "t3_q", "body": "caf\xe9 \x00"}\n'
    threads, _, _ = read(content, "RC.jsonl", reader="reddit")
    assert [c.text for c in by_id(threads).values()][:2] == ["x\ufffdy\ufffd", "déjà vu"]


def test_a_line_of_fifty_megabytes_is_left_out_in_bounded_memory(tmp_path: Path) -> None:
    from triage.intake import read_file

    path = tmp_path / "RC.jsonl"
    path.write_text(lines(reddit(1)) + lines(reddit(2, body="x" * 50_000_000)) + lines(reddit(3)))
    started = time.process_time()
    tracemalloc.start()
    reading = read_file(path)
    found = by_id(list(reading.threads))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert list(found) == ["n1", "n3"]
    assert (reading.problems[0].line, "50000" in reading.problems[0].message) == (2, True)
    assert peak < 100_000_000
    assert time.process_time() - started < 20


def test_circles_of_replies_and_ids_that_come_twice_are_told(read) -> None:
    rows = [
        reddit(1, parent_id="t1_n2"),
        reddit(2, parent_id="t1_n1"),
        reddit(3, parent_id="t1_n3"),
        reddit(1, body="again"),
    ]
    [thread], problems, _ = read(lines(*rows), "RC.jsonl")
    assert len(list(thread.walk())) == 3
    assert [problem.line for problem in problems] == [3, 4, 1]


def test_what_is_no_json_is_refused(read) -> None:
    with pytest.raises(ReadError, match="begins with neither"):
        read("hello", "a.json", reader="coral")
