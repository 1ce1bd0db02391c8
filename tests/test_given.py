"""The settings file beneath the environment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from triage.cli.commands import commands
from triage.domain.kindness import Blur
from triage.errors import UsageError
from triage.settings import Settings

Write = Callable[[str], dict[str, str]]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write a settings file; return an environment that names it."""

    def write(text: str) -> dict[str, str]:
        path = tmp_path / "site.toml"
        path.write_text(text, encoding="utf-8")
        return {"TRIAGE_SETTINGS": str(path)}

    return write


def test_a_file_says_what_the_environment_could(written: Write) -> None:
    settings = Settings.from_environment(
        written(
            """
            database_url = "postgresql://u@h/d"
            blur = "words"
            blind = true
            own_appeals = false
            severe_budget = 12
            doubled = 0.1
            leads = ["ana", "bea"]
            pool_size = 3
            """
        )
    )
    assert settings.database_url == "postgresql://u@h/d"
    assert settings.blur is Blur.WORDS
    assert settings.blind
    assert not settings.own_appeals
    assert settings.severe_budget == 12
    assert settings.doubled == 0.1
    assert settings.leads == ("ana", "bea")
    assert settings.pool.size == 3


def test_the_environment_outranks_the_file(written: Write) -> None:
    file = written('blur = "words"\nreviewer = "ana"')
    settings = Settings.from_environment({**file, "TRIAGE_BLUR": "text"})
    assert settings.blur is Blur.TEXT
    assert settings.reviewer == "ana"


def test_an_empty_variable_is_not_set_as_compose_files_have_them(written: Write) -> None:
    file = written('blur = "words"')
    assert Settings.from_environment({**file, "TRIAGE_BLUR": " "}).blur is Blur.WORDS


def test_triage_toml_in_the_working_folder_is_read_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment({}).blur is Blur.OFF, "there need not be one"
    (tmp_path / "triage.toml").write_text('blur = "words"', encoding="utf-8")
    assert Settings.from_environment({}).blur is Blur.WORDS


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("blurr = 'words'", r"^triage\.toml: there is no setting 'blurr'"),
        ("blur = words", r"^triage\.toml is no TOML: "),
        ("#" * (2 << 20), r"^triage\.toml is no file of settings: "),
        (None, r"^triage\.toml cannot be read \(Is a directory\); .*, or move it elsewhere$"),
    ],
)
def test_a_mistake_in_triage_toml_is_told_by_its_name_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "triage.toml"
    file.mkdir() if text is None else file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        Settings.from_environment({})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("blurr = 'words'", r"site\.toml: there is no setting 'blurr'; known are .*blur, .*"),
        ("triage_blur = 'words'", "there is no setting 'triage_blur'"),
        ("settings = 'other.toml'", "there is no setting 'settings'"),
        ("Blur = 'words'", "settings are in small letters: blur"),
        ("blur = 'some'", r"site\.toml: blur is 'some'; set it to one of: off, words, text"),
        ("severe_budget = true", r"site\.toml: severe_budget is 'true'"),
        ("pool_size = 0", r"site\.toml: pool_size is '0'; .*from 1 to"),
        ("api_origins = ['nowhere']", r"site\.toml: api_origins has 'nowhere'"),
        ("remote = 'not-there.toml'", r"site\.toml: remote: not-there\.toml cannot be read"),
        ("leads = ['ana, bea']", "leads must be .* without commas"),
        ("leads = [1]", "leads must be"),
        ("blur = 2026-01-01", "blur must be a text in quotes"),
        ("[api]\nrate = 1", r"\[api\] is a table"),
        ("blur = ", "is no TOML"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_key(written: Write, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Settings.from_environment(written(text))


def test_an_error_about_a_variable_is_not_put_on_the_file(written: Write) -> None:
    with pytest.raises(UsageError, match=r"^TRIAGE_BLUR is 'some'"):
        Settings.from_environment({**written("blind = true"), "TRIAGE_BLUR": "some"})


def test_a_file_that_is_named_and_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.toml cannot be read"):
        Settings.from_environment({"TRIAGE_SETTINGS": str(tmp_path / "gone.toml")})


def test_triage_settings_says_what_is_in_force_and_where_from(written: Write) -> None:
    file = written('blur = "words"\ndatabase_url = "postgresql://u:geheim@h/d"')
    env = {**file, "TRIAGE_BLIND": "1", "TRIAGE_TIMEZON": "UTC"}
    done = CliRunner(env=env).invoke(commands, ["settings"])
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    assert rows["blur"] == ["words", file["TRIAGE_SETTINGS"]]
    assert rows["blind"] == ["1", "TRIAGE_BLIND"]
    assert rows["severe_budget"] == ["50", "default"]
    assert rows["database_url"][0] == "postgresql://u:***@h/d"
    assert "geheim" not in done.output
    assert "no setting: " in done.stderr
    assert "TRIAGE_TIMEZON\n" in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@h/d",
        "postgresql://h/d?user=u&password=geheim",
        "postgresql://:geheim@h/d",
    ],
)
def test_no_password_of_a_database_is_printed(url: str) -> None:
    done = CliRunner().invoke(commands, ["--database", url, "settings"])
    assert done.exit_code == 0, done.output
    assert "geheim" not in done.output
    assert "--database" in done.stdout
