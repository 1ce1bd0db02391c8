"""Perspective's names for what we have labels for, shared by whoever asks it and who answers as it.

The names are those of its documentation (2-api/models.md). An `_EXPERIMENTAL` twin is the same
question to a newer model, and so has the same label here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from triage.domain.scores import Label

__all__ = ["ATTRIBUTES", "MAIN_ATTRIBUTE"]

MAIN_ATTRIBUTE: Mapping[Label, str] = MappingProxyType(
    {
        Label.TOXICITY: "TOXICITY",
        Label.SEVERE_TOXICITY: "SEVERE_TOXICITY",
        Label.OBSCENE: "PROFANITY",
        Label.THREAT: "THREAT",
        Label.INSULT: "INSULT",
        Label.IDENTITY_ATTACK: "IDENTITY_ATTACK",
        Label.SEXUAL_EXPLICIT: "SEXUALLY_EXPLICIT",
    }
)
"""The production attribute of each label that has one; incivility has none."""

_TWINS = (
    Label.TOXICITY,
    Label.SEVERE_TOXICITY,
    Label.IDENTITY_ATTACK,
    Label.INSULT,
    Label.OBSCENE,
    Label.THREAT,
)

ATTRIBUTES: Mapping[str, Label] = MappingProxyType(
    {
        **{name: label for label, name in MAIN_ATTRIBUTE.items()},
        **{f"{MAIN_ATTRIBUTE[label]}_EXPERIMENTAL": label for label in _TWINS},
        "OBSCENE": Label.OBSCENE,
        "INCIVILITY": Label.INCIVILITY,
    }
)
"""Attribute -> label. INCIVILITY is ours: Perspective has no such attribute."""
