"""The file that TRIAGE_REMOTE names: what it may hold, and how a mistake in it is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.domain.remotes import RemoteKind
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.remotes import read_remotes
from triage.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
WHOLE = """
[perspective]
kind = "perspective"
url = "https://commentanalyzer.googleapis.com/v1alpha1/comments:analyze"
model_version = "2026-11"
query = { key = "${PERSPECTIVE_KEY}" }
languages = ["en"]

[ours]
kind = "json"
url = "http://localhost:9000/rate?model=big"
model_version = "toxic-bert 3"
languages = ["de", "gsw"]
description = "our own model"
headers = { Authorization = "Bearer ${OURS_TOKEN}", X-Tenant = "news" }
texts = "inputs"
results = "out.scores"
body = { top = 3, nested = { a = [1.5, true] } }
batch = 16
timeout = 2
requests_per_second = 0.5
parallel = 2
retries = 0
budget = 100
characters = 500
[ours.labels]
toxicity = "toxic"
incivility = ["rude.words", "0"]
"""
LEAST = {
    "kind": '"json"',
    "url": '"https://example.org/rate"',
    "model_version": '"1"',
    "text": '"text"',
    "labels": '{ toxicity = "toxic" }',
}


def write(folder: Path, text: str) -> Path:
    path = folder / "remotes.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_arrives(tmp_path: Path) -> None:
    path = write(tmp_path, WHOLE)
    google, ours = read_remotes(path, {"PERSPECTIVE_KEY": "k1", "OURS_TOKEN": " k2\r\n"})
    assert (google.key, google.kind, google.missing) == ("remote:perspective", "perspective", ())
    assert google.query["key"].text == "k1"
    assert google.languages == ("en",)
    assert google.labels[Label.OBSCENE] == ("PROFANITY",)
    assert Label.SEXUAL_EXPLICIT not in google.labels
    assert ours.kind is RemoteKind.JSON
    assert ours.languages == ("de", "gsw")
    assert ours.host == "localhost"
    assert ours.headers["Authorization"].text == "Bearer k2", "a line end is no part of a key"
    assert ours.labels == {Label.TOXICITY: ("toxic",), Label.INCIVILITY: ("rude.words", "0")}
    assert (ours.text, ours.texts, ours.results) == ((), ("inputs",), ("out", "scores"))
    assert (ours.timeout, ours.requests_per_second, ours.parallel, ours.retries) == (2.0, 0.5, 2, 0)
    assert (ours.budget, ours.characters, ours.batch) == (100, 500, 16)
    assert ours.body == {"top": 3, "nested": {"a": [1.5, True]}}
    assert ours.secrets == ("k2",)


def test_a_variable_that_is_not_set_makes_its_scorer_unavailable_and_nothing_wrong(
    tmp_path: Path,
) -> None:
    google, ours = read_remotes(write(tmp_path, WHOLE), {"PERSPECTIVE_KEY": "k1"})
    assert google.missing == ()
    assert ours.missing == ("OURS_TOKEN",)


def test_nothing_that_is_shown_holds_a_secret(tmp_path: Path) -> None:
    remotes = read_remotes(
        write(tmp_path, WHOLE), {"PERSPECTIVE_KEY": "hidden1", "OURS_TOKEN": "hidden2"}
    )
    settings = Settings(remotes=remotes)
    assert "hidden" not in repr(remotes) + repr(settings) + str(remotes)
    assert "Bearer ${OURS_TOKEN}" in repr(remotes)


def test_the_settings_read_the_file_that_the_variable_names(tmp_path: Path) -> None:
    path = write(tmp_path, WHOLE)
    settings = Settings.from_environment({"TRIAGE_REMOTE": str(path), "OURS_TOKEN": "k2"})
    assert [remote.key for remote in settings.remotes] == ["remote:perspective", "remote:ours"]
    assert settings.remotes[1].secrets == ("k2",)
    assert Settings.from_environment({}).remotes == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": '"soap"'}, "kind must be one of perspective, json"),
        ({"kind": None}, "kind is missing: 'perspective' or 'json'"),
        ({"url": None}, "url is missing"),
        ({"model_version": None}, "model_version is missing: state which model answers there"),
        ({"model_version": '" "'}, "model_version must not be blank"),
        ({"retrys": "3"}, "there is no key 'retrys'; known are kind, url"),
        ({"url": '"http://example.org/rate"'}, "sends texts to example.org for everybody"),
        ({"url": '"ftp://example.org/rate"'}, "url is no address such as https://"),
        ({"url": '"https:///rate"'}, "url is no address such as https://"),
        ({"url": '"https://example.org:port/"'}, "[Pp]ort"),
        ({"url": '"https://me:pw1234@example.org/"'}, "url holds a user or password"),
        ({"url": '"https://example.org/?api_key=pw1234"'}, 'query = { api_key = "${VARIABLE}" }'),
        ({"url": r'"https://example.org/\r\nx: y"'}, "blanks, control characters"),
        ({"url": '"https://exämple.org/"'}, "not ASCII"),
        ({"headers": '{ X-Api-Key = "pw1234" }'}, "X-Api-Key looks like a secret in a file"),
        ({"query": '{ access_token = "pw1234" }'}, "'access_token' looks like a secret"),
        ({"headers": '{ Authorization = "Bearer $TOKEN" }'}, "Authorization looks like a secret"),
        ({"headers": '{ Authorization = "Bearer ${ TOKEN }" }'}, "names no variable: write it as"),
        ({"headers": '{ "X:Y" = "z" }'}, "'X:Y' is no name of a header"),
        ({"headers": '{ Host = "z" }'}, "the header Host is triage's own"),
        ({"headers": '{ X-Tenant = "a\\nb" }'}, "X-Tenant .* is more than printable ASCII"),
        ({"headers": "{ X-Tenant = 3 }"}, "headers.X-Tenant must be a text"),
        ({"labels": None}, "labels is empty"),
        ({"labels": '{ toxic = "x" }'}, "labels has 'toxic'; labels are toxicity"),
        ({"labels": "{ toxicity = 3 }"}, "labels.toxicity must be a place"),
        ({"text": None}, "give text .* or texts"),
        ({"texts": '"inputs"'}, "and one only"),
        ({"batch": "2"}, "results and batch go with texts"),
        ({"languages": '"en"'}, "languages must be a list of texts"),
        ({"languages": '["English"]'}, "languages has 'English': name each by a code"),
        ({"languages": '["und"]'}, "languages has 'und': name each by a code"),
        ({"languages": '["en", "deu"]'}, "languages has 'deu': it is de"),
        ({"kind": '"perspective"'}, "text, .* are for kind = 'json'"),
        ({"body": "{ since = 2026-11-25 }"}, "body holds a date"),
        ({"body": "{ top = nan }"}, "body holds a date, inf or nan"),
        ({"timeout": "0"}, "timeout must be more than 0"),
        ({"timeout": "nan"}, "timeout must be more than 0"),
        ({"timeout": '"10"'}, "timeout must be a number"),
        ({"requests_per_second": "-1"}, "requests_per_second must be more than 0"),
        ({"parallel": "0"}, "parallel must lie between 1 and 64"),
        ({"budget": "1.5"}, "budget must be a whole number"),
        ({"retries": "true"}, "retries must be a whole number"),
        ({"insecure": "1"}, "insecure must be true or false"),
    ],
)
def test_a_mistake_is_told_with_file_table_and_key(
    tmp_path: Path, changes: dict[str, str | None], says: str
) -> None:
    table = {key: value for key, value in (LEAST | changes).items() if value is not None}
    path = write(tmp_path, "[ours]\n" + "".join(f"{k} = {v}\n" for k, v in table.items()))
    with pytest.raises(UsageError, match=says.replace("$", r"\$").replace("{", r"\{")) as caught:
        read_remotes(path, {})
    assert str(caught.value).startswith(f"TRIAGE_REMOTE: {path}, [ours]: ")
    assert "pw1234" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind = 'json'", r"\[kind\]: is no table"),
        ("[ours", "is no TOML"),
        ("[ours]\n[ours]", "is no TOML"),
        ("['Ours, and more']\nkind = 'json'\nurl = 'https://x/'\nmodel_version = '1'", "the name"),
        ("x = " + "[" * 100_000, "is no TOML"),
        ("#" * 2_000_000, "exceeds 1 MiB"),
    ],
)
def test_a_file_of_another_kind_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_remotes(write(tmp_path, text), {})


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"TRIAGE_REMOTE: .* cannot be read .*unset the variable"):
        Settings.from_environment({"TRIAGE_REMOTE": str(tmp_path / name)})


def test_a_key_that_cannot_be_sent_is_told_without_showing_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_remotes(write(tmp_path, WHOLE), {"OURS_TOKEN": "pw\x001234"})
    assert "the header Authorization ('Bearer ${OURS_TOKEN}') is more than" in str(caught.value)
    assert "1234" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/?keywords=a&author=b",
        "http://127.0.0.1:1/",
        "http://[::1]/",
        "http://localhost/",
        "https://example.org/",
    ],
)
def test_plain_http_stays_on_this_machine(tmp_path: Path, url: str) -> None:
    table = LEAST | {"url": f'"{url}"'}
    (found,) = read_remotes(
        write(tmp_path, "[ours]\n" + "".join(f"{k} = {v}\n" for k, v in table.items())), {}
    )
    assert found.url == url


def test_plain_http_elsewhere_is_a_choice(tmp_path: Path) -> None:
    table = LEAST | {"url": '"http://scores.lan/"', "insecure": "true"}
    (found,) = read_remotes(
        write(tmp_path, "[ours]\n" + "".join(f"{k} = {v}\n" for k, v in table.items())), {}
    )
    assert found.insecure


def test_what_the_documentation_shows_can_be_used(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "scorers.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (example,) = [block for block in blocks if "url" in block]
    found = read_remotes(write(tmp_path, example), {})
    assert [one.key for one in found] == ["remote:perspective", "remote:ours", "remote:lists"]
    table = page[page.index("## A scorer over HTTP") : page.index("## Adding a scorer")]
    rows = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    documented = {key for row in rows for key in re.findall(r"`(\w+)`", row)}
    with pytest.raises(UsageError) as caught:
        read_remotes(write(tmp_path, "[x]\nx = 1"), {})
    known = str(caught.value).split("known are ")[1].split(", ")
    assert documented | {"insecure"} == set(known)
