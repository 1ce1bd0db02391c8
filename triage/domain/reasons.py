"""Reasons: what a reviewer says of the labels that the scores proposed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.domain.decisions import Verdict

__all__ = ["Reasons", "told"]


@dataclass(frozen=True, slots=True)
class Reasons:
    """What goes into a decision: the reasons given, and the proposed ones that were refused."""

    given: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def told(verdict: Verdict, proposed: Iterable[str], flipped: Iterable[str]) -> Reasons:
    """Return what a reviewer says who ticked or unticked `flipped`, `proposed` being ticked before.

    A tick that was there and is left counts where the verdict is not approve: whoever approves
    says nothing of the labels that the scores proposed, unless by unticking one.
    """
    before, turned = list(dict.fromkeys(proposed)), list(dict.fromkeys(flipped))
    kept = [] if verdict is Verdict.APPROVE else [one for one in before if one not in turned]
    added = [one for one in turned if one not in before]
    return Reasons((*kept, *added), tuple(one for one in before if one in turned))
