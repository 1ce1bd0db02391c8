"""Verbs that bring decisions back to where the comments live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.domain.comments import Problem, SourceState
from triage.domain.returns import Asked, Change, Returnable
from triage.errors import NotFoundError, UsageError
from triage.export.returning.due import SPAM, due
from triage.export.returning.way import Way
from triage.export.returning.ways import WAYS, way_named
from triage.export.returning.wxr import WxrCopy
from triage.files.atomic import atomic_file
from triage.workbench.parts import Parts

__all__ = ["Plan", "Returning"]

_LONGEST_URL = 2_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change at a source: nothing is written, and nothing kept, before that is asked.

    `left` says of which comments the source cannot be told what was decided, and why. `sources` are
    the names of the sources that decided comments and changes are of: of several, one must be asked
    for before a file is made. `url` is the site's address, `copied` the export of which a copy is
    to be made, where the way has one.
    """

    way: Way
    changes: tuple[Change, ...]
    left: tuple[Problem, ...]
    sources: tuple[str, ...]
    url: str | None = None
    copied: WxrCopy | None = None

    @property
    def source(self) -> str:
        """The name of the source that the changes are for; "" where it has none."""
        return self.sources[0] if len(self.sources) == 1 else ""

    @property
    def counts(self) -> dict[SourceState, int]:
        """How many comments become what."""
        return dict(Counter(one.then for one in self.changes))


class Returning(Parts):
    """Decisions go back to where the comments live."""

    def ways_back(self) -> dict[str, int]:
        """Return the key of each way back -> how many decided comments came in its layout."""
        known = self.store.returned.sources()
        return {way.key: known.get(way.reader, 0) for way in WAYS.values()}

    def plan_return(
        self,
        to: str,
        asked: Asked | None = None,
        *,
        url: str | None = None,
        export: Path | None = None,
        spam: Iterable[str] = SPAM,
        again: bool = False,
    ) -> Plan:
        """Find out what the source is to be told, where verdicts differ from what it says.

        What was told before is left out, unless it is wanted `again`. `spam` are the reasons that
        make a rejection one of spam. `url` is one site's of a WordPress network, `export` the file
        to be copied for `wxr`. Raises UsageError for what does not go together, ReadError for an
        unusable export.
        """
        way, asked = way_named(to), asked or Asked()
        _check(way, url, export)
        self._check_known(way, asked)
        copied = None
        if export is not None:
            ids = {one.origin.id for one in self._returnables(way, asked)}
            copied = WxrCopy.of(export, ids)
            if ids and not copied.found and not copied.problems:
                raise UsageError(
                    f"none of the {len(ids):,} decided comments is in {export}: name the export of "
                    "the site that they came from"
                )
        found = due(
            self._returnables(way, asked, again=again or copied is not None),
            way,
            spam=frozenset(reason.upper() for reason in spam),
            again=again,
            found=None if copied is None else copied.states,
        )
        changes: list[Change] = []
        left: list[Problem] = [] if copied is None else list(copied.problems)
        for one in found:
            if isinstance(one, Change):
                changes.append(one)
            else:
                left.append(one)
        sources = {*self._sources(way, asked), *(one.returnable.namespace for one in changes)}
        return Plan(way, tuple(changes), tuple(left), tuple(sorted(sources)), url, copied)

    def write_return(self, plan: Plan, path: Path) -> None:
        """Write the file that makes the changes of a plan at the source: whole, or not at all.

        Raises UsageError for comments of several sources, whose ids may be the same, and where a
        file is there already: it may not have been used yet, and what is in it counts as told.
        """
        if len(plan.sources) > 1:
            raise _several(plan.sources)
        self.not_the_database(path)
        if plan.copied is not None and path.resolve() == plan.copied.path.resolve():
            raise UsageError(f"{path} is the export that is copied: name another file")
        if path.exists():
            raise UsageError(
                f"{path} is there already, and may hold decisions that were not brought back yet: "
                "name another file"
            )
        with atomic_file(path) as part:
            if plan.copied is not None:
                with part.open("wb") as copy:
                    plan.copied.write(plan.changes, copy)
            elif plan.way.write is not None:
                with part.open("w", encoding="ascii", newline="\n") as text:
                    plan.way.write(plan.changes, text, plan.url)

    def remember_return(self, plan: Plan, by: str) -> None:
        """Keep that the source was told what the plan says, so that it is not told so again."""
        news = [one for one in plan.changes if not _known(one)]
        self.store.returned.record(plan.way.key, news, by, self._clock())

    def _check_known(self, way: Way, asked: Asked) -> None:
        """Raise UsageError where a source or a thread is asked for that there is not."""
        if asked.source is not None:
            known = self.store.returned.namespaces(way.reader, decided=False)
            if asked.source not in known:
                raise UsageError(
                    f"no comment that came from {way.name} has the source {asked.source!r}; known "
                    f"are: {_named(known) or 'none'}"
                )
        if asked.thread_id is not None:
            try:
                self.store.threads.get(asked.thread_id)
            except NotFoundError as error:
                raise UsageError(f"{error}: --thread takes an id as it is here") from error

    def _sources(self, way: Way, asked: Asked) -> tuple[str, ...]:
        if asked.source is not None:
            return (asked.source,)
        return tuple(self.store.returned.namespaces(way.reader))

    def _returnables(self, way: Way, asked: Asked, *, again: bool = True) -> Iterable[Returnable]:
        return self.store.returned.returnables(way.key, way.reader, asked, again=again)


def _known(change: Change) -> bool:
    """Whether the log ends with this very change: a copy of a file may be made many times."""
    handed = change.returnable.handed
    return handed is not None and (
        handed.decision_id == change.returnable.decision.id
        and (handed.before, handed.state) == (change.before, change.then)
    )


def _check(way: Way, url: str | None, export: Path | None) -> None:
    if way.write is None and export is None:
        raise UsageError(f"the way back {way.key} changes a copy of an export: name it with --from")
    if way.write is not None and export is not None:
        raise UsageError(f"the way back {way.key} takes no export: only wxr makes a copy of one")
    if url is None:
        return
    if not way.takes_url:
        raise UsageError(f"the way back {way.key} takes no address: whoever runs it names the site")
    if not url.isprintable() or not url.strip() or len(url) > _LONGEST_URL or not url.isascii():
        raise UsageError(f"that is no address of a site: {url[:80]!r}")


def _several(names: Sequence[str]) -> UsageError:
    return UsageError(
        f"decided comments are of several sources: {_named(names)}. Say with --source NAME which "
        "one the file is for"
    )


def _named(names: Sequence[str]) -> str:
    return ", ".join(repr(name) if name else "'' (imported without a name)" for name in names)
