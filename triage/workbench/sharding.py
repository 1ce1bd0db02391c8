"""Verbs about folders of files: rate them all, on this machine's cores or on several machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import PurePosixPath

from triage.domain.scores import Mode, Scorer
from triage.engines.here import Here
from triage.engines.job import Engine, Job
from triage.engines.manifest import Plan
from triage.engines.run import FolderReport, rate_folder
from triage.engines.shards import Shard, Shards, find_shards, is_many
from triage.errors import ReadError, ScorerError, UsageError
from triage.files.folders import open_folder
from triage.files.table_writer import TableFormat
from triage.files.tables import SUFFIXES, open_table
from triage.languages.identifying import LanguageIdentifier
from triage.scoring.by_language import ByLanguage
from triage.scoring.choosing import Choices
from triage.scoring.learned import SUFFIX, LearnedScorer
from triage.scoring.panel import Panel
from triage.settings import Settings
from triage.workbench.panels import Panels, Told
from triage.workbench.parts import Tick
from triage.workbench.rating import Rating, text_column_of

__all__ = ["Engines", "Sharding"]

_PORTION, _PORTION_ON_A_GPU = 256, 2_000
_BUDGET = 1024
"""Tokens in a batch of torch's on a CPU. What is best hangs on the machine; here the same scores
have to come of every one."""


class Engines(StrEnum):
    """What many files are rated by: worker processes on this machine, or Ray."""

    PROCESSES = "processes"
    RAY = "ray"


class Sharding(Rating):
    """Folders of files get scores."""

    @staticmethod
    def is_many(source: str, output: str) -> bool:
        """Whether these are for `rate_many`: a folder, a pattern or object storage."""
        return is_many(source, output)

    def rate_many(
        self,
        source: str,
        output: str,
        *,
        scorers: Sequence[str] = (),
        text_column: str | None = None,
        id_column: str | None = None,
        spans: bool = False,
        mentions: bool = False,
        mode: Mode | None = None,
        table_format: TableFormat | None = None,
        engine: Engines = Engines.PROCESSES,
        workers: int | None = None,
        on_scorer: Told | None = None,
        on_progress: Tick | None = None,
    ) -> FolderReport:
        """Rate every table in a folder into another folder; the database is not touched.

        `source` is a folder, a pattern (`in/2026-*.csv`) or a URL that fsspec understands
        (`s3://bucket/comments`), `output` a folder or such a URL. Each table becomes one, of the
        same name below `output` and in the same format, unless `table_format` names another. What
        is finished is not rated again by a later call; the rows do not hang on engine, workers or
        interruptions. The text column is guessed by the first table, for all. `on_progress` is
        told of bytes of the input. Raises as `rate` does, and UsageError where `output` holds what
        was rated in another way.
        """
        if PurePosixPath(output).suffix.lower() in SUFFIXES and not output.endswith("/"):
            raise UsageError(f"{output}: of many files the output is a folder: name one")
        place = open_folder(output)
        shards = find_shards(source, place, table_format)
        column = text_column or _guessed(shards)
        choices = self._choices(mode)
        if choices.device == "cpu":
            choices = replace(choices, token_budget=_BUDGET)
        panel = self._rating_panel(scorers, choices, spans=spans, mentions=mentions, told=on_scorer)
        keys = [scorer.info.key for scorer in panel.scorers]
        self._check_alone(keys, engine, workers)
        plan = Plan(
            scorers=tuple(f"{one.info.key}@{one.info.version}" for one in panel.scorers),
            text_column=column,
            id_column=id_column,
            spans=spans,
            mentions=mentions,
            portion=_PORTION if choices.device == "cpu" else _PORTION_ON_A_GPU,
            languages=self._by_language.basis,
        )
        told_by = LanguagesElsewhere(self.settings.language, self._by_language.basis)
        job = Job(shards.source, place, plan, self._elsewhere(panel, choices), told_by)

        def engine_for(to_do: Sequence[Shard]) -> Engine:
            return self._engine(engine, workers, to_do, keys)

        return rate_folder(job, shards, engine_for, on_progress or (lambda _done, _all: None))

    def _engine(
        self, engine: Engines, workers: int | None, to_do: Sequence[Shard], keys: Sequence[str]
    ) -> Engine:
        if engine is Engines.RAY:
            from triage.engines.on_ray import OnRay

            return OnRay(workers, self.settings.device)
        from triage.engines.processes import Processes, workers_here

        if workers is None:
            alone = any(key.startswith("remote:") for key in keys)
            workers = 1 if alone else workers_here(to_do, keys, self.settings.device)
        return Here() if workers == 1 else Processes(workers)

    @staticmethod
    def _check_alone(keys: Sequence[str], engine: Engines, workers: int | None) -> None:
        """Raise UsageError where several processes would ask a scorer that has one pace for all."""
        remote = next((key for key in keys if key.startswith("remote:")), None)
        if remote is not None and (engine is Engines.RAY or (workers or 1) > 1):
            raise UsageError(
                f"{remote} has a pace and a budget, which hold for one process: leave --engine "
                "and --workers out"
            )

    def _elsewhere(self, panel: Panel, choices: Choices) -> PanelElsewhere:
        """Return what makes the same panel in another process, which has no database."""
        learned = {
            one.info.key: (
                one.info.version,
                self.store.learned.state(one.info.key, one.info.version),
            )
            for one in panel.scorers
            if isinstance(one, LearnedScorer)
        }
        below = [one.base if isinstance(one, LearnedScorer) else one for one in panel.scorers]
        own = {one.info.key: one.info.version for one in below}
        keys = tuple(scorer.info.key for scorer in panel.scorers)
        given = self.settings
        return PanelElsewhere(
            settings=Settings(  # what may go, by name: a setting that comes later stays here
                database_url="",
                scorers=keys,
                models_dir=given.models_dir,
                detoxify=given.detoxify,
                device=given.device,
                language=given.language,
                other_languages=given.other_languages,
                remotes=tuple(one for one in given.remotes if one.key in own),
            ),
            keys=keys,
            versions=tuple(scorer.info.version for scorer in panel.scorers),
            in_force=own,
            learned=learned,
            mode=choices.mode,
            token_budget=choices.token_budget,
        )


@dataclass(frozen=True)
class LanguagesElsewhere:
    """What tells the languages of texts as it is made in a worker, by the same rule as here."""

    unknown_as: str
    basis: str

    def __call__(self) -> ByLanguage:
        """Return it. Raises ScorerError where another version of the identifier is here."""
        made = _by_language(self.unknown_as)
        if made.basis != self.basis:
            raise ScorerError(
                f"a worker tells languages by {made.basis}, where the work began it was "
                f"{self.basis}: put the same triage and the same py3langid on every machine"
            )
        return made


@cache
def _by_language(unknown_as: str) -> ByLanguage:
    return ByLanguage(LanguageIdentifier(), unknown_as)


@dataclass(frozen=True)
class PanelElsewhere:
    """A panel as it is made in a worker: the very scorers that were chosen where the work began.

    `in_force` has it compute in the mode that was found there, not in the one that a trial on this
    machine would find. Of the settings it has neither database nor secrets, and of remotes only
    those that it asks.
    """

    settings: Settings
    keys: tuple[str, ...]
    versions: tuple[str, ...]
    in_force: Mapping[str, str]
    learned: Mapping[str, tuple[str, bytes]]
    mode: Mode
    token_budget: int | None

    def __call__(self) -> Panel:
        """Make the panel. Raises ScorerError where another version of a scorer is here."""
        choices = Choices(
            self.mode,
            in_force=self.in_force,
            device=self.settings.device,
            token_budget=self.token_budget,
        )
        panel = _WithoutDatabase(self.settings, self.learned).panel(self.keys, choices)
        for scorer, version in zip(panel.scorers, self.versions, strict=True):
            if scorer.info.version != version:
                raise ScorerError(
                    f"a worker has {scorer.info.key}@{scorer.info.version}, where the work began "
                    f"it is @{version}: put the same triage and the same weights on every machine"
                )
        return panel


class _WithoutDatabase(Panels):
    """Makes scorers from what was handed over."""

    def __init__(self, settings: Settings, learned: Mapping[str, tuple[str, bytes]]) -> None:
        super().__init__(settings)
        self._handed = learned

    def panel(self, keys: Sequence[str], choices: Choices) -> Panel:
        """Return the panel."""
        return self._panel(keys, choices, fetch=False)

    def _adopted(self, scorer: Scorer) -> Scorer | None:
        handed = self._handed.get(f"{scorer.info.key}{SUFFIX}")
        if handed is None:
            return None
        version, state = handed
        return LearnedScorer(scorer, version, lambda: state)


def _guessed(shards: Shards) -> str:
    """Return the text's column in the first table that can be opened."""
    why: ReadError | None = None
    for shard in shards.all:
        try:
            with shards.source.to_read(shard.name) as path:
                table = open_table(path)
                return text_column_of(table, None)
        except ReadError as error:  # this one fails for itself; another will tell
            why = why or error
    raise why or ReadError("there is no table to rate")
