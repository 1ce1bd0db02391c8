"""Which texts are near copies of one another: what one teaches must not be asked of the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from triage.domain.copies import comparable, likeness, shingles
from triage.store.minhash import band_keys

__all__ = ["first_alike"]

_BESIDE = 20  # texts compared before the own one under a key: copies are many, strangers few


def first_alike(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return of each text the position of the first one of its kind, its own where it is alone.

    Here, other than at the desk, what is alike an alike one is of its kind, too: the careful side
    where a copy must not be on the other one.
    """
    first: dict[str, int] = {}
    kind = np.array([first.setdefault(text, at) for at, text in enumerate(texts)], np.int64)
    said = {at: left for text, at in first.items() if (left := comparable(text)) is not None}
    places = list(said)
    parent = {at: at for at in places}
    for row in _buckets(band_keys([said[at] for at in places])) if places else ():
        _join([places[one] for one in row], said, parent)
    return np.array([_root(parent, int(at)) if int(at) in parent else at for at in kind], np.int64)


def _buckets(keys: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """Return the texts that share a key, for every key that several have."""
    flat = keys.ravel()
    order = np.argsort(flat, kind="stable")
    starts = np.flatnonzero(np.diff(flat[order])) + 1
    rows = np.split(order // keys.shape[1], starts)
    return [one for one in rows if len(one) > 1]


def _join(row: Sequence[int], said: dict[int, str], parent: dict[int, int]) -> None:
    """Make texts under one key of one kind where they are alike; of each kind one is compared."""
    kinds: dict[int, int] = {}  # root -> one of them here
    for at in row:
        if _root(parent, at) in kinds:
            continue
        ours = shingles(said[at])
        for root, other in list(kinds.items())[-_BESIDE:]:
            if likeness(ours, said[other]):
                here, there = sorted((_root(parent, at), root))
                parent[there] = here
                kinds[here] = kinds.pop(root)
                break
        kinds.setdefault(_root(parent, at), at)


def _root(parent: dict[int, int], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at
