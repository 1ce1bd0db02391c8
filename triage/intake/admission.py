"""Who is let in: authors get their pseudonyms, and what is forgotten stays outside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

from triage.domain.comments import Comment, Ids, Thread
from triage.domain.forgetting import Marks
from triage.domain.pseudonyms import Pseudonyms

__all__ = ["Admission"]

Known = Callable[[Collection[str]], Mapping[str, datetime]]
"""Says of some marks since when they are forgotten, for those that are."""

Stored = Callable[[Collection[str]], Collection[str]]
"""Says which of some comments are in the store, by id."""


class Admission:
    """What every comment passes on its way in, before anything is compared or stored.

    `marks` are None where nothing was ever forgotten. `stored` says which comments came before
    there were pseudonyms, and keep the ids that were derived then. `left_out` counts the comments
    that were forgotten.
    """

    def __init__(
        self,
        pseudonyms: Pseudonyms | None,
        marks: Marks | None,
        known: Known,
        stored: Stored | None = None,
    ) -> None:
        self._pseudonyms = pseudonyms
        self._stored = stored
        self._marks = marks
        self._known = known
        self.left_out = 0

    def admit(self, thread: Thread) -> Thread:
        """Return a piece of a thread as it may be stored.

        A forgotten author's comments are left out if they were written before that, or nobody knows
        when. What has no id at its source is known again by thread, author, time and text.
        """
        named = self._named(thread)
        if self._marks is None:
            return named
        pairs = list(zip(thread.comments, named.comments, strict=True))
        derived = thread.ids is Ids.DERIVED
        keyed = self._pseudonyms is not None
        marks = [
            _Marked(self._marks, raw, own.author, derived=derived, keyed=keyed)
            for raw, own in pairs
        ]
        since = self._known({digest for one in marks for digest in one.digests})
        stay = [
            own for (_, own), one in zip(pairs, marks, strict=True) if not one.is_forgotten(since)
        ]
        self.left_out += len(pairs) - len(stay)
        return named.with_comments(stay)

    def _named(self, thread: Thread) -> Thread:
        """Return a thread by the names that may be stored."""
        if self._pseudonyms is None:
            return thread
        kept: Collection[str] = ()
        # Where a source has no ids at all its comments are known again without.
        if self._stored is not None and thread.ids is Ids.GIVEN:
            derived = self._pseudonyms.derived_ids(thread)
            kept = self._stored(derived) if derived else ()
        return self._pseudonyms.thread(thread, kept)


class _Marked:
    """The marks of one comment: by its author's name as by the pseudonym."""

    def __init__(
        self, marks: Marks, raw: Comment, author: str | None, *, derived: bool, keyed: bool
    ) -> None:
        names = (raw.author, author)
        self._created_at = raw.created_at
        self._authors = [marks.author(name) for name in dict.fromkeys(names) if name]
        # One whose pseudonym was lost with its key is erased without an author.
        also = (None,) if keyed else ()
        self._own = [
            marks.comment(raw.thread_id, name, raw.created_at, raw.text_sha256)
            for name in (dict.fromkeys((*names, *also)) if derived else ())
        ]

    @property
    def digests(self) -> Iterator[str]:
        yield from self._authors
        yield from self._own

    def is_forgotten(self, since: Mapping[str, datetime]) -> bool:
        if any(one in since for one in self._own):
            return True
        moments = [since[one] for one in self._authors if one in since]
        return bool(moments) and (self._created_at is None or self._created_at <= max(moments))
