"""Verbs about scorers: which there are, which are chosen, and how they are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from triage.domain.languages import Coverage
from triage.domain.policy import DEFAULT_THRESHOLDS, Threshold
from triage.domain.scores import Mode, Scorer, ScorerInfo
from triage.errors import UsageError
from triage.scoring.choosing import Choices, try_again
from triage.scoring.learned import LearnedScorer, base_of
from triage.scoring.panel import Panel
from triage.scoring.registry import ScorerListing, default_panel, describe, lacking, load_scorer
from triage.store import LearnedRecord
from triage.workbench.acting import Acting

__all__ = ["Panels", "Told"]

Told = Callable[[ScorerInfo], None]
"""Told of each scorer that is used, before it rates: its `note` says in which mode, and why."""


class Panels(Acting):
    """Scorers are chosen."""

    def scorers(self) -> list[ScorerListing]:
        """List every known scorer, whether its weights are here, and how to get them."""
        return describe(self.settings.models_dir, self.settings.remotes, self._choices(None))

    def chosen(self, keys: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the keys of the scorers that rate: these, else the settings', else the default.

        The default is `detoxify:unbiased` and `compact` once the former is converted here,
        `compact` before that. Nothing is loaded to tell.
        """
        given = tuple(dict.fromkeys(keys)) or self.settings.scorers
        return given or default_panel(self.settings.models_dir)

    def in_use(self) -> tuple[str, ...]:
        """Return the scorer versions that the scores in force come from: `compact@1f0c`."""
        return tuple(dict.fromkeys("@".join(seat) for seat in self.store.panel.get().values()))

    def to_fetch(self, keys: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the models that the chosen scorers lack and that may be fetched (`models`)."""
        if not self.settings.allow_download:
            return ()
        return lacking(self.chosen(keys), self.settings.models_dir)

    def try_modes(self, name: str) -> str:
        """Time a model of Detoxify's in all its modes, and remember it; return what was found."""
        return try_again(name, self.settings.models_dir, self._choices(Mode.AUTO))

    def _choices(
        self,
        mode: Mode | None,
        in_force: Mapping[str, str] | None = None,
        thresholds: Callable[[], Iterable[Threshold]] = lambda: DEFAULT_THRESHOLDS,
    ) -> Choices:
        return Choices(
            mode or self.settings.detoxify, thresholds, in_force or {}, self.settings.device
        )

    def _panel(
        self,
        keys: Sequence[str],
        choices: Choices,
        on_scorer: Told | None = None,
        *,
        fetch: bool = True,
    ) -> Panel:
        made = [self._loaded(key, choices, fetch=fetch) for key in self.chosen(keys)]
        panel = Panel(tuple(made))
        if on_scorer is not None:
            for scorer in panel.scorers:
                on_scorer(scorer.info)
        return panel

    def _coverage(self, panel: Panel) -> Coverage:
        """Return which languages a panel reads, and what becomes of the others, by the settings."""
        by_label = {label: info.languages for label, info in panel.seats.items()}
        return Coverage(by_label, self.settings.language, self.settings.other_languages)

    def _loaded(self, key: str, choices: Choices, *, fetch: bool = True) -> Scorer:
        """Return a scorer by its key; that of a learned one is found in the database."""
        base = base_of(key)
        scorer = load_scorer(
            key if base is None else base,
            models_dir=self.settings.models_dir,
            allow_download=fetch and self.settings.allow_download,
            remotes=self.settings.remotes,
            choices=choices,
        )
        if base is None:
            return scorer
        found = self._adopted(scorer)
        if found is None:
            raise UsageError(
                f"there is no {key} on {base}@{scorer.info.version} here: triage learn looks "
                "whether there is something to learn from the decisions so far"
            )
        return found

    def _adopted(self, scorer: Scorer) -> Scorer | None:
        """Return what was learned on this very version of a scorer and is in use; else None."""
        record = self.store.learned.in_force().get(scorer.info.key)
        if record is None or record.base_version != scorer.info.version:
            return None
        return self._learned(scorer, record)

    def _learned(self, scorer: Scorer, record: LearnedRecord) -> LearnedScorer:
        return LearnedScorer(
            scorer, record.version, lambda: self.store.learned.state(record.key, record.version)
        )

    def _below(self, seats: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Return key -> version of scorers on a panel; of a learned one, of the one below it."""
        known = {
            (one.learned.key, one.learned.version): (one.learned.base_key, one.learned.base_version)
            for one in self.store.learned.history()
            if one.learned is not None
        }
        return dict(known.get(seat, seat) for seat in seats)

    def _tellers(self) -> str:
        """Name the scorers that are known to say which identities a text mentions."""
        return ", ".join(one.key for one in self.scorers() if one.mentions)
