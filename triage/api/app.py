"""The API as an application of its own."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from triage.api.delivering import delivering
from triage.api.errors import ApiError
from triage.api.headers import safe_headers
from triage.api.routes import routes
from triage.api.service import Service
from triage.logs import note

__all__ = ["create_app"]

_LOG = logging.getLogger("triage.api")


def create_app(service: Service, *, delivers: bool = False) -> Starlette:
    """Return the application; it begins to load the scorers when it starts.

    Where it `delivers`, webhooks are told of what happens while it runs.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        service.warm()
        try:
            async with delivering(service.bench) if delivers else nullcontext():
                yield
        finally:
            await service.close()

    return Starlette(
        routes=routes(lambda: service),
        lifespan=lifespan,
        middleware=[safe_headers()],
        exception_handlers={HTTPException: _refused},
    )


async def _refused(request: Request, error: Exception) -> Response:
    """Say in our own JSON what Starlette refuses: an unknown path, another method."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for these only
    # Its path may be anything, so it is not told.
    note(_LOG, "a request for nothing", method=request.method[:10], status=error.status_code)
    messages = {404: "there is nothing at this path", 405: "this path takes another method"}
    message = messages.get(error.status_code, error.detail)
    return ApiError(error.status_code, message, headers=error.headers).response()
