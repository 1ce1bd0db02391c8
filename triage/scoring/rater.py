"""A panel that rates each text once, and keeps what it rated, a few seconds' worth at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from triage.domain.comments import text_digest
from triage.domain.scores import Scorer, Scores
from triage.scoring.by_language import ByLanguage
from triage.scoring.kept import Kept
from triage.scoring.panel import Panel
from triage.scoring.portions import Portioning, Portions

__all__ = ["Rater"]


class Rater:
    """Rates texts by a panel over what is kept; whatever stops it costs one portion at most.

    With `by_language` each scorer rates texts in languages that it reads.
    """

    def __init__(
        self,
        panel: Panel,
        kept: Kept,
        portions: Portioning | None = None,
        by_language: ByLanguage | None = None,
    ) -> None:
        self._panel = panel
        self._kept = kept
        self._by_language = by_language
        self._portions = portions or Portions()
        basis = f" ({by_language.basis})" if by_language else ""
        self._scorers = {f"{s.info.key}@{s.info.version}{basis}": s for s in panel.scorers}

    def note(self, texts: Iterable[str]) -> None:
        """Note texts that are to be rated, for `outstanding`."""
        self._kept.want({text_digest(text) for text in texts})

    def outstanding(self) -> tuple[int, int]:
        """Return how many different texts of those noted are rated, and how many are not."""
        return self._kept.counts(self._scorers)

    def rate(self, texts: Iterable[str], told: Callable[[int], None]) -> None:
        """Rate what is not rated yet, and keep it; `told` hears how many each portion rated."""
        self._said({text_digest(text): text for text in texts}, told)

    def scores(self, texts: Sequence[str]) -> list[Scores]:
        """Return one Scores per text, in order; what was not rated before is rated now."""
        digests = [text_digest(text) for text in texts]
        said = self._said(dict(zip(digests, texts, strict=True)), lambda _count: None)
        answers = {
            scorer.info.key: [said[name][digest] for digest in digests]
            for name, scorer in self._scorers.items()
        }
        return self._panel.merged(answers)

    def _said(
        self, texts: Mapping[str, str], told: Callable[[int], None]
    ) -> dict[str, dict[str, Scores]]:
        """Return scorer -> digest -> scores, of digest -> text."""
        said = {name: self._kept.said(name, texts) for name in self._scorers}
        missing = [digest for digest in texts if any(digest not in one for one in said.values())]
        for portion in self._portions.of(missing):
            spoken = self._languages({digest: texts[digest] for digest in portion})
            for name, scorer in self._scorers.items():
                asked = [digest for digest in portion if digest not in said[name]]
                if asked:
                    answers = self._rated(scorer, {one: texts[one] for one in asked}, spoken)
                    self._kept.save(name, answers)
                    said[name] |= answers
            told(len(portion))
        return said

    def _languages(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return digest -> language, told once for all scorers; empty where nobody tells."""
        if self._by_language is None:
            return {}
        told = self._by_language.identifier.identify(list(texts.values()))
        return dict(zip(texts, told, strict=True))

    def _rated(
        self, scorer: Scorer, texts: Mapping[str, str], spoken: Mapping[str, str]
    ) -> dict[str, Scores]:
        """Return digest -> what a scorer says of the texts, in languages that it reads."""
        asked = list(texts.values())
        if self._by_language is None:
            found = scorer.score(asked)
        else:
            found = self._by_language.rated(scorer, asked, [spoken[digest] for digest in texts])
        return dict(zip(texts, found, strict=True))
