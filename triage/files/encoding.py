"""Text in, whatever it was encoded in: detection, repair line by line, never a crash halfway."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from triage.domain.comments import Problem
from triage.errors import ReadError
from triage.files.portion import PortionEndedError, wanted, watching

__all__ = [
    "LONGEST_LINE",
    "LONGEST_TEXT",
    "SAMPLE_BYTES",
    "clean",
    "detect",
    "looks_binary",
    "read_head",
    "read_lines",
    "read_pieces",
    "readable",
]

SAMPLE_BYTES = 256 * 1024
"""How much of a file is looked at to tell its encoding and its layout."""

LONGEST_LINE = 16 * 1024 * 1024
"""Characters that a line of a table may have: no comment is that long."""

LONGEST_TEXT = 1_000_000
"""Characters that a comment may have: a longer one is no comment, and costs whatever scores it."""

_PIECE = 1024 * 1024
_GUESS_BYTES = 32 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FALLBACK = "cp1252"  # what files called "Latin-1" or "ANSI" really hold
_CANDIDATES = (
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp874"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "a Zstandard file (unpack it with `zstd -d --long=31`)",
    b"BZh": "a bzip2 file (unpack it with `bunzip2`)",
    b"\xfd7zXZ\x00": "an xz file (unpack it with `unxz`)",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
}
_STRAY_CONTROLS = 8  # a text of a few words may hold one that somebody pasted
_SURROGATE = re.compile("[\ud800-\udfff]")
# A surrogate that was itself written as UTF-8, as the three bytes that `surrogateescape` keeps.
_ENCODED_SURROGATE = re.compile("\udced[\udca0-\udcbf][\udc80-\udcbf]")
_UNFIT = re.compile("[\x00\ud800-\udfff]")
_SYMBOL_IN_WORD = re.compile(r"[a-z][¡-¿×÷\ufffd]+[a-z]")


def clean(text: str) -> str:
    """Return `text` with NULs and lone surrogates as U+FFFD: no database or file takes them."""
    return _UNFIT.sub("\ufffd", text) if _UNFIT.search(text) else text


def read_head(path: Path, size: int = SAMPLE_BYTES) -> bytes:
    """Return a file's first bytes. Raises ReadError where it cannot be read."""
    with readable(path), path.open("rb") as handle:
        return handle.read(size)


