"""The panel in force: which scorer version answers for which label."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, insert

from triage.domain.languages import Coverage
from triage.store.database import Database
from triage.store.policies import stop_if_asleep
from triage.store.rows import Panel, coverage_in_force, panel_in_force, scorers_named
from triage.store.schema import panels
from triage.store.spreading import spread
from triage.store.standing import refresh

__all__ = ["PanelSeat", "put_panel"]


class PanelSeat:
    """The panel of a store. It is kept in the database, so that all processes agree on it."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def get(self) -> Panel:
        """Return label -> (scorer key, version); empty before the first `set`."""
        with self._database.read() as connection:
            return panel_in_force(connection)

    def ref(self) -> str | None:
        """Return how records name the scorers on the panel: `compact@1f0c`, joined by `+`."""
        return scorers_named(self.get().values())

    def coverage(self) -> Coverage:
        """Return which languages the panel in force reads."""
        with self._database.read() as connection:
            return coverage_in_force(connection)

    def set(
        self, panel: Panel, coverage: Coverage | None = None, *, upon: Panel | None = None
    ) -> bool:
        """Put a panel in force; scores, flags and queue follow at once. Return whether it is.

        Where the policy decided by itself by other scorers' numbers it does not any more.

        `coverage` says which languages it reads; without one it is what it was, label by label. A
        scorer that has saved nothing yet may be named: its labels fill as its scores come. With
        `upon` nothing is done unless that one is in force until now.
        """
        with self._database.write() as connection:
            present = panel_in_force(connection)
            if upon is not None and present not in (dict(upon), dict(panel)):
                return False
            if put_panel(connection, panel, self._clock(), coverage):
                stop_if_asleep(connection, self._clock())
                refresh(connection)
                spread(connection)
            return True


def put_panel(
    connection: Connection, panel: Panel, at: datetime, coverage: Coverage | None = None
) -> bool:
    """Put a panel in force, unless it is; what follows from it is still to be derived."""
    present = coverage_in_force(connection)
    coverage = coverage or present
    if dict(panel) == panel_in_force(connection) and coverage == present:
        return False
    labels = {label.value: [key, version] for label, (key, version) in panel.items()}
    languages = {
        "labels": {label.value: list(codes) for label, codes in coverage.by_label.items()},
        "unknown_as": coverage.unknown_as,
        "others": coverage.others.value,
    }
    connection.execute(insert(panels).values(labels=labels, set_at=at, languages=languages))
    return True
