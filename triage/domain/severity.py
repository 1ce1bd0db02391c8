"""How much harm each label does where it applies: the weights that order the queue."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from triage.domain.scores import Label

__all__ = ["GREATEST_WEIGHT", "SEVERITY", "weighed"]

GREATEST_WEIGHT = 100.0

SEVERITY: Mapping[Label, float] = MappingProxyType(
    {
        Label.THREAT: 1.0,
        Label.SEVERE_TOXICITY: 1.0,
        Label.IDENTITY_ATTACK: 0.9,
        Label.TOXICITY: 0.6,
        Label.SEXUAL_EXPLICIT: 0.6,
        Label.INSULT: 0.5,
        Label.OBSCENE: 0.4,
        Label.INCIVILITY: 0.3,
    }
)
"""The weights of a policy that says nothing of its own, and of every one saved before it could.

A choice, not a measurement: what frightens or drives people away comes before what is rude.
"""


def weighed(
    changed: Mapping[Label, float], upon: Mapping[Label, float] = SEVERITY
) -> Mapping[Label, float]:
    """Return the weights `upon` with some of them changed: one per label, and not to be altered.

    Raises ValueError for a weight that is not above 0 and at most 100 (NaN fails too).
    """
    for label, weight in changed.items():
        if not 0.0 < weight <= GREATEST_WEIGHT:
            raise ValueError(
                f"the severity of {label.words} lies above 0 and goes up to "
                f"{GREATEST_WEIGHT:g}, not {weight!r}"
            )
    return MappingProxyType({label: float({**upon, **changed}[label]) for label in Label})
