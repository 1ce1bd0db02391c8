"""Loads what a dashboard loads before its first page is drawn: imported once, forked from often."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

for _library in ("altair", "onnxruntime", "pyarrow", "tokenizers", "uvicorn", "streamlit.web.cli"):
    import_module(_library)
for _package in ("triage.ui", "triage.api", "triage.cli"):
    for _module in walk_packages(import_module(_package).__path__, f"{_package}."):
        if _module.name.rpartition(".")[2] not in {"__main__", "script"}:
            import_module(_module.name)
