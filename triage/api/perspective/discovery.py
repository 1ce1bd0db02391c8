"""The discovery document: Google's API clients build themselves from it, with our own address."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from triage import __version__
from triage.api.edge import Call
from triage.api.errors import invalid
from triage.api.schemas import PERSPECTIVE, Schema
from triage.api.service import Service

__all__ = ["discovery"]

_PARAMETERS: Mapping[str, Schema] = {
    "key": {"type": "string", "location": "query", "description": "A token of this service."},
    "alt": {
        "type": "string",
        "location": "query",
        "default": "json",
        "enum": ["json"],
        "description": "The form of the answer.",
    },
    "fields": {"type": "string", "location": "query", "description": "Accepted, and not used."},
    "prettyPrint": {
        "type": "boolean",
        "location": "query",
        "default": "true",
        "description": "Accepted, and not used.",
    },
    "quotaUser": {"type": "string", "location": "query", "description": "Accepted, and not used."},
}


async def discovery(_service: Service, call: Call) -> Response:
    """Return the document. Its address is that of this request, whose Host was checked before."""
    if call.request.query_params.get("version", "v1alpha1") != "v1alpha1":
        raise invalid("the only version is v1alpha1")
    base = call.request.base_url
    root = f"{base.scheme}://{base.netloc}{base.path}"
    return JSONResponse(
        {
            "kind": "discovery#restDescription",
            "discoveryVersion": "v1",
            "id": "commentanalyzer:v1alpha1",
            "name": "commentanalyzer",
            "canonicalName": "Comment Analyzer",
            "version": "v1alpha1",
            "revision": __version__,
            "title": "Comment scores in the format of the Perspective Comment Analyzer API",
            "description": "Scores of a site's own scorers; what they mean is in docs/scorers.md.",
            "protocol": "rest",
            "rootUrl": root,
            "servicePath": "",
            "baseUrl": root,
            "parameters": _PARAMETERS,
            "schemas": {name: {"id": name, **schema} for name, schema in PERSPECTIVE.items()},
            "resources": {
                "comments": {
                    "methods": {
                        "analyze": _method("analyze", "AnalyzeComment"),
                        "suggestscore": _method("suggestscore", "SuggestCommentScore"),
                    }
                }
            },
        }
    )


def _method(name: str, messages: str) -> dict[str, object]:
    return {
        "id": f"commentanalyzer.comments.{name}",
        "path": f"v1alpha1/comments:{name}",
        "flatPath": f"v1alpha1/comments:{name}",
        "httpMethod": "POST",
        "parameters": {},
        "parameterOrder": [],
        "request": {"$ref": f"{messages}Request"},
        "response": {"$ref": f"{messages}Response"},
    }
