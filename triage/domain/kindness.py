"""Kindness to whoever reviews: what is blurred until it is asked for, and what counts as severe."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from triage.domain.policy import Policy
from triage.domain.scores import Label

__all__ = ["Blur", "severe_from"]

_GRAVE = (Label.SEVERE_TOXICITY, Label.THREAT, Label.IDENTITY_ATTACK)


class Blur(StrEnum):
    """What of a comment is blurred until a key reveals it."""

    OFF = "off"
    WORDS = "words"
    """The words that the scorer read as toxic; the whole text while they are not known."""
    TEXT = "text"


def severe_from(policy: Policy) -> Mapping[Label, float]:
    """Return the scores from which a comment is severe: the policy's, of the gravest labels."""
    found = {label: policy.threshold(label) for label in _GRAVE}
    return {label: one.at for label, one in found.items() if one is not None}
