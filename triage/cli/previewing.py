"""What `triage import --dry-run` prints of a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.cli.printing import many, say
from triage.domain.comments import Problem, one_line
from triage.errors import ReadError

if TYPE_CHECKING:
    from triage.workbench import Workbench

__all__ = ["preview"]

_COMMENTS = 5
_THREADS = 5
_LENGTH = 70


def preview(bench: Workbench, path: Path, **said: Any) -> Sequence[Problem]:
    """Print what is understood of a file, which is not stored; return its problems.

    Raises as `Workbench.look_at`, and for a table whose text column is not known.
    """
    seen = bench.look_at(path, **said)
    if seen.lacking:
        raise ReadError("; ".join(str(problem) for problem in seen.problems))
    for part in seen.parts:
        say(f"{part.name}: {part.reader}, {part.why}")
    say(f"  {seen.told}")
    for thread in seen.threads[:_THREADS]:
        say(f"  {many(thread.comments, 'comment')} in {one_line(thread.title or thread.id, 90)}")
    if seen.thread_count > _THREADS:
        say(f"  and {many(seen.thread_count - _THREADS, 'more thread')}")
    for comment in seen.shown[:_COMMENTS]:
        when = "" if comment.created_at is None else f", {comment.created_at:%Y-%m-%d %H:%M}"
        author = one_line(comment.author, _LENGTH) if comment.author else "(no author)"
        say(f"    {author}{when}: {one_line(comment.text, _LENGTH)}")
    say(
        f"  An import would bring {seen.new} new, {seen.revised} edited, {seen.unchanged} already "
        "known. Nothing was stored."
    )
    return seen.problems
