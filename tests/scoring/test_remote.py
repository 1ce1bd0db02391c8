"""A scorer over HTTP, against a real server on this machine that plays right and wrong."""

from __future__ import annotations

import logging
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.scoring.far_side import (
    SINGLE,
    Asked,
    Clock,
    FarSide,
    Play,
    Reply,
    far_side,
    in_turn,
    many,
    perspective,
    rated,
    remote,
    score_of,
    single,
)
from triage.domain.scores import Label, Scores
from triage.errors import ScorerError
from triage.languages.identifying import LanguageIdentifier
from triage.scoring.by_language import ByLanguage
from triage.scoring.remote import RemoteScorer
from triage.scoring.remote.health import PATIENCE

PERSPECTIVE = """
kind = "perspective"
model_version = "2026-11"
requests_per_second = 1000
query = { key = "${PERSPECTIVE_KEY}" }
"""
SECRET = "s3cr3t/ü+k=y"
KEYED = 'headers = { Authorization = "Bearer ${OURS_TOKEN}" }'
TOKEN = "t0k3n-that-nobody-sees"
DOWN = Reply(500, {"message": "no worker"})


@pytest.fixture
def far() -> Iterator[FarSide]:
    with far_side() as running:
        yield running


def scorer(
    folder: Path, far: FarSide, table: str = SINGLE, *, clock: Clock | None = None, more: str = ""
) -> RemoteScorer:
    """A scorer that waits for nothing: its clock is wound on by its sleep."""
    clock = clock or Clock()
    environment = {"PERSPECTIVE_KEY": SECRET, "OURS_TOKEN": TOKEN}
    setting = remote(folder, far.url, table, more=more, environment=environment)
    return RemoteScorer(setting, clock=clock, sleep=clock.sleep, chance=lambda: 1.0)


def right(text: str) -> Scores:
    scores = rated(text)
    return Scores({Label.TOXICITY: scores["toxic"], Label.INSULT: scores["insult"]})


def unless(text: str, reply: Reply) -> Play:
    """Score everything but one text."""
    return lambda asked: reply if asked.body["text"] == text else single(asked)


# What is asked, and how the answer is read.


def test_a_request_is_what_analyzecomment_documents(tmp_path: Path, far: FarSide) -> None:
    far.play = perspective
    (scores,) = scorer(tmp_path, far, PERSPECTIVE, more='languages = ["en"]').score(["You fool"])
    (asked,) = far.asked
    assert asked.path == "/rate?key=s3cr3t%2F%C3%BC%2Bk%3Dy"
    assert asked.headers["content-type"] == "application/json"
    assert asked.body == {
        "comment": {"text": "You fool"},
        "requestedAttributes": {
            name: {}
            for name in (
                *("TOXICITY", "SEVERE_TOXICITY", "PROFANITY", "THREAT", "INSULT"),
                "IDENTITY_ATTACK",
            )
        },
        "languages": ["en"],
        "doNotStore": True,
    }
    assert scores.values[Label.OBSCENE] == score_of("You fool", "PROFANITY")
    assert len(scores.values) == 6


def test_other_attributes_can_be_asked_for(tmp_path: Path, far: FarSide) -> None:
    far.play = perspective
    more = 'labels = { incivility = "INFLAMMATORY", sexual_explicit = "SEXUALLY_EXPLICIT" }'
    (scores,) = scorer(tmp_path, far, PERSPECTIVE, more=more).score(["You fool"])
    assert scores.values == {
        Label.SEXUAL_EXPLICIT: score_of("You fool", "SEXUALLY_EXPLICIT"),
        Label.INCIVILITY: score_of("You fool", "INFLAMMATORY"),
    }
    assert "languages" not in far.asked[0].body


