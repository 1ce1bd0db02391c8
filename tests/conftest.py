"""What holds for every test: neither the machine's own models nor chance decide anything."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest

from tests.quick import quick_files

# Before torch is loaded: every worker has a core, and its threads would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home of the tests' own: whether Detoxify's models lie in it changes the default panel."""
    folder = str(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", folder)
        patch.setenv("USERPROFILE", folder)
        # One decision in twenty would come up again for the next reviewer; tests of that say so.
        patch.setenv("TRIAGE_DOUBLED", "0")
        yield


@pytest.fixture(scope="session", autouse=True)
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Databases that take no time to make."""
    with quick_files(tmp_path_factory.mktemp("migrated")):
        yield


@pytest.fixture(autouse=True)
def levels() -> Iterator[None]:
    """Log levels as they were: a command that runs in the tests' own process sets them for it."""
    loggers = (logging.getLogger(), logging.getLogger("triage"))
    before = [one.level for one in loggers]
    yield
    for one, level in zip(loggers, before, strict=True):
        one.setLevel(level)