def detect(sample: bytes) -> str:
    """Return the codec to read a text with, judging by its first bytes.

    A byte order mark decides; then valid UTF-8 (a few stray bytes are allowed, see `read_lines`);
    then UTF-16 without a mark, told by its zeros; then charset-normalizer among the legacy code
    pages in wide use; else Windows-1252, of which Latin-1 is the printable part.
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    wide = _utf16_without_mark(sample)
    if wide is not None:
        return wide
    decoded = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(sample)
    stray = len(_SURROGATE.findall(decoded))
    # What is not ASCII and not stray is well-formed multi-byte UTF-8, which is not so by chance.
    if stray == 0 or sum(char > "\x7f" for char in decoded) - stray > 2 * stray:
        return "utf-8"
    return _legacy(sample)


def _utf16_without_mark(sample: bytes) -> str | None:
    pairs = len(sample) // 2
    if pairs < 4:
        return None
    for first_zero, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[first_zero::2].count(0)
        if zeros > 0.6 * pairs and sample[1 - first_zero :: 2].count(0) < 0.05 * pairs:
            return name
    return None


def _legacy(sample: bytes) -> str:
    """Return the likeliest code page for bytes that are not UTF-8."""
    from charset_normalizer import from_bytes

    telling = b"\n".join(line for line in sample.splitlines() if not line.isascii())[:_GUESS_BYTES]
    best = from_bytes(telling, cp_isolation=list(_CANDIDATES)).best()
    if best is None:
        return _FALLBACK
    western = telling.decode(_FALLBACK, "replace").lower()
    # charset-normalizer takes French and German for Central European, which shares their vowels:
    # believe it only where reading as Western puts symbols into the middle of words.
    if best.encoding == "cp1250" and not _SYMBOL_IN_WORD.search(western):
        return _FALLBACK
    if best.encoding == "cp1254" and not re.search("[ðýþ]", western):
        return _FALLBACK
    return best.encoding


def looks_binary(sample: bytes) -> str | None:
    """Return what a file seems to be where it is no text (`a PDF`), else None."""
    for magic, what in _MAGIC.items():
        if sample.startswith(magic):
            return what
    text = sample.decode(detect(sample), "replace")
    controls = sum(char < " " and char not in "\t\n\r\f\v\x1b" for char in text)
    return "a binary file" if controls > max(_STRAY_CONTROLS, 0.05 * len(text)) else None


def read_lines(
    path: Path,
    report: Callable[[Problem], None],
    *,
    encoding: str | None = None,
    longest: int | None = None,
    untouched: bool = False,
) -> Iterator[str]:
    r"""Yield a file's lines, each ending in `\n` (the last one perhaps not), one by one.

    Lines that are wanted `untouched` end as the file has it: in `\n`, `\r` or `\r\n`.

    A byte that the encoding does not know is read as Windows-1252 where the rest is UTF-8, and
    as U+FFFD elsewhere; `report` is told the line. Of a line beyond `longest` characters nothing
    but its end is yielded, and `report` is told. Raises ReadError where the file cannot be read.
    """
    if longest is None:
        pieces = read_pieces(path, report, encoding=encoding, size=-1, untouched=untouched)
        yield from (piece for _, piece in pieces)
        return
    pieces = read_pieces(path, report, encoding=encoding, untouched=untouched)
    for number, parts in groupby(pieces, key=itemgetter(0)):
        line, length = "", 0
        for _, piece in parts:
            length += len(piece)
            line = line + piece if length <= longest else "\n"
        if length > longest:
            message = f"a line of {length} characters: none may have more than {longest}; left out"
            report(Problem(path.name, number, message))
        yield line


def read_pieces(
    path: Path,
    report: Callable[[Problem], None],
    *,
    encoding: str | None = None,
    size: int = _PIECE,
    untouched: bool = False,
) -> Iterator[tuple[int, str]]:
    """Yield (number of the line, a piece of it), so that a line may be larger than memory.

    A piece has at most `size` characters (negative: any number). Bytes are repaired and told of
    as in `read_lines`. Raises PortionEndedError where only a portion is wanted and was read.
    """
    portion, watcher = wanted(), watching()
    read = 0
    with readable(path):
        codec = detect(read_head(path)) if encoding is None else encoding
        utf8 = codec in {"utf-8", "utf-8-sig"}
        errors = "surrogateescape" if utf8 else "replace"
        newline = "" if untouched else None
        with path.open(encoding=codec, errors=errors, newline=newline) as handle:
            number = 1
            while line := handle.readline(size):
                if watcher is not None:
                    watcher()
                if portion is not None:
                    if portion.ends_at_character(read):
                        raise PortionEndedError
                    read += len(line)
                at, number = number, number + line.endswith(("\n", "\r"))
                if line.isascii() and "\x00" not in line:
                    yield at, line
                    continue
                if utf8 and _SURROGATE.search(line):
                    message = "not valid UTF-8 here; the odd bytes were read as Windows-1252"
                    report(Problem(path.name, at, message))
                    line = _repaired(line)
                elif not utf8 and "\ufffd" in line:
                    message = f"not valid {codec} here; what could not be read is shown as \ufffd"
                    report(Problem(path.name, at, message))
                yield at, clean(line)


def _repaired(line: str) -> str:
    line = _ENCODED_SURROGATE.sub("\ufffd", line)
    return _SURROGATE.sub(
        lambda match: bytes([ord(match[0]) - 0xDC00]).decode(_FALLBACK, "replace"), line
    )


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what the operating system says of a file into a ReadError that says what to do."""
    try:
        if path.is_dir():
            raise ReadError(f"{path} is a folder: name a file in it")
        yield
    except FileNotFoundError as error:
        raise ReadError(f"{path} does not exist: check the name and the folder") from error
    except PermissionError as error:
        raise ReadError(f"{path} may not be read: check its permissions") from error
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror or error}") from error
