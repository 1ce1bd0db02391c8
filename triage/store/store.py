"""The store: one database, and one attribute per noun."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from triage.domain.checks import utc_now
from triage.domain.languages import Identifier
from triage.domain.pools import Pool
from triage.store.annotations import Annotations
from triage.store.appeals import Appeals
from triage.store.arrivals import Arrivals
from triage.store.assignments import Assignments
from triage.store.audits import Audits
from triage.store.authors import Authors
from triage.store.automatic import AutomaticActs
from triage.store.backups import Copied, back_up, take_back
from triage.store.batches import Batches
from triage.store.chain import Chain
from triage.store.claims import Claims
from triage.store.comments import Comments
from triage.store.copies import Copies
from triage.store.database import Database
from triage.store.decisions import Decisions
from triage.store.deliveries import Deliveries
from triage.store.evidence import EvidenceBook
from triage.store.flags import Flags
from triage.store.forgetting import Forgetting
from triage.store.guidelines import GuidelinesBook
from triage.store.handovers import Handovers
from triage.store.languages import LanguageBook
from triage.store.learned import LearnedBook
from triage.store.looks import Looks
from triage.store.mentions import Mentions
from triage.store.migrate import bring_up_to_date
from triage.store.panel import PanelSeat
from triage.store.people import People
from triage.store.policies import Policies
from triage.store.preferences import Preferences
from triage.store.pseudonyms import Names
from triage.store.queue import Queue
from triage.store.returned import Returned
from triage.store.scores import ScoreBook
from triage.store.skips import Skips
from triage.store.spreading import spread
from triage.store.standing import rebuild
from triage.store.threads import Threads
from triage.store.tokens import Tokens
from triage.store.versions import Versions
from triage.store.views import SavedViews
from triage.store.webhooks import Webhooks

__all__ = ["Store"]

_MANY = 5_000


class Store:
    """Everything that is kept, in one SQLite file or PostgreSQL database.

    May be shared by threads, and the database by processes. A method that writes is one
    transaction, except for imports and scores, which commit chunk by chunk. One that reads sees
    one state of the database, until it is exhausted where it yields; `scores.unscored` alone looks
    anew for every batch. All raise StoreError where the database cannot be used.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime] = utc_now,
        *,
        own_appeals: bool = False,
        earlier: str | None = None,
        identifier: Identifier | None = None,
    ) -> None:
        self._database = database
        self.chain = Chain(database)
        self.earlier = earlier
        """The schema that the database had when it was opened: `HEAD`, or None for a new one."""
        self.threads = Threads(database, clock, identifier)
        self.languages = LanguageBook(database)
        self.arrivals = Arrivals(database, clock, identifier)
        self.comments = Comments(database)
        self.copies = Copies(database)
        self.authors = Authors(database)
        self.scores = ScoreBook(database, clock)
        self.mentions = Mentions(database)
        self.panel = PanelSeat(database, clock)
        self.policies = Policies(database)
        self.flags = Flags(database)
        self.decisions = Decisions(database, own_appeals=own_appeals)
        self.appeals = Appeals(database)
        self.batches = Batches(database)
        self.returned = Returned(database)
        self.annotations = Annotations(database)
        self.looks = Looks(database)
        self.audits = Audits(database)
        self.automatic = AutomaticActs(database)
        self.skips = Skips(database)
        self.claims = Claims(database)
        self.guidelines = GuidelinesBook(database, clock)
        self.tokens = Tokens(database)
        self.people = People(database)
        self.assignments = Assignments(database, own_appeals=own_appeals)
        self.handovers = Handovers(database)
        self.webhooks = Webhooks(database)
        self.deliveries = Deliveries(database)
        self.preferences = Preferences(database)
        self.views = SavedViews(database)
        self.queue = Queue(database, own_appeals=own_appeals)
        self.evidence = EvidenceBook(database)
        self.versions = Versions(database)
        self.learned = LearnedBook(database, clock)
        self.forgetting = Forgetting(database)
        self.names = Names(database)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        pool: Pool | None = None,
        clock: Callable[[], datetime] = utc_now,
        own_appeals: bool = False,
        identifier: Identifier | None = None,
    ) -> Self:
        """Open a database, and create or migrate its tables where needed.

        `url` is `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`. `pool` limits the
        connections that are kept to it. With `own_appeals` appeals may be decided by who decided
        first. What an `identifier` says of new texts is stored with them. Raises StoreError
        for a database that cannot be opened, belongs to another program, or was written by a
        newer version of triage, UsageError for a URL that is none.
        """
        database = Database(url, pool)
        try:
            earlier = bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(database, clock, own_appeals=own_appeals, earlier=earlier, identifier=identifier)

    @property
    def url(self) -> str:
        """Where the database is, with its password hidden."""
        return self._database.url

    @property
    def file(self) -> Path | None:
        """Where an SQLite file lies, links followed; None for a database on a server."""
        return self._database.file

    def settle(self, changed: int) -> None:
        """Do what is done once after many rows; `changed` counts comments imported or texts scored.

        Texts of before there were near copies enter their index, even where nothing changed. What
        an audit drew finds its places among the flagged comments of now. The planner of a server
        hears of the rows, which it would notice a minute later; SQLite needs no such help.
        """
        self.copies.catch_up()
        if not changed:
            return
        with self._database.write() as connection:
            spread(connection)
            if changed >= _MANY and self.file is None:
                connection.exec_driver_sql("ANALYZE")

    def rebuild(self) -> None:
        """Derive the read model anew from the facts; changes nothing unless it was damaged."""
        with self._database.write() as connection:
            rebuild(connection)

    def back_up(self, path: Path, tick: Callable[[int, int | None], None]) -> Copied:
        """Write one state of everything to an SQLite file; see `triage.store.backups`."""
        return back_up(self._database, path, tick)

    @staticmethod
    def take_back(url: str, path: Path, tick: Callable[[int, int | None], None]) -> Copied:
        """Fill the database at a URL with a backup's rows; see `triage.store.backups`."""
        with closing(Database(url)) as database:
            return take_back(database, path, tick)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
