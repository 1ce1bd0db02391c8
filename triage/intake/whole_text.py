"""Reading a text layout, which is one thread and is held in memory."""

from __future__ import annotations

from pathlib import Path

from triage.errors import ReadError
from triage.files.encoding import LONGEST_TEXT, looks_binary, read_head, read_lines, readable
from triage.files.portion import in_portion
from triage.intake.reader import Report

__all__ = ["TEXT_SUFFIXES", "read_text"]

TEXT_SUFFIXES = (".txt", ".text", ".md", "")
"""Suffixes of files that hold a thread as text."""

_LARGEST = 64 * 1024 * 1024


def read_text(path: Path, report: Report) -> str:
    """Return a file's text, without lines that are longer than any comment.

    Raises ReadError for a binary file and for one beyond 64 MiB.
    """
    binary = looks_binary(read_head(path))
    if binary is not None:
        raise ReadError(f"{path} looks like {binary}, not text: save it as text, CSV or JSONL")
    with readable(path):
        size = path.stat().st_size
    if size > _LARGEST:
        raise ReadError(
            f"{path} is too large for one article with its comments "
            f"({size // 1024 // 1024} MiB): split it, or make it CSV or JSONL"
        )
    return "".join(in_portion(read_lines(path, report, longest=LONGEST_TEXT)))
