"""The OpenAPI document, made from the table of routes and the schemas."""

from __future__ import annotations

import re
from collections.abc import Mapping

from triage import __version__
from triage.api.edge import Endpoint
from triage.api.schemas import OTHERS, PERSPECTIVE

__all__ = ["openapi"]

_ERRORS: Mapping[int, str] = {
    400: "The request is not as described",
    401: "The token is missing or unknown",
    403: "The token may not do this, or the page that asks is another site's",
    408: "The body came too slowly",
    404: "There is no such comment or appeal",
    409: "What is known here says otherwise: the id is another comment's, or the decision is not "
    "in force or was appealed against before",
    413: "The body is too large",
    415: "The body is no JSON",
    421: "Another host was asked for",
    429: "Too many requests: Retry-After says when",
    500: "A fault of ours",
    503: "The scorers or the database cannot answer for now",
    504: "The scorers took too long",
}
_WITHOUT_BODY = (408, 409, 413, 415, 504)
_IN_PATH = re.compile(r"{(\w+)}")


def openapi(endpoints: tuple[Endpoint, ...]) -> dict[str, object]:
    """Return the document of these endpoints."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "triage",
            "version": __version__,
            "description": "Scores of comments, and what is done with them.",
        },
        "paths": {one.path: {one.method.lower(): _operation(one)} for one in endpoints},
        "components": {
            "schemas": {
                name: _placed(schema) for name, schema in {**PERSPECTIVE, **OTHERS}.items()
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "query", "name": "key"},
            },
        },
    }


def _operation(one: Endpoint) -> dict[str, object]:
    given = one.gives or {200: ""}
    answers: dict[str, object] = {
        str(code): _answer("An answer" if code < 300 else _ERRORS[code], name, one.kind)
        for code, name in given.items()
    }
    for code, what in _ERRORS.items():
        if code == 404 and code not in given:
            continue
        if str(code) not in answers and (one.body or code not in _WITHOUT_BODY):
            answers[str(code)] = _answer(what, "Error", "application/json")
    made: dict[str, object] = {
        "summary": one.summary,
        "operationId": one.handler.__name__,
        "responses": answers,
    }
    if one.takes:
        schema = {"$ref": f"#/components/schemas/{one.takes}"}
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    parameters: list[dict[str, object]] = [
        {"name": name, "in": "query", "schema": {"type": "string", "enum": list(values)}}
        for name, values in (one.parameters or {}).items()
    ]
    parameters += [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _IN_PATH.findall(one.path)
    ]
    if parameters:
        made["parameters"] = parameters
    if one.scope is not None:
        made["security"] = [{}, {"token": []}, {"key": []}]
        made["description"] = f"Where tokens are set up, one with the scope {one.scope}."
    return made


def _answer(what: str, name: str, kind: str) -> dict[str, object]:
    if not name:
        return {"description": what}
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": what, "content": {kind: {"schema": schema}}}


def _placed(schema: object) -> object:
    """Return a schema with its references where OpenAPI looks for them."""
    if isinstance(schema, Mapping):
        return {
            key: f"#/components/schemas/{value}" if key == "$ref" else _placed(value)
            for key, value in schema.items()
        }
    return [_placed(one) for one in schema] if isinstance(schema, list) else schema
