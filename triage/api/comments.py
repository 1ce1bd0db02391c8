"""`POST /api/comments`: comments that are kept, rated and put where the policy sends them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.responses import JSONResponse, Response

from triage.api.callers import client_of
from triage.api.edge import Call
from triage.api.errors import ApiError, invalid
from triage.api.service import Service
from triage.domain.arrivals import Received
from triage.domain.checks import check_named
from triage.domain.comments import Problem
from triage.domain.entries import Entry
from triage.errors import ReadError, TooManyError

__all__ = ["comments"]

_LONGEST_SOURCE = 64
_MOST_PROBLEMS = 1_000
_SECONDS = 20.0  # how long an answer waits for scores; what is left comes behind it


async def comments(service: Service, call: Call) -> Response:
    """Keep the comments of a body; say of each where the policy sends it, and what was left out.

    The same body twice changes nothing. `?source=NAME` is a namespace for its ids. What cannot be
    rated in time, or at once because too much waits, is rated behind the answer.
    """
    assert isinstance(call.body, bytes)  # noqa: S101 - as the table of routes has it
    received = await service.keeping.to_the_end(_taken(service, call))
    entries = await service.off_loop(service.bench.entries, received.ids)
    return JSONResponse(
        {
            "new": received.new,
            "edited": received.revised,
            "unchanged": received.unchanged,
            "comments": [_said(entry) for entry in entries],
            "problems": _problems(received.problems),
        }
    )


async def _taken(service: Service, call: Call) -> Received:
    """Keep the comments of a body and have them rated."""
    received = await _kept(service, call)
    await service.keeping.rate(received.unrated, _SECONDS)
    await service.off_loop(service.bench.settle, received.new + received.revised)
    return received


async def _kept(service: Service, call: Call) -> Received:
    source = call.request.query_params.get("source")
    if source is not None:
        try:
            check_named("source", source)
        except ValueError as error:
            raise invalid(str(error)) from None
        if len(source) > _LONGEST_SOURCE:
            raise invalid(f"source has more than {_LONGEST_SOURCE} characters")
    receive = partial(service.bench.receive, source=source)
    try:
        return await service.off_loop(receive, call.body, client_of(call.caller), but=ReadError)
    except TooManyError as error:
        raise ApiError(413, str(error)) from None
    except ReadError as error:
        raise invalid(str(error)) from None


def _problems(found: Sequence[Problem]) -> list[dict[str, object]]:
    """Return what the answer lists; of very many how many more there were."""
    listed: list[dict[str, object]] = [
        {"line": one.line, "message": one.message} for one in found[:_MOST_PROBLEMS]
    ]
    if more := len(found) - len(listed):
        listed[-1] = {"line": None, "message": f"{more + 1:,} further problems are not listed"}
    return listed


def _said(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.comment.id,
        "route": entry.route,
        "scores": dict(entry.scores.values) if entry.scores else {},
    }
