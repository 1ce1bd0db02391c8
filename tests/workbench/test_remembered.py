"""What takes long is read once a state of the database, and never kept beyond it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count

import pytest

from triage.workbench.remembered import Remembered


@pytest.fixture
def reads() -> Iterator[int]:
    return count()


def test_it_is_read_once_a_state(reads: Iterator[int]) -> None:
    kept = Remembered[int]()
    assert [kept.of(partial(str, one), lambda: next(reads)) for one in "aabba"] == [0, 0, 1, 1, 2]


def test_what_could_not_be_read_is_read_again(reads: Iterator[int]) -> None:
    kept = Remembered[int]()
    assert kept.of(lambda: "a", lambda: next(reads)) == 0

    def failing() -> int:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        kept.of(lambda: "b", failing)
    assert kept.of(lambda: "b", lambda: next(reads)) == 1
