"""What the command line prints: lines that steer no terminal, and what was left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from triage.domain.comments import Problem

__all__ = ["err", "inert", "list_problems", "many", "note", "out", "say", "size"]

_SHOWN_PROBLEMS = 20
# C0, C1, and the marks that turn the direction of what follows.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Print a line that is no markup and steers no terminal, whatever a file put into it."""
    out.print(inert(text), soft_wrap=True)


def note(text: str) -> None:
    """Print such a line beside the output: it is about the work, not its result."""
    err.print(inert(text), soft_wrap=True)


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
