"""Which versions of other packages are installed: recorded beside the scores they had a part in."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["installed_version"]


def installed_version(package: str) -> str:
    """Return an installed package's version, without importing it.

    `unknown` where it goes by another name: ONNX Runtime's other builds do.
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
