"""Several scorers side by side, each label from the first that reports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.domain.languages import unread_language
from triage.domain.scores import Label, Scorer, ScorerInfo, Scores

__all__ = ["Panel"]


@dataclass(frozen=True, slots=True)
class Panel:
    """Scorers in order of preference. Raises ValueError for none, or for one key twice."""

    scorers: tuple[Scorer, ...]

    def __post_init__(self) -> None:
        keys = [scorer.info.key for scorer in self.scorers]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError(f"a panel holds each scorer once, and at least one: {keys}")

    @property
    def seats(self) -> Mapping[Label, ScorerInfo]:
        """Which scorer each label comes from, labels in their usual order."""
        return {
            label: next(s.info for s in self.scorers if label in s.info.labels)
            for label in Label
            if any(label in s.info.labels for s in self.scorers)
        }

    @property
    def marker(self) -> Scorer | None:
        """The scorer whose marked words are the panel's: the first that marks any."""
        return next((scorer for scorer in self.scorers if scorer.info.marks_spans), None)

    def merged(self, answers: Mapping[str, Sequence[Scores]]) -> list[Scores]:
        """Return one Scores per text, in order: what one scorer cannot rate another may.

        `answers` holds what each scorer, by its key, says of the texts. No label of the one is
        filled by another: `gap` says why it has no score. Where there is none at all, a reason that
        may pass is told first, and that nobody reads the language last.
        """
        seats, marker = self.seats, self.marker
        merged: list[Scores] = []
        for row in range(len(answers[self.scorers[0].info.key])):
            given = {label: answers[info.key][row] for label, info in seats.items()}
            values = {
                label: one.values[label] for label, one in given.items() if label in one.values
            }
            language = next((one.language for one in given.values()), None)
            silent = [one for one in given.values() if one.not_scored is not None]
            silent.sort(
                key=lambda one: (not one.later, unread_language(one.not_scored) is not None)
            )
            if not values:
                merged.append(silent[0] if silent else Scores(not_scored="not scored"))
                continue
            spans = () if marker is None else answers[marker.info.key][row].spans
            where = {label: one.where[label] for label, one in given.items() if label in one.where}
            gap = "; ".join(dict.fromkeys(one.not_scored or "" for one in silent)) or None
            mentions = next((r[row].mentions for r in answers.values() if r[row].mentions), {})
            rough = any(one.rough for one in given.values())
            merged.append(
                Scores(
                    values,
                    spans=spans,
                    where=where,
                    mentions=mentions,
                    gap=gap,
                    rough=rough,
                    language=language,
                )
            )
        return merged
