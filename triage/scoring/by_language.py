"""A scorer is asked about texts in languages that it reads, and about no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage.domain.languages import Identifier, not_scored_for, readable
from triage.domain.scores import Scorer, Scores

__all__ = ["ByLanguage"]


@dataclass(frozen=True, slots=True)
class ByLanguage:
    """Tells the languages of texts; unknown ones are taken to be in `unknown_as`."""

    identifier: Identifier
    unknown_as: str

    @property
    def basis(self) -> str:
        """What the answers hang on beside the scorer: other words, maybe other answers."""
        return f"{self.identifier.version}, else {self.unknown_as}"

    def rated(
        self, scorer: Scorer, texts: Sequence[str], languages: Sequence[str] | None = None
    ) -> list[Scores]:
        """Return what a scorer says of texts, in order; of others, that they are not scored.

        Each says which language it was taken to be in: `languages`, where somebody told them
        before. A scorer that does not say what it reads is asked about all.
        """
        spoken = self.identifier.identify(texts) if languages is None else languages
        codes = scorer.info.languages
        mine = set(readable(codes, self.unknown_as)) if codes else set(spoken)
        read = [text for text, language in zip(texts, spoken, strict=True) if language in mine]
        found = iter(scorer.score(read) if read else ())
        return [
            replace(next(found) if one in mine else not_scored_for(one), language=one)
            for one in spoken
        ]
