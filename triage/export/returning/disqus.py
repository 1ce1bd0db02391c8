"""Disqus: calls of its API that approve posts, remove them, mark them as spam and restore them.

https://disqus.com/api/docs/posts/ has them. Each takes several posts; none makes a post wait again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from triage.domain.comments import SourceState
from triage.domain.returns import Change
from triage.export.returning.calls import write_call
from triage.export.returning.way import Way, not_digits

__all__ = ["DISQUS"]

_AT_ONCE = 50
_VERBS = {
    SourceState.APPROVED: "approve",
    SourceState.DELETED: "remove",
    SourceState.SPAM: "spam",
}


def _write(changes: Sequence[Change], to: TextIO, url: str | None) -> None:  # noqa: ARG001 - there is one Disqus
    # What was removed is restored before it is approved or marked as spam.
    gone = SourceState.DELETED
    back = (one for one in changes if one.now is gone and one.then is not gone)
    _write_calls("restore", back, to)
    for state, verb in _VERBS.items():
        _write_calls(verb, (one for one in changes if one.then is state), to)


def _write_calls(verb: str, changes: Iterable[Change], to: TextIO) -> None:
    ids = [one.returnable.origin.id for one in changes]
    for start in range(0, len(ids), _AT_ONCE):
        body = "&".join(f"post={name}" for name in ids[start : start + _AT_ONCE])
        write_call({"method": "POST", "path": f"/api/3.0/posts/{verb}.json", "body": body}, to)


DISQUS = Way(
    key="disqus",
    name="Disqus",
    reader="disqus",
    suffix=".jsonl",
    how="each line is a call of the API, with a moderator's keys (docs/formats.md has the loop)",
    tells=frozenset(_VERBS),
    rejected=SourceState.DELETED,
    spam=SourceState.SPAM,
    unfit=not_digits,
    write=_write,
)
