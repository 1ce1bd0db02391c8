"""The table of what is answered, and Starlette's routes of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from triage.api.appeals import appeal, one_appeal
from triage.api.comments import comments
from triage.api.coral import phase
from triage.api.edge import Call, Endpoint, answer
from triage.api.errors import ApiError
from triage.api.health import health, metrics, ready
from triage.api.openapi import openapi
from triage.api.perspective.analyzing import analyze, suggest
from triage.api.perspective.discovery import discovery
from triage.api.scoring import score
from triage.api.service import Service
from triage.domain.tokens import Scope
from triage.errors import TriageError
from triage.logs import LogLevel, note

__all__ = ["ENDPOINTS", "routes"]

_ONE_COMMENT = 256 * 1024  # bytes: 20 KB of text however it is escaped, and its context
_MANY_COMMENTS = 2 * 1024 * 1024  # the most characters of a list, escaped


async def document(_service: Service, _call: Call) -> Response:
    """Return the OpenAPI document."""
    return JSONResponse(openapi(ENDPOINTS))


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
    Endpoint(
        "GET",
        "/$discovery/rest",
        discovery,
        "The document that Google's API clients build themselves from",
        gives={200: "Discovery"},
        parameters={"version": ("v1alpha1",)},
    ),
    Endpoint(
        "POST",
        "/api/score",
        score,
        "Scores of a list of texts",
        scope=Scope.SCORE,
        body=_MANY_COMMENTS,
        takes="ScoreRequest",
        gives={200: "ScoreResponse"},
    ),
    Endpoint(
        "POST",
        "/api/coral/phase",
        phase,
        "Coral's external moderation phase",
        scope=Scope.ANALYZE,
        body=_MANY_COMMENTS,
        takes="CoralRequest",
        gives={200: "CoralResponse", 204: ""},
        parameters={"format": ("plain", "html")},
    ),
    Endpoint(
        "POST",
        "/api/comments",
        comments,
        "Comments to keep, rate and review",
        scope=Scope.COMMENTS,
        body=_MANY_COMMENTS,
        takes="CommentsRequest",
        gives={200: "CommentsResponse"},
        lines=True,
    ),
    Endpoint(
        "POST",
        "/api/appeals",
        appeal,
        "An appeal against the decision about a comment",
        scope=Scope.APPEALS,
        body=_ONE_COMMENT,
        takes="AppealRequest",
        gives={200: "Appeal", 404: "Error"},
    ),
    Endpoint(
        "GET",
        "/api/appeals/{id}",
        one_appeal,
        "What became of an appeal",
        scope=Scope.APPEALS,
        gives={200: "Appeal", 404: "Error"},
    ),
    Endpoint(
        "GET",
        "/health",
        health,
        "Whether the process answers",
        gives={200: "Health"},
        paced=False,  # it costs nothing, and whoever hears 429 would end the process
    ),
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
        gives={200: "Metrics"},
        kind="text/plain",
    ),
    Endpoint("GET", "/openapi.json", document, "This document", gives={200: "OpenApi"}),
)


def routes(service: Callable[[], Service]) -> list[Route]:
    """Return the routes, for an application of their own or beside the dashboard.

    `service` is called for each request: it may make the service when it is first needed.
    """
    return [
        Route(
            endpoint.path,
            _answering(service, endpoint),
            methods=[endpoint.method, "OPTIONS"],
            name=f"{endpoint.method} {endpoint.path}",
        )
        for endpoint in ENDPOINTS
    ]


def _answering(
    service: Callable[[], Service], endpoint: Endpoint
) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            made = service()
        except TriageError as error:  # settings that cannot be used; the dashboard says so, too
            log = logging.getLogger("triage.api")
            note(log, "there is no service", level=LogLevel.ERROR, why=str(error))
            return ApiError(503, "the service cannot start; the log says why").response()
        return await answer(made, endpoint, request)

    return answered
