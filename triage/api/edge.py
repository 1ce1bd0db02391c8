"""What stands before every endpoint: host, origin, caller, pace and body; no fault gets out raw."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from triage.api.bodies import JSON_LINES, read_body, read_json
from triage.api.callers import Caller, secret_of
from triage.api.errors import ApiError
from triage.api.headers import NOTHING
from triage.api.hosts import host_name, is_known
from triage.api.service import Service
from triage.domain.tokens import Scope
from triage.logs import LogLevel, note

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["Call", "Endpoint", "Handler", "answer"]

_LOG = logging.getLogger("triage.api")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")  # nginx sends 32 hexadecimal digits
_GONE = 499  # as nginx logs a client that hung up; it is sent to nobody
_PREFLIGHT_SECONDS = "600"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed: who sent it, and its JSON where the endpoint takes any."""

    request: Request
    caller: Caller | None = None
    body: object = None


Handler = Callable[[Service, Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path that is answered; the table of them is `routes.ENDPOINTS`.

    `body` is the most bytes that a body may have, 0 for none. `scope` is what the caller must be
    allowed, None for anybody. `summary`, `takes` and `gives` are for the OpenAPI document: the
    latter two name a schema of `schemas.py`, by status for answers; `parameters` are those of
    the query with their values, `kind` is the answer's type. Where `lines` is set the body may be
    JSON lines, too, and comes as bytes. What is not `paced` may be asked without end.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    scope: Scope | None = None
    body: int = 0
    takes: str = ""
    gives: Mapping[int, str] | None = None
    parameters: Mapping[str, tuple[str, ...]] | None = None
    kind: str = "application/json"
    lines: bool = False
    paced: bool = True


async def answer(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """Answer a request; whatever happens is an answer in JSON, and is counted."""
    began = time.perf_counter()
    request_id = _request_id(request)
    origin = request.headers.get("origin")
    try:
        _check_host(service, request)
        _check_origin(service, request, origin)
        if request.method == "OPTIONS":
            response = _preflight(endpoint)
        else:
            response = await _served(service, endpoint, request)
    except ApiError as error:
        response = error.response()
    except ClientDisconnect:
        response = Response(status_code=_GONE)
    except Exception as error:  # noqa: BLE001 - a traceback is for the log, not for who asked
        note(_LOG, "a request failed", level=LogLevel.ERROR, error=error, request=request_id)
        response = ApiError(
            500, "this failed through a fault of ours; the log says where"
        ).response()
    if origin and origin in service.settings.api_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Vary"] = "Origin"
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = NOTHING  # beside the dashboard, too
    response.headers["X-Request-ID"] = request_id
    seconds = time.perf_counter() - began
    service.metrics.requests.labels(endpoint.path, response.status_code).inc()
    service.metrics.seconds.labels(endpoint.path).observe(seconds)
    note(
        _LOG,
        "request",
        level=LogLevel.INFO if endpoint.paced else LogLevel.DEBUG,  # probes come every few seconds
        method=request.method,
        path=endpoint.path,
        status=response.status_code,
        request=request_id,
        client=getattr(request.state, "client", ""),
        seconds=round(seconds, 4),
    )
    return response


def _request_id(request: Request) -> str:
    """Return the id under which a proxy knows a request, else one of our own."""
    given = request.headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


async def _served(service: Service, endpoint: Endpoint, request: Request) -> Response:
    caller = await _paced(service, endpoint, request)
    if not endpoint.body:
        return await endpoint.handler(service, Call(request, caller))
    body: object = (
        await read_body(request, endpoint.body, kinds=JSON_LINES)
        if endpoint.lines
        else await read_json(request, endpoint.body)
    )
    return await _unless_gone(request, endpoint.handler(service, Call(request, caller, body)))


async def _unless_gone(request: Request, work: Awaitable[Response]) -> Response:
    """Return what the work gives; stop it when the client hangs up: nobody reads the answer."""
    working = asyncio.ensure_future(work)
    listening = asyncio.ensure_future(request.receive())  # the body is read: only a hang-up comes
    try:
        await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else Response(status_code=_GONE)
    finally:
        working.cancel()
        listening.cancel()


async def _paced(service: Service, endpoint: Endpoint, request: Request) -> Caller | None:
    """Return who calls, None for anybody. Raises ApiError 429 for one who asks too often.

    A stranger is paced by address before the database is asked who it is; whoever has a token by
    that alone. Looks (GET) are counted apart, so that a probe and a client take nothing from
    each other.
    """
    looks = "" if endpoint.body else " that looks"
    address = f"address {_address(request)}{looks}"
    if endpoint.paced:
        _check_pace(service, address)
    if endpoint.scope is None:
        return None
    asked = service.authority.caller
    caller = await service.off_loop(asked, secret_of(request), endpoint.scope)
    if caller is not None:
        request.state.client = caller.name
    if caller is not None and endpoint.paced:
        service.limits.give_back(address)
        _check_pace(service, f"token {caller.name}{looks}")
    return caller


def _check_pace(service: Service, name: str) -> None:
    """Raise ApiError 429 for a caller who asks for more than there is for one."""
    if seconds := service.limits.wait(name):
        service.metrics.rejected.labels("rate").inc()
        raise ApiError(
            429,
            f"more than {service.settings.api_rate:g} requests a second; ask again in {seconds} s",
            headers={"Retry-After": str(seconds)},
        )


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _check_host(service: Service, request: Request) -> None:
    """Raise ApiError 421 for a Host that is not ours: a page elsewhere may point its name at us."""
    name = host_name(request.headers.get("host", ""))
    if name is None:
        raise ApiError(400, "the Host header is missing or no host's name")
    allowed = service.settings.api_hosts
    if allowed and not is_known(name, allowed):
        raise ApiError(421, "this host's name is not one that TRIAGE_API_HOSTS allows")


def _check_origin(service: Service, request: Request, origin: str | None) -> None:
    """Raise ApiError 403 for a page of another site that was not allowed: browsers say whose."""
    if not origin or origin in service.settings.api_origins:
        return
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if origin.lower() != own.lower():
        raise ApiError(
            403, "pages of other sites may not ask here, unless TRIAGE_API_ORIGINS says so"
        )


def _preflight(endpoint: Endpoint) -> Response:
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": endpoint.method,
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
        },
    )