def test_a_small_table_says_where_texts_and_scores_are(tmp_path: Path, far: FarSide) -> None:
    table = """
kind = "json"
model_version = "1"
text = "input.comment"
body = { model = "big", input = { format = "plain" } }
headers = { Authorization = "Bearer ${OURS_TOKEN}", X-Tenant = "news" }
labels.toxicity = "0.label=TOXIC.score"
labels.insult = ["0", "label=v1.2", "score"]
"""
    item = [{"label": "v1.2", "score": 0.25}, {"label": "TOXIC", "score": 1}]
    far.play = lambda _: Reply(body=[item])
    (scores,) = scorer(tmp_path, far, table).score(["You fool"])
    (asked,) = far.asked
    assert asked.body == {"model": "big", "input": {"format": "plain", "comment": "You fool"}}
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["x-tenant"] == "news"
    assert scores.values == {Label.TOXICITY: 1.0, Label.INSULT: 0.25}


def test_texts_in_languages_that_it_does_not_read_are_not_sent(
    tmp_path: Path, far: FarSide
) -> None:
    far.play = single
    german = scorer(tmp_path, far, more='languages = ["de"]')
    mine, other = ByLanguage(LanguageIdentifier(), "en").rated(
        german, ["Du Narr", "Pauvre sot"], ["de", "fr"]
    )
    assert [asked.body for asked in far.asked] == [{"text": "Du Narr"}]
    assert mine == right("Du Narr")
    assert other.not_scored == "language: fr"


BATCHED = """
kind = "json"
model_version = "1"
texts = "inputs"
results = "out"
batch = 4
labels = { toxicity = "toxic", insult = "insult" }
requests_per_second = 1000
"""


def batched(asked: Asked) -> Reply:
    return Reply(body={"out": [rated(text) for text in asked.body["inputs"]]})


def test_texts_can_be_sent_in_lists(tmp_path: Path, far: FarSide) -> None:
    far.play = batched
    texts = many(10)
    assert scorer(tmp_path, far, BATCHED).score(texts) == [right(text) for text in texts]
    assert [len(asked.body["inputs"]) for asked in far.asked] == [4, 4, 2]


def test_a_refused_list_is_asked_for_in_halves_so_that_one_text_loses_no_other(
    tmp_path: Path, far: FarSide
) -> None:
    texts = many(8)

    def play(asked: Asked) -> Reply:
        bad = texts[5] in asked.body["inputs"]
        return Reply(422, {"detail": "it is cursed"}) if bad else batched(asked)

    far.play = play
    found = scorer(tmp_path, far, BATCHED).score(texts)
    assert [one.not_scored for one in found if one.not_scored] == ["HTTP 422: it is cursed"]
    assert found[:5] + found[6:] == [right(text) for text in texts[:5] + texts[6:]]


def test_a_list_with_a_result_too_few_is_never_matched_to_texts_by_guess(
    tmp_path: Path, far: FarSide
) -> None:
    texts = many(4)
    answer = Reply(body={"out": [rated(text) for text in texts[1:]]})
    far.play = in_turn(batched, answer, batched)
    asking = scorer(tmp_path, far, BATCHED)
    asking.score(["first"])
    assert asking.score(texts) == [right(text) for text in texts]


def test_results_come_in_order_and_equal_texts_are_sent_once(tmp_path: Path, far: FarSide) -> None:
    def play(asked: Asked) -> Reply:
        time.sleep(score_of(asked.body["text"], "delay") / 50)
        return single(asked)

    far.play = play
    texts = [*many(30), *reversed(many(30))]
    found = scorer(tmp_path, far, more="parallel = 8").score(texts)
    assert found == [right(text) for text in texts]
    assert sorted(far.texts) == sorted(many(30))
    assert 2 <= far.connections <= 8, "connections are kept, and no more than allowed"


def test_a_text_is_sent_as_it_is(tmp_path: Path, far: FarSide) -> None:
    hidden = "y\u200bou \U0001f921 \x00 1d10t\n> quoted"
    scorer(tmp_path, far).score([hidden, "half a \ud83d pair"])
    assert far.texts == [hidden, "half a ? pair"]


def test_a_text_that_is_too_long_is_not_sent_and_not_cut(tmp_path: Path, far: FarSide) -> None:
    found = scorer(tmp_path, far, more="characters = 5").score(["short", "longer"])
    assert found[0] == right("short")
    assert found[1] == Scores(not_scored="longer than the 5 characters to send")
    assert far.texts == ["short"]


