"""Where in a document of XML certain texts stand, byte by byte, so that they alone can be changed.

The document is read as bytes that ASCII is a part of: as ISO 8859-1, whatever it is written in, so
that places are those of the file itself and no byte of a text can end it. What is hostile is
refused as in `xml_events`; what is broken is refused too, since a copy of it would be broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers.expat import ExpatError, ParserCreate

from triage.errors import ReadError
from triage.files.encoding import detect, looks_binary, read_head, readable

__all__ = ["Edit", "Place", "places", "write_edited"]

_DEEPEST = 100
_SIZE = 64 * 1024
_LONGEST_TOKEN = 1024 * 1024
_MOST_NAMES = 1_000_000
_LONGEST = 200
"""Characters of a text that are kept: what is longer is no id and no status."""
_BOM = b"\xef\xbb\xbf"
# Characters that XML does not know stand in real exports, and would end the reading.
_BLANKED = bytes.maketrans(
    (controls := bytes(code for code in range(32) if code not in (9, 10, 13))), b" " * len(controls)
)


@dataclass(frozen=True, slots=True)
class Place:
    """The end of an element: its name (`{namespace}local`), depth from 1, and where its text is.

    `start` and `end` are bytes of the file, `end` the first that is not part of the content. Both
    are None where there is no text to change: in an empty element, and in one that holds others.
    """

    name: str
    depth: int
    text: str
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes from `start` to before `end`, and what stands there instead."""

    start: int
    end: int
    instead: bytes


def places(path: Path, wanted: Callable[[str], bool]) -> Iterator[Place]:
    """Yield the ends of the elements whose names are wanted, in the order of the file.

    Raises ReadError for a file that is no XML, is broken, declares a document type, nests deeper
    than 100 levels, or is written in UTF-16 or UTF-32.
    """
    reader = _Reader(wanted)
    with readable(path), path.open("rb") as handle:
        head = read_head(path)
        if detect(head).startswith(("utf-16", "utf-32")):
            raise ReadError(f"{path} is written in UTF-16 or UTF-32: save it as UTF-8 first")
        reader.base = handle.seek(len(_BOM) if head.startswith(_BOM) else 0)
        fed = 0
        try:
            while piece := handle.read(_SIZE):
                reader.parser.Parse(piece.translate(_BLANKED), False)
                yield from reader.taken()
                fed += len(piece)
                if fed - reader.parser.CurrentByteIndex > _LONGEST_TOKEN:
                    raise _refused("a tag or a comment of more than 1 MiB")
            reader.parser.Parse(b"", True)
        except ExpatError as error:
            seems = looks_binary(head)
            looks = f"; it looks like {seems}: name the XML file itself" if seems else ""
            raise ReadError(f"{path} is not well-formed XML: {error}{looks}") from error
        except _RefusedError as error:
            raise ReadError(f"{path} cannot be used: {error}") from error
    yield from reader.taken()


def write_edited(path: Path, edits: Sequence[Edit], to: BinaryIO) -> None:
    """Copy a file with edits, which are in order and do not overlap; every other byte is kept."""
    with readable(path), path.open("rb") as handle:
        for edit in edits:
            _copy(handle, to, edit.start - handle.tell())
            to.write(edit.instead)
            handle.seek(edit.end)
        _copy(handle, to, None)


def _copy(handle: BinaryIO, to: BinaryIO, count: int | None) -> None:
    """Copy so many bytes, or all that are left."""
    while count is None or count > 0:
        piece = handle.read(_SIZE if count is None else min(count, _SIZE))
        if not piece:
            return
        to.write(piece)
        count = None if count is None else count - len(piece)


class _RefusedError(Exception):
    """The document holds what an export never does; the message says what."""


def _refused(what: str) -> _RefusedError:
    return _RefusedError(f"it holds {what}, which no export does and attacks do")


class _Reader:
    """Follows the parser from element to element, and keeps what is wanted until it is taken."""

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.base = 0
        self._wanted = wanted
        self._found: list[Place] = []
        self._open = 0
        self._names: set[str] = set()
        self._named = 0
        self._text: list[str] = []
        self._start: int | None = None
        self._holds_others = False
        parser = ParserCreate("iso-8859-1", "}")
        parser.buffer_text = False
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartCdataSectionHandler = self._inside
        parser.CommentHandler = self._inside
        parser.ProcessingInstructionHandler = self._inside
        parser.StartDoctypeDeclHandler = self._doctype
        self.parser: Any = parser

    def taken(self) -> list[Place]:
        found, self._found = self._found, []
        return found

    def _at(self) -> int:
        return self.base + int(self.parser.CurrentByteIndex)

    def _inside(self, *_told: object) -> None:
        """Note where the content of the element at hand begins: at the first thing in it."""
        if self._start is None:
            self._start = self._at()

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._inside()
        if self._open >= _DEEPEST:
            raise _refused(f"elements nested more than {_DEEPEST} deep")
        for name in (tag, *attributes):
            if name not in self._names:
                self._names.add(name)
                self._named += len(name)
        if self._named > _MOST_NAMES:
            raise _refused(f"more than {_MOST_NAMES:,} characters of different names")
        self._open += 1
        self._text, self._start, self._holds_others = [], None, False

    def _data(self, data: str) -> None:
        self._inside()
        if len(self._text) < _LONGEST:
            self._text.append(data[:_LONGEST])

    def _end(self, tag: str) -> None:
        self._open -= 1
        if self._wanted(name := _braced(tag)):
            text = "".join(self._text)[:_LONGEST]
            plain = self._start is not None and not self._holds_others
            where = (self._start, self._at()) if plain else (None, None)
            self._found.append(Place(name, self._open + 1, text, *where))
        self._text, self._holds_others = [], True

    def _doctype(self, *_told: object) -> None:
        raise _refused("a document type")


def _braced(tag: str) -> str:
    return "{" + tag if "}" in tag else tag
