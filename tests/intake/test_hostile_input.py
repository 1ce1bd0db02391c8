"""However a text is made, the time it takes grows with its length: nothing is quadratic."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from triage.domain.comments import Comment, Ids, Thread
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
