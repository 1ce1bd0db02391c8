"""Whatever the OpenAPI document allows, and much that it does not, is answered: no 5xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.generation import GenerationMode
from starlette.testclient import TestClient

from triage.api.openapi import openapi
from triage.api.routes import ENDPOINTS

DOCUMENT: dict[str, Any] = json.loads(json.dumps(openapi(ENDPOINTS)))
OPERATIONS = {
    one.label: one
    for one in (
        found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
    )
}


@pytest.mark.parametrize("label", OPERATIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_that_is_sent_makes_a_fault_of_ours(
    hammered: TestClient, label: str, data: st.DataObject
) -> None:
    operation = OPERATIONS[label]
    mode = GenerationMode.POSITIVE
    if operation.body or operation.query:
        mode = data.draw(st.sampled_from(GenerationMode))
    case = data.draw(operation.as_strategy(generation_mode=mode))
    sent = case.as_transport_kwargs(base_url="http://localhost")
    sent.pop("cookies", None)
    if "data" in sent:
        sent["content"] = sent.pop("data")
    found = hammered.request(**{key: value for key, value in sent.items() if value is not None})
    assert found.status_code < 500
    described = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]
    assert str(found.status_code) in described
    content = described[str(found.status_code)].get("content", {})
    if "application/json" in content:
        schema = {**content["application/json"]["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(found.json())


def test_the_document_describes_every_endpoint(hammered: TestClient) -> None:
    assert hammered.get("/openapi.json").json() == DOCUMENT
    assert set(DOCUMENT["paths"]) == {one.path for one in ENDPOINTS}


def test_every_schema_that_is_named_is_there() -> None:
    for name in DOCUMENT["components"]["schemas"]:
        schema = {
            "$ref": f"#/components/schemas/{name}",
            "components": DOCUMENT["components"],
        }
        Draft202012Validator.check_schema(schema)
        list(Draft202012Validator(schema).iter_errors({}))  # follows the references
