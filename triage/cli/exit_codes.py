"""What a command's exit code says: whose fault it was, if it was one."""

from __future__ import annotations

__all__ = ["EXIT_FAULT", "EXIT_INPUT", "EXIT_INTERRUPTED", "EXIT_PARTLY"]

EXIT_FAULT, EXIT_INPUT, EXIT_PARTLY, EXIT_INTERRUPTED = 1, 2, 3, 130
