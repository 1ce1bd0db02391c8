"""Which comment of a thread read again is which that is known, where the source gives no ids.

Ids that are derived from a comment's content change when it is edited. So when a whole thread is
read again, its comments are aligned with those known, and keep their ids.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from triage.domain.comments import Comment, Thread

__all__ = ["Known", "align"]

_SIMILAR = 0.5
# Of two texts, so many words are compared: the time it takes grows faster than their number.
_COMPARED_WORDS = 300
# How far from its likeliest place in a gap a known comment is looked for: 8 to either side, and
# less in a gap of more than 5,000 comments, where next to nothing is known anyway.
_SEARCHED = 8
_SEARCHED_IN_ALL = 40_000


class Known(Protocol):
    """A comment as it is known, in its current revision; a Comment is one too."""

    @property
    def id(self) -> str: ...  # noqa: D102 - as in Comment, like all below
    @property
    def author(self) -> str | None: ...  # noqa: D102
    @property
    def created_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def text_sha256(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def position(self) -> int: ...  # noqa: D102


def align(known: Sequence[Known], thread: Thread) -> Thread:
    """Return the whole `thread` with the ids of known comments in place of derived ones.

    A comment is a known one, in this order of trust, if

    1. author, time and text are the same (the nth of several equal ones is the nth known);
    2. time and text are the same, it has a time, and nobody knows any more by whom it was (its
       author's pseudonym was dropped, say): without a time, a short text may be anybody's;
    3. author and time are the same, and it has a time: its text was edited;
    4. author and text are the same: its time is told differently;
    5. it stands between the same neighbours, and at least half of its words are the same, in the
       same order: its text was edited.

    Every other comment is new and keeps its derived id, made unique. Parents follow. No comment is
    dropped, and order and texts stay as they are. Takes time linear in the number of comments, but
    for a search of bounded width in 5.
    """
    known = sorted(known, key=lambda one: (one.position, one.id))
    match = _Match(known, thread.comments)
    match.pair(lambda c: (c.author, c.created_at, c.text_sha256))
    match.pair(
        lambda c: None if c.created_at is None else (c.created_at, c.text_sha256),
        known=lambda c: None if c.author is not None else (c.created_at, c.text_sha256),
    )
    match.pair(lambda c: None if c.created_at is None else (c.author, c.created_at))
    match.pair(lambda c: None if c.author is None else (c.author, c.text_sha256))
    match.pair_in_gaps()
    ids = _ids(known, thread.comments, match.found)
    renamed = {comment.id: new for comment, new in zip(thread.comments, ids, strict=True)}
    return thread.with_comments(
        replace(
            comment,
            id=new,
            parent_id=renamed.get(comment.parent_id, comment.parent_id)
            if comment.parent_id is not None
            else None,
        )
        for comment, new in zip(thread.comments, ids, strict=True)
    )


class _Match:
    """Pairs of indices, growing rule by rule: `found` maps a comment's index to a known one's."""

    def __init__(self, known: Sequence[Known], comments: Sequence[Comment]) -> None:
        self._known = known
        self._comments = comments
        self._order = sorted(range(len(comments)), key=lambda index: comments[index].position)
        self._free = dict.fromkeys(range(len(known)))
        self.found: dict[int, int] = {}

    def pair(
        self,
        key: Callable[[Known], Hashable | None],
        *,
        known: Callable[[Known], Hashable | None] | None = None,
    ) -> None:
        """Pair what has the same key, the first with the first; None pairs with nothing.

        With `known` that is the key of what is known, and `key` that of what is there now.
        Where more are known than there are now, some have gone. Those that are left are then
        told by their position first: a thread read once more finds the same ones again.
        """
        by_key: dict[Hashable, list[int]] = defaultdict(list)
        for one in self._free:
            by_key[(known or key)(self._known[one])].append(one)
        wanted: dict[Hashable, list[int]] = defaultdict(list)
        for index in self._order:
            if index not in self.found:
                wanted[key(self._comments[index])].append(index)
        for value, indices in wanted.items():
            candidates = by_key.get(value, [])
            if value is None or not candidates:
                continue
            if len(candidates) > len(indices):
                self._pair_by_position(indices, candidates)
            left = (index for index in indices if index not in self.found)
            free = (one for one in candidates if one in self._free)
            for index, one in zip(left, free, strict=False):
                self._add(index, one)

    def _pair_by_position(self, indices: Iterable[int], candidates: Iterable[int]) -> None:
        places: dict[int, int] = {}
        for known in candidates:
            places.setdefault(self._known[known].position, known)
        for index in indices:
            known_here = places.pop(self._comments[index].position, None)
            if known_here is not None:
                self._add(index, known_here)

    def pair_in_gaps(self) -> None:
        """Pair what stands between the same matched neighbours and reads much alike."""
        taken = {known: index for index, known in self.found.items()}
        known_gaps = _gaps(range(len(self._known)), lambda index: index if index in taken else None)
        gaps = _gaps(self._order, self.found.get)
        for ends, indices in gaps.items():
            candidates = known_gaps.get(ends, [])
            reach = max(1, min(_SEARCHED, _SEARCHED_IN_ALL // len(indices)))
            for place, index in enumerate(indices):
                near = place * len(candidates) // len(indices)
                window = candidates[max(0, near - reach) : near + reach + 1]
                best = self._most_similar(index, (one for one in window if one in self._free))
                if best is not None:
                    self._add(index, best)

    def _add(self, index: int, known: int) -> None:
        self.found[index] = known
        del self._free[known]

    def _most_similar(self, index: int, candidates: Iterable[int]) -> int | None:
        comment = self._comments[index]
        words = _words(comment.text)
        best, best_ratio = None, 0.0
        for candidate in candidates:
            one = self._known[candidate]
            if one.author != comment.author and None not in (one.author, comment.author):
                continue
            ratio = _similarity(_words(one.text), words, at_least=max(_SIMILAR, best_ratio))
            if ratio > best_ratio:
                best, best_ratio = candidate, ratio
        return best


def _words(text: str) -> list[str]:
    return text.split(maxsplit=_COMPARED_WORDS)[:_COMPARED_WORDS]


def _similarity(one: Sequence[str], other: Sequence[str], *, at_least: float) -> float:
    """Return the share of words that two texts have in common, in order; 0 below `at_least`.

    That is twice the length of their longest common subsequence by the number of their words.
    Two upper bounds, cheap to compute, come first.
    """
    total = len(one) + len(other)
    if not total:
        return 1.0
    if 2 * min(len(one), len(other)) < at_least * total:
        return 0.0
    if 2 * (Counter(one) & Counter(other)).total() < at_least * total:
        return 0.0
    ratio = 2 * _common(one, other) / total
    return ratio if ratio >= at_least else 0.0


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence.

    Bit by bit, a row of the table at a time: Hyyrö, "Bit-parallel LCS-length computation
    revisited", AWOCA 2004. Unlike difflib it takes the same time for hostile texts.
    """
    places: dict[str, int] = defaultdict(int)
    for place, word in enumerate(one):
        places[word] |= 1 << place
    everything = (1 << len(one)) - 1
    row = everything
    for word in other:
        matched = row & places.get(word, 0)
        row = ((row + matched) | (row - matched)) & everything
    return len(one) - row.bit_count()


def _gaps(
    order: Iterable[int], known_of: Callable[[int], int | None]
) -> dict[tuple[int | None, int | None], list[int]]:
    """Return the runs of unmatched indices by the known indices of their two neighbours."""
    gaps: dict[tuple[int | None, int | None], list[int]] = {}
    run: list[int] = []
    before: int | None = None
    for index in order:
        known = known_of(index)
        if known is None:
            run.append(index)
            continue
        if run:
            gaps[before, known] = run
            run = []
        before = known
    if run:
        gaps[before, None] = run
    return gaps


def _ids(known: Sequence[Known], comments: Sequence[Comment], found: dict[int, int]) -> list[str]:
    """Return an id for every comment: the known one, else its own, else that with a number."""
    taken = {one.id for one in known}
    ids = []
    for index, comment in enumerate(comments):
        if index in found:
            ids.append(known[found[index]].id)
            continue
        new, again = comment.id, 1
        while new in taken:
            again += 1
            new = f"{comment.id}-{again}"
        taken.add(new)
        ids.append(new)
    return ids
