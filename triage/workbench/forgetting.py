"""Verbs by which people and old comments are forgotten, and names become pseudonyms."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from triage.domain.forgetting import Erased, Erasure, ErasureKind, Retention
from triage.domain.pseudonyms import Pseudonyms
from triage.errors import UsageError
from triage.store import Store, Whose
from triage.workbench.parts import Parts, Tick, other_key, without_total

__all__ = ["Forgetting"]


class Forgetting(Parts):
    """What is personal goes, and the statistics stay."""

    def forget_author(
        self, name: str, by: str, *, dry_run: bool = False, on_progress: Tick | None = None
    ) -> Erased:
        """Erase all comments under a name (or pseudonym), and let none of them in again.

        Raises UsageError for whoever is no lead and for no name, StoreError where everything is
        erased but the file could not be cleaned.
        """
        if not name.strip():
            raise UsageError("name the author: comments without one are forgotten by their ids")
        pseudonyms = self.settings.pseudonyms
        own = pseudonyms.of(name) if pseudonyms is not None else None
        names = tuple(one for one in dict.fromkeys((name, own)) if one)
        return self._forget(Whose(ErasureKind.AUTHOR, names=names), by, dry_run, on_progress)

    def forget_comments(
        self,
        ids: Sequence[str],
        by: str,
        *,
        dry_run: bool = False,
        on_progress: Tick | None = None,
    ) -> Erased:
        """Erase some comments, whoever wrote them; raise NotFoundError for an unknown id."""
        whose = Whose(ErasureKind.COMMENTS, ids=tuple(dict.fromkeys(ids)))
        return self._forget(whose, by, dry_run, on_progress)

    def retain(
        self,
        by: str,
        retention: Retention | None = None,
        *,
        dry_run: bool = False,
        on_progress: Tick | None = None,
    ) -> Erased:
        """Erase what was kept for longer than it is to be: by the settings, or as said here.

        Raises UsageError where no period is set, and for whoever is no lead.
        """
        periods = self.settings.retention if retention is None else retention
        if not periods:
            raise UsageError(
                "no period is set: TRIAGE_RETAIN_DECIDED and TRIAGE_RETAIN_UNDECIDED are days, "
                "and so are --decided and --undecided"
            )
        whose = Whose(ErasureKind.RETENTION, retention=periods)
        return self._forget(whose, by, dry_run, on_progress)

    def erasures(self) -> list[Erasure]:
        """Return the record of erasures, oldest first: never whose comments they were."""
        return self.store.forgetting.records()

    def _forget(self, whose: Whose, by: str, dry_run: bool, tick: Tick | None) -> Erased:
        self.leads_only(by, "erase comments")
        if dry_run:
            return self.store.forgetting.look(whose, self._clock())
        return self.store.forgetting.forget(whose, by, self._clock(), without_total(tick))

    def use_pseudonyms(self, by: str, *, on_progress: Tick | None = None) -> int:
        """Give all authors in the database pseudonyms in place of their names, all or none.

        Returns how many comments that concerns; 0 where it was done before. Raises UsageError
        without a key, for another key than the one in use, and for whoever is no lead.
        """
        self.leads_only(by, "give authors pseudonyms")
        pseudonyms = self._pseudonyms()
        with closing(self._bare_store()) as store:
            known = store.names.check()
            if known == pseudonyms.check:
                return 0
            if known is not None:
                raise UsageError(other_key(store.url))
            return store.names.rewrite(pseudonyms, without_total(on_progress))

    def drop_pseudonyms(self, by: str) -> int:
        """Leave all comments without an author, and go on with a new key; return how many.

        For a site that has lost its key. Raises UsageError where the key is the one in use, where
        there are no pseudonyms, and for whoever is no lead.
        """
        self.leads_only(by, "drop pseudonyms")
        pseudonyms = self._pseudonyms()
        with closing(self._bare_store()) as store:
            known = store.names.check()
            if known is None or known == pseudonyms.check:
                why = "has no pseudonyms" if known is None else "has pseudonyms by this very key"
                raise UsageError(f"{store.url} {why}: nothing is lost, and nothing was changed")
            return store.names.begin_anew(pseudonyms)

    def _pseudonyms(self) -> Pseudonyms:
        if self.settings.pseudonyms is None:
            raise UsageError("set TRIAGE_PSEUDONYMS=1 and TRIAGE_PSEUDONYMS_KEY first")
        return self.settings.pseudonyms

    def _bare_store(self) -> Store:
        """Open the database without asking whether its names are as the settings say."""
        return Store.open(self.settings.database_url, clock=self._clock)