# What goes wrong once.


def test_too_many_requests_waits_as_long_as_it_is_told(tmp_path: Path, far: FarSide) -> None:
    clock = Clock()
    far.play = in_turn(Reply(429, headers={"Retry-After": "17"}), single)
    assert scorer(tmp_path, far, clock=clock).score(["text"]) == [right("text")]
    assert clock.now == pytest.approx(17, abs=0.1)
    assert len(far.asked) == 2


def test_a_retry_after_may_be_a_date(tmp_path: Path, far: FarSide) -> None:
    clock = Clock()
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    far.play = in_turn(Reply(503, headers={"Retry-After": date}), single)
    assert scorer(tmp_path, far, clock=clock).score(["text"]) == [right("text")]
    assert 50 < clock.now < 70


@pytest.mark.parametrize("nonsense", ["soon", "-3", "", "1e9", "Fri, 99 Nov 2026"])
def test_a_retry_after_that_says_nothing_is_passed_over(
    tmp_path: Path, far: FarSide, nonsense: str
) -> None:
    clock = Clock()
    far.play = in_turn(Reply(429, headers={"Retry-After": nonsense}), single)
    assert scorer(tmp_path, far, clock=clock).score(["text"]) == [right("text")]
    assert clock.now < 1


def test_one_retry_after_holds_the_other_texts_back_too(tmp_path: Path, far: FarSide) -> None:
    clock, went = Clock(), []
    replies = in_turn(single, Reply(429, headers={"Retry-After": "17"}), single)

    def play(asked: Asked) -> Reply:
        went.append(clock.now)
        return replies(asked)

    far.play = play
    scorer(tmp_path, far, clock=clock, more="retries = 0").score(many(3))
    assert went[1] < 1
    assert went[2] - went[1] >= 17


def test_a_far_side_that_asks_for_a_day_is_left_for_another_run(
    tmp_path: Path, far: FarSide
) -> None:
    clock = Clock()
    far.play = in_turn(single, Reply(429, headers={"Retry-After": "86400"}))
    found = scorer(tmp_path, far, clock=clock).score(many(4))
    assert [one.later for one in found] == [False, True, True, True]
    assert "HTTP 429, and asks to wait for 86,400 s" in str(found[3].not_scored)
    assert len(far.asked) == 2
    assert clock.now < 5


def test_server_errors_are_tried_again_after_longer_and_longer_waits(
    tmp_path: Path, far: FarSide
) -> None:
    clock = Clock()
    far.play = in_turn(DOWN, Reply(503), Reply(502), single)
    assert scorer(tmp_path, far, clock=clock).score(["text"]) == [right("text")]
    assert [round(slept, 1) for slept in clock.slept if slept > 0.01] == [0.5, 1.0, 2.0]


def test_an_idle_connection_that_was_hung_up_costs_no_retry(tmp_path: Path, far: FarSide) -> None:
    clock = Clock()
    whole = b'{"scores": {"toxic": 0.5, "insult": 0.5}}'
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(whole)}\r\n\r\n".encode()
    far.play = lambda _: Reply(raw=head + whole)  # and hangs up without saying so
    found = scorer(tmp_path, far, clock=clock).score(many(3))
    assert [one.values[Label.INSULT] for one in found] == [0.5] * 3
    assert max(clock.slept, default=0) < 0.4


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refusal_is_not_tried_again_and_loses_no_other_text(
    tmp_path: Path, far: FarSide, status: int
) -> None:
    texts = many(5)
    far.play = unless(texts[2], Reply(status, {"error": {"message": "not\tthis\u202e one"}}))
    found = scorer(tmp_path, far).score(texts)
    assert found[2] == Scores(not_scored=f"HTTP {status}: not this one")
    assert found[:2] + found[3:] == [right(text) for text in texts[:2] + texts[3:]]
    assert len(far.asked) == 5


