"""What the command line prints: lines that steer no terminal, progress, what was left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from triage.domain.comments import Problem

if TYPE_CHECKING:
    from triage.workbench import Tick

__all__ = ["err", "inert", "list_problems", "many", "out", "progress", "say", "size"]

_SHOWN_PROBLEMS = 20
# C0, C1, and the marks that turn the direction of what follows.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


@contextmanager
def progress(what: str, *, in_bytes: bool = False) -> Iterator[Tick]:
    """Show what is being done, how far it is and since when; nothing where nobody looks."""
    count: list[ProgressColumn] = [TextColumn("{task.completed:,}")]
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        *([DownloadColumn(), TransferSpeedColumn()] if in_bytes else count),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as shown:
        task = shown.add_task(inert(what).plain, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def say(text: str) -> None:
    """Print a line that is no markup and steers no terminal, whatever a file put into it."""
    out.print(inert(text), soft_wrap=True)


def inert(text: str) -> Text:
    """Return text whose control characters are spelled out: an escape sequence can do harm."""
    return Text(_CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text))


def list_problems(problems: Sequence[Problem]) -> None:
    """List what was left out."""
    for problem in problems[:_SHOWN_PROBLEMS]:
        err.print(inert(str(problem)), style="yellow", soft_wrap=True)
    if len(problems) > _SHOWN_PROBLEMS:
        err.print(Text(f"and {len(problems) - _SHOWN_PROBLEMS} more", style="yellow"))


def many(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def size(count: int) -> str:
    """Return a number of bytes as a person reads it."""
    return f"{count / 1e6:,.1f} MB"
