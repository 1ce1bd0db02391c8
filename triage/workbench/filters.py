"""What a filter keeps, in words that name nobody: for a card that others read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from triage.domain import languages
from triage.domain.scores import Label
from triage.store import BrowseFilter

__all__ = ["in_words"]

_CODE = re.compile(r"[A-Z][A-Z0-9]{0,11}")
_TRUTHS = {
    "scored": ("scores", "no scores"),
    "decided": ("a decision", "no decision"),
    "flagged": ("a flag", "no flag"),
    "pending": ("a wait for a verdict", "no wait for a verdict"),
    "unread": ("a language that no scorer reads", "a language that a scorer reads"),
}
_UNSAID = {
    "thread_id": "one thread, which is not named here",
    "source": "one source, which is not named here",
    "author": "one author, who is not named here",
    "decided_by": "one reviewer, who is not named here",
    "text": "some words in the text, which are not repeated here",
    "pattern": "a pattern in the text, which is not repeated here",
}


def in_words(wanted: BrowseFilter | None) -> tuple[str, ...]:
    """Return what a filter asks for, a clause each; whatever may be personal is not repeated."""
    return tuple(_clauses(wanted or BrowseFilter()))


def _clauses(wanted: BrowseFilter) -> Iterator[str]:
    for label, (low, high) in wanted.scores.items():
        yield f"a score of {label.words} from {low:g} to {high:g} at the export"
    for name, (yes, no) in _TRUTHS.items():
        asked = getattr(wanted, name)
        if asked is not None:
            yield yes if asked else no
    for name in ("verdict", "route"):
        if (value := getattr(wanted, name)) is not None:
            yield f"the {name} {value.value}"
    if wanted.language is not None:
        yield f"the language {languages.words(wanted.language)}"
    if wanted.reason is not None:
        known = wanted.reason in list(Label) or _CODE.fullmatch(wanted.reason)
        yield f"the reason {wanted.reason}" if known else "one reason, which is not named here"
    for name, words in _UNSAID.items():
        if getattr(wanted, name):
            yield words
    yield from _between("written", wanted.since, wanted.before)
    yield from _between("decided", wanted.decided_since, wanted.decided_before)


def _between(what: str, since: datetime | None, before: datetime | None) -> Iterator[str]:
    if since is not None:
        yield f"a time {what} from {since:%Y-%m-%d %H:%M %Z}"
    if before is not None:
        yield f"a time {what} before {before:%Y-%m-%d %H:%M %Z}"
