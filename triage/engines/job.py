"""What every engine does with a shard, and what it tells meanwhile; the same on every machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeAlias

from triage.engines.manifest import PROBLEMS, Manifest, Plan, digest_of, finish
from triage.engines.shards import Shard
from triage.errors import InputError, ReadError, ScorerError, TriageError
from triage.files.folders import Folder
from triage.files.tables import open_table
from triage.scoring.by_language import ByLanguage
from triage.scoring.panel import Panel
from triage.scoring.portions import Even
from triage.scoring.rate import Extras, RateReport, rate_table

__all__ = ["Engine", "Event", "Failed", "Finished", "Heard", "Job", "Underway", "rate_shard"]


@dataclass(frozen=True)
class Job:
    """What is the same for all shards of a run; can be handed to another process or machine.

    `panel` makes the scorers, those that the plan names: each worker calls it once. `by_language`
    makes what tells the languages of texts, so that scorers rate those that they read; without it
    they rate all.
    """

    source: Folder
    output: Folder
    plan: Plan
    panel: Callable[[], Panel]
    by_language: Callable[[], ByLanguage] | None = None


@dataclass(frozen=True, slots=True)
class Underway:
    """A share of a shard's texts is rated."""

    shard: str
    share: float


@dataclass(frozen=True, slots=True)
class Finished:
    """A shard's output is in place. A scorer put off `left` texts: a next run asks it again."""

    shard: str
    manifest: Manifest
    left: int = 0
    left_why: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A shard could not be rated, for a reason of its own; a next run tries again."""

    shard: str
    why: str


Event: TypeAlias = Underway | Finished | Failed
Heard = Callable[[Event | None], None]
"""Told what happens, and None now and then when nothing does: it may raise, to end the work."""


class Engine(Protocol):
    """Rates shards, in any order. What was finished stays so, whatever ends it."""

    def rate(self, job: Job, shards: Sequence[Shard], heard: Heard) -> None:
        """Rate the shards. Raises ScorerError where no scorer can be had, and what `heard` raises.

        A shard that fails for itself does not stop the others.
        """
        ...


def rate_shard(job: Job, panel: Panel, shard: Shard, heard: Heard) -> Finished | Failed:
    """Rate one shard, put its output in place, and write down that it is finished.

    Raises ScorerError, which concerns every shard, and what `heard` raises.
    """
    try:
        return _finished(job, panel, shard, heard)
    except ScorerError:
        raise
    except TriageError as error:
        return Failed(shard.name, str(error))


def _finished(job: Job, panel: Panel, shard: Shard, heard: Heard) -> Finished:
    seen = job.source.look(shard.name)
    with job.source.to_read(shard.name) as path, job.output.to_write(shard.output) as place:
        try:
            sha256 = digest_of(path)
            report = _rated(job, panel, shard, path, place, heard)
        except (InputError, OSError) as error:
            # Where a file was copied to, for a while, says nothing to anybody.
            why = str(error).replace(str(path), job.source.shown(shard.name))
            why = why.replace(str(place), job.output.shown(shard.output))
            raise ReadError(why) from error
        if seen is None or job.source.look(shard.name) != seen:
            raise ReadError(f"{shard.name} changed while it was rated")
    written = job.output.look(shard.output)
    if written is None:
        raise ReadError(f"{job.output.shown(shard.output)} is gone")
    manifest = Manifest(
        source=job.source.address(),
        file=seen,
        sha256=sha256,
        output=written,
        plan=job.plan.digest,
        rows=report.rows,
        scored=report.scored,
        renamed=dict(report.renamed),
        problem_count=len(report.problems),
        problems=tuple(replace(one, where=shard.name) for one in report.problems[:PROBLEMS]),
    )
    if not report.left:
        finish(job.output, manifest)
    return Finished(shard.name, manifest, report.left, report.left_why)


def _rated(
    job: Job, panel: Panel, shard: Shard, path: Path, place: Path, heard: Heard
) -> RateReport:
    plan = job.plan

    def told(done: int, of: int | None) -> None:
        heard(Underway(shard.name, done / of) if of else None)

    return rate_table(
        open_table(path),
        place,
        panel,
        text_column=plan.text_column,
        id_column=plan.id_column,
        extras=Extras(spans=plan.spans, mentions=plan.mentions),
        portions=Even(plan.portion),
        by_language=job.by_language() if job.by_language else None,
        on_progress=told,
    )
