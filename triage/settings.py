"""The environment, read once into one frozen Settings. Only the edges read it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from getpass import getuser
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from triage.errors import UsageError

__all__ = ["Settings"]

_DATABASE_URL = "sqlite:///triage.db"  # in the working folder
_MODELS_DIR = Path.home() / ".cache" / "triage" / "models"
_SCORERS = ("compact",)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can choose; every field has a `TRIAGE_...` variable.

    `database_url` is a SQLAlchemy URL (`TRIAGE_DATABASE_URL`). `scorers` are the keys of the
    panel, first one first (`TRIAGE_SCORERS`, separated by commas). `models_dir` holds weights that
    were put on this machine (`TRIAGE_MODELS_DIR`); `allow_download` lets Detoxify fetch its own
    (`TRIAGE_ALLOW_DOWNLOAD`). `reviewer` is the name decisions carry (`TRIAGE_REVIEWER`).
    `timezone` is that of times that do not name theirs (`TRIAGE_TIMEZONE`).
    """

    database_url: str = _DATABASE_URL
    scorers: tuple[str, ...] = _SCORERS
    models_dir: Path = _MODELS_DIR
    allow_download: bool = False
    reviewer: str = "reviewer"
    timezone: tzinfo = UTC

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the `TRIAGE_...` variables. Raises UsageError for a value that cannot be used."""
        env = os.environ if environment is None else environment
        scorers = [key.strip() for key in env.get("TRIAGE_SCORERS", "").split(",")]
        return cls(
            database_url=env.get("TRIAGE_DATABASE_URL") or _DATABASE_URL,
            scorers=tuple(key for key in scorers if key) or _SCORERS,
            models_dir=Path(env.get("TRIAGE_MODELS_DIR") or _MODELS_DIR).expanduser(),
            allow_download=_yes("TRIAGE_ALLOW_DOWNLOAD", env),
            reviewer=env.get("TRIAGE_REVIEWER", "").strip() or _login(),
            timezone=_timezone(env.get("TRIAGE_TIMEZONE") or "UTC"),
        )


def _yes(name: str, env: Mapping[str, str]) -> bool:
    value = env.get(name, "").strip().lower()
    if value in {"", "0", "no", "false", "off"}:
        return False
    if value in {"1", "yes", "true", "on"}:
        return True
    raise UsageError(f"{name} is {value!r}; set it to 1 or 0")


def _timezone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"TRIAGE_TIMEZONE is {name!r}; use a name like Europe/Berlin") from None


def _login() -> str:
    """Return the login name, or `reviewer` where the machine knows none."""
    try:
        return getuser()
    except (KeyError, OSError):
        return "reviewer"
