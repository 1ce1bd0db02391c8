"""Whether the service lives, whether it can answer, and what it counts."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from triage.api.edge import Call
from triage.api.errors import ApiError
from triage.api.metrics import CONTENT_TYPE
from triage.api.service import Service

__all__ = ["health", "metrics", "ready"]


async def health(_service: Service, _call: Call) -> Response:
    """Say that the process answers; nothing is looked at."""
    return JSONResponse({"status": "ok"})


async def ready(service: Service, _call: Call) -> Response:
    """Say whether the database answers and the scorers are loaded: 503 until both are."""
    try:
        await service.policy()
        database = True
    except ApiError:
        database = False
    service.warm()
    found = {"database": database, "scorers": service.ready}
    whole = all(found.values())
    return JSONResponse(
        {"status": "ready" if whole else "not ready", **found}, 200 if whole else 503
    )


async def metrics(service: Service, _call: Call) -> Response:
    """Return this process's figures, and those of webhooks, as Prometheus reads them."""
    try:
        hooks = await service.off_loop(service.bench.webhooks)
    except ApiError:  # what this process counts needs no database
        hooks = []
    return Response(service.metrics.page(hooks), headers={"Content-Type": CONTENT_TYPE})
