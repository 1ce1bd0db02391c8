"""What is handed to whoever keeps comments and feedback; nobody keeps anything unasked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.api.conftest import client_of
from triage.api.callers import Caller
from triage.api.keeping import Context, Sent, Suggested
from triage.api.service import Service
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import StoreError
from triage.workbench import Workbench

ANALYZE, SUGGEST = "/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"


@dataclass
class Kept:
    comments: list[tuple[Sent, Scores]] = field(default_factory=list)
    feedback: list[Suggested] = field(default_factory=list)

    def keep(self, sent: Sent, scores: Scores, seats: Mapping[Label, ScorerInfo]) -> None:
        assert seats[Label.TOXICITY].key == "compact"
        self.comments.append((sent, scores))

    def suggest(self, suggested: Suggested, caller: Caller | None) -> None:
        if suggested.sent.client_token == "broken":
            raise StoreError("the disk is full: /secret/place")
        self.feedback.append(suggested)


def test_a_comment_is_kept_unless_its_client_forbids_it(bench: Workbench) -> None:
    kept = Kept()
    body = {
        "comment": {"text": "<i>You idiot</i>", "type": "HTML"},
        "requestedAttributes": {"TOXICITY": {}},
        "context": {"entries": [{"text": "https://example.org/story"}]},
        "communityId": "Coral:example.org",
        "clientToken": "comment:1",
    }
    with client_of(Service(bench, keeper=kept)) as client:
        assert client.post(ANALYZE, json=body | {"doNotStore": True}).status_code == 200
        assert kept.comments == []
        assert client.post(ANALYZE, json=body).status_code == 200
    ((sent, scores),) = kept.comments
    assert sent == Sent(
        text="You idiot",
        context=Context(entries=("https://example.org/story",)),
        client_token="comment:1",
        community_id="Coral:example.org",
    )
    assert scores.values[Label.TOXICITY] > 0.5


def test_a_refused_request_is_not_kept(bench: Workbench) -> None:
    kept = Kept()
    body = {"comment": {"text": "Hello"}, "requestedAttributes": {"FLIRTATION": {}}}
    with client_of(Service(bench, keeper=kept)) as client:
        assert client.post(ANALYZE, json=body).status_code == 400
    assert kept.comments == []


def test_a_suggestion_names_our_labels_and_keeps_the_clients_names(bench: Workbench) -> None:
    kept = Kept()
    scores = {
        "SEVERE_TOXICITY": {"summaryScore": {"value": 1}},
        "FLIRTATION": {"summaryScore": {"value": 0, "type": "PROBABILITY"}},
    }
    body = {"comment": {"text": "You idiot"}, "attributeScores": scores, "clientToken": "c"}
    with client_of(Service(bench, keeper=kept)) as client:
        found = client.post(SUGGEST, json=body)
    assert found.json() == {"clientToken": "c"}
    (suggested,) = kept.feedback
    assert suggested.labels == {Label.SEVERE_TOXICITY: 1.0}
    assert suggested.attributes == {"SEVERE_TOXICITY": 1.0, "FLIRTATION": 0.0}


def test_what_cannot_be_kept_is_said_without_a_word_of_where(bench: Workbench) -> None:
    body = {
        "comment": {"text": "You idiot"},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
        "clientToken": "broken",
    }
    with client_of(Service(bench, keeper=Kept())) as client:
        found = client.post(SUGGEST, json=body)
    assert found.status_code == 503
    assert "secret" not in found.text


def test_without_a_keeper_feedback_is_checked_and_acknowledged(bench: Workbench) -> None:
    before = bench.count()
    body = {
        "comment": {"text": "You idiot"},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
    }
    with client_of(Service(bench)) as client:
        assert client.post(SUGGEST, json=body).json() == {}
    assert bench.count() == before
