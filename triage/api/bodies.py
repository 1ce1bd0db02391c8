"""Bodies of requests: bounded in size and time before they are read, and hostile until parsed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from typing import TYPE_CHECKING, NoReturn

from triage.api.errors import ApiError, invalid

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["JSON_LINES", "SECONDS", "read_body", "read_json"]

SECONDS = 10.0
"""How long a body may take to arrive."""
JSON_LINES = ("application/jsonl", "application/x-ndjson", "application/x-jsonlines")
"""What a body of one object a line calls itself; no name is registered for it."""
_SHORTEN = 120


async def read_json(request: Request, limit: int, *, seconds: float = SECONDS) -> object:
    """Return the JSON of a body of at most `limit` bytes. Raises ApiError for anything else."""
    return _parsed(await read_body(request, limit, seconds=seconds))


async def read_body(
    request: Request, limit: int, *, seconds: float = SECONDS, kinds: Collection[str] = ()
) -> bytes:
    """Return a body of at most `limit` bytes that is JSON, or says to be of one of `kinds`.

    Raises ApiError for anything else.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # Some clients name no type; a page in a browser that sends a form or text without asking does.
    if kind and kind not in {"application/json", *kinds} and not kind.endswith("+json"):
        raise ApiError(415, f"the body must be application/json, not {kind[:_SHORTEN]}")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ApiError(415, "the body must not be compressed")
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:20]) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                body += piece
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise ApiError(408, f"the body did not arrive within {seconds:g} seconds") from None
    return bytes(body)


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"the body is larger than {limit:,} bytes")


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise invalid(f"the body is not UTF-8: byte {error.start} cannot be read") from None
    except RecursionError:
        raise invalid("the body is no JSON that can be read: it is nested too deeply") from None
    except ValueError as error:
        raise invalid(f"the body is no JSON: {str(error)[:_SHORTEN]}") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object. Raises ValueError for a name that is there twice, with two meanings."""
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name[:_SHORTEN]!a} is there twice in one object")
        found[name] = value
    return found
