"""JSON objects read field by field, by either of the names that Google's JSON goes by.

`requestedAttributes` and `requested_attributes` are one field, null is as good as absent. An
unknown field is refused, and one that is given twice: a misspelt `doNotStore`, or one that is both
true and false, must not pass for consent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from triage.api.errors import invalid

__all__ = ["Fields", "whole"]

_UPPER = re.compile("[A-Z]")
_SHORTEN = 80


class Fields:
    """One object of a request. `path` is where it stands, for messages."""

    def __init__(self, value: object, path: str, known: Iterable[str]) -> None:
        if not isinstance(value, dict):
            raise invalid(f"{path or 'the body'} must be a JSON object")
        names = {alias: name for name in known for alias in (name, _snake(name))}
        self._path = path
        self._values: dict[str, object] = {}
        seen: set[str] = set()
        for given, one in value.items():
            if given not in names:
                at = f" at '{path}'" if path else ""
                raise invalid(
                    f"Invalid JSON payload received. Unknown name {_short(given)}{at}: "
                    "Cannot find field."
                )
            name = names[given]
            if name in seen:
                raise invalid(f"{self.where(name)} is given twice")
            seen.add(name)
            if one is not None:
                self._values[name] = one

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def where(self, name: str) -> str:
        """Return the place of a field, for messages."""
        return f"{self._path}.{name}" if self._path else name

    def text(self, name: str, default: str = "") -> str:
        """Return a text without lone surrogates."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise invalid(f"{self.where(name)} must be a string")
        return whole(value)

    def flag(self, name: str) -> bool:
        """Return true or false; false where it is absent."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise invalid(f"{self.where(name)} must be true or false")
        return value

    def number(self, name: str) -> float | None:
        """Return a finite number; None where it is absent."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid(f"{self.where(name)} must be a number")
        if (isinstance(value, int) and abs(value) > 2**53) or not math.isfinite(value):
            raise invalid(f"{self.where(name)} is too large a number")
        return float(value)

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """Return a list of texts; empty where it is absent."""
        value = self.rows(name, most)
        if not all(isinstance(one, str) for one in value):
            raise invalid(f"{self.where(name)} must be a list of strings")
        return tuple(whole(one) for one in value if isinstance(one, str))

    def rows(self, name: str, most: int) -> list[object]:
        """Return a list of anything; empty where it is absent."""
        value = self._values.get(name, [])
        if not isinstance(value, list):
            raise invalid(f"{self.where(name)} must be a list")
        if len(value) > most:
            raise invalid(f"{self.where(name)} has more than {most} members")
        return value

    def table(self, name: str, most: int) -> dict[str, object]:
        """Return an object whose names are data; empty where it is absent."""
        value = self._values.get(name, {})
        if not isinstance(value, dict):
            raise invalid(f"{self.where(name)} must be a JSON object")
        if len(value) > most:
            raise invalid(f"{self.where(name)} has more than {most} members")
        return {whole(key): one for key, one in value.items()}

    def inner(self, name: str, known: Iterable[str]) -> Fields | None:
        """Return an object within this one; None where it is absent."""
        value = self._values.get(name)
        return None if value is None else Fields(value, self.where(name), known)


def whole(text: str) -> str:
    """Return a text whose lone surrogates are U+FFFD: JSON may name half a character.

    Its length in UTF-16 code units stays as it was.
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _snake(name: str) -> str:
    return _UPPER.sub(lambda found: "_" + found[0].lower(), name)


def _short(name: str) -> str:
    return f'"{whole(name[:_SHORTEN])}"'
