"""Verbs about many comments: a page of them, views under a name, a thread's course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.domain.courses import Course
from triage.domain.entries import Entry
from triage.domain.scores import Label
from triage.domain.views import SavedView
from triage.errors import UsageError
from triage.store import BrowseFilter, Sort
from triage.workbench.parts import Parts

__all__ = ["Browsing"]


class Browsing(Parts):
    """A person looks at many comments."""

    def page(
        self,
        wanted: BrowseFilter | None = None,
        *,
        sort: Label | Sort = Sort.PRIORITY,
        descending: bool = True,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[list[Entry], int]:
        """Return one page of comments, and how many the filter keeps in all.

        Raises UsageError for a pattern that cannot be used, StoreError where it takes too long.
        """
        return self.store.comments.page(
            wanted, sort=sort, descending=descending, limit=limit, offset=offset
        )

    def deciders(self) -> list[str]:
        """Return everybody who ever decided, by name."""
        return self.store.decisions.reviewers()

    def thread_course(self, thread_id: str, label: Label, *, veiled: bool = False) -> Course:
        """Return how a label's scores run along a thread; raise NotFoundError.

        `veiled` is that of BrowseFilter.
        """
        return self.store.threads.course(thread_id, label, veiled=veiled)

    def veils_scores(self, reviewer: str) -> bool:
        """Whether a list hides the scores of undecided comments from this reviewer.

        Where a policy decides by itself, an undecided comment with such scores is one that it left
        to people by chance, to be decided blind. Leads see them all the same.
        """
        return not self.may_lead(reviewer) and self._scores_veiled()

    def _scores_veiled(self) -> bool:
        return self.policy().automatic is not None or self.store.audits.share_waits()

    def views(self, reviewer: str) -> list[SavedView]:
        """Return a reviewer's own views of Browse and those that others share, by name."""
        return self.store.views.of(reviewer)

    def save_view(
        self, name: str, reviewer: str, link: Mapping[str, Sequence[str]], *, shared: bool
    ) -> SavedView:
        """Keep what the link of Browse says under a name, in place of an own view of that name.

        Raises UsageError for a name that cannot be one.
        """
        try:
            view = SavedView(" ".join(name.split()), reviewer, link, self._clock(), shared=shared)
        except ValueError as error:
            raise UsageError(str(error)) from error
        self.store.views.save(view)
        return view

    def remove_view(self, name: str, reviewer: str) -> None:
        """Forget one of this reviewer's views; raise NotFoundError where there is none."""
        self.store.views.remove(name, reviewer)
