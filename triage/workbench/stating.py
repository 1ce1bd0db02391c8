"""Verbs that tell others of a decision: statements of reasons, and the notice to the author."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
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
from triage.files.table_writer import Column, TableFormat, write_rows
from triage.store import BrowseFilter
from triage.workbench.parts import Parts, Tick
from triage.workbench.remembered import Remembered

__all__ = ["Statement", "StatementCounts", "StatementReport", "Stating"]

_MOST_PROBLEMS = 1_000
_VARIABLE = "TRIAGE_STATEMENTS"
_LEFT = (Column("comment_id"), Column("why"))


@dataclass(frozen=True, slots=True)
class StatementReport:
    """How many statements were written, to which files, and which could not be.

    Of `left` some are located in `problems`, at most 1,000. `named` tells where a text of the
    site's own holds an author's name.
    """

    written: int
    left: int
    files: tuple[Path, ...]
    problems: tuple[Problem, ...]
    named: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementCounts:
    """Of the rejections in force, how many can be stated, and how many are left out.

    `named` is as of `authors_named`.
    """

    sent: int
    left: int
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A rejection and what is stated of it."""

    decided: Decided
    stated: Stated


class Stating(Parts):
    """Others learn of a decision."""

    @cached_property
    def _counted(self) -> Remembered[StatementCounts]:
        return Remembered()

    def statements(
        self,
        path: Path,
        wanted: BrowseFilter | None = None,
        *,
        left_out: Path | None = None,
        on_progress: Tick | None = None,
    ) -> StatementReport:
        """Write a statement of reasons for every rejection in force that a filter keeps.

        One that the transparency database would refuse is left out and located, the others are
        written. `left_out` is a CSV for all that are left out, where there are any. Raises
        UsageError where the site's own texts name a reviewer, for another suffix than .json, .jsonl
        or .csv, where a file is there already, and as `export` does. An author's name stops
        nothing, for anybody can choose one: the report tells where it stands.
        """
        self.not_the_database(path)
        left: list[dict[str, object]] = []

        def good() -> Iterator[Mapping[str, object]]:
            for count, one in enumerate(self._stated(wanted), 1):
                if on_progress is not None:
                    on_progress(count, None)
                if not one.stated.faults:
                    yield one.stated.fields
                    continue
                comment_id = one.decided.entry.comment.id
                left.append({"comment_id": comment_id, "why": "; ".join(one.stated.faults)})

        self._check_reviewers()
        written, files = write_statements(path, good())
        if left and left_out is not None:
            write_rows(left_out, _LEFT, left, TableFormat.CSV)
        some = (
            Problem(f"comment {one['comment_id']}", None, str(one["why"]))
            for one in left[:_MOST_PROBLEMS]
        )
        named = tuple(Problem(_VARIABLE, None, one) for one in self.authors_named())
        return StatementReport(written, len(left), tuple(files), tuple(some), named)

    def statement_counts(self, wanted: BrowseFilter | None = None) -> StatementCounts:
        """Return how many statements can be sent, and how many not: counted once a change."""

        def counted() -> StatementCounts:
            every = [not one.stated.faults for one in self._stated(wanted)]
            good = sum(every)
            return StatementCounts(good, len(every) - good, tuple(self.authors_named()))

        return self._counted.of(lambda: (self.store.evidence.stamp(), wanted), counted)

    def authors_named(self) -> list[str]:
        """Return where a text of the site's own holds the name of an author, and which."""
        rules = self.settings.statements
        texts = dict(rules.own_texts())
        authors = self.store.authors.within("\n".join(texts.values())) if texts else []
        return [
            f"{place} holds {name!r}, the name of an author here: reword it, or add it to "
            "allowed_names"
            for place, text in texts.items()
            for name in names_among(text, authors)
            if not rules.allows(name)
        ]

    def statement_preview(
        self, wanted: BrowseFilter | None = None, *, limit: int = 20
    ) -> list[Statement]:
        """Return the first statements as they would be written; raises as `statements` does."""
        self._check_reviewers()
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

    def _check_reviewers(self) -> None:
        """Raise UsageError where a text of the site's own names a reviewer."""
        rules, reviewers = self.settings.statements, self.store.decisions.reviewers()
        for place, text in rules.own_texts():
            for name in names_among(text, reviewers):
                if not rules.allows(name):
                    raise UsageError(
                        f"{_VARIABLE}, {place} holds {name!r}, the name of a reviewer here: "
                        "statements are published and name nobody; reword it, or add it to "
                        "allowed_names"
                    )
