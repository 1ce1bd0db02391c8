"""Rate comments for toxicity and incivility, review what is flagged, export the decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.errors import TriageError
    from triage.settings import Settings
    from triage.workbench import Workbench

__all__ = ["Settings", "TriageError", "Workbench", "__version__"]

__version__ = "0.1.0"

_HOMES = {"Settings": "settings", "TriageError": "errors", "Workbench": "workbench"}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: `import triage` itself costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'triage' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"triage.{_HOMES[name]}"), name)
