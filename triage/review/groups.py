"""Groups: which near copies of a comment may share its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.domain.claims import Claim
from triage.domain.copies import are_copies
from triage.domain.entries import Copy, Entry
from triage.domain.looks import LookKind
from triage.domain.policy import Policy
from triage.domain.scores import Label, Scores
from triage.store import Store

__all__ = ["group_in_other_hands", "group_of", "looks_of"]


def group_of(store: Store, entry: Entry, reviewer: str | None) -> tuple[Copy, ...]:
    """Return the near copies which a verdict on an undecided comment would be for, too.

    Those are the very same texts and, of what is alike, that which the policy in force gives the
    same labels: a threat that somebody hung on is another comment, and nobody read it. What is to
    be decided blind is none, be it for an audit's sake or for this reviewer's second look.
    """
    if entry.decision_id is not None:
        return ()
    found = store.copies.of(entry.comment.id)
    policy = store.policies.in_force() if found else None
    labels = _labels(entry.scores, policy)
    found = [
        one
        for one in found
        if one.text_sha256 == entry.text_sha256
        or (labels is not None and _labels(one.scores, policy) == labels)
    ]
    if not found:
        return ()
    ids = [entry.comment.id, *(one.comment_id for one in found)]
    # Those that only hide an audit's stay out too, or who is left alone would tell them apart.
    alone = store.audits.blind(ids) | looks_of(store, ids, reviewer).keys()
    if entry.comment.id in alone:
        return ()
    return tuple(one for one in found if one.comment_id not in alone)


def group_in_other_hands(store: Store, comment_id: str, others: Iterable[Claim]) -> frozenset[str]:
    """Return the group of what somebody else holds that a comment belongs to; empty for none.

    A verdict on the one that is held will be for it, too. What is held is compared first, as there
    is little of it and most is not alike; only then is the group looked for.
    """
    holders = {claim.comment_id: claim.reviewer for claim in others}
    if not holders:
        return frozenset()
    own, *held = store.comments.among([comment_id, *holders])
    for entry in held:
        if are_copies(own.comment.text, entry.comment.text):
            copies = group_of(store, entry, holders[entry.comment.id])
            if comment_id in (group := frozenset(one.comment_id for one in copies)):
                return group
    return frozenset()


def looks_of(store: Store, comment_ids: Sequence[str], reviewer: str | None) -> dict[str, LookKind]:
    """Return those of some comments that this reviewer is due to look at a second time, and why."""
    return store.looks.kinds(comment_ids, reviewer) if reviewer is not None else {}


def _labels(scores: Scores | None, policy: Policy | None) -> frozenset[Label] | None:
    """Return the labels whose thresholds a comment's scores reach; None where nothing tells."""
    if policy is None or scores is None or scores.not_scored is not None:
        return None
    return policy.labels(scores)
