"""Kindness to whoever reviews: what is blurred until it is asked for, and what counts as severe."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from triage.domain.policy import Policy, Route
from triage.domain.scores import Label

__all__ = ["MOST_IN_A_ROW", "Blur", "severe_from", "veils"]

MOST_IN_A_ROW = 100
"""After more severe comments than that in a row, a milder one does nobody good."""

_GRAVE = (Label.SEVERE_TOXICITY, Label.THREAT, Label.IDENTITY_ATTACK)


class Blur(StrEnum):
    """What of a comment is blurred until a key reveals it."""

    OFF = "off"
    WORDS = "words"
    """The words that the scorer read as toxic; the whole text while they are not known."""
    TEXT = "text"


def veils(blur: Blur, route: Route | None) -> bool:
    """Whether a text is blurred as a whole where nobody looked for its toxic words, as in a list.

    Then the words are not known: what a policy lets pass is shown, and the rest is blurred.
    """
    return blur is Blur.TEXT or (blur is Blur.WORDS and route is not Route.PASS)


def severe_from(policy: Policy) -> Mapping[Label, float]:
    """Return the scores from which a comment is severe: the policy's, of the gravest labels."""
    found = {label: policy.threshold(label) for label in _GRAVE}
    return {label: one.at for label, one in found.items() if one is not None}