def language_error(asked: Asked) -> Reply:
    if "iyi" not in asked.body["comment"]["text"]:
        return perspective(asked)
    return Reply(
        400,
        {
            "error": {
                "code": 400,
                "message": "Attribute THREAT does not support request languages: tr",
                "status": "INVALID_ARGUMENT",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.commentanalyzer.v1alpha1.Error",
                        "errorType": "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
                        "languageNotSupportedByAttributeError": {
                            "detectedLanguages": ["tr"],
                            "attribute": "THREAT",
                        },
                    }
                ],
            }
        },
    )


@pytest.mark.parametrize("texts", [["iyi"], ["iyi", "fine"], [f"iyi {n}" for n in range(9)]])
def test_a_language_that_google_does_not_know_is_a_reason_and_no_failure(
    tmp_path: Path, far: FarSide, texts: list[str]
) -> None:
    far.play = language_error
    found = scorer(tmp_path, far, PERSPECTIVE).score(texts)
    why = "HTTP 400: Attribute THREAT does not support request languages: tr"
    assert [one.not_scored for one in found] == [why if "iyi" in text else None for text in texts]
    assert not any(one.later for one in found)


def test_a_wrong_key_in_googles_format_is_a_failure(tmp_path: Path, far: FarSide) -> None:
    message = f"API key not valid: {SECRET}. Please pass a valid API key."
    details = [{"reason": "API_KEY_INVALID", "domain": "googleapis.com"}]
    far.play = lambda _: Reply(400, {"error": {"message": message, "details": details}})
    with pytest.raises(ScorerError, match=r"API key not valid: \*\*\*\. Please") as caught:
        scorer(tmp_path, far, PERSPECTIVE).score(many(30))
    assert "Check [ours] in the file that TRIAGE_REMOTE names and its key" in str(caught.value)
    assert len(far.asked) == PATIENCE


@pytest.mark.parametrize("number", ["1.2", "-0.1", "NaN", "1e999", '"0.5"', "true", "[0.5]"])
def test_what_is_no_number_from_0_to_1_is_no_score(
    tmp_path: Path, far: FarSide, number: str
) -> None:
    texts = many(4)
    body = b'{"scores": {"toxic": 0.5, "insult": %s}}' % number.encode()
    far.play = unless(texts[1], Reply(body=body))
    found = scorer(tmp_path, far).score(texts)
    assert found[1] == Scores(not_scored="the answer's insult is no number from 0 to 1")
    assert [one for one in found if one.values] == [right(texts[at]) for at in (0, 2, 3)]


@pytest.mark.parametrize("scores", [{"toxic": 0.5}, {"toxic": 0.5, "insult": None}, [], "x", None])
def test_a_missing_score_loses_its_text_and_no_other(
    tmp_path: Path, far: FarSide, scores: object
) -> None:
    texts = many(4)
    far.play = unless(texts[1], Reply(body={"scores": scores}))
    found = scorer(tmp_path, far).score(texts)
    assert str(found[1].not_scored).startswith("the answer has no score for ")
    assert [one for one in found if one.values] == [right(texts[at]) for at in (0, 2, 3)]


LARGE = b'{"scores": "' + b"x" * 10_000_000 + b'"}'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"
NO_LENGTH = b"HTTP/1.1 200 OK\r\n\r\n"
GARBAGE = {
    "a page": (Reply(body=b"<!doctype html><title>Sign in</title>"), "no JSON"),
    "nothing": (Reply(body=b""), "no JSON"),
    "not UTF-8": (Reply(body=b'"\xff\xfe\xfd'), "no JSON"),
    "nested without end": (Reply(body=b"[" * 100_000), "no JSON"),
    "a number of 5,000 digits": (Reply(body=b"1" * 5_000), "no JSON"),
    "10 MB": (Reply(body=LARGE), "exceeds 4 MiB"),
    "10 MB in chunks": (Reply(raw=CHUNKED + b"989688\r\n" + b"x" * 10_000_000), "exceeds 4 MiB"),
    "10 MB of unknown length": (Reply(raw=NO_LENGTH + LARGE), "exceeds 4 MiB"),
    "compressed": (Reply(body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), "compressed"),
    "half": (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), "hung up in the middle"),
    "half a chunk": (Reply(raw=CHUNKED + b"99\r\n{"), "no HTTP"),
    "no HTTP": (Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "no HTTP"),
    "endless headers": (Reply(raw=b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000), "no HTTP"),
    "a hang-up": (Reply(raw=b""), "hung up without an answer"),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_what_is_no_answer_loses_its_text_and_no_other(
    tmp_path: Path, far: FarSide, kind: str
) -> None:
    reply, says = GARBAGE[kind]
    texts = many(4)
    far.play = unless(texts[1], reply)
    found = scorer(tmp_path, far, more="retries = 1").score(texts)
    assert says in str(found[1].not_scored)
    assert not found[1].later, "the others were answered: the fault lies with this text"
    assert [one for one in found if one.values] == [right(texts[at]) for at in (0, 2, 3)]


