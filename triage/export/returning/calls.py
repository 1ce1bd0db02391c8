"""Calls of a site's HTTP interface, a line of JSON each, for a loop of a few lines to make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TextIO

__all__ = ["write_call"]


def write_call(call: Mapping[str, object], to: TextIO) -> None:
    """Write one call on one line, in ASCII: whatever an id holds, it stays within its string."""
    to.write(json.dumps(call, separators=(",", ":")) + "\n")
