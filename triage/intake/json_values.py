"""Values out of JSON that may hold anything anywhere."""

from __future__ import annotations

from typing import Any

from triage.files.encoding import clean

__all__ = ["count", "inside", "text"]


def inside(values: Any, *names: str) -> Any:
    """Return what lies at a path of names; None where there is nothing."""
    for name in names:
        values = values.get(name) if isinstance(values, dict) else None
    return values


def text(values: Any, *names: str) -> str:
    """Return the text (or whole number) at a path, fit for a database; "" for anything else."""
    value = inside(values, *names)
    if isinstance(value, str):
        return clean(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def count(values: Any, *names: str) -> int:
    """Return the count at a path, as MongoDB's extended JSON has it too; 0 where there is none."""
    value = inside(values, *names)
    if isinstance(value, dict):
        told = text(value, "$numberInt") or text(value, "$numberLong")
        value = int(told) if told.isdecimal() and len(told) < 20 else 0
    whole = isinstance(value, int) and not isinstance(value, bool)
    return min(max(0, value), 2**31 - 1) if whole else 0
