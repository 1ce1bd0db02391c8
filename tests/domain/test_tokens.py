"""Tokens: names, scopes, and secrets that nobody keeps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from triage.domain.tokens import Issued, Scope, Token, new_secret, secret_digest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "two words", "a/b", "client:x", "-x", "x" * 65, "é", "a\nb"])
def test_a_name_is_plain_because_it_stands_in_logs_and_in_the_log_of_decisions(name: str) -> None:
    with pytest.raises(ValueError, match="a token's name"):
        Token(name, frozenset({Scope.ANALYZE}), NOON, "ada")


def test_a_token_for_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="name a scope of analyze, feedback"):
        Token("coral", frozenset(), NOON, "ada")


def test_a_revoked_token_may_nothing_and_a_good_one_what_its_scopes_say() -> None:
    good = Token("coral", frozenset({Scope.ANALYZE}), NOON, "ada")
    assert good.may(Scope.ANALYZE)
    assert not good.may(Scope.FEEDBACK)
    gone = Token("coral", frozenset({Scope.ANALYZE}), NOON, "ada", revoked_at=NOON)
    assert not gone.may(Scope.ANALYZE)


def test_secrets_are_random_long_and_need_no_quoting() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    for secret in made:
        assert secret.startswith("triage_")
        assert len(secret) == len("triage_") + 43, "256 bits in base64"
        assert secret.isascii()
        assert secret.replace("-", "").replace("_", "").isalnum()


def test_a_secret_is_in_no_representation() -> None:
    token = Token("coral", frozenset({Scope.ANALYZE}), NOON, "ada")
    assert "triage_hush" not in repr(Issued(token, "triage_hush"))


def test_any_string_has_a_digest_even_half_a_surrogate_pair() -> None:
    assert len(secret_digest("\ud800")) == 64
