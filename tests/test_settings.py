from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triage.domain.forgetting import Retention
from triage.domain.kindness import Blur
from triage.domain.languages import Others
from triage.domain.pools import Pool
from triage.domain.pseudonyms import Pseudonyms
from triage.domain.scores import Mode
from triage.errors import UsageError
from triage.given import Given
from triage.logs import LogLevel, LogStyle
from triage.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    settings = Settings.from_environment({})
    assert settings.database_url == "sqlite:///triage.db"
    assert settings.scorers == (), "the workbench chooses"
    assert settings.timezone is UTC
    assert not settings.allow_download
    assert settings.detoxify is Mode.AUTO
    assert settings.device == "cpu"
    assert settings.language == "en"
    assert settings.other_languages is Others.REVIEW
    assert settings.remotes == ()
    assert settings.pseudonyms is None
    assert not settings.retention
    assert settings.reviewer, "decisions always carry a name"


def test_every_choice_can_be_made() -> None:
    settings = Settings.from_environment(
        {
            "TRIAGE_DATABASE_URL": "postgresql://u@h/d",
            "TRIAGE_SCORERS": "detoxify:unbiased, compact",
            "TRIAGE_MODELS_DIR": "~/models",
            "TRIAGE_ALLOW_DOWNLOAD": "yes",
            "TRIAGE_DETOXIFY": " Exact ",
            "TRIAGE_DEVICE": " CUDA:1 ",
            "TRIAGE_LANGUAGE": " FR ",
            "TRIAGE_OTHER_LANGUAGES": "Leave",
            "TRIAGE_REVIEWER": " ana ",
            "TRIAGE_TIMEZONE": "Europe/Berlin",
            "TRIAGE_PSEUDONYMS": "1",
            "TRIAGE_PSEUDONYMS_KEY": "0123456789abcdef" * 2,
            "TRIAGE_RETAIN_DECIDED": "365",
            "TRIAGE_RETAIN_UNDECIDED": "30",
            "TRIAGE_BLUR": "Words",
            "TRIAGE_SEVERE_BUDGET": "12",
            "TRIAGE_MILDER_AFTER": "0",
            "TRIAGE_LEASE_MINUTES": "2.5",
            "TRIAGE_LEADS": "bea, cem,",
            "TRIAGE_DOUBLED": ".1",
            "TRIAGE_OWN_APPEALS": "1",
            "TRIAGE_POOL_SIZE": "3",
            "TRIAGE_POOL_OVERFLOW": "0",
            "TRIAGE_POOL_SECONDS": "1.5",
            "TRIAGE_POOL_RECYCLE_MINUTES": "30",
            "TRIAGE_LOG": "JSON",
            "TRIAGE_LOG_LEVEL": "debug",
        }
    )
    assert settings.pseudonyms == Pseudonyms("0123456789abcdef" * 2)
    assert settings.retention == Retention(timedelta(days=365), timedelta(days=30))
    assert settings.pool == Pool(3, 0, 1.5, 30.0)
    assert settings.log is LogStyle.JSON
    assert settings.log_level is LogLevel.DEBUG
    assert settings.blur is Blur.WORDS
    assert settings.severe_budget == 12
    assert settings.milder_after == 0
    assert settings.doubled == 0.1
    assert settings.own_appeals
    assert settings.lease.total_seconds() == 150
    assert settings.leads == ("bea", "cem")
    assert settings.database_url == "postgresql://u@h/d"
    assert settings.scorers == ("detoxify:unbiased", "compact")
    assert settings.models_dir == Path.home() / "models"
    assert settings.allow_download
    assert settings.detoxify is Mode.EXACT
    assert settings.device == "cuda:1"
    assert (settings.language, settings.other_languages) == ("fr", Others.LEAVE)
    assert settings.reviewer == "ana"
    assert settings.timezone == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRIAGE_ALLOW_DOWNLOAD", "perhaps"),
        ("TRIAGE_DETOXIFY", "faster"),
        ("TRIAGE_DEVICE", "gpu"),
        ("TRIAGE_DEVICE", "cuda:one"),
        ("TRIAGE_DEVICE", "mps"),
        ("TRIAGE_LANGUAGE", "french"),
        ("TRIAGE_LANGUAGE", "eng"),
        ("TRIAGE_LANGUAGE", "und"),
        ("TRIAGE_OTHER_LANGUAGES", "hide"),
        ("TRIAGE_TIMEZONE", "Mars/Olympus"),
        ("TRIAGE_BLUR", "some"),
        ("TRIAGE_SEVERE_BUDGET", "-3"),
        ("TRIAGE_DOUBLED", "5 %"),
        ("TRIAGE_DOUBLED", "nan"),
        ("TRIAGE_PSEUDONYMS", "maybe"),
        ("TRIAGE_RETAIN_DECIDED", "soon"),
        ("TRIAGE_RETAIN_UNDECIDED", "-3"),
        ("TRIAGE_LEASE_MINUTES", "0"),
        ("TRIAGE_LEASE_MINUTES", "nan"),
        ("TRIAGE_LEASE_MINUTES", "soon"),
        ("TRIAGE_POOL_SIZE", "0"),
        ("TRIAGE_POOL_SIZE", "1001"),
        ("TRIAGE_POOL_OVERFLOW", "-1"),
        ("TRIAGE_POOL_SECONDS", "0"),
        ("TRIAGE_POOL_RECYCLE_MINUTES", "nan"),
        ("TRIAGE_LOG", "xml"),
        ("TRIAGE_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is '{value}'"):
        Settings.from_environment({name: value})


