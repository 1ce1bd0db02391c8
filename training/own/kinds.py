"""What a sentence of our own is, and which targets its family has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from triage.domain.scores import Label

__all__ = ["CALM", "CheckSentence", "Example", "Family", "ToneSentence", "lines", "targets"]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence to train on. Targets lie in [0, 1]; labels left out are unknown."""

    text: str
    targets: Mapping[Label, float]


@dataclass(frozen=True, slots=True)
class CheckSentence:
    """A sentence for the bias check.

    `group` is the identity it names, `frame` the kind of sentence (kind, neutral,
    counter-speech, hostile); `attacks` is True for an attack on the group.
    """

    group: str
    frame: str
    text: str
    attacks: bool


@dataclass(frozen=True, slots=True)
class ToneSentence:
    """A comment for the check of tone; `kind` is how it speaks (mocking, firm, ...)."""

    kind: str
    text: str
    uncivil: bool


@dataclass(frozen=True, slots=True)
class Family:
    """Frames that share their targets.

    A frame is a sentence with slots: `{many}`, `{one}`, `{a_one}`, `{adj}` and `{a_adj}` are
    forms of an identity, others are filled from `slots`. At most `rows` sentences are made of
    a frame, of one without slots at most `literal`: once as it is, then typed in other ways.
    """

    name: str
    targets: Mapping[Label, float]
    frames: tuple[str, ...]
    rows: int
    slots: Mapping[str, Sequence[str]] = field(default_factory=dict)
    literal: int = 4


def targets(
    toxicity: float = 0.0,
    *,
    severe: float | None = 0.0,
    obscene: float | None = 0.0,
    threat: float | None = 0.0,
    insult: float | None = 0.0,
    identity_attack: float | None = 0.0,
    incivility: float | None = 0.0,
) -> Mapping[Label, float]:
    """Return targets, 0 unless given; None says that a label is unknown."""
    known = {
        Label.TOXICITY: toxicity,
        Label.SEVERE_TOXICITY: severe,
        Label.OBSCENE: obscene,
        Label.THREAT: threat,
        Label.INSULT: insult,
        Label.IDENTITY_ATTACK: identity_attack,
        Label.INCIVILITY: incivility,
    }
    return MappingProxyType({label: value for label, value in known.items() if value is not None})


CALM = targets()
"""Nothing to be flagged."""


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of a block, one frame or filler each."""
    return tuple(text.strip().splitlines())
