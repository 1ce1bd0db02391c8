"""Whatever a file holds, a reader gives valid threads or says in plain words why not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.errors import TriageError
from triage.intake import READERS, read_file

HEAD = st.sampled_from(
    [
        "1. Ada\n",
        "  • Bea\n",
        "    Posted March 1, 2020 at 9 am\n",
        "\n",
        "\t2) ",
        "- Posted 1 ago |",
    ]
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
CELL = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.lists(st.integers())
NAMES = st.sampled_from(["id", "text", "parent_id", "author", "date", "thread", "title", "url", ""])
XML = st.sampled_from(
    [
        '<?xml version="1.0"?>',
        '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel>',
        '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">',
        "<item>",
        "</item>",
        "<guid>g</guid>",
        "<wp:comment><wp:comment_id>1</wp:comment_id>",
        "<wp:comment_content><![CDATA[<p>x]]></wp:comment_content>",
        "<wp:comment_parent>1</wp:comment_parent></wp:comment>",
        '<post dsq:id="1"><thread dsq:id="2"/><message>x</message></post>',
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
        "&b;",
        "\x00",
        "</channel></rss>",
    ]
)
FIELDS = st.sampled_from(
    [
        *("id", "body", "link_id", "parent_id", "kind", "data", "children", "replies", "permalink"),
        *("post_stream", "posts", "post_number", "topic_id", "raw", "actions_summary", "items"),
        *("snippet", "topLevelComment", "textOriginal", "storyID", "comments", "stories", "url"),
        *("revisions", "actionCounts", "createdAt", "user_reports", "node", "metadata", "title"),
    ]
)
RECORD = st.recursive(
    CELL | st.sampled_from(["t1_a", "t3_b", "youtube#comment", "a"]),
    lambda inner: st.dictionaries(FIELDS, inner, max_size=5) | st.lists(inner, max_size=3),
    max_leaves=15,
)
TABLE = st.lists(st.dictionaries(NAMES, CELL, max_size=8), max_size=5)
CONTENT = st.one_of(
    st.binary(max_size=200),
    ANY_TEXT.map(str.encode),
    st.lists(HEAD | ANY_TEXT, max_size=12).map(lambda parts: "".join(parts).encode()),
    st.lists(st.sampled_from(["id", "text", ",", '"', "\n", "\r\n", "a", ";"]), max_size=40).map(
        lambda parts: ("id,text\n" + "".join(parts)).encode()
    ),
    TABLE.map(lambda rows: "".join(json.dumps(row) + "\n" for row in rows).encode()),
    TABLE.map(lambda rows: json.dumps(rows).encode()),
    st.lists(XML, max_size=14).map(lambda parts: "".join(parts).encode()),
    RECORD.map(lambda record: json.dumps(record).encode()),
    RECORD.map(lambda record: json.dumps(record, indent=1).encode()),
    st.lists(RECORD, max_size=4).map(
        lambda records: "".join(json.dumps(record) + "\n" for record in records).encode()
    ),
    st.binary(max_size=100).map(lambda data: b"PAR1" + data + b"PAR1"),
)
SUFFIXES = st.sampled_from([".txt", ".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xml", ".xyz"])


@pytest.mark.parametrize("reader", ["auto", *READERS])
@settings(deadline=None)  # a reader's libraries are loaded by the first file
@given(content=CONTENT, suffix=SUFFIXES)
def test_any_file_is_read_or_refused_in_plain_words(
    tmp_path_factory: pytest.TempPathFactory, reader: str, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    try:
        reading = read_file(path, reader=reader)
        threads = list(reading.threads)
    except TriageError:
        return
    ids = [comment.id for thread in threads for comment in thread.comments]
    assert len(set(ids)) == len(ids)
    for thread in threads:
        assert len(list(thread.walk())) == len(thread.comments)
        for text in (thread.title, thread.article, *(c.text for c in thread.comments)):
            text.encode("utf-8")
            assert "\x00" not in text
    assert all(problem.message and problem.where == path.name for problem in reading.problems)
