"""A blog post and its thread as text: numbered comments, bulleted replies, indented by depth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from triage.domain.comments import Comment, Ids, Problem, Thread
from triage.errors import ReadError
from triage.files.encoding import LONGEST_TEXT
from triage.intake.dates import day_comes_first, parse_time
from triage.intake.derived import IdMaker, short_digest, slug
from triage.intake.heads import Head, Line, find_heads, lines_of
from triage.intake.reader import Contents, ReadOptions, Report, Sample
from triage.intake.whole_text import TEXT_SUFFIXES, read_text

__all__ = ["NESTED_TEXT", "NestedText"]

# What blogs print below a comment. It counts only as a whole line at a comment's end.
_BUTTONS = re.compile(
    r"like|likelike|(?:like ?)?loading\W*|like this:?|reply ?[↓»]?|liked by \d+ (?:person|people)",
    re.IGNORECASE,
)
# What they print around a thread: at the end of the article, and below and left of the comments.
_FURNITURE = re.compile(
    _BUTTONS.pattern
    + r"|(?:%d|\d+) bloggers? like this:?|share this:?|related:?|more from .{1,60}|"
    r"(?:click to )?(?:share|email|print) .{0,40}\(opens in new window\)|"
    r"share(?: on)? (?:twitter|facebook|email)|"
    r"(?:subscribe|follow|sign up|get (?:every|new) posts?)\b.{0,120}|"
    r"(?:leave|post|add) a (?:reply|comment)\W*|join the (?:conversation|discussion)\W*|"
    r"comments? (?:are|is) (?:now )?closed\W*|comment navigation|(?:older|newer) comments\W*|"
    r"(?:\d+ )?(?:comments?|replies|responses?)(?: \(\d+\))?:?|rss feed for comments.{0,40}|"
    r"(?:proudly )?powered by .{1,40}|blog at wordpress\.com\W*|(?:privacy|cookies?)\b.{0,160}|"
    r"(?:advertisements?|report this ad)|[«←] .{1,80}|.{1,80} [»→]|copyright .{0,80}|© .{0,80}",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(\d{1,6})[.)](?:\s|$)")


@dataclass(frozen=True, slots=True)
class _Place:
    """A head with its parent (an index among the heads) and its lines of text."""

    head: Head
    parent: int | None
    body: Sequence[Line]


class NestedText:
    """Reads a blog post followed by its thread."""

    key = "nested-text"
    description = "an article, then numbered comments and bulleted replies with `Posted …` lines"
    suffixes = TEXT_SUFFIXES
    takes = frozenset[str]()

    def recognises(self, sample: Sample) -> float:
        """Return how sure it is: two heads of comments are no accident."""
        heads = len(_thread_heads(lines_of(sample.text)))
        certainty = {0: 0.0, 1: 0.6}.get(heads, 0.95)
        return certainty if sample.suffix in self.suffixes else certainty / 3

    def read(self, path: Path, options: ReadOptions, report: Report) -> Contents:
        """Read the whole file, which is one thread."""
        lines = lines_of(read_text(path, report))
        heads = _thread_heads(lines)
        if not heads:
            raise ReadError(
                f"{path}: no comment found. Each needs a number or bullet, and a line such as "
                "'Posted November 24, 2017 at 3:02 pm' after it; a file without such lines is "
                "flat-text"
            )
        places, dropped = _places(lines, heads)
        title, article = _article(lines[: heads[0].first])
        _tell_of_lost_heads(path, places, report)
        thread = _thread(path, options, title, article, places, report)
        replies = sum(place.parent is not None for place in places)
        footer = f"; lines of page furniture left out: {dropped}" if dropped else ""
        why = (
            f"{len(places)} comments, {replies} of them replies, told by their 'Posted' lines, "
            f"the first on line {lines[heads[0].first].number}{footer}"
        )
        return Contents(why, iter([thread]))


NESTED_TEXT = NestedText()


def _thread_heads(lines: Sequence[Line]) -> list[Head]:
    """Return the heads that belong to the thread: those in the article are not."""
    heads = list(find_heads(lines))
    below = sum(head.below for head in heads)
    hanging = sum(head.below and _hangs(lines, head) for head in heads)
    if 2 * hanging > below:
        # Where the thread hangs its text under the marks, a mark level with its date is an item
        # of a list that happens to stand above one.
        heads = [head for head in heads if not head.below or _hangs(lines, head)]
    first = next((i for i, head in enumerate(heads) if head.number == "1"), 0)
    return heads[first:]


def _hangs(lines: Sequence[Line], head: Head) -> bool:
    """Whether a head's last line is indented below its mark."""
    return lines[head.body - 1].indent > head.indent


def _places(lines: Sequence[Line], heads: Sequence[Head]) -> tuple[list[_Place], int]:
    """Return the heads with parents and texts, and how many lines of furniture were left out."""
    places: list[_Place] = []
    open_: list[int] = []
    dropped = 0
    ends = [*(head.first for head in heads[1:]), len(lines)]
    for index, (head, end) in enumerate(zip(heads, ends, strict=True)):
        body = list(lines[head.body : end])
        kept = body if end < len(lines) else _until_footer(body, _text_indent(lines, head, body))
        kept = _without_end(kept, _BUTTONS) or kept
        dropped += sum(bool(line.text) for line in body) - sum(bool(line.text) for line in kept)
        while open_ and not _is_reply(head, heads[open_[-1]], lines):
            open_.pop()
        places.append(_Place(head, open_[-1] if open_ else None, kept))
        open_.append(index)
    return places, dropped


