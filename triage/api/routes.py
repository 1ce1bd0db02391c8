"""The table of what is answered, and Starlette's routes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from triage.api.edge import Endpoint, answer
from triage.api.health import health, metrics, ready
from triage.api.perspective.analyzing import analyze, suggest
from triage.api.service import Service
from triage.domain.tokens import Scope

__all__ = ["ENDPOINTS", "routes"]

_ONE_COMMENT = 256 * 1024  # bytes: 20 KB of text however it is escaped, and its context

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/v1alpha1/comments:analyze",
        analyze,
        "Scores of one comment, in Perspective's format",
        scope=Scope.ANALYZE,
        body=_ONE_COMMENT,
        takes="AnalyzeCommentRequest",
        gives={200: "AnalyzeCommentResponse"},
    ),
    Endpoint(
        "POST",
        "/v1alpha1/comments:suggestscore",
        suggest,
        "What a comment's scores should be, in Perspective's format",
        scope=Scope.FEEDBACK,
        body=_ONE_COMMENT,
        takes="SuggestCommentScoreRequest",
        gives={200: "SuggestCommentScoreResponse"},
    ),
    Endpoint("GET", "/health", health, "Whether the process answers", gives={200: "Health"}),
    Endpoint(
        "GET",
        "/ready",
        ready,
        "Whether the database answers and the scorers are loaded",
        gives={200: "Ready", 503: "Ready"},
    ),
    Endpoint(
        "GET",
        "/metrics",
        metrics,
        "Figures of this process, for Prometheus",
        scope=Scope.METRICS,
        kind="text/plain",
    ),
)


def routes(service: Service) -> list[Route]:
    """Return the routes, for an application of their own or beside the dashboard."""
    return [
        Route(
            endpoint.path,
            _answering(service, endpoint),
            methods=[endpoint.method, "OPTIONS"],
            name=f"{endpoint.method} {endpoint.path}",
        )
        for endpoint in ENDPOINTS
    ]


def _answering(service: Service, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        return await answer(service, endpoint, request)

    return answered
