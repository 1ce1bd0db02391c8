"""Coral's requests, byte by byte as its source builds them, and what it teaches.

coralproject/talk: server/src/core/server/services/perspective/perspective.ts builds them,
.../comments/pipeline/phases/toxic.ts reads the answer, .../models/story/helpers.ts names a comment
in its story's URL.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.api.live import serving
from triage.domain.decisions import Verdict
from triage.domain.tokens import Scope
from triage.settings import Settings
from triage.workbench import Workbench

RUDE, CALM = "You are a complete idiot.", "“Thank you” – a calm article, café 🙂"
TENANT = "https://comments.daily.example"
STORY = "https://daily.example/gardens/?page=2"
ITS_PATIENCE = 0.8  # seconds: PERSPECTIVE_TIMEOUT


def stringified(value: object) -> str:
    """Return what JSON.stringify makes of it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class RefusedError(Exception):
    """Any answer but a good one, after which Coral publishes the comment unrated."""


class Coral:
    """Sends what Coral sends, to the endpoint that is set in its admin's screen."""

    def __init__(self, endpoint: str, key: str, *, do_not_store: bool) -> None:
        self._endpoint = urlsplit(endpoint)
        self._key = key
        self._do_not_store = do_not_store

    def analyse(self, text: str, model: str = "TOXICITY", language: str = "en") -> Any:
        body = {
            "comment": {"text": text},
            "doNotStore": self._do_not_store,
            "requestedAttributes": {model: {}},
            "languages": [language],
        }
        return self._send("comments:analyze", body)

    def moderate(self, text: str, status: str, comment_id: str, parent_id: str = "") -> Any:
        told = {"url": f"{STORY}&commentID={comment_id}"}
        if parent_id:
            told["reply_to_id_Coral_comment_id"] = parent_id
        told["Coral_comment_id"] = comment_id
        value = 0 if status == "APPROVED" else 1
        body = {
            "comment": {"text": text},
            "context": {"entries": [{"text": stringified(told)}]},
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": value}}},
            "languages": ["en"],
            "communityId": f"Coral:{TENANT}",
            "clientToken": f"comment:{comment_id}",
        }
        return self._send("comments:suggestscore", body)

    def _send(self, operation: str, body: object) -> Any:
        path = f"{self._endpoint.path}/{operation}?key={quote(self._key)}"
        connection = http.client.HTTPConnection(self._endpoint.netloc, timeout=60)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", path, stringified(body).encode(), headers)
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        if answer.status != 200:
            raise RefusedError(found["error"]["details"][0]["errorType"])
        return found


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder: Path = tmp_path_factory.mktemp("coral")
    made = Workbench(Settings(database_url=f"sqlite:///{folder / 'triage.db'}", api_store=True))
    yield made
    made.close()


@pytest.fixture(scope="module")
def coral(bench: Workbench) -> Iterator[Coral]:
    key = bench.create_token("coral", [Scope.ANALYZE, Scope.FEEDBACK], "ada").secret
    with serving(bench) as url:
        Coral(f"{url}/v1alpha1", key, do_not_store=True).analyse("warm")
        yield Coral(f"{url}/v1alpha1", key, do_not_store=False)


def test_it_reads_the_score_of_its_model_within_its_patience(coral: Coral) -> None:
    seconds = []
    for text, toxic in 10 * ((RUDE, True), (CALM, False)):
        began = time.perf_counter()
        answer = coral.analyse(text)
        seconds.append(time.perf_counter() - began)
        score = answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"]
        assert (score > 0.8) is toxic
    assert median(seconds) < ITS_PATIENCE, "what else the machine does makes single ones slow"


def test_what_it_approves_and_rejects_become_decisions_about_its_comments(
    coral: Coral, bench: Workbench
) -> None:
    coral.analyse(RUDE)
    coral.analyse(CALM)
    for _ in range(2):
        assert coral.moderate(RUDE, "DELETED", "id-1") == {"clientToken": "comment:id-1"}
        coral.moderate(CALM, "APPROVED", "id-2", parent_id="id-1")
    assert bench.count() == 2
    rude, calm = bench.item("id-1"), bench.item("id-2")
    assert rude.thread.url == calm.thread.url == STORY
    assert (rude.comment.text, calm.comment.text) == (RUDE, CALM)
    assert calm.parent is not None
    assert calm.parent.id == "id-1"
    assert [(one.reviewer, one.verdict, one.via) for one in rude.log] == [
        ("client:coral", Verdict.REJECT, "feedback")
    ]
    assert [one.verdict for one in calm.log] == [Verdict.APPROVE]
    assert {one.reviewer for one in bench.entries(["id-1", "id-2"])} == {"client:coral"}


def test_a_change_of_mind_there_is_another_decision_and_a_person_here_outranks_both(
    coral: Coral, bench: Workbench
) -> None:
    coral.moderate(RUDE, "APPROVED", "id-3")
    coral.moderate(RUDE, "DELETED", "id-3")
    assert bench.entries(["id-3"])[0].verdict is Verdict.REJECT
    bench.decide([bench.entries(["id-3"])[0].seen], Verdict.APPROVE, reviewer="ana")
    coral.moderate(RUDE, "DELETED", "id-3")
    assert bench.entries(["id-3"])[0].verdict is Verdict.APPROVE


def test_an_edited_comment_is_a_revision_and_asks_for_a_new_verdict(
    coral: Coral, bench: Workbench
) -> None:
    coral.moderate(CALM, "APPROVED", "id-4")
    coral.moderate("Quite other words, by the same author.", "DELETED", "id-4")
    item = bench.item("id-4")
    assert item.entry.revision == 2
    assert (item.entry.verdict, len(item.log)) == (Verdict.REJECT, 2)


def test_a_language_that_no_scorer_knows_is_refused_so_that_coral_publishes_unrated(
    coral: Coral,
) -> None:
    with pytest.raises(RefusedError, match="LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"):
        coral.analyse("Guten Tag", language="de")
