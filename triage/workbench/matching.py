"""Verbs of whoever comes from another scorer: the threshold that flags as much as the old one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from triage.domain.attributes import ATTRIBUTES
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.tuning.matching import NOTHING, Match, match_rate, match_scores
from triage.workbench.comparing import Comparing

__all__ = ["Like", "Matched", "Matching"]

_FEW = 30  # flagged comments; below, an interval is so wide that it says little


@dataclass(frozen=True, slots=True)
class Like:
    """An old threshold: `at`, of a label as some scorer of this database scored it.

    `scorer` is a key, or KEY@VERSION where several versions rated.
    """

    scorer: str
    label: Label
    at: float

    @classmethod
    def read(cls, given: str) -> Self:
        """Read `perspective:TOXICITY=.8`, by Perspective's name or ours; raise UsageError."""
        named, _, at = given.rpartition("=")
        scorer, _, name = named.rpartition(":")
        label = ATTRIBUTES.get(name) or next((one for one in Label if one == name), None)
        try:
            score = float(at)
        except ValueError:
            score = -1.0
        if not scorer or label is None or not 0.0 <= score <= 1.0:
            raise UsageError(
                f"{given!r} is no old threshold; name scorer, label and score, such as "
                "perspective:TOXICITY=.8"
            )
        return cls(scorer, label, score)


@dataclass(frozen=True, slots=True)
class Matched:
    """The threshold of a label that flags as much, and beside what it was held.

    `scorer` (key@version) gives the label its score, `old` is who gave the old ones.
    """

    label: Label
    scorer: str
    match: Match
    confidence: float
    like: Like | None = None
    old: str | None = None

    @property
    def at(self) -> float:
        """The threshold."""
        return self.match.at

    @property
    def said(self) -> str:
        """What was found, for a person, line by line."""
        one = self.match
        lines = [f"{self.label.words}, scored by {self.scorer}: {one.comments:,} comments"]
        if self.like is not None and one.old_flagged is not None:
            lines.append(
                f"  {self.like.label.words} from {self.like.at:g} by {self.old} flags "
                f"{one.old_flagged:,} of them ({one.wanted:.2%})"
            )
        lines.append(
            f"  from {one.at:.4g} as many are flagged: {one.flagged:,} "
            f"({one.flagged / one.comments:.2%}, {one.wanted:.2%} wanted)"
        )
        high = f"{one.high:.4g}" if one.high < NOTHING else "1"
        lines.append(
            f"  a sample of this size cannot tell it from {one.low:.4g} to {high} "
            f"({self.confidence:.0%} interval)"
        )
        if one.both is not None:
            lines.append(
                f"  the same in number, not the same comments: {one.both:,} are flagged by both"
            )
        if one.flagged < _FEW:
            lines.append(f"  {one.flagged} flagged comments are few: take more, if you can")
        return "\n".join(lines)


class Matching(Comparing):
    """An old threshold is carried over by how much it flagged."""

    def match(
        self,
        label: Label | None = None,
        *,
        flag_rate: float | None = None,
        like: Like | None = None,
        confidence: float = 0.95,
    ) -> Matched:
        """Return the threshold that flags a share of the comments, or as many as an old one.

        Just one of `flag_rate` and `like` is given; with `like` the label is the same one, unless
        named. All comments of this database count, so they should be those that come in, not
        chosen ones. Nothing is changed. Raises UsageError for what cannot be matched.
        """
        if (flag_rate is None) == (like is None):
            raise UsageError("name a share to flag (--flag-rate) or an old threshold (--like)")
        label = label or (like.label if like else None)
        findings = self.findings()
        if label is None or label not in findings.labels:
            known = ", ".join(findings.labels) or "none yet: run triage score"
            raise UsageError(f"name a label that is scored (--label): {known}")
        own = findings.known.scores[label]
        scorer = "@".join(findings.known.panel[label])
        try:
            if like is None:
                there = own[~np.isnan(own)]
                return Matched(
                    label, scorer, match_rate(there, flag_rate or 0.0, confidence), confidence
                )
            version = self._version(findings, like.scorer)
            if like.label not in version.labels:
                raise UsageError(f"{version.ref} never scored {like.label.words}")
            old = self._scores(findings, (version.key, version.version)).scores[like.label]
            both = ~(np.isnan(own) | np.isnan(old))
            found = match_scores(own[both], old[both], like.at, confidence)
        except ValueError as error:
            raise UsageError(str(error)) from error
        return Matched(label, scorer, found, confidence, like, version.ref)
