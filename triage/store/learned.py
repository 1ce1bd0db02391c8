"""What was learned from decisions: immutable versions, and which of them is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select

from triage.domain.policy import Policy
from triage.errors import ConflictError, NotFoundError
from triage.store.database import Database
from triage.store.panel import put_panel
from triage.store.policies import put_policy, stop_if_asleep
from triage.store.rows import Panel, panel_in_force, policy_in_force
from triage.store.schema import adoptions, learned
from triage.store.spreading import spread
from triage.store.standing import refresh

__all__ = ["Adoption", "LearnedBook", "LearnedRecord"]


@dataclass(frozen=True, slots=True)
class LearnedRecord:
    """Something learned, on top of a version of a scorer; its state is read when it is needed."""

    key: str
    version: str
    base_key: str
    base_version: str
    evidence: Mapping[str, object] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """How records name it."""
        return f"{self.key}@{self.version}"


@dataclass(frozen=True, slots=True)
class Adoption:
    """Somebody put something learned to use for a scorer; with None, the scorer as it is."""

    base_key: str
    learned: LearnedRecord | None
    by: str
    why: str
    at: datetime


class LearnedBook:
    """What a store has of learned scorers."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def in_force(self) -> dict[str, LearnedRecord]:
        """Return the key of a scorer -> what is used in its place."""
        last = {one.base_key: one.learned for one in self.history()}
        return {key: one for key, one in last.items() if one is not None}

    def history(self) -> list[Adoption]:
        """Return who put what to use, oldest first."""
        columns = [learned.c[one] for one in ("key", "version", "base_version", "evidence")]
        statement = (
            select(adoptions, *columns)
            .outerjoin(learned, learned.c.pk == adoptions.c.learned_pk)
            .order_by(adoptions.c.pk)
        )
        with self._database.read() as connection:
            return [
                Adoption(
                    row.base_key,
                    None
                    if row.learned_pk is None
                    else LearnedRecord(
                        row.key, row.version, row.base_key, row.base_version, row.evidence
                    ),
                    row.by,
                    row.why,
                    row.at,
                )
                for row in connection.execute(statement)
            ]

    def state(self, key: str, version: str) -> bytes:
        """Return what was learned; raise NotFoundError where this was never adopted."""
        mine = (learned.c.key == key) & (learned.c.version == version)
        with self._database.read() as connection:
            state = connection.execute(select(learned.c.state).where(mine)).scalar()
        if state is None:
            raise NotFoundError(f"{key}@{version} was never adopted in this database")
        return bytes(state)

    def adopt(
        self,
        adoption: Adoption,
        state: bytes,
        panel: Panel,
        policy: Policy | None,
        *,
        upon: tuple[Panel, str] | None = None,
    ) -> None:
        """Put something learned to use, or with None the scorer below, and what follows with it.

        Panel and policy change in the same transaction, so that no comment is ever judged by new
        scores and old thresholds. `state` is that of something new, empty for what is known. Raises
        ConflictError where somebody saved that version of the policy meanwhile, and where panel or
        policy in force are others than `upon` (the policy by its ref): they would be lost.
        """
        with self._database.write() as connection:
            if upon is not None:
                _check_unchanged(connection, *upon)
            pk = None
            if adoption.learned is not None:
                pk = _kept(connection, adoption.learned, state)
            row = {"base_key": adoption.base_key, "learned_pk": pk, "at": adoption.at}
            said = {"by": adoption.by, "why": adoption.why}
            connection.execute(insert(adoptions).values(row | said))
            put_panel(connection, panel, adoption.at)
            if policy is not None:
                put_policy(
                    connection, policy, {"learned": adoption.learned and adoption.learned.ref}
                )
            stop_if_asleep(connection, adoption.at)
            refresh(connection)
            spread(connection)


def _check_unchanged(connection: Connection, panel: Panel, policy: str) -> None:
    present = policy_in_force(connection)
    if present is None or present.ref != policy or panel_in_force(connection) != dict(panel):
        raise ConflictError("scorers or policy changed since this was learned: learn anew")


def _kept(connection: Connection, record: LearnedRecord, state: bytes) -> int:
    """Return the key of a record's row, which is made where there is none."""
    mine = (learned.c.key == record.key) & (learned.c.version == record.version)
    known = connection.execute(select(learned.c.pk).where(mine)).scalar()
    if known is not None:
        return int(known)
    names = ("key", "version", "base_key", "base_version")
    row = {name: getattr(record, name) for name in names}
    more = {"state": state, "evidence": dict(record.evidence)}
    return int(connection.execute(insert(learned).returning(learned.c.pk), row | more).scalar_one())
