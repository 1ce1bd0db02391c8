"""The sample threads in seeds/ are read as their README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.domain.comments import Thread
from triage.intake import read_file

SEEDS = Path(__file__).parents[2] / "seeds"
# file -> reader, comments, top-level, depth, without author, empty, lines or paragraphs of article
EXPECTED = {
    "bike-lane.txt": ("nested-text", 20, 7, 4, 2, 0, 5),
    "derby.txt": ("flat-text", 19, 19, 0, 19, 0, 7),
    "lentil-soup.txt": ("nested-text", 13, 6, 2, 1, 0, 6),
    "parser-issue.jsonl": ("jsonl", 18, 4, 8, 0, 1, 0),
    "patch-notes.csv": ("csv", 20, 6, 3, 0, 1, 0),
    "town-hall.txt": ("flat-text", 19, 19, 0, 19, 0, 5),
}


def read(name: str) -> Thread:
    reading = read_file(SEEDS / name)
    [thread] = reading.threads
    assert reading.problems == []
    return thread


def test_every_seed_file_is_expected_here_and_described_in_the_readme() -> None:
    files = {path.name for path in SEEDS.iterdir()} - {"README.md"}
    assert files == set(EXPECTED)
    described = re.findall(
        r"^\| `(\S+)` \| .*? \| (\d+) \|", (SEEDS / "README.md").read_text(), re.MULTILINE
    )
    assert {name: int(count) for name, count in described} == {
        name: expected[1] for name, expected in EXPECTED.items()
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_seed_file_is_read_as_it_was_written(name: str) -> None:
    reader, comments, top_level, depth, nameless, empty, paragraphs = EXPECTED[name]
    assert read_file(SEEDS / name).reader == reader
    thread = read(name)
    nodes = list(thread.walk())
    assert len(nodes) == len(thread.comments) == comments
    assert sum(node.depth == 0 for node in nodes) == top_level
    assert max(node.depth for node in nodes) == depth
    assert sum(comment.author is None for comment in thread.comments) == nameless
    assert sum(comment.text == "" for comment in thread.comments) == empty
    assert len([part for part in thread.article.split("\n\n") if part]) == paragraphs
    assert thread.title


def test_the_seeds_hold_what_a_moderation_tool_must_cope_with() -> None:
    texts = [comment.text for name in EXPECTED for comment in read(name).comments]
    assert max(len(text.split()) for text in texts) >= 1_500
    assert "<img src=x onerror=alert(1)><script>" in "\n".join(texts)
    assert any(text.startswith("=HYPERLINK(") for text in texts)
    assert any(text.isupper() and len(text.split()) > 5 for text in texts)
    for masked in ("f#ck", "sh1t", "a s s ", "f***", "b0llocks"):
        assert any(masked in text for text in texts), masked
    assert any("\U0001f300" <= char <= "\U0001faff" for text in texts for char in text)
    assert any("ヒーラー" in text for text in texts)


def test_a_reply_to_a_deleted_comment_names_a_parent_that_is_not_there() -> None:
    thread = read("parser-issue.jsonl")
    ids = {comment.id for comment in thread.comments}
    orphans = [c.id for c in thread.comments if c.parent_id and c.parent_id not in ids]
    assert orphans == ["c-1011"]