def test_pseudonyms_want_a_key_which_no_message_tells() -> None:
    for key in ("", "too short"):
        given = {"TRIAGE_PSEUDONYMS": "1", "TRIAGE_PSEUDONYMS_KEY": key}
        with pytest.raises(UsageError, match="openssl rand -hex 32") as refused:
            Settings.from_environment(given)
        assert not key or key not in str(refused.value)


@pytest.mark.parametrize("name", ["policy:default@3", "client:blog"])
def test_a_reviewer_is_not_called_what_policies_and_programs_are(name: str) -> None:
    with pytest.raises(UsageError, match="set it to a person's name"):
        Settings.from_environment({"TRIAGE_REVIEWER": name})


@pytest.mark.parametrize("name", ["ana\x1b[31m", "ana\nbea", "\x00"])
def test_a_reviewer_whose_name_steers_a_terminal_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"TRIAGE_REVIEWER is .*without control characters"):
        Settings.from_environment({"TRIAGE_REVIEWER": name})


def test_a_login_name_that_is_no_name_for_a_log_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOGNAME", "ana\x07")
    assert Settings.from_environment({}).reviewer == "reviewer"


def test_another_persons_home_that_is_not_there_is_told_of() -> None:
    with pytest.raises(UsageError, match=r"TRIAGE_MODELS_DIR is '~nobody-here/m'.*whole path"):
        Settings.from_environment({"TRIAGE_MODELS_DIR": "~nobody-here/m"})


def test_a_machine_without_homes_and_logins_gets_defaults_too() -> None:
    code = """
import os, pwd
def unknown(_):
    raise KeyError
pwd.getpwuid = unknown
os.environ.clear()
from triage.settings import Settings
settings = Settings.from_environment({})
assert settings.models_dir == Settings().models_dir
print(settings.models_dir, settings.reviewer)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split() == ["triage-models", "reviewer"], done.stderr


def test_the_api_answers_to_names_and_sites_that_are_written_as_browsers_write_them() -> None:
    found = Settings.from_environment(
        {
            "TRIAGE_API_HOSTS": "Triage.example, api.example",
            "TRIAGE_API_ORIGINS": "https://news.example, http://localhost:3000",
            "TRIAGE_API_RATE": "2.5",
        }
    )
    assert found.api_hosts == ("triage.example", "api.example")
    assert found.api_origins == ("https://news.example", "http://localhost:3000")
    assert found.api_rate == 2.5
    for name, value in {
        "TRIAGE_API_ORIGINS": "https://news.example/page",
        "TRIAGE_API_RATE": "-1",
    }.items():
        with pytest.raises(UsageError, match=name):
            Settings.from_environment({name: value})


def test_receivers_with_private_addresses_are_named_in_small_letters() -> None:
    found = Settings.from_environment({"TRIAGE_WEBHOOK_HOSTS": "Hooks.internal, 10.0.0.7"})
    assert found.webhook_hosts == ("hooks.internal", "10.0.0.7")


def test_the_documentation_lists_every_variable_and_no_other() -> None:
    given = Given({})
    Settings.read(given)
    assert set(documented()) == {*given.asked, "TRIAGE_SETTINGS"}


def test_the_documented_defaults_are_those_in_force() -> None:
    usual = Settings.from_environment({})
    plain = {
        name: found[1]
        for name, default in documented().items()
        if (found := re.fullmatch(r"`([^`]+)`", default))
    }
    assert len(plain) >= 15, "most defaults are plain values"
    for name, default in plain.items():
        assert Settings.from_environment({name: default}) == usual, name


def documented() -> dict[str, str]:
    """Return variable -> default, as docs/operations.md has them."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(TRIAGE_[A-Z_]+)` \| (.*?) \|", page, re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a setting stands there once"
    return dict(rows)
