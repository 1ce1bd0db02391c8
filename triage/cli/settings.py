"""`triage settings`: what is in force, and where each setting comes from."""

from __future__ import annotations

import os
import re
from datetime import timedelta, tzinfo

import click

from triage.cli.printing import note, say
from triage.given import Given, key_of
from triage.settings import Settings

__all__ = ["settings_in_force"]

_SECRET = re.compile(r"(?:^|_)(?:key|secret|token|password|salt)s?(?:_|$)")
_PASSWORD = re.compile(r"(?<=://)([^/@]*?):[^@]*(?=@)|(?<=password=)[^&]+")
_FIELDS = {
    "lease_minutes": "lease",
    "pool_size": "pool.size",
    "pool_overflow": "pool.overflow",
    "pool_seconds": "pool.seconds",
    "pool_recycle_minutes": "pool.recycle_minutes",
}
"""Where a setting's default stands in Settings, if not under the setting's own name."""


@click.command("settings")
@click.pass_obj
def settings_in_force(settings: Settings) -> None:
    """Print every setting that is in force, and what set it: a variable, a file, or nothing.

    Secrets are masked. Variables that look like settings and are none are listed below.
    """
    given = Given(os.environ)
    read = Settings.read(given)
    shown = [(key_of(name), *_shown(name, given, read)) for name in given.asked]
    if settings.database_url != read.database_url:
        masked = _masked("database_url", settings.database_url)
        shown[0] = ("database_url", masked, "--database")
    wide = [max(len(row[at]) for row in shown) for at in (0, 1)]
    for key, value, origin in sorted(shown):
        say(f"{key:{wide[0]}}  {value:{min(wide[1], 50)}}  {origin}")
    if unknown := given.unknown():
        note(f"Set, and no setting: {', '.join(unknown)}")


def _shown(name: str, given: Given, read: Settings) -> tuple[str, str]:
    """Return the value of a setting, and where it comes from."""
    key, origin = key_of(name), given.origin(name)
    if origin:
        secrets = {secret for remote in read.remotes for secret in remote.secrets}
        return "(set)" if given[name] in secrets else _masked(key, given[name]), origin
    value: object = read
    for part in _FIELDS.get(key, key).split("."):
        value = getattr(value, part, None)
    return _words(value), "default"


def _words(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 60:g}"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) if isinstance(value, str | int | os.PathLike | tzinfo) else "-"


def _masked(key: str, value: str) -> str:
    if _SECRET.search(key):
        return "(set)"
    return _PASSWORD.sub(lambda found: f"{found[1]}:***" if found[1] else "***", value)
