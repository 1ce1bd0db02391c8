"""Discourse: calls that delete posts, bring them back and show what its flags hid.

The calls are in https://github.com/discourse/discourse, `config/routes.rb` and
`app/controllers/posts_controller.rb`. A deletion can be undone; what a reviewable is decided with
needs an id that no export has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from triage.domain.comments import SourceState
from triage.domain.returns import Change
from triage.export.returning.calls import write_call
from triage.export.returning.way import Way, not_digits

__all__ = ["DISCOURSE"]


def _write(changes: Sequence[Change], to: TextIO, url: str | None) -> None:  # noqa: ARG001 - the loop knows it
    for one in changes:
        method, what = _call(one)
        path = f"/posts/{one.returnable.origin.id}{what}.json"
        write_call({"method": method, "path": path}, to)


def _call(change: Change) -> tuple[str, str]:
    if change.then is SourceState.DELETED:
        return "DELETE", ""
    if change.now is SourceState.DELETED:
        return "PUT", "/recover"
    return "PUT", "/unhide"


DISCOURSE = Way(
    key="discourse",
    name="Discourse",
    reader="discourse",
    suffix=".jsonl",
    how="each line is a call of the API, with a moderator's key (docs/formats.md has the loop)",
    tells=frozenset({SourceState.APPROVED, SourceState.DELETED}),
    rejected=SourceState.DELETED,
    spam=SourceState.DELETED,
    unfit=not_digits,
    write=_write,
    silent=SourceState.APPROVED,
)
