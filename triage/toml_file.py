"""A settings file in TOML: one that an environment variable names, or that lies at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from triage.errors import UsageError

__all__ = ["check_keys", "read_toml", "table_in"]

_LARGEST = 1 << 20


def read_toml(variable: str | None, path: Path, documented: str) -> dict[str, Any]:
    """Return what a file holds. Raises UsageError that names the variable, if any, and the file.

    `documented` is where a person finds what the file is to look like.
    """
    import tomllib

    named = f"{path}" if variable is None else f"{variable}: {path}"
    try:
        with path.open("rb") as handle:
            raw = handle.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            raise UsageError(f"{named} is no file of settings: it exceeds 1 MiB")
        return tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        otherwise = "move it elsewhere" if variable is None else "unset the variable"
        raise UsageError(
            f"{named} cannot be read ({error.strerror}); write it as {documented} says, or "
            f"{otherwise}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{named} is no TOML: {error}") from None


def check_keys(table: Mapping[str, object], keys: Sequence[str]) -> None:
    """Raise ValueError for a key that nobody reads: it is a slip of the pen, most likely."""
    unknown = [key for key in table if key not in keys]
    if unknown:
        raise ValueError(f"there is no key {unknown[0]!r}; known are {', '.join(keys)}")


def table_in(table: Mapping[str, object], key: str) -> dict[str, Any]:
    """Return the table under a key, an empty one where there is none; raise ValueError else."""
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise ValueError(f"{key} must be a table")  # noqa: TRY004 - all of them are told alike
    return value
