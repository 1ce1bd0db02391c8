"""The file that `TRIAGE_REMOTE` names: a TOML table for each remote scorer. See docs/scorers.md."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from triage.domain.attributes import MAIN_ATTRIBUTE
from triage.domain.remotes import Filled, Place, Remote, RemoteKind
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.toml_file import read_toml

__all__ = ["read_remotes"]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ATTRIBUTES: Mapping[Label, Place] = MappingProxyType(
    {label: (name,) for label, name in MAIN_ATTRIBUTE.items() if label is not Label.SEXUAL_EXPLICIT}
)
"""Perspective's attributes that know every language it knows; SEXUALLY_EXPLICIT knows English."""


class _UnusableError(ValueError):
    """A key that is missing, unknown or of a wrong type."""


def read_remotes(path: Path, environment: Mapping[str, str]) -> tuple[Remote, ...]:
    """Return the remote scorers in a file, in its order; secrets come from `environment`.

    A variable that is not set makes its scorer unavailable (`Remote.missing`), not the file wrong.
    Raises UsageError that names file, table and key for whatever cannot be used.
    """
    tables = read_toml("TRIAGE_REMOTE", path, "docs/scorers.md")
    found = []
    for name, table in tables.items():
        try:
            found.append(_remote(name, table, environment))
        except ValueError as error:
            raise UsageError(f"TRIAGE_REMOTE: {path}, [{name}]: {error}") from None
    return tuple(found)


def _remote(name: str, table: object, environment: Mapping[str, str]) -> Remote:
    """Return one scorer. Raises ValueError for what cannot be used."""
    if not isinstance(table, dict):
        raise _UnusableError("is no table: each scorer is a [name] with its keys below")
    unknown = [key for key in table if key not in _READ]
    if unknown:
        raise _UnusableError(f"there is no key {unknown[0]!r}; known are {', '.join(_READ)}")
    for key in ("kind", "url", "model_version"):
        if key not in table:
            raise _UnusableError(f"{key} is missing: {_NEEDED[key]}")
    given = {key: _READ[key](key, value) for key, value in table.items()}
    if given["kind"] is RemoteKind.PERSPECTIVE:
        given.setdefault("labels", _ATTRIBUTES)
    missing: list[str] = []
    for key in ("headers", "query"):
        given[key] = {
            header: _filled(template, environment, missing)
            for header, template in given.get(key, {}).items()  # type: ignore[attr-defined]
        }
    given.setdefault("labels", {})
    return Remote(name=name, missing=tuple(dict.fromkeys(missing)), **given)  # type: ignore[arg-type]


def _filled(template: str, environment: Mapping[str, str], missing: list[str]) -> Filled:
    """Return a value with its variables put in; those that are not set are added to `missing`."""
    if "${" in _VARIABLE.sub("", template):
        raise _UnusableError(f"{template!r} names no variable: write it as ${{NAME}}")
    names = _VARIABLE.findall(template)
    values = {name: environment.get(name, "").strip() for name in names}
    missing += [name for name, value in values.items() if not value]
    text = _VARIABLE.sub(lambda found: values[found[1]], template)
    return Filled(template, text, tuple(value for value in values.values() if value))


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _UnusableError(f"{key} must be a text in quotes")
    return value


def _number(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _UnusableError(f"{key} must be a number")
    return float(value)


def _count(key: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _UnusableError(f"{key} must be a whole number")
    return value


def _truth(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _UnusableError(f"{key} must be true or false")
    return value


def _kind(key: str, value: object) -> RemoteKind:
    try:
        return RemoteKind(_text(key, value))
    except ValueError:
        raise _UnusableError(f"{key} must be one of {', '.join(RemoteKind)}") from None


def _place(key: str, value: object) -> Place:
    """Return a place: `a.0.b`, or a list of names where a name holds a dot."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if isinstance(value, str):
        return tuple(value.split(".")) if value else ()
    raise _UnusableError(f'{key} must be a place such as "scores.toxic", or a list of names')


def _labels(key: str, value: object) -> dict[Label, Place]:
    places: dict[Label, Place] = {}
    for name, place in _table(key, value).items():
        try:
            label = Label(name)
        except ValueError:
            raise _UnusableError(f"{key} has {name!r}; labels are {', '.join(Label)}") from None
        places[label] = _place(f"{key}.{name}", place)
    return {label: places[label] for label in Label if label in places}


def _texts(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    raise _UnusableError(f"{key} must be a list of texts")


def _values(key: str, value: object) -> dict[str, str]:
    return {name: _text(f"{key}.{name}", one) for name, one in _table(key, value).items()}


def _table(key: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _UnusableError(f"{key} must be a table")
    return value


def _body(key: str, value: object) -> dict[str, object]:
    body = _table(key, value)
    try:
        json.dumps(body, allow_nan=False)
    except (TypeError, ValueError):
        raise _UnusableError(f"{key} holds a date, inf or nan, which JSON cannot say") from None
    return body


_READ: Mapping[str, Callable[[str, object], object]] = {
    "kind": _kind,
    "url": _text,
    "model_version": _text,
    "description": _text,
    "labels": _labels,
    "languages": _texts,
    "text": _place,
    "texts": _place,
    "results": _place,
    "body": _body,
    "batch": _count,
    "headers": _values,
    "query": _values,
    "timeout": _number,
    "requests_per_second": _number,
    "parallel": _count,
    "retries": _count,
    "budget": _count,
    "characters": _count,
    "insecure": _truth,
}
_NEEDED = {
    "kind": "'perspective' or 'json'",
    "url": "the whole address that texts are posted to",
    "model_version": "state which model answers there, and change it when the model changes, "
    "since nobody can see that from here",
}
