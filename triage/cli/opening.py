"""A workbench for the time of one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from triage.settings import Settings

if TYPE_CHECKING:
    from triage.workbench import Workbench

__all__ = ["opened"]


@contextmanager
def opened(settings: Settings) -> Iterator[Workbench]:
    """Yield the workbench; close it when the block ends."""
    from triage.workbench import Workbench

    bench = Workbench(settings)
    try:
        yield bench
    finally:
        bench.close()
