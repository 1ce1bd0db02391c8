"""Serving: alone by uvicorn, or beside the dashboard in its process."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from triage.api.app import create_app
from triage.api.callers import Tokens
from triage.api.delivering import delivering
from triage.api.hosts import door
from triage.api.routes import routes
from triage.api.service import Service
from triage.domain.urls import is_loopback
from triage.errors import TriageError, UsageError
from triage.logs import LogLevel, begin
from triage.settings import Settings
from triage.workbench import Workbench

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.routing import Route

__all__ = ["application", "beside", "beside_door", "beside_lifespan", "beside_service", "serve"]

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_AT = "TRIAGE_API_AT"  # tells the workers of one command where it listens
_KEEP_ALIVE_SECONDS = 30
_CONNECTIONS = 1_000
_BEGUN: list[Service] = []  # beside the dashboard, and ended with it


def serve(
    settings: Settings, host: str, port: int, *, workers: int = 1, no_auth: bool = False
) -> None:
    """Answer at an address until somebody ends it.

    Raises UsageError for an address that others can reach, where anybody could ask: unless tokens
    are set up, or `no_auth` says that something else keeps them out.
    """
    import uvicorn

    if not (is_loopback(host) or no_auth or _with_tokens(settings)):
        raise UsageError(
            f"{host} can be reached from other machines, and there are no tokens: keep to "
            "127.0.0.1, make one (triage token create), or say --no-auth where something else "
            "keeps others out"
        )
    os.environ[_AT] = host
    _begin_log(settings)
    sys.stdout.write(f"The API: http://{host}:{port} (Ctrl+C ends it)\n")
    sys.stdout.flush()
    uvicorn.run(
        "triage.api.serving:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http="triage.api.heads:HeadInTime",
        log_config=None,
        log_level="warning",
        access_log=False,  # it would hold the keys that Perspective's clients put into the address;
        # the edge writes a line for each request
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        limit_concurrency=_CONNECTIONS,
    )


def application(environment: Mapping[str, str] | None = None) -> Starlette:
    """Return the application of one worker, by the settings of the environment."""
    env = os.environ if environment is None else environment
    settings = _called_by(Settings.from_environment(env), env.get(_AT, "127.0.0.1"))
    _begin_log(settings)
    return create_app(Service(Workbench(settings)), delivers=True)


def beside(address: str) -> list[Route]:
    """Return the routes that answer in the dashboard's process, which listens at an address.

    The service is made, and the scorers are loaded, when something is asked first. Only this
    machine's own names are answered to, unless the settings name others.
    """
    return routes(partial(_beside, address))


@asynccontextmanager
async def beside_lifespan(_app: object) -> AsyncIterator[None]:
    """Deliver webhooks beside the dashboard; end what `beside` began when the dashboard ends."""
    async with _delivering():
        yield
    for service in _BEGUN:
        await service.close()


@asynccontextmanager
async def _delivering() -> AsyncIterator[None]:
    try:
        settings = Settings.from_environment()
        _begin_log(settings)
        bench = Workbench(settings)
    except TriageError:  # settings that cannot be used: every page will say so
        yield
        return
    async with delivering(bench):
        yield
    bench.close()


@cache
def _beside(address: str) -> Service:
    service = beside_service(Settings.from_environment(), address)
    _BEGUN.append(service)
    return service


def beside_door() -> Middleware:
    """Return what stands before the dashboard, as its settings say who comes to it.

    Settings that cannot be used may be mended while it runs, and this stays: so it then lets in
    nobody but whoever is at this machine.
    """
    try:
        settings = Settings.from_environment()
    except TriageError:
        return door(alone=True)
    return door(alone=not _shared(settings), others=settings.api_hosts)


def beside_service(settings: Settings, address: str) -> Service:
    """Return the service in the dashboard's process, which listens at an address.

    Where others reach the dashboard, by signing in, past a proxy or at an address that is not this
    machine's alone, they reach this as well: a request without a token is then refused, also before
    the first token was made.
    """
    bench = Workbench(_called_by(settings, "127.0.0.1"))
    demanded = _shared(settings) or not is_loopback(address)
    return Service(bench, authority=Tokens(bench, demanded=demanded))


def _shared(settings: Settings) -> bool:
    """Whether others reach the dashboard by its settings: by signing in, or past a proxy."""
    return settings.sign_in is not None or settings.behind_proxy


def _begin_log(settings: Settings) -> None:
    begin(settings.log, settings.log_level or LogLevel.INFO)


def _with_tokens(settings: Settings) -> bool:
    bench = Workbench(settings)
    try:
        return bench.guarded()
    finally:
        bench.close()


def _called_by(settings: Settings, host: str) -> Settings:
    """Return settings that name the hosts to answer to.

    At an address of one's own these are its own names, and those that the settings name. Otherwise
    a page that points its own name at this machine could ask in a visitor's browser.
    """
    if not is_loopback(host):
        return settings
    return replace(settings, api_hosts=(*_LOOPBACK, *settings.api_hosts))
