"""A settings file in TOML that an environment variable names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from triage.errors import UsageError

__all__ = ["read_toml"]

_LARGEST = 1 << 20


def read_toml(variable: str, path: Path, documented: str) -> dict[str, Any]:
    """Return what a file holds. Raises UsageError that names the variable and the file.

    `documented` is where a person finds what the file is to look like.
    """
    import tomllib

    try:
        with path.open("rb") as handle:
            raw = handle.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            raise UsageError(f"{variable}: {path} is no file of settings: it exceeds 1 MiB")
        return tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise UsageError(
            f"{variable}: {path} cannot be read ({error.strerror}); write it as "
            f"{documented} says, or unset the variable"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{variable}: {path} is no TOML: {error}") from None