def _is_reply(head: Head, above: Head, lines: Sequence[Line]) -> bool:
    """Whether a head stands deep enough to answer the one above it."""
    if head.number is None:
        # A bullet always answers a number, also in a text that lost its indents.
        return head.indent > above.indent or above.number is not None
    # Numbers may be set flush right: ` 9.` and `10.` are on one level.
    return head.indent > above.indent and head.indent >= _text_indent(lines, above, ())


def _text_indent(lines: Sequence[Line], head: Head, body: Sequence[Line]) -> int:
    """Return the column at which a comment's text stands."""
    if head.below:
        return lines[head.body - 1].indent
    following = body or lines[head.body : head.body + 3]
    return next((line.indent for line in following if line.text), head.indent + 1)


def _without_end(lines: Sequence[Line], junk: re.Pattern[str]) -> list[Line]:
    """Leave out blank lines and junk at the end of some lines."""
    kept = list(lines)
    while kept and (not kept[-1].text or junk.fullmatch(kept[-1].text)):
        kept.pop()
    return kept


def _until_footer(body: Sequence[Line], indent: int) -> Sequence[Line]:
    """End the last comment where the page's footer begins.

    That is page furniture left of the comment's text or, in a text without indents, below a gap
    of two lines.
    """
    for index, line in enumerate(body):
        gap = index > 1 and not body[index - 1].text and not body[index - 2].text
        if (line.indent < indent or gap) and _FURNITURE.fullmatch(line.text):
            return body[:index]
    return body


def _article(lines: Sequence[Line]) -> tuple[str, str]:
    """Return title (the first line that is not blank) and article."""
    filled = _without_end(lines, _FURNITURE)
    first = next((index for index, line in enumerate(filled) if line.text), None)
    if first is None:
        return "", ""
    return filled[first].text, _paragraphs(filled[first + 1 :])


def _paragraphs(lines: Sequence[Line]) -> str:
    """Join lines: a newline within a paragraph, a blank line between two; relative indents stay."""
    margin = min((line.indent for line in lines if line.text), default=0)
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line.text:
            paragraphs[-1].append(" " * (line.indent - margin) + line.text)
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs if paragraph).strip()


def _tell_of_lost_heads(path: Path, places: Sequence[_Place], report: Report) -> None:
    """Tell of lines that look like the head of a comment whose number is missing."""
    numbers = {place.head.number for place in places}
    levels = {place.head.indent for place in places if place.head.number is not None}
    for place in places:
        for line in place.body:
            number = _BARE_NUMBER.match(line.text)
            if number and line.indent in levels and number[1] not in numbers:
                message = f"may be the head of comment {number[1]}, but no date follows it"
                message += ": read as part of the comment before"
                report(Problem(path.name, line.number, message))


def _thread(
    path: Path,
    options: ReadOptions,
    title: str,
    article: str,
    places: Sequence[_Place],
    report: Report,
) -> Thread:
    stem = slug(path.stem)
    thread_id = options.named(f"{stem}-{short_digest(title, digits=8)}")
    comments: list[Comment] = []
    maker = IdMaker()
    for position, (place, time) in enumerate(
        zip(places, _times(path, options, places, report), strict=True)
    ):
        head, text = place.head, _fitting(path, place, report)
        parent_id = None if place.parent is None else comments[place.parent].id
        comment = Comment(
            maker.make(thread_id, head.author, head.posted, parent_id, text),
            thread_id,
            text,
            position=position,
            parent_id=parent_id,
            author=head.author,
            created_at=time,
            number=head.number,
        )
        comments.append(comment)
    return Thread(
        thread_id,
        title=title,
        article=article,
        source=path.name,
        ids=Ids.DERIVED,
        comments=tuple(comments),
    )


def _fitting(path: Path, place: _Place, report: Report) -> str:
    """Return a comment's text; of one longer than any comment its beginning, and that is told.

    It is not left out, since others may answer it.
    """
    text = _paragraphs(place.body)
    if len(text) > LONGEST_TEXT:
        message = f"a text of more than {LONGEST_TEXT:,} characters: only these are kept"
        report(Problem(path.name, place.head.body, message))
    return text[:LONGEST_TEXT]


def _times(
    path: Path, options: ReadOptions, places: Sequence[_Place], report: Report
) -> Iterator[datetime | None]:
    day_first = day_comes_first(place.head.posted for place in places)
    for place in places:
        try:
            yield parse_time(place.head.posted, options.timezone, day_first=day_first)
        except ValueError as error:
            # The head's last line is the one before its text; lines are numbered from 1.
            message = f"unreadable time {place.head.posted!r}: {error}; kept without a time"
            report(Problem(path.name, place.head.body, message))
            yield None
