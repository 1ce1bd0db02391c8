"""Where the things are that ship beside the code: in the repository, or in the installed wheel."""

from __future__ import annotations

from pathlib import Path

__all__ = ["app_script", "samples"]

_PACKAGE = Path(__file__).parent


def app_script() -> Path:
    """Return app.py, which Streamlit runs; `.streamlit/config.toml` stands beside it."""
    return _installed_or("front/app.py", "app.py")


def samples() -> list[Path]:
    """Return the files with sample threads, sorted by name."""
    folder = _installed_or("samples", "seeds")
    return sorted(path for path in folder.iterdir() if path.name != "README.md")


def _installed_or(installed: str, in_repository: str) -> Path:
    """Return the wheel's copy (see `force-include` in pyproject.toml), else the repository's."""
    path = _PACKAGE / installed
    return path if path.exists() else _PACKAGE.parent / in_repository
