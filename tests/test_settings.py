from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triage.errors import UsageError
from triage.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    settings = Settings.from_environment({})
    assert settings.database_url == "sqlite:///triage.db"
    assert settings.scorers == ("compact",)
    assert settings.timezone is UTC
    assert not settings.allow_download
    assert settings.reviewer, "decisions always carry a name"


def test_every_choice_can_be_made() -> None:
    settings = Settings.from_environment(
        {
            "TRIAGE_DATABASE_URL": "postgresql://u@h/d",
            "TRIAGE_SCORERS": "detoxify:unbiased, compact",
            "TRIAGE_MODELS_DIR": "~/models",
            "TRIAGE_ALLOW_DOWNLOAD": "yes",
            "TRIAGE_REVIEWER": " ana ",
            "TRIAGE_TIMEZONE": "Europe/Berlin",
        }
    )
    assert settings.database_url == "postgresql://u@h/d"
    assert settings.scorers == ("detoxify:unbiased", "compact")
    assert settings.models_dir == Path.home() / "models"
    assert settings.allow_download
    assert settings.reviewer == "ana"
    assert settings.timezone == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "value"),
    [("TRIAGE_ALLOW_DOWNLOAD", "perhaps"), ("TRIAGE_TIMEZONE", "Mars/Olympus")],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"{name} is '{value}'"):
        Settings.from_environment({name: value})


def test_the_documentation_lists_every_variable_and_no_other() -> None:
    code = (ROOT / "triage" / "settings.py").read_text(encoding="utf-8")
    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(TRIAGE_[A-Z_]+)`", documented, re.MULTILINE))
    assert rows == set(re.findall(r'"(TRIAGE_[A-Z_]+)"', code))
