"""What a request that cannot be answered gets: the API's own errors, whatever is thrown at it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

GOLDEN = json.loads((Path(__file__).parent / "golden" / "refused.json").read_text("utf-8"))
PATH = "/v1alpha1/comments:analyze"
ASKED = {"comment": {"text": "Well done."}, "requestedAttributes": {"TOXICITY": {}}}


@pytest.mark.parametrize("case", GOLDEN, ids=[case["rule"] for case in GOLDEN])
def test_a_refusal_is_what_the_documentation_says(client: TestClient, case: dict[str, Any]) -> None:
    found = client.post(case.get("path", PATH), json=case["request"])
    assert found.status_code == 400
    assert found.json() == {
        "error": {
            "code": 400,
            "message": case["message"],
            "status": "INVALID_ARGUMENT",
            "details": [
                {
                    "@type": "type.googleapis.com/google.commentanalyzer.v1alpha1.Error",
                    **case["detail"],
                }
            ],
        }
    }


def test_twenty_kilobytes_are_a_comment_and_a_byte_more_is_none(client: TestClient) -> None:
    def asked(text: str) -> Any:
        return client.post(PATH, json=ASKED | {"comment": {"text": text}})

    assert asked("é" * 10_240).status_code == 200
    too_long = asked("é" * 10_240 + "a")
    assert too_long.status_code == 400
    error = too_long.json()["error"]
    assert error["message"] == "Comment text too long."
    assert error["details"][0]["errorType"] == "COMMENT_TOO_LONG"


@pytest.mark.parametrize(
    "fields",
    [
        '"doNotStore": true, "do_not_store": false',
        '"do_not_store": true, "doNotStore": null',
        '"doNotStore": true, "doNotStore": false',
    ],
)
def test_a_field_that_is_given_twice_is_no_consent(client: TestClient, fields: str) -> None:
    found = client.post(PATH, content=f"{json.dumps(ASKED)[:-1]}, {fields}}}")
    assert found.status_code == 400
    assert "twice" in found.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "kind", "code", "said"),
    [
        (b"{", "application/json", 400, "no JSON"),
        (b"", "application/json", 400, "no JSON"),
        (b"\xff\xfe", "application/json", 400, "not UTF-8"),
        (b"[" * 100_000, "application/json", 400, "nested too deeply"),
        (b'{"a":' * 40_000, "application/json", 400, "nested too deeply"),
        (b"9" * 100_000, "application/json", 400, "no JSON"),
        (b'{"comment": NaN}', "application/json", 400, "no JSON"),
        (b"[]", "application/json", 400, "must be a JSON object"),
        (b'{"comment": {"text": 7}}', "application/json", 400, "comment.text must be a string"),
        (b"x=1", "application/x-www-form-urlencoded", 415, "must be application/json"),
        (b"{}", "text/plain", 415, "must be application/json"),
        (b" " * 300_000, "application/json", 413, "larger than"),
    ],
)
def test_a_hostile_body_is_named_and_nothing_breaks(
    client: TestClient, body: bytes, kind: str, code: int, said: str
) -> None:
    found = client.post(PATH, content=body, headers={"content-type": kind})
    assert found.status_code == code
    error = found.json()["error"]
    assert said in error["message"]
    assert error["details"][0]["errorType"] == "INVALID_REQUEST"


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(client: TestClient) -> None:
    pieces = 0

    def endless() -> Any:
        nonlocal pieces
        while pieces < 10_000:
            pieces += 1
            yield b" " * 65_536

    found = client.post(PATH, content=endless(), headers={"content-type": "application/json"})
    assert found.status_code == 413


def test_a_client_that_names_no_type_is_understood(client: TestClient) -> None:
    assert client.post(PATH, content=json.dumps(ASKED)).status_code == 200


def test_half_a_character_is_no_fault_of_ours(client: TestClient) -> None:
    body = b'{"comment": {"text": "bad \\ud83d idiot"}, "requestedAttributes": {"TOXICITY": {}}}'
    found = client.post(PATH, content=body, headers={"content-type": "application/json"})
    assert found.status_code == 200
    (span,) = found.json()["attributeScores"]["TOXICITY"]["spanScores"]
    assert span["end"] == 11


@pytest.mark.parametrize("path", ["/nothing", "/v1alpha1/comments:list", "/api/"])
def test_an_unknown_path_says_so_in_json(client: TestClient, path: str) -> None:
    found = client.get(path)
    assert (found.status_code, found.json()["error"]["status"]) == (404, "NOT_FOUND")


def test_another_method_says_which_one(client: TestClient) -> None:
    found = client.get(PATH)
    assert found.status_code == 405
    assert "POST" in found.headers["allow"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = [
    *("comment", "text", "type", "context", "entries", "languages", "requestedAttributes"),
    *("doNotStore", "spanAnnotations", "clientToken", "attributeScores", "summaryScore"),
    *("spanScores", "begin", "end", "score", "value", "TOXICITY"),
]
SHAPED = st.recursive(
    JSON, lambda inner: st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5), max_leaves=12
)


@settings(max_examples=150, deadline=None)
@given(body=SHAPED, path=st.sampled_from(["analyze", "suggestscore"]))
def test_no_json_at_all_makes_a_fault_of_ours(
    hammered: TestClient, body: object, path: str
) -> None:
    found = hammered.post(f"/v1alpha1/comments:{path}", json=body)
    assert found.status_code in {200, 400}
