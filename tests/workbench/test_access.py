"""Who may ask for what over HTTP."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from triage.domain.tokens import Scope
from triage.errors import AccessError, ConflictError, ScopeError, UsageError
from triage.settings import Settings
from triage.workbench import Workbench

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bench(tmp_path: Path, clock: Clock) -> Iterator[Workbench]:
    made = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'triage.db'}"), clock)
    yield made
    made.close()


def test_a_token_is_good_for_its_scopes_and_for_nothing_else(bench: Workbench) -> None:
    issued = bench.create_token("coral", [Scope.ANALYZE, Scope.FEEDBACK], "ada")
    assert bench.authorise(issued.secret, Scope.ANALYZE).client == "client:coral"
    with pytest.raises(ScopeError, match="coral is for analyze, feedback, not for comments"):
        bench.authorise(issued.secret, Scope.COMMENTS)


@pytest.mark.parametrize("secret", [None, "", "triage_guess", "x" * 100_000, "\ud800", "a\x00b"])
def test_whatever_is_no_token_is_refused_and_not_repeated(
    bench: Workbench, secret: str | None
) -> None:
    bench.create_token("coral", [Scope.ANALYZE], "ada")
    with pytest.raises(AccessError) as refused:
        bench.authorise(secret, Scope.ANALYZE)
    assert not isinstance(refused.value, ScopeError)
    assert not secret or secret not in str(refused.value)


def test_a_revoked_token_is_refused_at_once(bench: Workbench) -> None:
    issued = bench.create_token("coral", [Scope.ANALYZE], "ada")
    bench.authorise(issued.secret, Scope.ANALYZE)
    bench.revoke_token("coral", "ada")
    with pytest.raises(AccessError, match="revoked"):
        bench.authorise(issued.secret, Scope.ANALYZE)


def test_revoking_the_last_token_shuts_the_door(bench: Workbench) -> None:
    assert not bench.guarded()
    bench.create_token("coral", [Scope.ANALYZE], "ada")
    bench.revoke_token("coral", "ada")
    assert bench.guarded()


def test_the_last_use_is_noted_but_not_at_every_request(bench: Workbench, clock: Clock) -> None:
    issued = bench.create_token("coral", [Scope.ANALYZE], "ada")
    for minutes, noted in [(0, 0), (9, 0), (10, 10), (19, 10), (25, 25)]:
        clock.now = NOON + timedelta(minutes=minutes)
        bench.authorise(issued.secret, Scope.ANALYZE)
        assert bench.tokens()[0].last_used_at == NOON + timedelta(minutes=noted)


def test_a_use_that_cannot_be_noted_is_no_reason_to_refuse(tmp_path: Path) -> None:
    path = tmp_path / "triage.db"
    bench = Workbench(Settings(database_url=f"sqlite:///{path}?timeout=0.05"))
    issued = bench.create_token("coral", [Scope.ANALYZE], "ada")
    with closing(sqlite3.connect(path, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        assert bench.authorise(issued.secret, Scope.ANALYZE).name == "coral"
        another.execute("ROLLBACK")
    assert bench.tokens()[0].last_used_at is None
    bench.close()


def test_only_leads_make_and_revoke_tokens(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'triage.db'}"
    bench = Workbench(Settings(database_url=url, leads=("ada",)))
    with pytest.raises(UsageError, match="bea may not make tokens"):
        bench.create_token("coral", [Scope.ANALYZE], "bea")
    bench.create_token("coral", [Scope.ANALYZE], "ada")
    with pytest.raises(UsageError, match="bea may not revoke tokens"):
        bench.revoke_token("coral", "bea")
    bench.close()


def test_what_cannot_be_a_token_is_said_before_anything_is_kept(bench: Workbench) -> None:
    with pytest.raises(UsageError, match="a token's name"):
        bench.create_token("two words", [Scope.ANALYZE], "ada")
    with pytest.raises(UsageError, match="name a scope"):
        bench.create_token("coral", [], "ada")
    bench.create_token("coral", [Scope.ANALYZE], "ada")
    with pytest.raises(ConflictError):
        bench.create_token("coral", [Scope.SCORE], "ada")
    assert len(bench.tokens()) == 1
