"""What the tests of the readers share: writing a file, reading all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from triage.domain.comments import Problem, Thread
from triage.intake import ReadOptions, read_file

Read = Callable[..., tuple[list[Thread], list[Problem], str]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function: a file's content and name, and options -> threads, problems, why."""

    def read_all(
        content: str | bytes, name: str = "post.txt", reader: str = "auto", **options: object
    ) -> tuple[list[Thread], list[Problem], str]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        reading = read_file(path, reader=reader, options=ReadOptions(**options))
        threads = list(reading.threads)
        return threads, reading.problems, reading.why

    return read_all
