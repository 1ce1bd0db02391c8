"""Verbs about tokens: who may ask for what over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock

from triage.domain.tokens import Issued, Scope, Token, new_secret, secret_digest
from triage.errors import AccessError, ScopeError, StoreError, UsageError
from triage.workbench.parts import Parts

__all__ = ["Access"]

_LONGEST_SECRET = 500
_NOTED_EVERY = timedelta(minutes=10)
_NOTING = Lock()


class Access(Parts):
    """Tokens are made, listed, revoked and asked for."""

    @cached_property
    def _noted(self) -> dict[str, datetime]:
        """When the use of each token was noted last by this process."""
        return {}

    def create_token(self, name: str, scopes: Iterable[Scope], by: str) -> Issued:
        """Make a token; its secret is in what is returned, and can never be had again.

        Raises UsageError for whoever is no lead, for a name that cannot be one, and for no scope,
        ConflictError where the name is taken.
        """
        self.leads_only(by, "make tokens")
        try:
            token = Token(name, frozenset(scopes), self._clock(), by)
        except ValueError as error:
            raise UsageError(str(error)) from error
        secret = new_secret()
        self.store.tokens.add(token, secret_digest(secret))
        return Issued(token, secret)

    def tokens(self) -> list[Token]:
        """Return every token ever made, revoked ones too, the oldest first."""
        return self.store.tokens.all()

    def revoke_token(self, name: str, by: str) -> Token:
        """Let a token be good for nothing from now on; its name is free for another one.

        Raises UsageError for whoever is no lead, NotFoundError for an unknown name.
        """
        self.leads_only(by, "revoke tokens")
        return self.store.tokens.revoke(name, self._clock())

    def guarded(self) -> bool:
        """Return whether this site asks for tokens at all: once one was made, it always does.

        Revoking the last one must shut the door, not open it.
        """
        return self.store.tokens.any()

    def authorise(self, secret: str | None, scope: Scope) -> Token:
        """Return the token of a secret that may do this, and note that it was used.

        Looked up anew every time, so that a token is good for nothing at once when it is revoked.
        Raises AccessError for no secret, or an unknown or revoked one, ScopeError where it is not
        for this. Neither message holds any of the secret.
        """
        if not secret:
            raise AccessError(
                "this asks for a token: send it as `Authorization: Bearer ...`, or as ?key=... "
                "where a client knows no other way"
            )
        digest = secret_digest(secret[: _LONGEST_SECRET + 1])
        token = self.store.tokens.find(digest)
        if token is None or token.revoked_at is not None:
            raise AccessError("this token is not known here, or was revoked")
        if not token.may(scope):
            may = ", ".join(sorted(token.scopes))
            raise ScopeError(f"the token {token.name} is for {may}, not for {scope}")
        self._note_use(digest, token)
        return token

    def _note_use(self, digest: str, token: Token) -> None:
        """Note that a token was used, now and then: a request must not wait for a write each time.

        One that could not be noted is no reason to refuse what was asked.
        """
        now = self._clock()
        with _NOTING:
            last = self._noted.get(digest, token.last_used_at)
            if last is not None and now - last < _NOTED_EVERY:
                return
            self._noted[digest] = now
        with suppress(StoreError):
            self.store.tokens.used(digest, now)
