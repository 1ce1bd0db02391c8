"""One file over HTTPS, gone on with where it stopped, and under its name only when it is whole."""

from __future__ import annotations

import json
import re
import shutil
import ssl
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from triage import __version__
from triage.errors import ScorerError

__all__ = ["Told", "fetch"]

Told = Callable[[int, int | None], None]
"""Told of progress: bytes that are here, and of how many, where that is known."""

_TRIES = 5
_TIMEOUT = 30.0  # seconds without a byte
_BLOCK = 1 << 18
_LARGEST = 8 << 30  # bytes; the largest model has 1.1 GB
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_ROOM = 64 << 20  # bytes that are left free on the disk


class _Passing(Exception):  # noqa: N818 - never seen outside
    """What another try may mend."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """What is known of a file of which a part is here."""

    url: str
    etag: str
    size: int


def fetch(
    url: str,
    path: Path,
    *,
    on_progress: Told | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Fetch `url` into `path`, which is there only once every byte is.

    A part lies beside it (`.part`) with what is known of it (`.part.json`), and the next call goes
    on from there if the server still has the same file: its ETag says so. Tries five times, with
    longer and longer pauses. Raises ScorerError, also for an address or a redirection that is not
    HTTPS (plain HTTP is allowed to this machine only), and for a page in place of a file.
    """
    told = on_progress or (lambda _here, _all: None)
    for left in reversed(range(_TRIES)):
        try:
            _try(url, path, told)
        except OSError as error:
            raise ScorerError(f"{path} cannot be written: {error.strerror}") from error
        except _Passing as error:
            if not left:
                raise ScorerError(
                    f"{url} could not be fetched: {error}. What is here is kept: run it again to "
                    "go on. Without a network: triage models add, see docs/scorers.md"
                ) from error
            pause(0.5 * 2 ** (_TRIES - 1 - left))
        else:
            return


def _try(url: str, path: Path, told: Told) -> None:
    """Fetch what is missing of a file. Raises _Passing or ScorerError."""
    part, begun = _beside(path), _begun(path, url)
    here = part.stat().st_size if begun else 0
    headers = {"User-Agent": f"triage/{__version__}", "Accept-Encoding": "identity"}
    if begun:
        # With If-Range, a server whose file is another by now sends all of that.
        headers |= {"Range": f"bytes={here}-", "If-Range": begun.etag}
    with closing(_opened(url, headers, path)) as answer:
        start, size = _from(answer, begun, here, path)
        _check_room(path, size, start)
        etag = answer.headers.get("ETag", "")
        note = _note(path)
        if start == 0:
            note.unlink(missing_ok=True)
            part.write_bytes(b"")
            if size is not None and etag.startswith('"'):  # a weak one (W/) vouches for no byte
                note.write_text(json.dumps(asdict(_Begun(url, etag, size))), encoding="utf-8")
        _pour(answer, part, start, size, told)
    part.replace(path)
    note.unlink(missing_ok=True)


def _opened(url: str, headers: dict[str, str], path: Path) -> HTTPResponse:
    """Return the answer to a request that succeeded. Raises _Passing or ScorerError."""
    _check_address(url, url)
    opener = build_opener(_Redirections())
    try:
        answer: HTTPResponse = opener.open(Request(url, headers=headers), timeout=_TIMEOUT)  # noqa: S310 - checked above and at each redirection
    except HTTPError as error:
        error.close()
        if error.code == 416:  # the part is longer than the file: begin again
            _note(path).unlink(missing_ok=True)
        if error.code in _AGAIN | {416}:
            raise _Passing(f"the server says {error.code}") from error
        if 300 <= error.code < 400:  # Python follows neither circles nor what is no HTTP
            raise ScorerError(f"{url} leads in circles, or to what is not HTTPS") from error
        raise ScorerError(f"{url} could not be fetched: the server says {error.code}") from error
    except URLError as error:
        if isinstance(error.reason, ssl.SSLError):
            raise ScorerError(f"{url} could not be fetched safely: {error.reason}") from error
        raise _Passing(_words(error.reason)) from error
    except (OSError, HTTPException) as error:
        raise _Passing(str(error) or type(error).__name__) from error
    if "html" in answer.headers.get("Content-Type", ""):
        answer.close()
        raise ScorerError(
            f"{url} answers with a page instead of a file: a proxy or a sign-in stands in between"
        )
    return answer


