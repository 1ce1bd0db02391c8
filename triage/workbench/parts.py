"""What every verb works with: the concrete parts, built once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock

from triage.domain.checks import utc_now
from triage.domain.languages import Coverage
from triage.domain.policy import DEFAULT_NAME, DEFAULT_THRESHOLDS, DEFAULT_WHY, Policy
from triage.domain.scores import Label
from triage.errors import NotFoundError, UsageError
from triage.intake.admission import Admission
from triage.languages.identifying import LanguageIdentifier
from triage.review.desk import Desk
from triage.review.turns import Turns
from triage.scoring.by_language import ByLanguage
from triage.scoring.explain import Explainer
from triage.scoring.models.shelf import Shelf
from triage.scoring.registry import marking_scorer
from triage.settings import Settings
from triage.store import Store

__all__ = ["Parts", "Tick", "other_key", "without_total"]

Tick = Callable[[int, int | None], None]
"""Told of progress: how many are done, and of how many, where that is known."""


class Parts:
    """The settings, the database and what is built on them.

    The database is opened by the first verb that needs it; from then on threads may share it.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self._clock = clock
        self._opening = Lock()
        self._by_language = ByLanguage(LanguageIdentifier(), settings.language)
        self._explainer = Explainer(
            lambda key: marking_scorer(
                key, models_dir=settings.models_dir, allow_download=settings.allow_download
            )
        )

    @cached_property
    def store(self) -> Store:
        """The database, migrated, with a policy in force."""
        # A server's threads may ask first at once, and from Python 3.12 on cached_property knows no
        # lock.
        with self._opening:
            if "store" not in self.__dict__:
                self.__dict__["store"] = self._opened()
            found: Store = self.__dict__["store"]
        return found

    def _opened(self) -> Store:
        store = Store.open(
            self.settings.database_url,
            pool=self.settings.pool,
            clock=self._clock,
            own_appeals=self.settings.own_appeals,
            identifier=self._by_language.identifier,
        )
        try:
            self._check_names(store)
        except BaseException:
            store.close()
            raise
        if store.policies.in_force() is None:
            store.policies.save(
                Policy(
                    name=DEFAULT_NAME,
                    version=1,
                    thresholds=DEFAULT_THRESHOLDS,
                    created_at=self._clock(),
                    created_by="triage",
                    why=DEFAULT_WHY,
                )
            )
        return store

    def _check_names(self, store: Store) -> None:
        """Raise UsageError where authors have names and the settings want pseudonyms.

        And where they have pseudonyms by another key: names and pseudonyms are never mixed.
        """
        pseudonyms = self.settings.pseudonyms
        if pseudonyms is None or store.names.begin(pseudonyms):
            return
        if store.names.check() is not None:
            raise UsageError(other_key(store.url))
        raise UsageError(
            f"{store.url} holds authors' names, and TRIAGE_PSEUDONYMS is set. To give all of them "
            "pseudonyms, run: triage pseudonyms apply. Nothing is shown or mixed before that"
        )

    def admission(self) -> Admission:
        """Return what comments pass on their way in: pseudonyms, and who is forgotten.

        Raises UsageError where authors have pseudonyms and the settings bring names.
        """
        if self.settings.pseudonyms is None and self.store.names.check() is not None:
            raise UsageError(
                f"authors in {self.store.url} have pseudonyms, and this import would bring names: "
                "set TRIAGE_PSEUDONYMS=1 and the TRIAGE_PSEUDONYMS_KEY that was used"
            )
        forgetting, stored = self.store.forgetting, self.store.arrivals.stored
        return Admission(self.settings.pseudonyms, forgetting.marks(), forgetting.known, stored)

    @cached_property
    def desk(self) -> Desk:
        """Where reviewers look, decide, undo and flag."""
        return Desk(
            self.store, self._clock, self.settings.doubled, own_appeals=self.settings.own_appeals
        )

    @cached_property
    def turns(self) -> Turns:
        """Who has which comment on the screen."""
        return Turns(self.store, self._clock, self.settings.lease)

    @cached_property
    def models(self) -> Shelf:
        """Detoxify's models on this machine: list, add, pull, convert, verify, remove."""
        return Shelf(self.settings.models_dir)

    def close(self) -> None:
        """Close the database, if it was opened, and stop explaining."""
        if "store" in self.__dict__:
            self.store.close()
        self._explainer.close()

    def policy(self) -> Policy:
        """Return the policy in force."""
        policy = self.store.policies.in_force()
        if policy is None:
            raise NotFoundError("no policy is in force")
        return policy

    def allows(self, _verb: str) -> bool:
        """Whether whoever is here may call a verb at all: on one's own machine, anybody any."""
        return True

    def may_lead(self, reviewer: str) -> bool:
        """Whether this reviewer may change what all work by: guidelines, policies, audits."""
        return not self.settings.leads or reviewer in self.settings.leads

    def leads_only(self, reviewer: str, what: str) -> None:
        """Raise UsageError where this reviewer is no lead; `what` is what only leads may do."""
        if not self.may_lead(reviewer):
            leads = ", ".join(self.settings.leads)
            raise UsageError(f"{reviewer} may not {what}: TRIAGE_LEADS names {leads}")

    def not_the_database(self, path: Path) -> None:
        """Raise UsageError where a file to be written is the database, or lies beside it."""
        own = self.store.file
        if own is None:
            return
        beside = (own.with_name(own.name + end) for end in ("", "-wal", "-shm", "-journal"))
        if path.resolve() in beside:
            raise UsageError(f"{path} is the database itself: export to another file")

    def labels(self) -> list[Label]:
        """Return the labels that the scorers in use report, in their usual order."""
        panel = self.store.panel.get()
        return [label for label in Label if label in panel]

    def coverage(self) -> Coverage:
        """Return which languages the scorers in use read."""
        return self.store.panel.coverage()


def other_key(url: str) -> str:
    """Return what is said where the key is not the one by which authors have pseudonyms."""
    return (
        f"authors in {url} have pseudonyms by another TRIAGE_PSEUDONYMS_KEY: set the one that was "
        "used. If it is lost, nobody can find it out; to go on with a new one, without the authors "
        "of what is there: triage pseudonyms lost-key"
    )


def without_total(tick: Tick | None) -> Callable[[int], None] | None:
    """Return the listener for work of which nobody knows beforehand how much it is."""
    return None if tick is None else lambda done: tick(done, None)
