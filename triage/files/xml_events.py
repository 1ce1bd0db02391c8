"""XML as it comes in: the ends of elements with their texts, and no tree in memory.

Document types, entities and everything external are refused (defusedxml), nesting and the length
of a text are limited, and bytes and characters that XML does not know are repaired before the
parser sees them, since one of them would end the document.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage.domain.comments import Problem
from triage.errors import ReadError
from triage.files.encoding import LONGEST_TEXT, detect, read_head, read_pieces
from triage.files.portion import PortionEndedError

__all__ = ["XmlEvent", "read_xml"]

_DEEPEST = 100
_SIZE = 64 * 1024
_LONGEST_TOKEN = 1024 * 1024
"""Bytes of a tag, a comment or an instruction: the parser begins anew with it at every piece."""
_MOST_NAMES = 1_000_000
"""Characters of all different names together: the parser keeps each to the end."""
_KNOWN = re.compile(
    r"utf-?8|us-ascii|iso[-_]8859[-_]\d{1,2}|windows-\d{3,4}|cp\d{3,4}|koi8[-_][ru]|shift[-_]jis|"
    r"euc[-_](jp|kr)|gb(k|2312|18030)|big5",
    re.IGNORECASE,
)
"""Encodings of text: Python knows others by name, such as `zlib` and `unicode_escape`."""
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]{1,40})["']""")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Report = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class XmlEvent:
    """The begin or the end of an element: `path` are the names from the root's down to its own.

    A name is `{namespace}local`, as the document has them. `text` is what stands directly in the
    element, known at its end: at most LONGEST_TEXT characters of it, and one more where there were
    more. `line` is the line where it begins.
    """

    path: tuple[str, ...]
    line: int
    end: bool
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


class _RefusedError(Exception):
    """The document holds what an export never does; the message says what."""


def read_xml(path: Path, report: Report) -> Iterator[XmlEvent]:
    """Yield a document's events. Where it breaks off, `report` is told, and what came before stays.

    Raises ReadError where it is broken or refused before its first element.
    """
    from defusedxml.ElementTree import DefusedXMLParser

    target = _Events()
    parser: Any = DefusedXMLParser(
        target=target, forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    target.line = lambda: parser.parser.CurrentLineNumber
    begun = False
    fed = 0
    try:
        for _, piece in read_pieces(path, report, encoding=_encoding(path), size=_SIZE):
            fitting = _fit(piece)
            parser.feed(fitting)
            begun = begun or bool(target.events)
            yield from target.taken()
            fed += len(fitting.encode())
            _check_token(fed - parser.parser.CurrentByteIndex)
        parser.close()
    except PortionEndedError:
        return
    except Exception as error:
        # defusedxml and the parser raise several kinds; an error of ours passes through.
        why = _why(error)
        if why is None:
            raise
        yield from target.taken()
        line = parser.parser.CurrentLineNumber
        if not begun:
            raise ReadError(f"{path} cannot be read as XML: {why} (line {line})") from error
        report(Problem(path.name, line, f"{why}; what comes after this is not read"))


def _check_token(unfinished: int) -> None:
    if unfinished > _LONGEST_TOKEN:
        raise _RefusedError(f"a tag or a comment of more than {_LONGEST_TOKEN // 1024**2} MiB")


def _why(error: Exception) -> str | None:
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException

    if isinstance(error, _RefusedError):
        return str(error)
    if isinstance(error, DefusedXmlException):
        return "it declares a document type or entities, which no export does and attacks do"
    if isinstance(error, ParseError):
        return f"not well-formed XML here: {error.msg}"
    return None


def _encoding(path: Path) -> str:
    """Return the encoding that the document declares, where it is one for texts, else a guess."""
    head = read_head(path)
    guess = detect(head)
    declared = _DECLARED.match(head)
    name = declared[1].decode("ascii") if declared else ""
    if not _KNOWN.fullmatch(name) or guess.startswith(("utf-16", "utf-32", "utf-8-sig")):
        return guess
    try:
        return codecs.lookup(name).name
    except LookupError:
        return guess


def _fit(piece: str) -> str:
    return _UNFIT.sub("\ufffd", piece) if _UNFIT.search(piece) else piece


class _Events:
    """What the parser tells, kept until it is asked for."""

    def __init__(self) -> None:
        self.line: Callable[[], int] = lambda: 0
        self.events: list[XmlEvent] = []
        self._path: tuple[str, ...] = ()
        self._open: list[tuple[int, list[str], int]] = []
        self._length = 0
        self._names: set[str] = set()
        self._named = 0

    def taken(self) -> list[XmlEvent]:
        events, self.events = self.events, []
        return events

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._path) >= _DEEPEST:
            raise _RefusedError(f"elements are nested more than {_DEEPEST} deep")
        self._learn(tag, attributes)
        self._path += (tag,)
        line = self.line()
        self._open.append((line, [], self._length))
        self._length = 0
        self.events.append(XmlEvent(self._path, line, end=False, attributes=dict(attributes)))

    def _learn(self, tag: str, attributes: Mapping[str, str]) -> None:
        for name in (tag, *attributes):
            if name not in self._names:
                self._names.add(name)
                self._named += len(name)
        if self._named > _MOST_NAMES:
            raise _RefusedError(
                f"more than {_MOST_NAMES:,} characters of different names of elements"
            )

    def data(self, data: str) -> None:
        if self._length <= LONGEST_TEXT and self._open:
            kept = data[: LONGEST_TEXT + 1 - self._length]
            self._length += len(kept)
            self._open[-1][1].append(kept)

    def end(self, tag: str) -> None:  # noqa: ARG002 - the path has it
        line, parts, outer = self._open.pop()
        self.events.append(XmlEvent(self._path, line, end=True, text="".join(parts)))
        self._path = self._path[:-1]
        self._length = outer

    def close(self) -> None:
        """Nothing is kept."""
