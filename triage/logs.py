"""What triage writes about its own work: one line an act, plain or JSON, on standard error.

A line has ids, counts, durations and places in the code, and nothing that anybody wrote: no
comment, no name of an author, no token, no address' query. `Fields` says what there may be, and
the type checker holds every call against it. Of lines by other libraries only the wording is
kept, with its numbers: what they put into it may come from a comment. Of an exception its type and
where it was raised are kept, not its message, for the same reason; what is said of a database
(StoreError) or a scorer (ScorerError) is the exception: an operator has to read it, and the words
are our own.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO, TypedDict, Unpack

from triage.errors import ScorerError, StoreError, TriageError

__all__ = ["Fields", "LogLevel", "LogStyle", "begin", "fold_in", "note"]

_FRAMES = 8  # of an exception: the innermost
_LONGEST = 200  # characters of a field's text
_NAME = "triage"  # of our own loggers
_SERVERS = frozenset({"streamlit", "uvicorn", "websockets"})
_WARNING = re.compile(r"(.*?:[0-9]+: \w+): ")  # as warnings.formatwarning writes one


class LogStyle(StrEnum):
    """How a line is written."""

    PLAIN = "plain"
    JSON = "json"


class LogLevel(StrEnum):
    """From which level on lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Fields(TypedDict, total=False):
    """What a line may tell. Ids are ours (of a request, an act, a message), never a comment's."""

    method: str
    path: str  # of the table of endpoints, as it stands there
    status: int
    request: str
    client: str  # the name of a token
    role: str  # of whoever signed in
    act: str  # the id of a decision, or of the batch that it is part of
    count: int
    comments: int
    texts: int
    rows: int
    threads: int
    new: int
    revised: int
    unchanged: int
    problems: int
    left: int
    version: int
    hook: str  # the name of a webhook
    message: str  # the id of what a webhook is told
    tried: int
    delivered: int
    failed: int
    why: str  # in words of our own, of a setting or of this machine
    seconds: float


def begin(style: LogStyle, level: LogLevel) -> None:
    """Write lines from a level on, those of every library too; called again, it changes that."""
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, _ToStandardError)]:
        root.removeHandler(handler)
    handler = _ToStandardError()
    handler.setFormatter(_Json() if style is LogStyle.JSON else _Plain())
    root.addHandler(handler)
    # Other libraries tell of every step they take: of them only what went wrong is of interest.
    root.setLevel(max(logging.WARNING, _NUMBERS[level]))
    logging.getLogger(_NAME).setLevel(_NUMBERS[level])
    fold_in()


def note(
    logger: logging.Logger,
    what: str,
    *,
    level: LogLevel = LogLevel.INFO,
    error: BaseException | None = None,
    **fields: Unpack[Fields],
) -> None:
    """Write one line about something that was done, or that failed with an `error`."""
    logger.log(_NUMBERS[level], what, exc_info=error, extra={"fields": fields})


_SHOWN = (int, float, StoreError, ScorerError)
_NUMBERS: Mapping[LogLevel, int] = {
    LogLevel.DEBUG: logging.DEBUG,
    LogLevel.INFO: logging.INFO,
    LogLevel.WARNING: logging.WARNING,
    LogLevel.ERROR: logging.ERROR,
}


def fold_in() -> None:
    """Have the servers' loggers write as all others do: both give theirs handlers of their own.

    Once more after they have loaded more of themselves.
    """
    for name, theirs in list(logging.root.manager.loggerDict.items()):
        if name.split(".")[0] in _SERVERS and isinstance(theirs, logging.Logger):
            theirs.handlers.clear()
            theirs.propagate = True
            theirs.setLevel(logging.NOTSET)


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


class _Lines(logging.Formatter):
    """What both styles have in common."""

    def told(self, record: logging.LogRecord) -> dict[str, object]:
        """Return what a line tells, in order."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": _wording(record),
        }
        for name, value in getattr(record, "fields", {}).items():
            if value != "":
                told[name] = value[:_LONGEST] if isinstance(value, str) else value
        if record.exc_info and record.exc_info[1] is not None:
            told["error"] = type(record.exc_info[1]).__name__
            told["where"] = _places(record.exc_info[1])
        return told


class _Json(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.told(record), default=repr)


class _Plain(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        told = self.told(record)
        where = told.pop("where", [])
        first = " ".join(str(told.pop(name)) for name in ("at", "level", "from", "what"))
        rest = "".join(f" {name}={_word(value)}" for name, value in told.items())
        below = "".join(f"\n    {place}" for place in where)  # type: ignore[attr-defined]
        return f"{first}{rest}{below}"


def _word(value: object) -> str:
    """Return a value as one word of a line, whatever is in it."""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    whole = text.isascii() and text.isprintable() and " " not in text
    return text if whole and text else json.dumps(text)


def _wording(record: logging.LogRecord) -> str:
    """Return a record's first line with its numbers, and without what others put into it."""
    if record.name == "py.warnings":
        found = _WARNING.match(record.getMessage())
        return found[1] if found else "a warning"
    template = str(record.msg).partition("\n")[0][:_LONGEST]
    if not record.args:
        return template
    args = record.args if isinstance(record.args, tuple) else (record.args,)
    shown = tuple(one if isinstance(one, _SHOWN) else "…" for one in args)
    try:
        return template % shown
    except (TypeError, ValueError):
        return template


def _places(error: BaseException) -> list[str]:
    """Return where an exception was raised, the innermost place last; of ours that place alone."""
    deep = 1 if isinstance(error, TriageError) else _FRAMES
    frames = traceback.extract_tb(error.__traceback__)[-deep:]
    return [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
