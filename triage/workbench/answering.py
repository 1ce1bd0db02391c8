"""Verbs about texts that another program sends: they get the scores of the site's panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import repeat
from threading import Lock

from triage.domain.languages import UNKNOWN
from triage.domain.scores import Label, Scorer, ScorerInfo, Scores
from triage.scoring.choosing import Choices
from triage.scoring.learned import LearnedScorer, base_of
from triage.scoring.panel import Panel
from triage.workbench.lately import Lately
from triage.workbench.panels import Panels

__all__ = ["Answering"]


class _Standing:
    """The panel that answers, kept until another one is in force; made by one thread at a time."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.made_for: object = None
        self.panel: Panel | None = None


class Answering(Panels):
    """Texts get scores; what keeps a text can take those that it got lately."""

    def score_texts(
        self, texts: Sequence[str], beside: Sequence[str | None] | None = None
    ) -> tuple[list[Scores], Mapping[Label, ScorerInfo]]:
        """Return one Scores per text, in order, and the scorer that each label comes from.

        A scorer is asked about no text in a language that it does not read: its labels are then not
        scored. What is too short to tell is in the language of what stands `beside` it, if that is
        known, and else in the site's.

        They are the scorers that the comments' scores are by: the panel in force or, before
        anything was scored, what `chosen` names. In the fast mode the thresholds near which scores
        are exact are those of the policy in force.
        Scorers stay loaded between calls. Raises ScorerError where one cannot be loaded or asked.
        """
        panel = self._site_panel()
        alone = self._by_language.identifier.identify(texts)
        spoken = [
            other if one == UNKNOWN and other else one
            for one, other in zip(alone, beside or repeat(None, len(alone)), strict=True)
        ]
        answers: dict[tuple[str, str], list[Scores]] = {}
        for one in panel.scorers:
            if isinstance(one, LearnedScorer):
                below = self._by_language.rated(one.base, texts, spoken)
                answers[one.base.info.key, one.base.info.version] = below
                said = one.over(texts, below)
            else:
                said = self._by_language.rated(one, texts, spoken)
            answers[one.info.key, one.info.version] = said
        # A sentence that took its language from its text says nothing of a comment of these words.
        own = [at for at, one in enumerate(alone) if spoken[at] == one]
        kept = {version: [said[at] for at in own] for version, said in answers.items()}
        self._lately.add([texts[at] for at in own], kept)
        merged = panel.merged({key: said for (key, _), said in answers.items()})
        return merged, panel.seats

    @cached_property
    def _lately(self) -> Lately:
        return Lately()

    @cached_property
    def _standing(self) -> _Standing:
        return _Standing()

    def _site_panel(self) -> Panel:
        seats = self.store.panel.get()
        in_force = dict(seats.values())
        keys = tuple(in_force) or self.chosen()
        standing = self._standing
        with standing.lock:
            if standing.panel is None or standing.made_for != (keys, in_force):
                choices = self._choices(None, in_force, lambda: self.policy().limits)
                made = [self._as_seated(key, choices) for key in keys]
                standing.panel = Panel(tuple({one.info.key: one for one in made}.values()))
                standing.made_for = (keys, in_force)
            return standing.panel

    def _as_seated(self, key: str, choices: Choices) -> Scorer:
        """Return a scorer by its key; the one below where what was learned is on another version.

        So texts are answered after an upgrade, too, before somebody learns anew.
        """
        base = base_of(key)
        if base is None:
            return self._loaded(key, choices)
        below = self._loaded(base, choices)
        return self._adopted(below) or below
