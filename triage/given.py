"""What an installation chose: the environment, and beneath it one settings file in TOML.

The file's keys are the variables in small letters and without `TRIAGE_`: `blur = "words"` says
what `TRIAGE_BLUR=words` does, and the variable outranks it. See docs/operations.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from triage.errors import UsageError
from triage.toml_file import read_toml

__all__ = ["PREFIX", "Given", "key_of"]

PREFIX = "TRIAGE_"
_SETTINGS = "TRIAGE_SETTINGS"
_FILE = "triage.toml"  # in the working folder, where no variable names another
_DOCUMENTED = "docs/operations.md"
_VARIABLE = re.compile(r"TRIAGE_[A-Z0-9_]+")


class Given(Mapping[str, str]):
    """Variables as they are read: those of the environment, else those that the file sets.

    One that is empty in the environment counts as not set. `asked` are the settings that were
    looked up, in order: so what reads them need not list them for the file's sake.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.asked: dict[str, None] = {}
        self._environment = environment
        named = environment.get(_SETTINGS, "").strip()
        self.path = Path(named or _FILE)
        self._file: dict[str, str] = {}
        if named or self.path.exists():
            by = _SETTINGS if named else None  # nobody set what lies there by itself
            for key, value in read_toml(by, self.path, _DOCUMENTED).items():
                self._file[PREFIX + key.upper()] = self._text(key, value)

    def __getitem__(self, name: str) -> str:
        if name.startswith(PREFIX):
            self.asked[name] = None
        value = self._environment.get(name, "")
        return value if value.strip() else self._file[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._file, **self._environment})

    def __len__(self) -> int:
        return len(set(self._file) | set(self._environment))

    def origin(self, name: str) -> str:
        """Return what sets a variable: its own name, the file's, or "" where nothing does."""
        if self._environment.get(name, "").strip():
            return name
        return str(self.path) if name in self._file else ""

    def unknown(self) -> list[str]:
        """Return variables of the environment that look like settings, and that nobody asked for.

        Settings are to be read before.
        """
        known = {*self.asked, _SETTINGS}
        return sorted(
            name for name in self._environment if name.startswith(PREFIX) and name not in known
        )

    def check_keys(self) -> None:
        """Raise UsageError for a key of the file that nobody asked for, once all was read."""
        for name in self._file:
            if name not in self.asked:
                known = ", ".join(sorted(map(key_of, self.asked)))
                raise UsageError(
                    f"{self.path}: there is no setting {key_of(name)!r}; known are {known}"
                )

    def placed(self, error: UsageError) -> UsageError:
        """Return an error about a variable as one about the file's key, where that set it."""
        said = str(error)
        found = _VARIABLE.match(said)
        if found is None or self.origin(found[0]) != str(self.path):
            return error
        return UsageError(f"{self.path}: {key_of(found[0])}{said[found.end() :]}")

    def _text(self, key: str, value: object) -> str:
        """Return a value as a variable would hold it. Raises UsageError for one that none can."""
        if key != key.lower():
            raise UsageError(f"{self.path}: settings are in small letters: {key.lower()}")
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, str):
            return value
        texts = value if isinstance(value, list) else [","]
        if all(isinstance(one, str) and "," not in one for one in texts):
            return ",".join(texts)
        if isinstance(value, dict):
            raise UsageError(
                f"{self.path}: [{key}] is a table, and settings are none: write each as KEY = VALUE"
            )
        raise UsageError(
            f"{self.path}: {key} must be a text in quotes, a number, true, false, or a list of "
            "texts without commas"
        )


def key_of(variable: str) -> str:
    """Return what a variable is called in the settings file."""
    return variable.removeprefix(PREFIX).lower()
