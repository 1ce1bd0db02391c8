"""The nested text layout, and how far from its usual form it may stray."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from triage.domain.comments import Ids, Thread
from triage.errors import ReadError

POST = """The title

First paragraph.

Second paragraph.


  1. Ada
    Posted March 1, 2020 at 9:00 am | Permalink

    One line
    and its next.

    Another paragraph.

    • Bea
      Posted March 1, 2020 at 9:10 am | Permalink

      A reply.

      • Posted March 1, 2020 at 9:20 am | Permalink

        A reply to it, by nobody.

    • Cy
      Posted March 1, 2020 at 9:30 am | Permalink

      A second reply.

  2. Posted March 1, 2020 at 9:40 am | Permalink

    By nobody.


Share this:
Like Loading...
Related
Some other post
%d bloggers like this:
"""
SHAPE = [
    ("1", "Ada", 0, "One line\nand its next.\n\nAnother paragraph."),
    (None, "Bea", 1, "A reply."),
    (None, None, 2, "A reply to it, by nobody."),
    (None, "Cy", 1, "A second reply."),
    ("2", None, 0, "By nobody."),
]


def shape(thread: Thread) -> list[tuple[str | None, str | None, int, str]]:
    return [
        (node.comment.number, node.comment.author, node.depth, node.comment.text)
        for node in thread.walk()
    ]


def test_a_post_is_read_with_article_comments_and_replies(read) -> None:
    [thread], problems, why = read(POST)
    assert (thread.title, thread.article) == ("The title", "First paragraph.\n\nSecond paragraph.")
    assert shape(thread) == SHAPE
    assert [comment.position for comment in thread.comments] == [0, 1, 2, 3, 4]
    assert thread.comments[0].created_at == datetime(2020, 3, 1, 9, tzinfo=UTC)
    assert thread.ids is Ids.DERIVED
    assert thread.source == "post.txt"
    assert problems == []
    assert why.startswith("5 comments, 3 of them replies, told by their 'Posted' lines")
    assert why.endswith("lines of page furniture left out: 5")


def test_times_without_a_zone_are_in_the_zone_that_is_given(read) -> None:
    [thread], _, _ = read(POST, timezone=timezone(timedelta(hours=-5)))
    assert thread.comments[0].created_at == datetime(2020, 3, 1, 14, tzinfo=UTC)


def test_the_same_file_gets_the_same_ids_whatever_its_newlines(read) -> None:
    [unix], _, _ = read(POST)
    [dos], _, _ = read(POST.replace("\n", "\r\n"))
    assert unix == dos
    assert len({comment.id for comment in unix.comments}) == 5


@pytest.mark.parametrize("bullet", ["*", "-", "◦", "▪", "–", "○"])
def test_other_bullets_are_as_good(read, bullet: str) -> None:
    assert shape(read(POST.replace("•", bullet))[0][0]) == SHAPE


def test_tabs_indent_as_well_as_spaces(read) -> None:
    assert shape(read(POST.replace("    ", "\t"))[0][0]) == SHAPE


def test_permalink_may_be_missing(read) -> None:
    assert shape(read(POST.replace(" | Permalink", ""))[0][0]) == SHAPE


@pytest.mark.parametrize(
    "posted",
    [
        "Posted on 1 March 2020, 09:00 | Permalink",
        "Posted 2020-03-01 09:00",
        "Posted Sunday, March 1st, 2020 at 9 am | Reply",
        "March 1, 2020 at 9:00 am",
        "posted: 01.03.2020 09:00 | #",
    ],
)
def test_other_dates_are_read(read, posted: str) -> None:
    [thread], problems, _ = read(
        POST.replace("Posted March 1, 2020 at 9:00 am | Permalink", posted)
    )
    assert shape(thread) == SHAPE
    assert thread.comments[0].created_at == datetime(2020, 3, 1, 9, tzinfo=UTC)
    assert problems == []


def test_a_date_that_cannot_be_read_is_told_and_the_comment_kept(read) -> None:
    [thread], [problem], _ = read(POST.replace("March 1, 2020 at 9:10 am", "3 Brumaire at dawn"))
    assert shape(thread) == SHAPE
    assert thread.comments[1].created_at is None
    assert problem.line == POST.split("\n").index("    • Bea") + 2
    assert "3 Brumaire" in problem.message


def test_an_author_may_be_said_to_say(read) -> None:
    assert shape(read(POST.replace("1. Ada", "1. Ada says:"))[0][0]) == SHAPE


def test_numbers_may_be_set_flush_right(read) -> None:
    post = "Title\n\nArticle.\n\n"
    for number in range(8, 12):
        mark = f"{number}.".rjust(4)
        post += f"{mark} Ada\n     Posted March {number}, 2020 at 9:00 am\n\n     Text.\n\n"
    assert [node.depth for node in read(post)[0][0].walk()] == [0, 0, 0, 0]


def test_a_text_that_lost_its_indents_keeps_replies_below_their_number(read) -> None:
    flush = "\n".join(line.strip() for line in POST.split("\n"))
    [thread], _, _ = read(flush)
    assert [(n.comment.author, n.depth) for n in thread.walk()] == [
        ("Ada", 0),
        ("Bea", 1),
        (None, 1),
        ("Cy", 1),
        (None, 0),
    ]
    assert thread.comments[-1].text == "By nobody."


def test_lists_and_dates_in_the_article_are_no_comments(read) -> None:
    article = (
        "Posted on February 28, 2020 at 8:00 am by the editor\n\n"
        "1. Bring water.\n\n2. Bring bread.\nPosted on every door, so no excuses.\n\n"
        "3. Be on time.\nPosted on March 3, 2018 at 9:12 am\n\n"
        "• Or stay at home.\n\n"
    )
    [thread], problems, _ = read(POST.replace("Second paragraph.\n\n", article))
    assert shape(thread) == SHAPE
    assert "2. Bring bread.\nPosted on every door" in thread.article
    assert thread.article.endswith("• Or stay at home.")
    assert problems == []


def test_lists_in_a_comment_are_no_comments(read) -> None:
    text = "Another paragraph.\n\n    1. A point.\n    2. Posted signs do not help.\n    - A third"
    [thread], _, _ = read(POST.replace("Another paragraph.", text))
    assert len(thread.comments) == 5
    assert thread.comments[0].text.endswith("1. A point.\n2. Posted signs do not help.\n- A third")


def test_gaps_in_the_numbers_are_no_trouble(read) -> None:
    [thread], problems, _ = read(POST.replace("  2. Posted", "  7. Posted"))
    assert thread.comments[-1].number == "7"
    assert problems == []


def test_a_head_without_a_date_is_told_as_it_may_hide_a_comment(read) -> None:
    lost = "    • Cy\n      Posted March 1, 2020 at 9:30 am | Permalink\n"
    [thread], [problem], _ = read(POST.replace(lost, "  3. Cy\n"))
    assert len(thread.comments) == 4
    assert "may be the head of comment 3" in problem.message
    assert problem.line == POST.split("\n").index("    • Cy") + 1


def test_words_of_the_footer_in_a_comment_stay(read) -> None:
    text = "Related: my mother.\n\n    Share this:\n\n    Follow me, it said."
    [thread], _, _ = read(POST.replace("A second reply.", text).replace("By nobody.", "Like"))
    assert thread.comments[3].text == "Related: my mother.\n\nShare this:\n\nFollow me, it said."
    assert thread.comments[4].text == "Like"


def test_buttons_below_a_comment_are_dropped(read) -> None:
    [thread], _, _ = read(
        POST.replace("A reply.\n", "A reply.\n\n      LikeLike\n\n      Reply ↓\n")
    )
    assert shape(thread) == SHAPE


def test_equal_comments_stay_apart(read) -> None:
    twice = "  1. Ada\n    Posted March 1, 2020 at 9:00 am\n\n    Same.\n\n"
    [thread], _, _ = read("Title\n\n" + twice + twice)
    first, second = thread.comments
    assert first.text == second.text == "Same."
    assert first.id != second.id


def test_a_source_is_a_namespace_for_ids(read) -> None:
    [thread], _, _ = read(POST, source="blog")
    assert thread.id.startswith("blog:post-")
    assert all(comment.id.startswith("blog:post-") for comment in thread.comments)


def test_a_text_without_heads_is_not_read_as_nested(read) -> None:
    with pytest.raises(ReadError, match=r"no comment found.*flat-text"):
        read("Title\n\n1. A list.\n2. No comments.\n", reader="nested-text")


def test_a_hostile_line_takes_no_time(read) -> None:
    spaces = "1." + " " * 200_000 + "x\n"
    [thread], _, _ = read(POST + "\n    1. Posted " + " | " * 50_000 + "\n" + spaces)
    assert len(thread.comments) == 5
