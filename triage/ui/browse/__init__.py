"""Browse: every comment in a table that filters and sorts on the server, acting by id."""

from __future__ import annotations

from triage.ui.browse.page import page

__all__ = ["page"]
