"""`comments:analyze`: what Perspective's clients send, and what they read of the answer."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

PATH = "/v1alpha1/comments:analyze"


def asked(text: str = "You are a complete idiot.", **more: Any) -> dict[str, Any]:
    return {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, **more}


def test_a_comment_gets_the_score_of_each_attribute(client: TestClient) -> None:
    body = asked(requestedAttributes={"TOXICITY": {}, "INSULT": {}, "THREAT": {}}, clientToken="a7")
    found = client.post(PATH, json=body)
    assert found.status_code == 200
    answer = found.json()
    assert list(answer["attributeScores"]) == ["TOXICITY", "INSULT", "THREAT"]
    toxicity = answer["attributeScores"]["TOXICITY"]["summaryScore"]
    assert toxicity["type"] == "PROBABILITY"
    assert toxicity["value"] > 0.7
    assert answer["attributeScores"]["THREAT"]["summaryScore"]["value"] < 0.2
    assert answer["clientToken"] == "a7"


@pytest.mark.parametrize("path", [PATH, "/v1alpha1/comments%3Aanalyze", f"{PATH}?key=x&alt=json"])
def test_the_colon_may_be_encoded(client: TestClient, path: str) -> None:
    assert client.post(path, json=asked()).status_code == 200


def test_both_spellings_of_names_are_understood(client: TestClient) -> None:
    body = {
        "comment": {"text": "Well done."},
        "requested_attributes": {"TOXICITY": {"score_threshold": 0.0}},
        "do_not_store": True,
        "span_annotations": True,
        "client_token": "t",
    }
    answer = client.post(PATH, json=body).json()
    assert answer["clientToken"] == "t"
    assert answer["attributeScores"]["TOXICITY"]["spanScores"][0]["end"] == 10


def refused(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    found = client.post(PATH, json=body)
    assert found.status_code == 400
    error: dict[str, Any] = found.json()["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    (detail,) = error["details"]
    assert detail["@type"] == "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
    return {"message": error["message"], **detail}


@pytest.mark.parametrize("text", ["", "   \n"])
def test_an_empty_comment_is_refused(client: TestClient, text: str) -> None:
    error = refused(client, asked(text))
    assert (error["errorType"], error["message"]) == ("COMMENT_EMPTY", "Comment must be non-empty.")
