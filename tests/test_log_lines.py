"""What a log line holds, and what it never does."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from triage.errors import StoreError
from triage.logs import LogLevel, LogStyle, begin, note

LOG = logging.getLogger("triage.test")
THEIRS = logging.getLogger("somebody.else")
SECRET = "what a reader wrote"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Take back what `begin` does to the process."""
    root, ours = logging.getLogger(), logging.getLogger("triage")
    before = (list(root.handlers), root.level, ours.level)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])
    logging.captureWarnings(capture=False)


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the only line that was written."""
    (line,) = capsys.readouterr().err.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def failed(why: str) -> ValueError:
    """Return an exception that was raised, with text that it quotes."""
    with pytest.raises(ValueError, match=why) as raised:
        raise ValueError(why)
    return raised.value


def test_a_line_tells_when_where_what_and_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    begin(LogStyle.JSON, LogLevel.INFO)
    note(LOG, "decide", comments=2, act="f31b", seconds=0.0083, client="")
    line = told(capsys)
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "info",
        "from": "triage.test",
        "what": "decide",
        "comments": 2,
        "act": "f31b",
        "seconds": 0.0083,
    }


def test_a_plain_line_is_one_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    begin(LogStyle.PLAIN, LogLevel.INFO)
    note(LOG, "request", client="a b\n\x1b[31m", status=200)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(r'info triage.test request client="a b\n\u001b[31m" status=200')


def test_a_level_leaves_out_what_lies_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    begin(LogStyle.PLAIN, LogLevel.WARNING)
    note(LOG, "decide")
    assert capsys.readouterr().err == ""
    begin(LogStyle.PLAIN, LogLevel.DEBUG)
    note(LOG, "next_comment", level=LogLevel.DEBUG)
    THEIRS.info("loading %s", "a file")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, "of other libraries only what went wrong, whatever the level"
    assert "next_comment" in lines[0]


def test_begun_twice_it_writes_once(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        begin(LogStyle.JSON, LogLevel.INFO)
    note(LOG, "score", texts=3)
    assert told(capsys)["texts"] == 3


def test_what_other_libraries_fill_in_is_left_out_but_for_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    begin(LogStyle.JSON, LogLevel.INFO)
    THEIRS.error("row %d holds %s\nand more", 7, SECRET)
    assert told(capsys)["what"] == "row 7 holds …"
    THEIRS.error("%(text)s", {"text": SECRET})
    assert SECRET not in capsys.readouterr().err


def test_an_exception_leaves_its_type_and_place_and_not_what_it_quotes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    begin(LogStyle.JSON, LogLevel.INFO)
    note(LOG, "a request failed", level=LogLevel.ERROR, error=failed(SECRET))
    line = told(capsys)
    assert line["error"] == "ValueError"
    assert line["where"][-1].endswith("in failed")
    assert SECRET not in json.dumps(line)


def test_a_plain_exception_has_its_places_below(capsys: pytest.CaptureFixture[str]) -> None:
    begin(LogStyle.PLAIN, LogLevel.INFO)
    THEIRS.error("it failed", exc_info=failed(SECRET))
    first, *below = capsys.readouterr().err.splitlines()
    assert first.endswith("it failed error=ValueError")
    assert below[-1].endswith("in failed")
    assert all(line.startswith("    ") and SECRET not in line for line in below)


def test_what_is_wrong_with_the_database_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    begin(LogStyle.JSON, LogLevel.INFO)
    LOG.error("not delivered for now: %s", StoreError("the disk is full"))
    assert told(capsys)["what"] == "not delivered for now: the disk is full"


def test_a_warning_of_python_says_where_and_not_what(capsys: pytest.CaptureFixture[str]) -> None:
    begin(LogStyle.JSON, LogLevel.INFO)
    warnings.warn(SECRET, UserWarning, stacklevel=1)
    line = told(capsys)
    assert line["what"].endswith(": UserWarning")
    assert SECRET not in json.dumps(line)


@pytest.mark.parametrize("name", ["streamlit.of_a_test", "uvicorn.of_a_test"])
def test_the_servers_own_loggers_write_as_all_others_do(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = logging.getLogger(name)
    theirs.propagate = False
    theirs.addHandler(logging.StreamHandler())
    begin(LogStyle.JSON, LogLevel.INFO)
    theirs.error("Uncaught execution of %s", SECRET)
    assert told(capsys)["what"] == "Uncaught execution of …"
