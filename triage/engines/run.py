"""A folder of files rated into another, gone on with where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from triage.domain.comments import Problem
from triage.engines.job import Engine, Event, Failed, Finished, Job, Underway
from triage.engines.manifest import PROBLEMS, Manifest, begin, sort_out
from triage.engines.shards import Shard, Shards

__all__ = ["FolderReport", "Told", "rate_folder"]

Told = Callable[[int, int | None], None]
"""Told how many bytes of the input are done, and of how many."""


@dataclass(frozen=True, slots=True)
class FolderReport:
    """What became of the shards: their number and rows in all, and of this run.

    `files` are finished, `known` of them by an earlier run; `again` were rated anew since their
    input changed. `failed` could not be rated, and `left` texts a scorer put off: the same call
    tries these again. `problems` are the first of `problem_count`; `others` files are no tables.
    """

    files: int
    known: int
    again: int
    rows: int
    scored: int
    rated: int
    """Rows of the shards that were rated by this run."""
    scorers: tuple[str, ...]
    renamed: dict[str, str]
    failed: tuple[Problem, ...]
    problem_count: int
    problems: tuple[Problem, ...]
    left: int
    left_why: str
    others: int
    as_csv: bool


def rate_folder(
    job: Job, shards: Shards, engine_for: Callable[[Sequence[Shard]], Engine], told: Told
) -> FolderReport:
    """Rate what is to do of the shards, by the engine that is made for it.

    Each output appears whole, and what a manifest says is finished is not rated again. `told` may
    raise, to end the work; see `Engine.rate`. Raises UsageError where the output holds shards that
    were rated in another way or come from another folder, or files that no run wrote.
    """
    known = begin(job.output, job.plan, shards.all)
    done, new, changed = sort_out(job.source, job.output, shards.all, known)
    to_do = sorted([*new, *changed], key=lambda shard: shard.name)
    course = _Course(done, to_do, told)
    if to_do:
        engine_for(to_do).rate(job, to_do, course.heard)
    return course.report(job, len(changed), shards.others)


class _Course:
    """Keeps count of what the engine tells."""

    def __init__(self, done: Iterable[Manifest], to_do: Sequence[Shard], told: Told) -> None:
        self._sizes = {shard.name: shard.file.size for shard in to_do}
        self._all = max(sum(self._sizes.values()), 1)
        self._shares: dict[str, float] = {}
        self._done = {one.file.name: one for one in done}
        self._known = len(self._done)
        self._told = told
        self._rated = 0
        self._failed: list[Problem] = []
        self._left, self._left_why = 0, ""

    def heard(self, event: Event | None) -> None:
        """Take note of an event, and tell how far the work is."""
        match event:
            case Underway(shard, share):
                self._shares[shard] = share
            case Finished(shard, manifest, left, left_why):
                self._shares[shard] = 1.0
                self._done[shard] = manifest
                self._rated += manifest.rows
                self._left, self._left_why = self._left + left, left_why or self._left_why
            case Failed(shard, why):
                self._shares[shard] = 1.0
                self._failed.append(Problem(shard, None, why))
            case None:
                pass
        done = sum(self._sizes[shard] * share for shard, share in self._shares.items())
        self._told(int(done), self._all)

    def report(self, job: Job, again: int, others: int) -> FolderReport:
        """Return what became of it all."""
        done = [self._done[name] for name in sorted(self._done)]
        problems = [problem for one in done for problem in one.problems]
        return FolderReport(
            files=len(done),
            known=self._known,
            again=again,
            rows=sum(one.rows for one in done),
            scored=sum(one.scored for one in done),
            rated=self._rated,
            scorers=job.plan.scorers,
            renamed={name: new for one in done for name, new in one.renamed.items()},
            failed=tuple(sorted(self._failed, key=lambda one: one.where)),
            problem_count=sum(one.problem_count for one in done),
            problems=tuple(problems[:PROBLEMS]),
            left=self._left,
            left_why=self._left_why,
            others=others,
            as_csv=any(one.output.name.lower().endswith(".csv") for one in done),
        )
