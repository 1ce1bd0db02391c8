"""An article followed by one comment a line, with no author, no time, no mark between the two."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from triage.domain.comments import Comment, Ids, Thread
from triage.errors import ReadError, UsageError
from triage.intake.boundary import Boundary, find_boundary, is_comments_heading
from triage.intake.derived import IdMaker, short_digest, slug
from triage.intake.reader import Contents, ReadOptions, Report, Sample, Seam
from triage.intake.whole_text import TEXT_SUFFIXES, read_text

__all__ = ["FLAT_TEXT", "FlatText"]

_SHOWN = 60
_SEEN = 300  # characters of a line that is shown
_MOST_SEEN = 10_000  # lines: an article has fewer


class FlatText:
    """Reads an article followed by one comment a line."""

    key = "flat-text"
    description = "an article, then one comment a line, without authors, times or a mark between"
    suffixes = TEXT_SUFFIXES
    takes = frozenset({"first_comment"})

    def recognises(self, sample: Sample) -> float:
        """Return how sure it is: any text could be, so a little, and less than any other reader."""
        lines = sum(bool(line.strip()) for line in sample.text.split("\n"))
        markup = sample.text.lstrip().lower().startswith(("<!doctype", "<html", "<?xml", "<rss"))
        if not lines or markup or sample.suffix not in self.suffixes:
            return 0.0
        return 0.3

    def read(self, path: Path, options: ReadOptions, report: Report) -> Contents:
        """Read the whole file, which is one thread, and find where its comments begin."""
        lines = [line.strip() for line in read_text(path, report).split("\n")]
        lines = [line for line in lines if line]
        if not lines:
            raise ReadError(f"{path} is empty: there is nothing to read")
        boundary = _boundary(path, lines, options.first_comment)
        article, comments = lines[: boundary.index], lines[boundary.index :]
        if not comments:
            raise ReadError(
                f"{path} is a single line: no comment can be told from the article. If it is one, "
                "say that the first comment is line 1"
            )
        marked = is_comments_heading(article[-1]) if len(article) > 1 else False
        thread = _thread(path, options, article[:-1] if marked else article, comments)
        told = (
            "as you say"
            if options.first_comment is not None
            else f"confidence {boundary.confidence:.0%}, {boundary.words}"
        )
        begins = comments[0] if len(comments[0]) <= _SHOWN else comments[0][:_SHOWN] + "…"
        why = (
            f"{len(comments)} comments, one a line, after {len(article)} lines of article; the "
            f"first one begins “{begins}” ({told})"
        )
        return Contents(why, iter([thread]), seam=_seam(lines, boundary))


FLAT_TEXT = FlatText()


def _seam(lines: Sequence[str], boundary: Boundary) -> Seam:
    """Return what a person needs to put the boundary elsewhere; lines are counted from 1."""
    likely = boundary.likely or find_boundary(lines).likely
    return Seam(
        tuple(line if len(line) <= _SEEN else line[:_SEEN] + "…" for line in lines[:_MOST_SEEN]),
        boundary.index + 1,
        tuple((index + 1, chance) for index, chance in likely),
    )


def _boundary(path: Path, lines: Sequence[str], first_comment: int | str | None) -> Boundary:
    """Return where the comments begin: as a person says, else as it seems."""
    if first_comment is None:
        return find_boundary(lines)
    if isinstance(first_comment, int):
        if not 1 <= first_comment <= len(lines):
            raise UsageError(
                f"{path}: the first comment cannot be line {first_comment}: there are "
                f"{len(lines)} lines that are not blank"
            )
        return Boundary(first_comment - 1, 1.0)
    start = first_comment.strip()
    for index, line in enumerate(lines):
        if start and line.startswith(start):
            return Boundary(index, 1.0)
    raise UsageError(f"{path}: no line begins with {start!r}; give the text as the file has it")


def _thread(
    path: Path, options: ReadOptions, article: Sequence[str], comments: Sequence[str]
) -> Thread:
    title = article[0] if article else ""
    thread_id = options.named(f"{slug(path.stem)}-{short_digest(title, digits=8)}")
    maker = IdMaker()
    return Thread(
        thread_id,
        title=title,
        article="\n\n".join(article[1:]),
        source=path.name,
        ids=Ids.DERIVED,
        comments=tuple(
            Comment(
                maker.make(thread_id, None, None, None, text), thread_id, text, position=position
            )
            for position, text in enumerate(comments)
        ),
    )
