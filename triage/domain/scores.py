"""Labels, the scores that a scorer gives for them and the words it marks, and what a scorer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol

from triage.domain.checks import check_named, check_unit

__all__ = ["GivenScores", "Label", "Mode", "Scorer", "ScorerInfo", "Scores", "ToxicSpan"]


class Label(StrEnum):
    """A category that a scorer reports: Detoxify's seven, and incivility.

    Incivility is rude, contemptuous or derailing (name-calling, aspersion, accusations of lying,
    vulgarity, pejorative for speech: Coe, Kenski and Rains 2014); it need not be toxic.
    """

    TOXICITY = "toxicity"
    SEVERE_TOXICITY = "severe_toxicity"
    OBSCENE = "obscene"
    THREAT = "threat"
    INSULT = "insult"
    IDENTITY_ATTACK = "identity_attack"
    SEXUAL_EXPLICIT = "sexual_explicit"
    INCIVILITY = "incivility"

    @property
    def words(self) -> str:
        """The label as a person reads it: `identity attack`."""
        return self.value.replace("_", " ")


_LABELS = frozenset(Label)


class Mode(StrEnum):
    """How a scorer that can do more than one computes: exactly, or near that and faster.

    `FAST` is int8, `HALF` half precision, where a machine is made for it. With `AUTO` the machine
    is asked which is worth it.
    """

    AUTO = "auto"
    EXACT = "exact"
    FAST = "fast"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class ToxicSpan:
    """Words that made a scorer think a text toxic: `text[start:end]` of the text as it was given.

    `start` and `end` count characters (Unicode code points); `weight` in [0, 1] says how much.
    Raises ValueError for a span that holds no character, or for another weight.
    """

    start: int
    end: int
    weight: float

    def __post_init__(self) -> None:
        _check_stretch("a toxic span", self.start, self.end)
        check_unit("a span's weight", self.weight)


@dataclass(frozen=True, slots=True)
class Scores:
    """What one scorer says of one text: label -> score in [0, 1], or why there is none.

    A score estimates how likely it is that readers would use the label; it is neither severity
    nor truth. `spans` are in order and disjoint; a scorer that marks words (see `ScorerInfo`) may
    find none. `where` is filled for a text that was rated in windows: the [start, end) characters
    of the one that gave the label its score. `mentions` says which identities the text names, as
    identity -> probability in [0, 1]: they are no labels and nothing is flagged for them; they
    show whether scores are worse where a group is named. `later` says that the reason for having
    no scores lies outside the text and may pass (a budget, a host that is down): the text may be
    asked about again. `gap` says of scores that come from several scorers why some labels have
    none. `rough` scores are by a scorer's fast mode: those of its exact mode may lie a little to
    either side. `language` is the one that the text was taken to be in, where anybody looked.
    Raises ValueError for a score outside [0, 1] (NaN too), for anything but `later` beside
    `not_scored`, for `later` without it, for spans that overlap, for a place of a label without a
    score, or for a mention that is a label.
    """

    values: Mapping[Label, float] = field(default_factory=dict)
    not_scored: str | None = None
    spans: tuple[ToxicSpan, ...] = ()
    where: Mapping[Label, tuple[int, int]] = field(default_factory=dict)
    mentions: Mapping[str, float] = field(default_factory=dict)
    later: bool = False
    gap: str | None = None
    rough: bool = False
    language: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for label, score in self.values.items():
            check_unit(f"the score for {label}", score)
        if self.not_scored is not None and (
            self.values or self.spans or self.mentions or self.gap is not None or self.rough
        ):
            raise ValueError("a text is scored or it is not")
        if self.not_scored is None and not self.values:
            raise ValueError("a text without scores needs a reason in not_scored")
        if self.later and self.not_scored is None:
            raise ValueError("a text that has scores need not be asked about again")
        if any(after.start < before.end for before, after in pairwise(self.spans)):
            raise ValueError("toxic spans come in order and do not overlap")
        for label, (start, end) in self.where.items():
            if label not in self.values:
                raise ValueError(f"a place for {label}, which has no score")
            _check_stretch(f"the place for {label}", start, end)
        for name, probability in self.mentions.items():
            check_named("an identity", name)
            check_unit(f"the probability that {name} is mentioned", probability)
            if name in _LABELS:
                raise ValueError(f"{name} is a label, not an identity")
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        object.__setattr__(self, "where", MappingProxyType(dict(self.where)))
        object.__setattr__(self, "mentions", MappingProxyType(dict(self.mentions)))


@dataclass(frozen=True, slots=True)
class ScorerInfo:
    """What is known of a scorer without loading it.

    `key` names it (`compact`, `detoxify:original`); `version` is a digest of its weights and of
    the code that changes its scores. `details` are facts worth recording beside the scores
    (package versions, precision), as plain strings. `marks_spans` says whether its scores come
    with the words that made them (`Scores.spans`). `note` is what a person who starts it here
    should know; it says nothing of the scores and is stored nowhere. `languages` are those that it
    is made for, as ISO 639-1 codes; empty where it does not say. They are not stored either.
    """

    key: str
    version: str
    labels: tuple[Label, ...]
    description: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    marks_spans: bool = False
    note: str = field(default="", compare=False)
    languages: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        check_named("a scorer's key", self.key)
        check_named("a scorer's version", self.version)
        if not self.labels or len(set(self.labels)) != len(self.labels):
            raise ValueError(f"scorer {self.key!r} must declare its labels, each once")
        object.__setattr__(self, "details", MappingProxyType(dict(self.details)))


@dataclass(frozen=True, slots=True)
class GivenScores:
    """Scores that a file holds: by which scorer, and digest of the text -> what it said."""

    scorer: ScorerInfo
    by_text: Mapping[str, Scores]


class Scorer(Protocol):
    """Turns texts into scores. `info` costs no loading; the first `score` call loads."""

    @property
    def info(self) -> ScorerInfo:
        """What is known without loading."""
        ...

    def score(self, texts: Sequence[str]) -> list[Scores]:
        """Return one Scores per text, in order; a batch gives what singles give.

        Threads may call it at once.
        Raises ScorerError where the scorer cannot be loaded.
        """
        ...


def _check_stretch(what: str, start: int, end: int) -> None:
    """Raise ValueError unless [start, end) holds a character of some text."""
    if not 0 <= start < end:
        raise ValueError(f"{what} must run from 0 or later to beyond that, not {start} to {end}")
