"""What is fuzzed, and what each begins with: small valid inputs of our own."""

from __future__ import annotations

import gzip
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from tests.fuzzing import checks
from tests.hostile.payloads import PAYLOADS
from triage.files.table_writer import Column, Kind, TableFormat, write_rows
from triage.intake import AUTO, READERS

__all__ = ["TARGETS", "Target"]

_ROOT = Path(__file__).resolve().parent.parent.parent
_FILES = tuple(
    path
    for folder in ("seeds", "tests/intake/exports", "tests/intake/flat")
    for path in sorted((_ROOT / folder).iterdir())
    if path.suffix != ".md"
)
_SUFFIXES = (".txt", ".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xml", ".zip", ".odd")
_COLUMNS = (
    *(Column(name) for name in ("id", "parent_id", "thread", "title", "url", "author", "text")),
    Column("created_at", Kind.TIME),
    Column("likes", Kind.INTEGER),
    Column("TOXICITY", Kind.NUMBER),
)
_ROWS: tuple[Mapping[str, object], ...] = (
    {"id": "1", "thread": "a", "author": "Ada", "text": "Hello", "likes": 3, "TOXICITY": 0.25},
    {"id": "2", "parent_id": "1", "thread": "a", "text": "Two\nlines, “quoted”", "title": "=A1"},
    {"id": "3", "thread": "b", "text": "où ça ? 🌱", "url": "https://blog.example/b"},
)
_TIMES = (
    *("2017-11-24T15:02:00Z", "Fri, 24 Nov 2017 15:02:00 +0100", "1511535720", "1511535720123"),
    *("November 24, 2017 at 3:02 pm", "24 Nov 2017, 15:02", "24.11.2017 15:02", "11/24/2017"),
    *("Fri Nov 24 15:02:00 +0000 2017", "2017-11-24", "0001-01-01 00:00", "9999-12-31T23:59:59"),
)
_TEXTS = (
    *("f#ck you", "f.u.c.k off", "you a s s", "@sshole", "stupіd", "ｆｕｃｋ", "fück", "kys!"),
    *("FUUUCK", "> quoted\nown words", "[quote]quoted[/quote] own", "“quoted” 🖕🏽 a🍆b", "a" * 60),
    "see www.a.example/x",
)
_PAGE = "<p>One &amp; <b>two</b></p><br>&#x41;<blockquote>q</blockquote><script>x</script>"
_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that is fuzzed.

    `run` takes any bytes, says whether something came of them, and raises where anything happens
    that may not. `seeds` are what the fuzzer begins with, `words` what it puts into them.
    """

    name: str
    run: Callable[[bytes], bool]
    seeds: Callable[[], Iterable[bytes]]

    @property
    def words(self) -> tuple[bytes, ...]:
        """The words of the seeds: names of elements, keys and columns above all."""
        found = (word for seed in self.seeds() for word in re.findall(rb"[\w:<\"]{3,30}", seed))
        return tuple(islice(dict.fromkeys(found), _MOST_WORDS))


def _run_on_file(check: Callable[[Path], bool], suffix: str, data: bytes) -> bool:
    with tempfile.NamedTemporaryFile(suffix=suffix) as handle:
        handle.write(data)
        handle.flush()
        return check(Path(handle.name))


def _run_on_any(data: bytes) -> bool:
    """Read a file whose suffix its last byte chooses."""
    suffix = _SUFFIXES[data[-1] % len(_SUFFIXES)] if data else ".txt"
    return _run_on_file(checks.file, suffix, data[:-1])


def _run_on_text(check: Callable[[str], bool], data: bytes) -> bool:
    return check(checks.text_of(data))


def _files_for(suffixes: Iterable[str]) -> list[bytes]:
    """Return the sample files with such a suffix, and tables where there are such."""
    wanted = frozenset(suffixes)
    found = [path.read_bytes() for path in _FILES if path.suffix in wanted]
    return found + [_table(one) for one in TableFormat if f".{one}" in wanted]


def _table(table_format: TableFormat) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"table.{table_format}")
        write_rows(path, _COLUMNS, _ROWS)
        return path.read_bytes()


def _any_file() -> list[bytes]:
    return [
        *(path.read_bytes() + _byte_for(path.suffix) for path in _FILES),
        *(_table(one) + _byte_for(f".{one}") for one in TableFormat),
    ]


def _byte_for(suffix: str) -> bytes:
    return bytes([_SUFFIXES.index(suffix)])


def _archives() -> list[bytes]:
    small = sorted(_FILES, key=lambda path: path.stat().st_size)[:6]
    packed = [gzip.compress(path.read_bytes(), mtime=0) for path in small]
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as handle:
            for path in small:
                handle.writestr(zipfile.ZipInfo(f"in/{path.name}"), path.read_bytes())
        packed.append(buffer.getvalue())
    return packed


def _encoded(*texts: str) -> list[bytes]:
    return [text.encode("utf-8", "surrogatepass") for text in texts if len(text) < 2_000]


def _text_target(name: str, check: Callable[[str], bool], *texts: str) -> Target:
    return Target(name, partial(_run_on_text, check), partial(_encoded, *texts))


_ALL = (
    *(
        Target(
            key,
            partial(_run_on_file, partial(checks.file, reader=key), reader.suffixes[0]),
            partial(_files_for, reader.suffixes),
        )
        for key, reader in READERS.items()
    ),
    Target(AUTO, _run_on_any, _any_file),
    Target("archives", partial(_run_on_file, checks.archive, ".zip"), _archives),
    _text_target("preparation", checks.preparation, *_TEXTS, *PAYLOADS),
    _text_target("markup", checks.markup, _PAGE, *_TEXTS, *PAYLOADS),
    _text_target("times", checks.times, *_TIMES),
)
TARGETS: Mapping[str, Target] = MappingProxyType({target.name: target for target in _ALL})
"""The readers by their keys, the choice among them, archives, and what is done to texts."""