def _from(
    answer: HTTPResponse, begun: _Begun | None, here: int, path: Path
) -> tuple[int, int | None]:
    """Return from which byte on an answer goes, and the size of the whole, where it is told.

    Raises _Passing for a part of another file; the next try begins anew.
    """
    length = answer.headers.get("Content-Length")
    if answer.status != 206:  # the whole: the server knows no Range, or has another file by now
        return 0, int(length) if length and length.isdecimal() else None
    found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if begun is not None and found is not None:
        same = answer.headers.get("ETag", begun.etag) == begun.etag
        if same and (int(found[1]), int(found[3])) == (here, begun.size):
            return here, begun.size
    _note(path).unlink(missing_ok=True)
    raise _Passing("the file changed on the server meanwhile")


def _pour(answer: HTTPResponse, part: Path, start: int, size: int | None, told: Told) -> None:
    """Write an answer's bytes behind the first `start`. Raises _Passing where some are missing."""
    here = start
    with part.open("rb+") as file:
        file.seek(start)
        file.truncate()
        told(here, size)
        while True:
            try:
                block = answer.read1(_BLOCK)  # what is there: a slow line loses nothing
            except (OSError, HTTPException) as error:
                raise _Passing(f"it stopped after {here} bytes ({error})") from error
            if not block:
                break
            if here == 0 and block.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
                raise ScorerError(f"{answer.url} is a page instead of a file")
            here += len(block)
            if here > (_LARGEST if size is None else size):
                raise ScorerError(f"{answer.url} sends more than it said")
            file.write(block)
            told(here, size)
    if here == 0 or (size is not None and here < size):
        raise _Passing(f"it stopped after {here} of {size} bytes")
    if size is None and not answer.chunked:
        raise ScorerError(f"{answer.url} does not say how long it is: nobody knows if it is whole")


def _check_room(path: Path, size: int | None, here: int) -> None:
    """Raise ScorerError where a file is larger than any model, or than the disk has room for."""
    if size is None:
        return
    if size > _LARGEST:
        raise ScorerError(f"{path.name} has {size} bytes: no model is as large")
    free = shutil.disk_usage(path.parent).free
    if free < size - here + _ROOM:
        raise ScorerError(
            f"{path.parent} has {free >> 20} MB free, and {path.name} takes "
            f"{(size - here) >> 20} MB more: make room, or set TRIAGE_MODELS_DIR to another disk"
        )


def _words(reason: object) -> str:
    """Return what the operating system says, without its number."""
    known = isinstance(reason, OSError) and reason.strerror
    return str(known or reason)


class _Redirections(HTTPRedirectHandler):
    """Follows a redirection only to where a file may come from."""

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        _check_address(newurl, req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_address(url: str, coming_from: str) -> None:
    """Raise ScorerError unless this is HTTPS, or this machine speaking of itself."""
    parts, before = urlsplit(url), urlsplit(coming_from)
    here = {"127.0.0.1", "::1", "localhost"}
    plain = parts.scheme == "http" and {parts.hostname, before.hostname} <= here
    if parts.scheme != "https" and not plain:
        raise ScorerError(f"{coming_from} leads to {url}, which is not HTTPS: nothing was fetched")


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.part.json")


def _begun(path: Path, url: str) -> _Begun | None:
    """Return what is known of a part, None where it cannot be gone on with."""
    with suppress(OSError, ValueError, TypeError):
        begun = _Begun(**json.loads(_note(path).read_text(encoding="utf-8")))
        if begun.url == url and 0 < _beside(path).stat().st_size < begun.size:
            return begun
    return None
