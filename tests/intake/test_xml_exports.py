"""WordPress' and Disqus' exports, read from files written by hand after their documentation."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from triage.domain.comments import Ids, SourceState
from triage.errors import ReadError
from triage.intake import read_file
from triage.intake.gathering import PIECE

EXPORTS = Path(__file__).parent / "exports"
WP_HEAD = (
    '<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item>'
    "<title>T</title><link>https://a.example/p</link>"
)
DISQUS_HEAD = '<disqus xmlns="http://disqus.com">'
TAIL = "</item></channel></rss>"


def comment(number: int, text: str = "hello", parent: int = 0) -> str:
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id>"
        f"<wp:comment_content>{text}</wp:comment_content>"
        f"<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>\n"
    )


def test_a_wordpress_export_keeps_articles_authors_replies_times_and_states(read) -> None:
    content = (EXPORTS / "wordpress.xml").read_bytes()
    zone = timezone(timedelta(hours=1))
    [thread], problems, why = read(content, "wp.xml", timezone=zone)
    assert problems == []
    assert why.startswith("WordPress export (WXR 1.2), because it is RSS with elements of")
    assert (thread.id, thread.ids) == ("https://mill-lane.example/?p=7", Ids.GIVEN)
    assert (thread.title, thread.url) == (
        "Ducks & drakes",
        "https://mill-lane.example/2025/03/ducks/",
    )
    assert thread.article == "The pond has ducks again."
    one, two, three, four = thread.comments
    assert (one.id, one.author, one.parent_id) == ("41", "Mrs. Quill", None)
    assert one.text == "Lovely ducks.\n\nI counted 9 & a half."
    assert one.created_at == datetime(2025, 3, 2, 10, 15, tzinfo=UTC)
    assert (two.parent_id, two.created_at) == ("41", datetime(2025, 3, 2, 11, tzinfo=UTC))
    assert two.text == "> 9 & a half\n\nNobody can count half a duck, you muppet."
    assert three.text == "Click (https://watches.example/?x=1&y)"
    assert four.author is None
    assert [one.state for one in thread.comments] == [
        SourceState.APPROVED,
        SourceState.PENDING,
        SourceState.SPAM,
        SourceState.TRASH,
    ]


def test_a_disqus_export_keeps_threads_authors_replies_times_and_states(read) -> None:
    [thread], problems, why = read((EXPORTS / "disqus.xml").read_bytes(), "disqus.xml")
    assert problems == []
    assert why.startswith("Disqus export, because its root element is <disqus>")
    assert (thread.id, thread.title, thread.url) == (
        "900",
        "Ducks & drakes",
        "https://mill-lane.example/ducks",
    )
    one, two, *_ = thread.comments
    assert (one.id, one.author, one.parent_id) == ("5001", "Mrs. Quill", None)
    assert one.text == "Lovely ducks.\n\nSee the map (https://pond.example/map)."
    assert (two.author, two.parent_id) == ("harrumph", "5001")
    assert two.created_at == datetime(2025, 3, 2, 11, tzinfo=UTC)
    assert [one.state for one in thread.comments] == [
        SourceState.APPROVED,
        SourceState.DELETED,
        SourceState.SPAM,
        SourceState.PENDING,
    ]


def test_addresses_of_people_are_not_kept() -> None:
    for name in ("wordpress.xml", "disqus.xml"):
        kept = repr([list(thread.comments) for thread in read_file(EXPORTS / name).threads])
        assert "quill@" not in kept
        assert "192.0.2.1" not in kept


def test_a_source_keeps_two_sites_apart(read) -> None:
    [thread], _, _ = read(WP_HEAD + comment(1) + comment(2, parent=1) + TAIL, "a.xml", source="s")
    assert thread.id == "s:https://a.example/p"
    assert [(c.id, c.parent_id) for c in thread.comments] == [("s:1", None), ("s:2", "s:1")]


def test_a_long_thread_comes_in_pieces_whose_positions_go_on(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(WP_HEAD + "".join(comment(n) for n in range(1, 2 * PIECE + 2)) + TAIL)
    reading = read_file(path)
    pieces = list(reading.threads)
    assert len(pieces) == 3
    assert [c.position for piece in pieces for c in piece.comments] == list(range(2 * PIECE + 1))
    assert pieces[0].title == "T"


@pytest.mark.parametrize("name", ["wxr", "disqus"])
def test_a_document_type_is_refused_before_anything_is_read(read, name: str) -> None:
    laughs = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    root = "rss" if name == "wxr" else "disqus"
    with pytest.raises(ReadError, match="declares a document type or entities"):
        read(f'<?xml version="1.0"?>{laughs}<{root}>&b;</{root}>', "a.xml", reader=name)


def test_another_root_element_is_told(read) -> None:
    with pytest.raises(ReadError, match="is no WordPress export: its root element is <html>"):
        read("<html></html>", "a.xml", reader="wxr")
    with pytest.raises(ReadError, match="cannot be read as XML: not well-formed"):
        read("no xml at all", "a.xml", reader="disqus")


def test_what_wordpress_keeps_among_comments_and_is_none_is_left_out_and_told(read) -> None:
    kinds = ["comment", "", "review", "pingback", "trackback", "order_note", "pingback"]
    rows = "".join(
        comment(number).replace(
            "</wp:comment>", f"<wp:comment_type>{kind}</wp:comment_type></wp:comment>"
        )
        for number, kind in enumerate(kinds, 1)
    )
    [thread], [problem], _ = read(WP_HEAD + rows + TAIL, "a.xml")
    assert [c.id for c in thread.comments] == ["1", "2", "3"]
    assert problem.message == (
        "left out, as no comments of readers: 2 of type pingback, 1 of type trackback, "
        "1 of type order_note"
    )


def test_where_an_export_breaks_off_the_rest_is_kept(read) -> None:
    whole = WP_HEAD + comment(1) + comment(2)
    [thread], problems, _ = read(whole + "<wp:comment><wp:comment_id>3", "a.xml")
    assert [c.id for c in thread.comments] == ["1", "2"]
    assert (problems[0].line, "not well-formed" in problems[0].message) == (3, True)
    [thread], problems, _ = read(whole + "</item></oops>" + comment(3) + TAIL, "a.xml")
    assert [c.id for c in thread.comments] == ["1", "2"]


def test_control_characters_nul_and_broken_utf8_cost_nothing_but_themselves(read) -> None:
    content = (WP_HEAD + comment(1, "a\x00b\x08c") + comment(2, "déjà vu là-bas")).encode()
    content += comment(3, "caf\u00e9").encode("latin-1") + TAIL.encode()
    [thread], problems, _ = read(content, "a.xml")
    assert [c.text for c in thread.comments] == ["a\ufffdb\ufffdc", "déjà vu là-bas", "caf\u00e9"]
    assert ["not valid UTF-8" in problem.message for problem in problems] == [True]


def test_a_declared_encoding_is_believed(read) -> None:
    head = WP_HEAD.replace('"1.0"', '"1.0" encoding="windows-1251"')
    [thread], problems, _ = read((head + comment(1, "Привет") + TAIL).encode("cp1251"), "a.xml")
    assert (thread.comments[0].text, problems) == ("Привет", [])
    utf16 = (WP_HEAD.replace('"1.0"', '"1.0" encoding="utf-16"') + comment(1) + TAIL).encode(
        "utf-16"
    )
    assert len(read(utf16, "a.xml")[0][0].comments) == 1


@pytest.mark.parametrize("name", ["zlib", "unicode_escape", "idna", "utf-7", "utf-16", "made-up"])
def test_a_declared_encoding_that_is_none_for_texts_is_not(read, name: str) -> None:
    head = WP_HEAD.replace('"1.0"', f'"1.0" encoding="{name}"')
    [thread], _, _ = read(head + comment(1, "déjà vu \\u0041") + TAIL, "a.xml")
    assert thread.comments[0].text == "déjà vu \\u0041"


def test_deep_nesting_stops_the_reading_and_keeps_what_came_before(read) -> None:
    deep = "<x>" * 100_000
    [thread], [problem], _ = read(WP_HEAD + comment(1) + deep + TAIL, "a.xml")
    assert len(thread.comments) == 1
    assert "nested more than 100 deep" in problem.message


def test_a_text_of_fifty_megabytes_on_one_line_is_left_out_in_bounded_memory(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.xml"
    path.write_text(WP_HEAD + comment(1) + comment(2, "word " * 10_000_000) + comment(3) + TAIL)
    started = time.process_time()
    tracemalloc.start()
    reading = read_file(path)
    [thread] = reading.threads
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [c.id for c in thread.comments] == ["1", "3"]
    assert "more than 1,000,000 characters" in reading.problems[0].message
    assert peak < 30_000_000
    assert time.process_time() - started < 20


@pytest.mark.parametrize("bait", ["<x y='", "<!--", "<?x ", "<"])
def test_a_tag_without_an_end_is_given_up_in_bounded_time_and_memory(read, bait: str) -> None:
    content = WP_HEAD + comment(1) + bait + "a" * 16_000_000
    started = time.process_time()
    tracemalloc.start()
    [thread], [problem], _ = read(content, "a.xml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [c.id for c in thread.comments] == ["1"]
    assert "a tag or a comment of more than 1 MiB" in problem.message
    assert time.process_time() - started < 8
    assert peak < 30_000_000


def test_a_long_text_is_no_long_tag(read) -> None:
    texts = [comment(2, f"<![CDATA[{'a' * 3_000_000}]]>"), comment(3, "&lt;\n" * 500_000)]
    [thread], problems, _ = read(WP_HEAD + "".join(texts) + comment(4) + TAIL, "a.xml")
    assert [c.id for c in thread.comments] == ["3", "4"]
    assert ["a text of more than" in problem.message for problem in problems] == [True]


@pytest.mark.parametrize("name", ["wxr", "disqus"])
def test_elements_that_nobody_reads_are_not_held(tmp_path: Path, name: str) -> None:
    begin, inner = (WP_HEAD, "<wp:comment>") if name == "wxr" else (DISQUS_HEAD, "<post>")
    path = tmp_path / "a.xml"
    rows = "".join(f"<x{n}>{'word ' * 20_000}</x{n}>" for n in range(400))
    path.write_text(begin + inner + rows)
    tracemalloc.start()
    reading = read_file(path)
    assert list(reading.threads) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "not well-formed" in reading.problems[0].message
    assert peak < 15_000_000


def test_names_of_elements_without_end_stop_the_reading(read) -> None:
    rows = "".join(f"<{'x' * 990}{n:06}/>" for n in range(2_000))
    [thread], [problem], _ = read(WP_HEAD + comment(1) + rows + comment(2) + TAIL, "a.xml")
    assert [c.id for c in thread.comments] == ["1"]
    assert "more than 1,000,000 characters of different names" in problem.message


def test_ids_that_come_twice_circles_and_own_parents_are_told_and_shown(read) -> None:
    rows = comment(1, parent=2) + comment(2, parent=1) + comment(3, parent=3) + comment(1, "again")
    [thread], problems, _ = read(WP_HEAD + rows + TAIL, "a.xml")
    assert [(c.id, c.parent_id) for c in thread.comments] == [("1", "2"), ("2", "1"), ("3", None)]
    assert len(list(thread.walk())) == 3
    told = " ".join(problem.message for problem in problems)
    for words in (
        "already stands at line 1",
        "names itself as its parent",
        "'1' answers itself in",
    ):
        assert words in told
