"""Everything that triage raises on purpose.

An edge (command line, page, HTTP) catches the base class only and shows its message,
which says what happened, where, and what to do next::

    TriageError
    ├── InputError          what came from outside cannot be used as it is
    │   ├── ReadError       a file or export: missing, unreadable, of no known layout
    │   │   ├── NoTextError   a table of which nobody knows which column holds the texts
    │   │   └── TooManyError  more at once than is taken over HTTP
    │   └── UsageError      an unknown name or an impossible combination of options
    ├── AccessError         a request over HTTP without a token, or with one that is none (any more)
    │   └── ScopeError      its token is good, and not for this
    ├── RightsError         whoever is signed in may not do this, or is nobody here (any more)
    ├── NotFoundError       the store holds no such comment, thread, decision or policy
    ├── ConflictError       the store moved on: the comment was edited or decided meanwhile
    ├── ScorerError         a scorer cannot be loaded or run (weights missing, altered, refused)
    └── StoreError          the database cannot be opened, read or written
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "AccessError",
    "ConflictError",
    "InputError",
    "NoTextError",
    "NotFoundError",
    "ReadError",
    "RightsError",
    "ScopeError",
    "ScorerError",
    "StoreError",
    "TooManyError",
    "TriageError",
    "UsageError",
]


class TriageError(Exception):
    """Base of all errors raised on purpose; its message is fit to be shown to a person."""


class InputError(TriageError):
    """What came from outside cannot be used as it is."""


class ReadError(InputError):
    """A file or export is missing, unreadable or of no known layout."""


class NoTextError(ReadError):
    """A table none of whose columns is named like a comment's text.

    `columns` are their names, `chosen` maps the other roles to the columns that have them, and
    `rows` are the first ones, shortened.
    """

    def __init__(
        self, message: str, *, columns: tuple[str, ...], chosen: Mapping[str, str]
    ) -> None:
        super().__init__(message)
        self.columns = columns
        self.chosen = chosen
        self.rows: tuple[Mapping[str, str], ...] = ()


class TooManyError(ReadError):
    """More comments at once than a request may bring."""


class UsageError(InputError):
    """An unknown name, or options that do not go together."""


class AccessError(TriageError):
    """Whoever asks over HTTP brought no token, or one that is unknown or revoked."""


class ScopeError(AccessError):
    """The token is good, but not for what was asked."""


class RightsError(TriageError):
    """Whoever is signed in may not do this, or is nobody here (any more)."""


class NotFoundError(TriageError):
    """The store holds no such comment, thread, decision or policy."""


class ConflictError(TriageError):
    """The store moved on since the caller looked: edited or decided meanwhile."""


class ScorerError(TriageError):
    """A scorer cannot be loaded or run."""


class StoreError(TriageError):
    """The database cannot be opened, read or written."""
