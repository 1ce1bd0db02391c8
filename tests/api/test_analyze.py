"""`comments:analyze`: what Perspective's clients send, and what they read of the answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import client_of
from triage.api import service as serving
from triage.api.app import create_app
from triage.api.batcher import Bounds
from triage.api.service import Service
from triage.domain.languages import not_scored_for
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.scoring.panel import Panel
from triage.settings import Settings
from triage.workbench import Workbench

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


def test_attributes_are_our_labels_by_perspectives_names(client: TestClient) -> None:
    names = ["PROFANITY", "OBSCENE", "PROFANITY_EXPERIMENTAL", "INCIVILITY", "IDENTITY_ATTACK"]
    body = asked("What a shitty day.", requestedAttributes={name: {} for name in names})
    scores = client.post(PATH, json=body).json()["attributeScores"]
    (ours,) = client.post("/api/score", json=["What a shitty day."]).json()["results"]
    assert [scores[name]["summaryScore"]["value"] for name in names] == [
        ours["scores"][label]
        for label in ("obscene", "obscene", "obscene", "incivility", "identity_attack")
    ]


@pytest.mark.parametrize("name", ["dropUnsupportedAttributes", "drop_unsupported_attributes"])
def test_a_client_may_have_unknown_attributes_left_out(client: TestClient, name: str) -> None:
    body = asked(requestedAttributes={"FLIRTATION": {}, "INSULT": {}}, **{name: True})
    assert list(client.post(PATH, json=body).json()["attributeScores"]) == ["INSULT"]
    body |= {"languages": ["de"]}
    assert client.post(PATH, json=body).json()["attributeScores"] == {}
    assert client.post(PATH, json=body | {name: False}).status_code == 400


def test_scores_below_the_threshold_are_not_given(client: TestClient) -> None:
    text = "Thank you for this. You are a complete idiot."
    wanted = {"INSULT": {"scoreThreshold": 0.5}, "THREAT": {"scoreThreshold": 0.5}}
    body = asked(text, requestedAttributes=wanted, spanAnnotations=True)
    scores = client.post(PATH, json=body).json()["attributeScores"]
    assert list(scores) == ["INSULT"]
    (span,) = scores["INSULT"]["spanScores"]
    assert text[span["begin"] : span["end"]] == "You are a complete idiot."


def test_places_count_utf16_code_units(client: TestClient) -> None:
    text = "👍👍 Nice. Du bist 😡 an idiot!"
    body = asked(text, spanAnnotations=True)
    spans = client.post(PATH, json=body).json()["attributeScores"]["TOXICITY"]["spanScores"]
    units = text.encode("utf-16-le")
    found = [units[2 * one["begin"] : 2 * one["end"]].decode("utf-16-le") for one in spans]
    assert found == ["👍👍 Nice.", "Du bist 😡 an idiot!"]
    assert spans[1]["score"]["value"] > spans[0]["score"]["value"]


def test_without_annotations_one_span_is_the_whole_text(client: TestClient) -> None:
    answer = client.post(PATH, json=asked("One 👍. Two.")).json()
    scores = answer["attributeScores"]["TOXICITY"]
    assert scores["spanScores"] == [{"begin": 0, "end": 12, "score": scores["summaryScore"]}]


def test_html_is_read_as_its_reader_sees_it(client: TestClient) -> None:
    source = "<p>Nice &amp; calm.</p><p>You <b>com</b>plete &#105;diot.</p><!-- idiot -->"
    body = asked(source, spanAnnotations=True)
    body["comment"]["type"] = "HTML"
    scores = client.post(PATH, json=body).json()["attributeScores"]["TOXICITY"]
    plain = client.post(PATH, json=asked("\nNice & calm.\n\nYou complete idiot.\n")).json()
    assert scores["summaryScore"] == plain["attributeScores"]["TOXICITY"]["summaryScore"]
    places = [source[one["begin"] : one["end"]] for one in scores["spanScores"]]
    assert places == ["Nice &amp; calm.", "You <b>com</b>plete &#105;diot."]


@pytest.mark.parametrize("language", ["en", "EN", "en-GB", "en_US"])
def test_a_language_that_the_scorer_knows_is_answered(client: TestClient, language: str) -> None:
    assert client.post(PATH, json=asked(languages=[language])).json()["languages"] == [language]


ENGLISH = (
    "The council voted last week for the new bicycle lanes along the river, and whoever lives "
    "there is glad that something happens at last."
)
GERMAN = "Wer diesen Kreisverkehr geplant hat, musste ihn nie mit einem Kinderwagen überqueren."


def test_a_language_that_shows_is_detected(client: TestClient) -> None:
    answer = client.post(PATH, json=asked("You clearly did not read past the headline.")).json()
    assert (answer["languages"], answer["detectedLanguages"]) == (["en"], ["en"])


def test_what_is_too_short_to_tell_is_read_as_the_sites_language(client: TestClient) -> None:
    answer = client.post(PATH, json=asked("lol")).json()
    assert answer["languages"] == ["en"]
    assert answer["detectedLanguages"] == [], "there, for PyPerspective reads it unasked"


@pytest.mark.parametrize("more", [{}, {"languages": ["en"]}])
def test_a_comment_in_a_language_that_nobody_reads_gets_no_number(
    client: TestClient, more: dict[str, object]
) -> None:
    answer = client.post(PATH, json=asked(GERMAN, **more))
    assert answer.status_code == 400
    (detail,) = answer.json()["error"]["details"]
    assert detail["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    assert detail["languageNotSupportedByAttributeError"]["detectedLanguages"] == ["de"]


def test_attributes_that_do_not_read_a_comment_may_be_left_out(client: TestClient) -> None:
    answer = client.post(PATH, json=asked(GERMAN, dropUnsupportedAttributes=True)).json()
    assert answer["attributeScores"] == {}
    assert answer["detectedLanguages"] == ["de"]


def spans_of(client: TestClient, text: str) -> list[str]:
    answer = client.post(PATH, json=asked(text, spanAnnotations=True)).json()
    spans = answer["attributeScores"]["TOXICITY"]["spanScores"]
    return [text[one["begin"] : one["end"]] for one in spans]


def test_a_sentence_in_a_language_that_nobody_reads_has_no_span(client: TestClient) -> None:
    text = f"{ENGLISH} {GERMAN} And that is all there is to say about it."
    assert spans_of(client, text) == [ENGLISH, "And that is all there is to say about it."]


def test_a_sentence_too_short_to_tell_is_in_the_language_of_its_text(tmp_path: Path) -> None:
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path}/t.db", language="de"))
    with client_of(Service(bench)) as client:
        assert spans_of(client, f"{ENGLISH} Lol!") == [ENGLISH, "Lol!"]
        assert bench.save_answers(["Lol!", ENGLISH]) == ["Lol!"], "it would have a number here"
        alone = client.post(PATH, json=asked("Lol!"))
        assert alone.status_code == 400, "a whole comment is in the site's language"
    bench.close()


class OneDown(Workbench):
    """Its scorer of threats reads any language and is down; that of insults reads English."""

    def score_texts(
        self, texts: Sequence[str], beside: Sequence[str | None] | None = None
    ) -> tuple[list[Scores], dict[Label, ScorerInfo]]:
        down = Scores(not_scored="a budget is spent", later=True)
        (language,) = {"de" if text == GERMAN else "und" for text in texts}
        panel = Panel((_Seat("near", Label.INSULT, ("en",)), _Seat("far", Label.THREAT)))
        near = Scores({Label.INSULT: 0.5}) if language == "und" else not_scored_for(language)
        answers = {"near": replace(near, language=language), "far": replace(down, language="de")}
        return panel.merged({key: [one] * len(texts) for key, one in answers.items()}), panel.seats


class _Seat:
    def __init__(self, key: str, label: Label, languages: tuple[str, ...] = ()) -> None:
        self.info = ScorerInfo(key, "1", (label,), languages=languages)

    def score(self, texts: Sequence[str]) -> list[Scores]:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("text", "attributes", "status"),
    [
        (GERMAN, {"THREAT": {}}, 503),
        (GERMAN, {"INSULT": {}}, 400),
        ("lol", {"INSULT": {}}, 200),  # read as the site's own language
        ("lol", {"THREAT": {}}, 503),
        ("lol", {"INSULT": {}, "THREAT": {}}, 503),
    ],
)
def test_a_scorer_that_is_down_is_not_told_as_one_that_does_not_read_the_language(
    tmp_path: Path, text: str, attributes: dict[str, object], status: int
) -> None:
    bench = OneDown(Settings(database_url=f"sqlite:///{tmp_path}/t.db"))
    with client_of(Service(bench)) as client:
        answer = client.post(PATH, json=asked(text, requestedAttributes=attributes))
    bench.close()
    assert answer.status_code == status
    if status == 400:
        (detail,) = answer.json()["error"]["details"]
        assert detail["languageNotSupportedByAttributeError"]["attribute"] == "INSULT"


def test_a_list_says_of_each_text_which_language_it_is_in(client: TestClient) -> None:
    read, unread, short = client.post(
        "/api/score", json=["You clearly did not read past the headline.", GERMAN, "ok"]
    ).json()["results"]
    assert (read["language"], short["language"]) == ("en", "und")
    assert read["scores"]
    assert short["scores"]
    assert (unread["scores"], unread["not_scored"]) == ({}, "language: de")


def test_what_coral_sends_is_answered_in_its_shape(client: TestClient) -> None:
    """As Coral's toxic phase asks (talk 9.11, services/perspective): HTML stripped, no spans."""
    body = {
        "comment": {"text": "You are a complete idiot."},
        "doNotStore": True,
        "requestedAttributes": {"TOXICITY": {}},
    }
    answer = client.post(f"{PATH}?key=any", json=body).json()
    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] > 0.7


