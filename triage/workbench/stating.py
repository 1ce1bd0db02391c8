"""Verbs that tell others of a decision: statements of reasons, and the notice to the author."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from triage.domain.comments import Problem
from triage.domain.decisions import Verdict
from triage.domain.entries import Decided
from triage.domain.personal import names_among
from triage.domain.policy import Policy
from triage.errors import UsageError
from triage.export.notices import notice
from triage.export.statement_files import write_statements
from triage.export.statements import Stated, statement_of
from triage.store import BrowseFilter
from triage.workbench.parts import Parts, Tick

__all__ = ["Statement", "StatementReport", "Stating"]

_MOST_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class StatementReport:
    """How many statements were written, to which files, and which could not be.

    Of `left` some are located in `problems`, at most 1,000.
    """

    written: int
    left: int
    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A rejection and what is stated of it."""

    decided: Decided
    stated: Stated


class Stating(Parts):
    """Others learn of a decision."""

    def statements(
        self, path: Path, wanted: BrowseFilter | None = None, *, on_progress: Tick | None = None
    ) -> StatementReport:
        """Write a statement of reasons for every rejection in force that a filter keeps.

        One that the transparency database would refuse is left out and located, the others are
        written. Raises UsageError where the site's own texts name somebody whose name is known
        here, for another suffix than .json, .jsonl or .csv, and as `export` does.
        """
        own = self.store.file
        if own is not None and path.resolve() == own:
            raise UsageError(f"{path} is the database itself: write to another file")
        problems: list[Problem] = []
        left = 0

        def good() -> Iterator[Mapping[str, object]]:
            nonlocal left
            for count, one in enumerate(self._stated(wanted), 1):
                if on_progress is not None:
                    on_progress(count, None)
                if not one.stated.faults:
                    yield one.stated.fields
                    continue
                left += 1
                if len(problems) < _MOST_PROBLEMS:
                    where = f"comment {one.decided.entry.comment.id}"
                    problems.append(Problem(where, None, "; ".join(one.stated.faults)))

        self._check_names()
        written, files = write_statements(path, good())
        return StatementReport(written, left, tuple(files), tuple(problems))

    def statement_preview(
        self, wanted: BrowseFilter | None = None, *, limit: int = 20
    ) -> list[Statement]:
        """Return the first statements as they would be written; raises as `statements` does."""
        self._check_names()
        return list(islice(self._stated(wanted), limit))

    def notice(self, comment_id: str) -> str:
        """Return the notice to a comment's author, in plain text.

        Raises NotFoundError for an unknown comment, UsageError where nothing final is decided.
        """
        decided = self.store.decisions.in_force(comment_id)
        if decided is None:
            raise UsageError(
                f"comment {comment_id!r} is not decided yet: there is nothing to tell its author"
            )
        rules = self.settings.statements
        said = self._said(decided.decision.guidelines)
        digest = decided.decision.text_sha256
        log = [one for one in self.store.decisions.of(comment_id) if one.text_sha256 == digest]
        return notice(decided, rules, self._policies(), said, self.settings.timezone, log)

    def _stated(self, wanted: BrowseFilter | None) -> Iterator[Statement]:
        rules, policies = self.settings.statements, self._policies()
        asked = wanted or BrowseFilter()
        if asked.verdict not in {None, Verdict.REJECT}:
            return
        for decided, first in self.store.decisions.removals(asked):
            stated = statement_of(decided, rules, policies, self.settings.timezone, first)
            if stated is not None:
                yield Statement(decided, stated)

    def _policies(self) -> dict[str, Policy]:
        return {one.policy.ref: one.policy for one in self.store.policies.history()}

    def _said(self, ref: str | None) -> Mapping[str, str]:
        """Return code -> words of the guidelines that a decision names."""
        every = {one.ref: one.rules for one in self.store.guidelines.history()}
        return every.get(ref or "", {})

    def _check_names(self) -> None:
        """Raise UsageError where a text of the site's own names an author or a reviewer."""
        reviewers = self.store.decisions.reviewers()
        for place, text in self.settings.statements.own_texts():
            for name in names_among(text, [*self.store.authors.within(text), *reviewers]):
                raise UsageError(
                    f"TRIAGE_STATEMENTS, {place} holds {name!r}, the name of somebody here: "
                    "statements are published and name nobody; reword it"
                )
