"""The command line: one command per verb of the workbench."""

from __future__ import annotations

from triage.cli.commands import main

__all__ = ["main"]
