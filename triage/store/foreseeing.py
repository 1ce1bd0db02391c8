"""What ranges would do, before they do it: samples of it, and what people said of such scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from random import Random

from sqlalchemy import Connection

from triage.domain.decisions import Verdict
from triage.domain.entries import Entry
from triage.domain.foreseen import WEAK, Foreseen, Side
from triage.domain.policy import Policy
from triage.store.entries import entries, entry_of
from triage.store.ranges import VERDICTS, Held, decided_before, ruled_among
from triage.store.rows import among
from triage.store.schema import standing

__all__ = ["foreseen"]

_OTHER = {Verdict.REJECT: Verdict.APPROVE, Verdict.APPROVE: Verdict.REJECT}


def foreseen(
    connection: Connection, policy: Policy, held: Held, many: int, chance: Random
) -> Foreseen:
    """Return what the ranges of a policy would do with what they hold, up to `many` of each kind.

    What they would leave to people is in no sample.
    """
    if policy.automatic is None:
        return Foreseen(held.acted)
    given = [Verdict.REJECT] if policy.automatic.reject_from else []
    given += [Verdict.APPROVE] if policy.automatic.approve_to is not None else []
    said = {verdict: _said(connection, policy, verdict) for verdict in _OTHER}
    sides = {}
    for verdict in given:
        anywhere, weak = _drawn(held, verdict, many, chance)
        as_it, against = (said[one].get(verdict, ()) for one in (verdict, _OTHER[verdict]))
        shown = chance.sample(against, min(many, len(against)))
        sides[verdict] = Side(
            anywhere=_shown(connection, anywhere),
            weak=_shown(connection, weak),
            decided=len(as_it) + len(against),
            otherwise=len(against),
            against=_shown(connection, shown),
        )
    return Foreseen(held.acted, sides)


def _said(
    connection: Connection, policy: Policy, verdict: Verdict
) -> Mapping[Verdict, Sequence[int]]:
    """Return, of what people decided so, the keys by what the ranges would say."""
    found: dict[Verdict, list[int]] = {}
    keys = decided_before(connection, policy, verdict)
    for ruled in ruled_among(connection, policy, keys):
        for row, rule in ruled:
            found.setdefault(rule.verdict, []).append(row.comment_pk)
    return found


def _drawn(held: Held, verdict: Verdict, many: int, chance: Random) -> tuple[list[int], list[int]]:
    """Return keys of what would get a verdict: of all of it by chance, and of its weak end."""
    import numpy as np

    theirs = np.asarray(held.verdicts) == VERDICTS.index(verdict)
    mine = np.flatnonzero(theirs & (np.asarray(held.drawn) == 0))
    if not len(mine):
        return [], []
    places = mine[sorted(chance.sample(range(len(mine)), min(many, len(mine))))]
    beyond = np.asarray(held.beyond)[mine]
    least = min(max(many, ceil(WEAK * len(mine))), len(mine)) - 1
    weak = mine[beyond <= np.partition(beyond, least)[least]]
    weak = weak[~np.isin(weak, places)]
    chosen = weak[chance.sample(range(len(weak)), min(many, len(weak)))]
    by_room = chosen[np.argsort(np.asarray(held.beyond)[chosen], kind="stable")]
    return [held.keys[place] for place in places], [held.keys[place] for place in by_room]


def _shown(connection: Connection, keys: Sequence[int]) -> tuple[Entry, ...]:
    """Return the comments with these keys, in this order."""
    rows = connection.execute(entries().where(among(connection, standing.c.comment_pk, keys)))
    found = {row.comment_pk: entry_of(row) for row in rows}
    return tuple(found[key] for key in keys)
