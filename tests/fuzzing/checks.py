"""What must hold of whatever a reader or the preparation makes of any bytes."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta, timezone
from pathlib import Path

from triage.domain.comments import Comment, Thread
from triage.errors import InputError
from triage.files.markup import plain_text
from triage.intake import AUTO, Reading, read_all, read_file
from triage.intake.dates import parse_time
from triage.scoring.prepare import prepare, strip_invisible

__all__ = [
    "FaultError",
    "archive",
    "file",
    "markup",
    "preparation",
    "text_of",
    "times",
    "twice",
    "within_bounds",
]

_SECONDS = 2.0
_MEMORY = 256 * 1024  # KiB, as getrusage counts on Linux
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_ZONES = (UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12)))


class FaultError(Exception):
    """What a reader did that none may; the message begins with the kind of it."""


@contextmanager
def within_bounds() -> Iterator[None]:
    """Raise FaultError where the block takes more time or memory than so small an input may."""
    began, held = time.process_time(), _most_held()
    yield
    if (took := time.process_time() - began) > _SECONDS:
        raise FaultError(f"slow: {took:.1f} s of the processor")
    if (grown := _most_held() - held) > _MEMORY:
        raise FaultError(f"large: {grown // 1024} MiB more than ever before")


def _most_held() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def file(path: Path, reader: str = AUTO) -> bool:
    """Read a file twice; return whether there was a comment in it. Raises FaultError."""
    return twice(lambda: [read_file(path, reader=reader)])


def archive(path: Path) -> bool:
    """Read what is in an archive twice; return whether there was a comment in it."""
    return twice(lambda: read_all(path))


def twice(read: Callable[[], Iterable[Reading]]) -> bool:
    """Read all of it twice; return whether there was a comment in it. Raises FaultError."""
    try:
        first = [_threads(reading) for reading in read()]
    except InputError as error:
        if not str(error).strip():
            raise FaultError("mute: an error without a word") from error
        return False
    again = [_threads(reading) for reading in read()]
    if [_ids(threads) for threads in first] != [_ids(threads) for threads in again]:
        raise FaultError("unstable: the second reading gave other ids")
    return any(thread.comments for threads in first for thread in threads)


def _threads(reading: Reading) -> list[Thread]:
    threads = list(reading.threads)
    ids = _ids(threads)
    if len(set(ids)) != len(ids):
        raise FaultError("doubled: two comments of one file have one id")
    for thread in threads:
        if len(list(thread.walk())) != len(thread.comments):
            raise FaultError("hidden: a comment has no place in its thread")
        _check_storable(thread)
    for problem in reading.problems:
        if not problem.message.strip() or not problem.where:
            raise FaultError(f"mute: a problem without place or words, {problem!r}")
    return threads


def _ids(threads: Iterable[Thread]) -> list[tuple[str, str]]:
    return [(one.thread_id, one.id) for thread in threads for one in thread.comments]


def _check_storable(thread: Thread) -> None:
    texts = [thread.id, thread.title, thread.article, thread.url, thread.source]
    for text in (*texts, *(text for one in thread.comments for text in _texts(one))):
        if text is not None and (found := _UNFIT.search(text)):
            raise FaultError(f"unfit: no database takes {found[0]!a} in a text")


def _texts(one: Comment) -> Iterator[str | None]:
    yield from (one.id, one.text, one.author, one.parent_id, one.number)
    if one.origin is not None:
        yield from (one.origin.id, one.origin.revision)


def text_of(data: bytes) -> str:
    """Return any bytes as a text that may hold lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def preparation(text: str) -> bool:
    """Prepare a text; return whether anything was edited. Raises FaultError."""
    prepared = prepare(text)
    at, parts = 0, []
    for edit in prepared.edits:
        if not at <= edit.start <= edit.end <= len(text):
            raise FaultError("edits: they overlap, run backward or lie outside")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    if "".join([*parts, text[at:]]) != prepared.text:
        raise FaultError("edits: they do not make the prepared text")
    origins = [prepared.original_offset(offset) for offset in range(len(prepared.text) + 1)]
    if origins != sorted(origins) or not 0 <= origins[0] <= origins[-1] <= len(text):
        raise FaultError("origins: they run backward or lie outside")
    if prepare(text) != prepared:
        raise FaultError("unstable: prepared again it is another text")
    strip_invisible(text).encode()
    prepared.text.encode()
    return bool(prepared.edits)


def markup(text: str) -> bool:
    """Take the text out of markup; return whether that changed anything."""
    return plain_text(text) != text


def times(text: str) -> bool:
    """Read a time as each kind of site would; return whether it is one. Raises FaultError."""
    found = False
    for zone in _ZONES:
        for day_first in (None, True, False):
            try:
                moment = parse_time(text, zone, day_first=day_first)
            except ValueError as error:
                if not str(error).strip():
                    raise FaultError("mute: an error without a word") from error
                continue
            if moment.tzinfo is not UTC:
                raise FaultError("times: a moment that is not in UTC")
            found = True
    return found
