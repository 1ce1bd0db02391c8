"""The file that `TRIAGE_SIGN_IN` names: the provider, and who is who. See docs/operations.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from triage.domain.people import Role, SignIn
from triage.domain.urls import is_loopback
from triage.errors import UsageError
from triage.toml_file import check_keys, read_toml, table_in

__all__ = ["read_sign_in"]

_VARIABLE = "TRIAGE_SIGN_IN"
_KEYS = ("name", "role_claim", "roles", "hours")
_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
_BACK = "/oauth2callback"
_SHORTEST_SECRET = 32
_MOST_HOURS = 24 * 30  # after which Streamlit's own cookie is over


def read_sign_in(path: Path) -> SignIn:
    """Return how people sign in. Raises UsageError that names file, table and key.

    `[auth]` is handed on to Streamlit as it is; it is checked here, so that what is missing is said
    at the start and not to whoever signs in first.
    """
    given = read_toml(_VARIABLE, path, "docs/operations.md")
    place = "[auth]"
    try:
        auth = table_in(given, "auth")
        _check_auth(auth)
        place = "[people]"
        return replace(_people(table_in(given, "people")), auth=auth)
    except ValueError as error:
        raise UsageError(f"{_VARIABLE}: {path}, {place}: {error}") from None


def _check_auth(auth: Mapping[str, Any]) -> None:
    if not auth:
        raise ValueError("is missing: it says which provider people sign in at")
    back = _text(auth, "redirect_uri")
    parts = urlsplit(back)
    if parts.scheme not in ("http", "https") or not parts.path.endswith(_BACK):
        raise ValueError(f"redirect_uri must be this site's address, with {_BACK} at its end")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("redirect_uri must be https: cookies and codes go along that way")
    if len(_text(auth, "cookie_secret")) < _SHORTEST_SECRET:
        raise ValueError(
            f"cookie_secret must have {_SHORTEST_SECRET} characters at least, drawn by chance: "
            "whoever guesses it can be anybody"
        )
    for name in SignIn(auth=auth).providers or ("",):
        if "_" in name:
            raise ValueError(f"{name}: Streamlit takes no underscore in a provider's name")
        try:
            _check_provider(auth[name] if name else auth)
        except ValueError as error:
            raise ValueError(f"{name}: {error}" if name else str(error)) from None


def _check_provider(provider: Mapping[str, object]) -> None:
    for key in _PROVIDER:
        _text(provider, key)
    parts = urlsplit(_text(provider, "server_metadata_url"))
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError("server_metadata_url must be https: it says whose word is believed")


def _people(table: Mapping[str, object]) -> SignIn:
    check_keys(table, _KEYS)
    roles: dict[str, Role] = {}
    for said, role in table_in(table, "roles").items():
        if role not in list(Role):
            raise ValueError(f"roles: {said!r} must be one of {', '.join(Role)}")
        roles[said] = Role(role)
    hours = table.get("hours", 12)
    if not isinstance(hours, int | float) or not 0 < hours <= _MOST_HOURS:
        raise ValueError(f"hours must be a number up to {_MOST_HOURS}")
    return SignIn(
        _text(table, "name") if "name" in table else "email",
        _text(table, "role_claim") if "role_claim" in table else "",
        roles,
        timedelta(hours=hours),
    )


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be a text in quotes")
    return value
