"""`python -m triage.cli` does what the console script does."""

from __future__ import annotations

from triage.cli.commands import main

main()
