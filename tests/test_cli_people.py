"""`triage people` and `triage serve`: who may come to the dashboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli import serving
from triage.cli.commands import commands
from triage.errors import NotFoundError, UsageError

from .test_sign_in_file import AUTH


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'triage.db'}"


def triage(database: str, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(
        commands,
        ["--database", database, *arguments],
        env={"TRIAGE_REVIEWER": "op", **environment},
        catch_exceptions=False,
    )


def test_people_are_added_given_roles_removed_and_brought_back(database: str) -> None:
    assert "There is nobody yet" in triage(database, "people", "list").output
    added = triage(database, "people", "add", "Lea@News.example", "--role", "admin")
    assert added.stdout == "Added: lea@news.example: admin\n"
    assert added.stderr == "Written in the name of op.\n"
    assert "lead" in triage(database, "people", "role", "Lea@News.example", "lead").stdout
    claimed = triage(database, "people", "role", "lea@news.example", "claim")
    assert "lea@news.example: as the provider says" in claimed.stdout
    triage(database, "people", "remove", " LEA@news.example")
    assert ", removed 2" in triage(database, "people", "list").output
    assert "reviewer" in triage(database, "people", "add", "lea@news.example").stdout
    assert "Released" in triage(database, "people", "release", "Lea@News.example").stdout
    with pytest.raises(NotFoundError, match="nobody here is called 'max'"):
        triage(database, "people", "remove", "max")
    with pytest.raises(UsageError, match="those of policies and programs"):
        triage(database, "people", "add", "client:coral")


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], bool]]:
    """What `triage serve` would have become, and whether a proxy keeps others out."""
    seen: list[tuple[list[str], bool]] = []
    monkeypatch.setattr(
        serving, "_become", lambda command, settings: seen.append((command, settings.behind_proxy))
    )
    return seen


def test_without_sign_in_the_dashboard_is_for_this_machine_and_says_whose_name_it_writes(
    database: str, begun: list[tuple[list[str], bool]]
) -> None:
    said = triage(database, "serve", "--port", "1").output
    assert (
        "Nobody signs in: for this machine only, and every decision is in the name of op." in said
    )
    ((command, _),) = begun
    assert "--server.address=localhost" in command
    with pytest.raises(UsageError, match=r"0\.0\.0\.0 can be reached .* say --behind-proxy"):
        triage(database, "serve", "--host", "0.0.0.0", "--port", "1")
    assert len(begun) == 1


def test_a_proxy_that_keeps_others_out_is_taken_at_its_word(
    database: str, begun: list[tuple[list[str], bool]]
) -> None:
    said = triage(database, "serve", "--host", "0.0.0.0", "--port", "1", "--behind-proxy").output
    assert "for whoever the proxy lets in, and every decision is in the name of op" in said
    assert begun[0][1]
    triage(database, "serve", "--host", "0.0.0.0", "--port", "1", TRIAGE_BEHIND_PROXY="1")
    assert begun[1][1]


def test_with_sign_in_the_dashboard_may_be_reached_from_elsewhere(
    database: str, begun: list[tuple[list[str], bool]], tmp_path: Path
) -> None:
    pytest.importorskip("authlib")
    path = tmp_path / "sign-in.toml"
    path.write_text(AUTH, encoding="utf-8")
    said = triage(
        database, "serve", "--host", "0.0.0.0", "--port", "1", TRIAGE_SIGN_IN=str(path)
    ).output
    assert "People sign in, and may do what their roles allow" in said
    assert "--server.address=0.0.0.0" in begun[0][0]


def test_packages_that_signing_in_needs_are_named_where_they_are_not_there(
    database: str,
    begun: list[tuple[list[str], bool]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "sign-in.toml"
    path.write_text(AUTH, encoding="utf-8")
    monkeypatch.setattr(serving, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'triage-workbench\[team\]'"):
        triage(database, "serve", "--port", "1", TRIAGE_SIGN_IN=str(path))
    assert not begun
