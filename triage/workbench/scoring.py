"""Verbs that give the comments of the database their scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from triage.domain.automatic import Acted
from triage.domain.panels import PanelChange
from triage.domain.policy import Policy
from triage.domain.scores import Mode, Scorer, ScorerInfo, Scores
from triage.scoring.careful import CarefulScorer
from triage.scoring.learned import LearnedScorer
from triage.scoring.panel import Panel
from triage.scoring.portions import Portions
from triage.workbench.panels import Panels, Told
from triage.workbench.parts import Tick

__all__ = ["ScoreReport", "Scoring"]

_SCORE_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """What was scored: per scorer, how many texts.

    `left` says how many a scorer could not be asked about for now, and why: the next run asks
    again. The panel is now these scorers, unless some were left and others were in use. `again`
    says how many had rough scores that lay near a threshold of the policy in force, which moved
    there since, and were rated exactly. With `overtaken` others came into use while this ran, and
    stay. `acted` is what the policy decided by itself, `stopped` the version of it that turned its
    ranges off because other scorers came into use. `told` is of how many texts the language was
    told, `unread` how many comments there are in languages that no scorer in use reads.
    """

    scored: tuple[tuple[ScorerInfo, int], ...]
    left: tuple[tuple[ScorerInfo, int, str], ...] = ()
    again: tuple[tuple[ScorerInfo, int], ...] = ()
    overtaken: bool = False
    acted: Acted = field(default_factory=Acted)
    stopped: Policy | None = None
    told: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)


class Scoring(Panels):
    """Comments get scores."""

    def panel_change(
        self, keys: Sequence[str] = (), *, mode: Mode | None = None, trial: bool = True
    ) -> PanelChange | None:
        """Return what `score` will change about the scorers in use; None for nothing.

        Fetches nothing, and loads nothing but for a trial of modes that nobody made before; without
        `trial` not for that either, and a version that hangs on it may not be the one that comes.
        Raises as `score` does for scorers that cannot be used.
        """
        before = self.store.panel.get()
        choices = replace(self._choices(mode, self._below(before.values())), trial=trial)
        seats = self._rating(keys, self._panel(keys, choices, fetch=False)).seats
        after = {label: (info.key, info.version) for label, info in seats.items()}
        if not before or before == after:
            return None
        return PanelChange(before, after, by_default=not keys and not self.settings.scorers)

    def score(
        self,
        keys: Sequence[str] = (),
        *,
        mode: Mode | None = None,
        beside: bool = False,
        on_scorer: Told | None = None,
        on_progress: Tick | None = None,
    ) -> ScoreReport:
        """Score what is not yet scored by these scorers (default: `chosen`), and use them.

        With `beside` those in use stay so: what a change would do can then be looked at first
        (`compare`).

        Kept a few seconds' worth at a time: an interrupted run is continued by the next. Where
        other scorers were in use they stay so until all texts have their new scores, and where
        somebody puts others to use meanwhile, those stay. Those that stay go first, so that new
        comments are in the queue soon. What a scorer could not be asked about for now
        (`Scores.later`) is not kept, so that the next run asks. In the fast mode (`mode`, default:
        the settings') texts near a threshold of the policy in force are rated exactly, also those
        that were scored under an earlier policy.

        Texts whose language nobody told yet, or another version of the identifier, have it told
        first. No scorer is asked about a text in a language that it does not read.
        """
        spoken = self.identify(on_progress)
        before, ruled = self.store.panel.get(), self.policy()
        in_force = self._below(before.values())
        choices = self._choices(mode, in_force, lambda: self.policy().limits)
        panel = self._rating(keys, self._panel(keys, choices, on_scorer))
        seats = {label: (info.key, info.version) for label, info in panel.seats.items()}
        coverage = self._coverage(panel)
        if before in ({}, seats):  # what is read may have changed, which counts at once
            self.store.panel.set(seats, coverage)
            before = seats
        in_use = set(self.store.panel.get().values())
        infos = [scorer.info for scorer in panel.scorers]
        unknown_as = self.settings.language
        total = sum(self.store.scores.unscored_count(info, unknown_as=unknown_as) for info in infos)
        done = 0
        again = [
            (one.info, self._score_doubtful(one, on_progress))
            for one in panel.scorers
            if isinstance(one, CarefulScorer)
        ]
        counts: dict[str, int] = dict.fromkeys((info.key for info in infos), 0)
        left: dict[str, list[str]] = {info.key: [] for info in infos}
        told = on_progress or (lambda _done, _all: None)
        told(0, total)
        for scorer in sorted(
            panel.scorers, key=lambda one: (one.info.key, one.info.version) not in in_use
        ):
            for asked, put_off in self._score_open(scorer):
                left[scorer.info.key] += put_off
                counts[scorer.info.key] += asked - len(put_off)
                done += asked
                told(done, total)
        # What was worked out at the start must not undo what somebody put to use since.
        due = not beside and not any(left.values())
        overtaken = due and not self.store.panel.set(seats, coverage, upon=before)
        acted = self._act()
        self.store.settle(done + spoken)
        return ScoreReport(
            scored=tuple((info, counts[info.key]) for info in infos),
            left=tuple((i, len(left[i.key]), left[i.key][-1]) for i in infos if left[i.key]),
            again=tuple((info, count) for info, count in again if count),
            overtaken=overtaken,
            acted=acted,
            stopped=self.store.policies.put_to_sleep(ruled) if ruled.automatic else None,
            told=spoken,
            unread=self.unread(),
        )

    def identify(self, on_progress: Tick | None = None) -> int:
        """Have the language of texts told where this identifier has not; return of how many.

        Imports tell it at once: this is for what was there before, and for a new version.
        """
        identifier = self._by_language.identifier
        total = self.store.languages.behind(identifier.version)
        if not total:
            return 0
        told = on_progress or (lambda _done, _all: None)
        return self.store.languages.bring_up(identifier, lambda done: told(done, total))

    def unread(self) -> dict[str, int]:
        """Return how many there are in languages that no scorer in use reads, most first."""
        return self.store.languages.unread()

    def _score_doubtful(self, scorer: CarefulScorer, on_progress: Tick | None) -> int:
        """Score again what is rough and near a threshold of the policy in force; return how many.

        It was not near one when it was scored: the policy has changed since.
        """
        count = 0
        doubtful = self.store.scores.rough(
            scorer.info,
            scorer.doubtful(),
            batch=_SCORE_BATCH,
            unknown_as=self.settings.language,
        )
        for batch in doubtful:
            self._score(scorer, batch)
            count += len(batch)
            if on_progress is not None:
                on_progress(count, None)
        return count

    def _rating(self, keys: Sequence[str], panel: Panel) -> Panel:
        """Return the panel that rates the database: with what was learned, unless keys are given.

        A scorer that somebody asks for by its key is that scorer as it is.
        """
        if keys:
            return panel
        return Panel(tuple(self._adopted(one) or one for one in panel.scorers))

    def _score_open(self, scorer: Scorer) -> Iterator[tuple[int, list[str]]]:
        """Score what this scorer has not scored yet, and keep it; yield after every portion.

        How many texts it was, and a reason for each that has to wait.
        """
        portions = Portions()
        for batch in self.store.scores.unscored(
            scorer.info, batch=_SCORE_BATCH, unknown_as=self.settings.language
        ):
            for portion in portions.of(batch):
                yield len(portion), self._score(scorer, portion)

    def _score(self, scorer: Scorer, batch: Sequence[tuple[str, str]]) -> list[str]:
        """Score (digest, text) and keep it; return a reason for each text that has to wait."""
        texts = [text for _, text in batch]
        if isinstance(scorer, LearnedScorer):
            found = scorer.over(texts, self._said_below(scorer.base, batch))
        else:
            found = scorer.score(texts)
        kept = [(row[0], one) for row, one in zip(batch, found, strict=True) if not one.later]
        self.store.scores.save(scorer.info, kept)
        return [one.not_scored or "" for one in found if one.later]

    def _said_below(self, base: Scorer, batch: Sequence[tuple[str, str]]) -> list[Scores]:
        """Return what the scorer below a learned one says of texts, and keep what is new.

        So that it need not rate them again, and the way back is there at once.
        """
        known = self.store.scores.said(base.info, [digest for digest, _ in batch])
        asked = [(digest, text) for digest, text in batch if digest not in known]
        if asked:
            found = base.score([text for _, text in asked])
            rated = {row[0]: one for row, one in zip(asked, found, strict=True)}
            kept = [(digest, one) for digest, one in rated.items() if not one.later]
            self.store.scores.save(base.info, kept)
            known |= rated
        return [known[digest] for digest, _ in batch]