DRIP = b"3" * 3_000  # 0.02 s each: a minute


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nx: ", NO_LENGTH, CHUNKED, LENGTH])
def test_an_answer_that_drips_is_cut_off_when_its_time_is_over(
    tmp_path: Path, far: FarSide, head: bytes
) -> None:
    far.play = lambda _: Reply(raw=head + DRIP, drip=0.02, at_once=len(head))
    began = time.monotonic()
    with pytest.raises(ScorerError, match=r"no whole answer within 0\.15 s"):
        scorer(tmp_path, far, more="retries = 0\ntimeout = 0.15").score(["text"])
    assert time.monotonic() - began < 30


def test_silence_ends_when_its_time_is_over(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/"
        setting = remote(tmp_path, url, more="retries = 0\ntimeout = 0.1\nparallel = 8")
        with pytest.raises(ScorerError, match=r"no whole answer within 0\.1 s"):
            RemoteScorer(setting).score(many(8))


# What goes wrong for good.


def test_where_nothing_answers_it_is_said_what_and_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    clock = Clock()
    setting = remote(tmp_path, f"http://127.0.0.1:{port}/")
    asking = RemoteScorer(setting, clock=clock, sleep=clock.sleep, chance=lambda: 1.0)
    with pytest.raises(ScorerError) as caught:
        asking.score(many(500))
    assert str(caught.value) == (
        "remote:ours gave no scores at all: 127.0.0.1: connection refused, 4 times over. Check "
        "[ours] in the file that TRIAGE_REMOTE names, and that the host can be reached from here"
    )
    assert clock.now < 60, "500 texts do not wait for their turns to fail"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_key_or_address_is_told_at_once(tmp_path: Path, far: FarSide, status: int) -> None:
    far.play = lambda _: Reply(status, {"message": "no"})
    with pytest.raises(ScorerError, match=f"127.0.0.1: HTTP {status}: no. Check"):
        scorer(tmp_path, far).score(many(500))
    assert len(far.asked) <= PATIENCE


def test_a_table_that_fits_no_answer_is_a_failure(tmp_path: Path, far: FarSide) -> None:
    far.play = lambda _: Reply(body={"elsewhere": 0.5})
    with pytest.raises(ScorerError, match="the answer has no score for toxicity"):
        scorer(tmp_path, far).score(many(500))
    assert len(far.asked) == PATIENCE


def test_a_far_side_that_stops_answering_keeps_what_it_said_and_is_asked_later(
    tmp_path: Path, far: FarSide
) -> None:
    texts = many(500)
    replies = [single] * 3
    far.play = in_turn(*replies, DOWN)
    asking = scorer(tmp_path, far, more="retries = 1")
    found = asking.score(texts)
    assert found[:3] == [right(text) for text in texts[:3]]
    assert all(one.later for one in found[3:])
    assert found[3].not_scored == "HTTP 500: no worker, 2 times over"
    assert found[-1].not_scored == f"the remote stopped answering: {found[3].not_scored}"
    assert len(far.asked) == 3 + 2 * PATIENCE
    far.play = single
    assert asking.score(["more"])[0].later, "a run that gave up stays so"
    assert len(far.asked) == 3 + 2 * PATIENCE


def test_a_few_bad_texts_in_a_row_are_no_reason_to_give_up(tmp_path: Path, far: FarSide) -> None:
    texts = many(40)
    far.play = lambda asked: single(asked) if asked.body["text"] in texts[::39] else Reply(400)
    found = scorer(tmp_path, far).score(texts)
    assert [one.later for one in found] == [False] * 40
    assert found[39] == right(texts[39])


def test_a_redirect_takes_neither_texts_nor_keys_anywhere(tmp_path: Path, far: FarSide) -> None:
    with far_side() as other:
        for status in (301, 302, 307, 308):
            reply = Reply(status, headers={"Location": other.url})
            far.play = in_turn(single, reply)
            found = scorer(tmp_path, far, more=KEYED).score(["first", "second"])
            why = f"HTTP {status}: it points to another address, and nothing is sent on"
            assert found[1].not_scored == why
        assert other.asked == []


# How much and how fast.


def test_a_budget_ends_the_asking_and_not_the_run(tmp_path: Path, far: FarSide) -> None:
    texts = many(8)
    asking = scorer(tmp_path, far, more="budget = 5\nparallel = 3")
    found = asking.score(texts)
    assert sum(bool(one.values) for one in found) == 5
    left = Scores(not_scored="remote budget of 5 requests spent", later=True)
    assert found.count(left) == 3
    assert asking.score(["another"]) == [left]
    assert len(far.asked) == 5


def test_retries_are_paid_from_the_budget(tmp_path: Path, far: FarSide) -> None:
    far.play = in_turn(single, DOWN)
    found = scorer(tmp_path, far, more="budget = 3").score(many(4))
    assert len(far.asked) == 3
    assert found[1].not_scored == "HTTP 500: no worker; remote budget of 3 requests spent"
    assert [one.later for one in found] == [False, True, True, True]


def test_no_more_requests_go_out_than_so_many_a_second(tmp_path: Path, far: FarSide) -> None:
    clock = Clock()
    went: list[float] = []

    def play(asked: Asked) -> Reply:
        went.append(clock.now)
        return single(asked)

    far.play = play
    table = SINGLE.replace("requests_per_second = 1000", "requests_per_second = 4")
    scorer(tmp_path, far, table, clock=clock).score(many(9))
    gaps = [after - before for before, after in pairwise(went)]
    assert gaps == pytest.approx([0.25] * 8)


def test_an_interruption_ends_what_is_under_way(tmp_path: Path, far: FarSide) -> None:
    def interrupted(_: float) -> None:
        time.sleep(0.1)
        raise KeyboardInterrupt

    def play(asked: Asked) -> Reply:
        return DOWN if asked.body["text"] == "down" else Reply(raw=DRIP, drip=0.02)

    far.play = play
    setting = remote(tmp_path, far.url, more="parallel = 2\ntimeout = 120")
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        RemoteScorer(setting, sleep=interrupted).score(["down", "drips"])
    assert time.monotonic() - began < 30


# Whom it tells what.


def test_no_message_holds_a_secret_whatever_the_far_side_says(
    tmp_path: Path, far: FarSide, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def play(asked: Asked) -> Reply:
        heard = f"{asked.path} {asked.headers.get('authorization')} {SECRET}"
        return Reply(400, {"error": {"message": heard}}) if len(far.asked) > 1 else single(asked)

    far.play = play
    keys = KEYED + '\nquery = { key = "${PERSPECTIVE_KEY}" }'
    asking = scorer(tmp_path, far, more=keys)
    found = asking.score(many(2))
    assert found[1].not_scored == "HTTP 400: /rate?key=*** Bearer *** ***"
    far.play = lambda asked: Reply(401, {"message": f"{asked.headers['authorization']} {SECRET}"})
    with pytest.raises(ScorerError) as caught:
        scorer(tmp_path, far, more=keys).score(["text"])
    setting = asking._remote
    shown = [str(caught.value), repr(caught.value), repr(setting), repr(asking.info), caplog.text]
    for secret in (SECRET, TOKEN, "s3cr3t", "t0k3n"):
        assert not any(secret in text for text in shown)


@pytest.mark.parametrize("before", ["x" * 150, " " * 630])
def test_a_message_is_never_cut_in_the_middle_of_a_secret(
    tmp_path: Path, far: FarSide, before: str
) -> None:
    far.play = in_turn(single, Reply(400, {"detail": before + TOKEN + "y" * 700}))
    found = scorer(tmp_path, far, more=KEYED).score(many(2))
    assert TOKEN[:3] not in str(found[1].not_scored)
    assert len(str(found[1].not_scored)) < 180


def test_the_version_follows_what_is_asked_and_not_the_key_or_the_pace(
    tmp_path: Path, far: FarSide
) -> None:
    def version(more: str = "", url: str = far.url, token: str = TOKEN) -> str:
        table = SINGLE.replace('"1"', '"2"') if more == "model" else SINGLE
        more = "" if more == "model" else more
        return RemoteScorer(
            remote(tmp_path, url, table, more=more, environment={"OURS_TOKEN": token, "T": "t"})
        ).info.version

    same = {
        version(KEYED),
        version(KEYED, token="another"),
        version(KEYED.replace("OURS_TOKEN", "T")),
        version(KEYED + "\nbudget = 7\ntimeout = 3\nretries = 0\nparallel = 2"),
        version(KEYED + '\nlanguages = ["de"]'),
    }
    assert len(same) == 1
    others = [
        version(),
        version("model"),
        version(url=f"{far.url}?model=b"),
        version('body = { model = "b" }'),
        version('headers = { X-Model = "b" }'),
    ]
    assert len({*others, *same}) == 6
    details = RemoteScorer(remote(tmp_path, far.url)).info.details
    assert "can change without notice" in details["model_version"]
    assert far.asked == [], "to describe it, nothing is asked"


@pytest.fixture
def encrypted(tmp_path: Path, far: FarSide) -> Path:
    """The far side speaks TLS, at https://localhost; return the certificate that vouches for it."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    far.server.socket = context.wrap_socket(far.server.socket, server_side=True)
    return certificate


def test_a_certificate_is_checked(
    tmp_path: Path, far: FarSide, encrypted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"https://localhost:{far.port}/rate"
    setting = remote(tmp_path, url, more="retries = 0")
    with pytest.raises(ScorerError, match="certificate cannot be trusted"):
        RemoteScorer(setting).score(["text"])
    monkeypatch.setenv("SSL_CERT_FILE", str(encrypted))
    texts = many(3)
    assert RemoteScorer(setting).score(texts) == [right(text) for text in texts]
    elsewhere = remote(tmp_path, url.replace("localhost", "127.0.0.1"), more="retries = 0")
    with pytest.raises(ScorerError, match="certificate cannot be trusted"):
        RemoteScorer(elsewhere).score(["text"])


def test_an_encrypted_answer_that_drips_is_cut_off_too(
    tmp_path: Path, far: FarSide, encrypted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(encrypted))
    reply = Reply(raw=NO_LENGTH + DRIP, drip=0.02, at_once=len(NO_LENGTH))
    far.play = in_turn(single, reply)
    setting = remote(tmp_path, f"https://localhost:{far.port}/rate", more="timeout = 10")
    assert RemoteScorer(setting).score(["text"]) == [right("text")]
    hasty = remote(
        tmp_path, f"https://localhost:{far.port}/rate", more="retries = 0\ntimeout = 0.15"
    )
    began = time.monotonic()
    with pytest.raises(ScorerError, match=r"no whole answer within 0\.15 s"):
        RemoteScorer(hasty).score(["text"])
    assert time.monotonic() - began < 30


def test_a_handshake_that_is_never_finished_is_cut_off_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"https://127.0.0.1:{mute.getsockname()[1]}/"
        setting = remote(tmp_path, url, more="retries = 0\ntimeout = 0.2")
        with pytest.raises(ScorerError, match=r"no whole answer within 0\.2 s"):
            RemoteScorer(setting).score(["text"])
