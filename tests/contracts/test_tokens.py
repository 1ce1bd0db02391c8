"""Tokens at rest, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from triage.domain.tokens import Scope, Token, new_secret, secret_digest
from triage.errors import ConflictError, NotFoundError
from triage.store import Store
from triage.store.schema import tokens

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
CORAL = Token("coral", frozenset({Scope.ANALYZE, Scope.FEEDBACK}), NOON, "ada")


def test_a_token_is_found_by_its_secret_as_it_was_made(store: Store) -> None:
    secret = new_secret()
    assert not store.tokens.any()
    store.tokens.add(CORAL, secret_digest(secret))
    assert store.tokens.find(secret_digest(secret)) == CORAL
    assert store.tokens.find(secret_digest(secret + "x")) is None
    assert store.tokens.all() == [CORAL]


def test_no_column_holds_the_secret(store: Store) -> None:
    secret = new_secret()
    store.tokens.add(CORAL, secret_digest(secret))
    with store._database.read() as connection:
        row = connection.execute(select(tokens)).one()
    assert secret not in str(tuple(row))
    assert secret.removeprefix("triage_") not in str(tuple(row))


def test_two_good_tokens_never_share_a_name_and_a_revoked_ones_is_free(store: Store) -> None:
    store.tokens.add(CORAL, secret_digest("one"))
    with pytest.raises(ConflictError, match="'coral' already"):
        store.tokens.add(CORAL, secret_digest("two"))
    store.tokens.revoke("coral", LATER)
    store.tokens.add(CORAL, secret_digest("two"))
    first = store.tokens.find(secret_digest("one"))
    second = store.tokens.find(secret_digest("two"))
    assert first is not None
    assert first.revoked_at == LATER
    assert second == CORAL
    assert store.tokens.any()


def test_revoking_names_the_newest_and_says_when_for_ever(store: Store) -> None:
    store.tokens.add(CORAL, secret_digest("one"))
    assert store.tokens.revoke("coral", LATER).revoked_at == LATER
    assert store.tokens.revoke("coral", LATER + timedelta(days=1)).revoked_at == LATER
    with pytest.raises(NotFoundError, match="no token 'discourse'"):
        store.tokens.revoke("discourse", LATER)


def test_the_last_use_is_noted_on_the_token_that_was_used(store: Store) -> None:
    store.tokens.add(CORAL, secret_digest("one"))
    store.tokens.revoke("coral", NOON)
    store.tokens.add(CORAL, secret_digest("two"))
    store.tokens.used(secret_digest("two"), LATER)
    assert [one.last_used_at for one in store.tokens.all()] == [None, LATER]


def test_a_scope_that_only_a_newer_version_knows_gives_no_right_here(store: Store) -> None:
    row = {
        "name": "new",
        "digest": secret_digest("new"),
        "scopes": ["analyze", "telepathy"],
        "created_at": NOON,
        "created_by": "ada",
    }
    with store._database.write() as connection:
        connection.execute(insert(tokens).values(row))
    found = store.tokens.find(secret_digest("new"))
    assert found is not None
    assert found.scopes == {Scope.ANALYZE}
