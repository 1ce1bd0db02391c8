"""`triage token`: made once, shown once, revoked for ever."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli.commands import commands
from triage.errors import AccessError, UsageError
from triage.settings import Settings
from triage.workbench import Workbench


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'triage.db'}"


def triage(database: str, *arguments: str) -> Result:
    return CliRunner().invoke(
        commands, ["--database", database, *arguments], catch_exceptions=False
    )


def test_a_secret_is_printed_alone_once_and_never_again(database: str) -> None:
    made = triage(database, "token", "create", "coral", "--scope", "analyze", "--scope", "feedback")
    secret = made.stdout.strip()
    assert re.fullmatch(r"triage_[A-Za-z0-9_-]{43}", secret), "so that a script can read it"
    assert "cannot be shown again" in made.stderr
    listed = triage(database, "token", "list").output
    assert "coral: analyze, feedback" in listed
    assert "last used never" in listed
    assert secret not in listed
    path = Path(database.removeprefix("sqlite:///"))
    stored = b"".join(one.read_bytes() for one in path.parent.iterdir())
    assert secret.removeprefix("triage_").encode() not in stored


def test_a_token_from_the_command_line_is_good_until_it_is_revoked(database: str) -> None:
    secret = triage(database, "token", "create", "coral", "--scope", "analyze").stdout.strip()
    bench = Workbench(Settings(database_url=database))
    assert bench.authorise(secret, next(iter(bench.tokens()[0].scopes))).name == "coral"
    assert "Revoked: coral" in triage(database, "token", "revoke", "coral").output
    with pytest.raises(AccessError):
        bench.authorise(secret, next(iter(bench.tokens()[0].scopes)))
    bench.close()
    assert ", revoked 2" in triage(database, "token", "list").output


def test_a_token_needs_a_scope_that_there_is(database: str) -> None:
    assert triage(database, "token", "create", "coral").exit_code == 2
    assert triage(database, "token", "create", "coral", "--scope", "everything").exit_code == 2
    with pytest.raises(UsageError, match="a token's name"):
        triage(database, "token", "create", "two words", "--scope", "analyze")
    assert "There are no tokens: triage token create" in triage(database, "token", "list").output