def test_what_a_client_asks_for_is_what_the_golden_answer_has(client: TestClient) -> None:
    body = asked("Well done.", clientToken="g", spanAnnotations=True)
    answer = client.post(PATH, json=body).json()
    value = answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"]
    score = {"value": value, "type": "PROBABILITY"}
    assert answer == {
        "attributeScores": {
            "TOXICITY": {
                "spanScores": [{"begin": 0, "end": 10, "score": score}],
                "summaryScore": score,
            }
        },
        "detectedLanguages": [],
        "languages": ["en"],
        "clientToken": "g",
    }


def test_all_context_is_accepted(client: TestClient) -> None:
    both = {"article": {"text": "An article"}, "parentComment": {"text": "A parent"}}
    for context in (
        {"entries": [{"text": "https://example.org"}]},
        {"articleAndParentComment": both},
    ):
        body = asked(context=context, communityId="Coral:example.org", sessionId="7")
        assert client.post(PATH, json=body).status_code == 200


class Leisurely(Workbench):
    """Takes some time for each batch."""

    def score_texts(
        self, texts: Sequence[str], beside: Sequence[str | None] | None = None
    ) -> tuple[list[Scores], dict[Label, ScorerInfo]]:
        time.sleep(0.2)
        info = ScorerInfo("leisurely", "1", (Label.TOXICITY,))
        return [Scores({Label.TOXICITY: 0.5})] * len(texts), {Label.TOXICITY: info}


SENTENCES = asked("One sentence. And another one.", spanAnnotations=True)


def test_a_comment_that_was_let_in_is_not_turned_away_before_its_sentences(
    bench: Workbench,
) -> None:
    async def work() -> list[int]:
        bounds = Bounds(lanes=1, batch_texts=1, queue_texts=1)
        service = Service(Leisurely(bench.settings), bounds=bounds)
        await service.seats()
        transport = httpx2.ASGITransport(app=create_app(service))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            analyzed = asyncio.ensure_future(client.post(PATH, json=SENTENCES))
            await asyncio.sleep(0.1)  # its text is being scored
            other = asyncio.ensure_future(client.post("/api/score", json=["another"]))
            codes = [(await one).status_code for one in (analyzed, other)]
        await service.close()
        return codes

    assert asyncio.run(asyncio.wait_for(work(), 30)) == [200, 200]


def test_a_comment_and_its_sentences_have_one_time_limit(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client_of(Service(Leisurely(bench.settings))) as client:
        assert client.post(PATH, json=SENTENCES).status_code == 200
        monkeypatch.setattr(serving, "SECONDS", 0.3)
        assert client.post(PATH, json=SENTENCES).status_code == 504
