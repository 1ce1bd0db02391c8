"""Two real threads, which are not in the repository, are read to the last word."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from triage.intake import ReadOptions, read_file
from triage.intake.dates import parse_time

SHARED = Path(os.environ.get("TRIAGE_SHARED") or Path(__file__).parents[3] / "shared") / "seeds"
EXPECTED = SHARED / "expected.json"
pytestmark = pytest.mark.skipif(not EXPECTED.exists(), reason="the real threads are not here")


def expected_of(layout: str) -> tuple[Path, dict[str, Any]]:
    files = json.loads(EXPECTED.read_text(encoding="utf-8"))
    [(name, expected)] = [(n, e) for n, e in files.items() if e["layout"].startswith(layout)]
    return SHARED / name, expected


def test_the_nested_thread_is_read_exactly() -> None:
    path, expected = expected_of("nested")
    reading = read_file(path)
    [thread] = reading.threads
    nodes = {node.comment.id: node for node in thread.walk()}
    assert reading.reader == "nested-text"
    assert reading.problems == []
    assert thread.title == expected["title"]
    assert thread.article.endswith(expected["article_paragraphs_end_with"])
    assert len(nodes) == len(thread.comments) == expected["comments"]
    assert sum(node.depth == 0 for node in nodes.values()) == expected["top_level"]
    assert max(node.depth for node in nodes.values()) == expected["max_depth"]
    assert sum(c.author is None for c in thread.comments) == expected["without_author"]
    assert not any(expected["footer_dropped"] in c.text for c in thread.comments)
    ids = [comment.id for comment in thread.comments]
    for comment, item in zip(thread.comments, expected["items"], strict=True):
        assert comment.position == item["index"]
        assert comment.number == (None if item["number"] is None else str(item["number"]))
        assert comment.author == item["author"]
        assert comment.created_at == parse_time(item["posted"], ReadOptions().timezone)
        assert isinstance(comment.created_at, datetime)
        assert nodes[comment.id].depth == item["depth"]
        parent = None if comment.parent_id is None else ids.index(comment.parent_id)
        assert parent == item["parent"]
        assert comment.text.startswith(item["text_starts"])
        assert comment.text.endswith(item["text_ends"])
        assert len(comment.text.split("\n\n")) == item["paragraphs"]
        assert len(comment.text.split()) == item["words"]


def test_the_flat_thread_is_read_exactly_without_being_told_where_it_begins() -> None:
    path, expected = expected_of("flat")
    reading = read_file(path)
    [thread] = reading.threads
    assert reading.reader == "flat-text"
    assert reading.problems == []
    assert len(thread.comments) == expected["comments"]
    assert 1 + len(thread.article.split("\n\n")) == expected["article_lines"]
    assert thread.comments[0].text.startswith(expected["first_comment_starts"])
    assert thread.comments[-1].text.endswith(expected["last_comment_ends"])
