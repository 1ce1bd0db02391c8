"""The flat text layout: where do the comments begin?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.comments import Ids
from triage.errors import ReadError, UsageError
from triage.intake.boundary import find_boundary, talk_score

FLAT = Path(__file__).parent / "flat"
MARK = "~~~~"
POST = (
    "A title\nThe mayor said on Monday that the bridge would close.\nWhat?! You are joking.\nlol\n"
)


def thread_of(name: str) -> tuple[list[str], list[str]]:
    lines = (FLAT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    at = lines.index(MARK)
    return lines[:at], lines[at + 1 :]


NAMES = sorted(path.stem for path in FLAT.glob("*.txt"))


@pytest.mark.parametrize("name", NAMES)
def test_the_boundary_is_found_below_articles_of_many_kinds(name: str) -> None:
    article, comments = thread_of(name)
    assert find_boundary([*article, *comments]).index == len(article)


@pytest.mark.parametrize("above", NAMES)
@pytest.mark.parametrize("below", NAMES)
def test_the_boundary_is_found_within_a_line_for_any_comments_below(above: str, below: str) -> None:
    article, comments = thread_of(above)[0], thread_of(below)[1]
    assert abs(find_boundary([*article, *comments]).index - len(article)) <= 1


def test_it_is_surer_the_more_the_two_differ() -> None:
    dry = "The council reported on Monday that 3 million people had used the bridge in 2019."
    clear = find_boundary(
        ["Bridge closes", dry, dry, "lol what?! you idiots!!", "I told you so! :)"]
    )
    vague = find_boundary(["Bridge closes", dry, "The bridge is old.", "It was built long ago."])
    assert clear.index == 3
    assert clear.confidence > 0.8 > 0.6 > vague.confidence
    assert (clear.words, vague.words) == ("sure", "unsure, look for yourself")


def test_words_in_quotation_marks_do_not_make_a_line_a_comment() -> None:
    quoting = "“I love you all! What do you say?” he told the crowd on Friday."
    assert talk_score(quoting) < 0 < talk_score(quoting.replace("“", "").replace("”", ""))


def test_a_heading_above_the_comments_decides() -> None:
    lines = [
        "Title",
        "You will love it! I do!",
        "Do you?",
        "12 Comments",
        "The bridge is old.",
        "So?",
    ]
    assert find_boundary(lines).index == 4


def test_a_flat_text_is_one_thread_of_comments_one_a_line(read) -> None:
    [thread], problems, why = read(POST.replace("\n", "\n\n"))
    assert (thread.title, thread.article) == (
        "A title",
        "The mayor said on Monday that the bridge would close.",
    )
    assert [comment.text for comment in thread.comments] == ["What?! You are joking.", "lol"]
    assert all(c.author is c.created_at is c.parent_id is None for c in thread.comments)
    assert thread.ids is Ids.DERIVED
    assert problems == []
    assert "2 comments, one a line, after 2 lines of article" in why
    assert "begins “What?! You are joking.” (confidence " in why


@pytest.mark.parametrize("first", [4, "lol", " lol"])
def test_a_person_overrules_the_boundary(read, first: int | str) -> None:
    [thread], _, why = read(POST, first_comment=first)
    assert [comment.text for comment in thread.comments] == ["lol"]
    assert "as you say" in why


def test_the_first_line_may_be_a_comment_if_a_person_says_so(read) -> None:
    [thread], _, _ = read("one\ntwo\n", first_comment=1)
    assert [comment.text for comment in thread.comments] == ["one", "two"]
    assert thread.title == ""


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (0, "there are 4 lines"),
        (5, "there are 4 lines"),
        ("rofl", "no line begins"),
        ("", "no line"),
    ],
)
def test_a_first_comment_that_is_not_there_is_refused(read, first: int | str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(POST, first_comment=first)


def test_a_single_line_is_no_thread_unless_a_person_says_so(read) -> None:
    with pytest.raises(ReadError, match=r"a single line.*line 1"):
        read("all alone\n", reader="flat-text")
    assert len(read("all alone\n", first_comment=1)[0][0].comments) == 1


def test_equal_lines_stay_apart_and_keep_their_ids(read) -> None:
    [thread], _, _ = read(POST + "lol\nlol\n")
    [again], _, _ = read(POST + "lol\nlol\n")
    assert len({comment.id for comment in thread.comments}) == 4
    assert thread == again


@given(st.lists(st.text(min_size=1), max_size=30))
def test_any_lines_have_a_boundary(lines: list[str]) -> None:
    boundary = find_boundary(lines)
    assert 0 <= boundary.index <= len(lines)
    assert 0 <= boundary.confidence <= 1
    assert boundary.index == len(lines) or boundary.index > 0
