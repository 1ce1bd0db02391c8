"""What is known of every comment at once, as arrays: what a threshold is judged by.

A million comments are read in seconds; `stamp` says cheaply whether they have to be read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select

from triage.domain.decisions import UNREAD, DecidedBy, Verdict
from triage.domain.policy import Policy, Route
from triage.domain.scores import Label
from triage.store.columns import Moment
from triage.store.database import Database, streamed
from triage.store.entries import NOBODY_CAN_SAY
from triage.store.erased import GONE
from triage.store.groups import READERS, Groups, Kind, numbers
from triage.store.reckoning import Days
from triage.store.rows import Panel, among, panel_history, panel_in_force, policy_of
from triage.store.schema import audit_draws, audits, comments, decisions, notes, policies, standing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["APPROVED", "BITS", "OPEN", "REJECTED", "UNDECIDED", "EvidenceBook", "KnownComments"]

UNDECIDED, APPROVED, REJECTED, OPEN = range(4)
"""In `KnownComments.verdict`: open is what a person looked at and no verdict of theirs settles."""
BITS: Mapping[Label, int] = {label: 1 << at for at, label in enumerate(Label)}
"""Which bit stands for a label in `KnownComments.given` and `refused`."""

_LATELY = timedelta(days=28)
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class KnownComments:
    """What is known of a database's comments; the arrays have an entry per comment, in one order.

    `comment` holds keys, rising. `scores` are those of the panel in force,
    NaN where there is none; `unreadable` marks what is flagged because no scorer could read it.
    `by_policy` and `asked` say who flags a comment now. `verdict` is that of the decision in force
    where a person looked; one that was escalated, or decided later without a look, is open. `given`
    and `refused` are sets of labels, by `BITS`: those that the decider gave and rejected, as
    reasons or in an annotation. `decided_at` is when, in seconds since 1970, NaN for the undecided.

    `automatic` marks what is flagged and a policy rejected by itself, unless that was taken back,
    and what was left to people of all that it decided: due for review by chance only. `share` is
    the part of such comments, flagged or not, that is left to people; 0 for all others.

    `probability` is that of having been drawn by the audit, 0 for what it never could draw,
    `number` the permanent random number, `drawn` whether it was. `last_draw` is when it was drawn
    last, in seconds since 1970, None before the first.

    `seconds` is the median time that a decision took, None where nobody measured it; `reviewers`
    how many persons decided. `per_day` is about how many comments came in a day, lately.
    `history` holds every policy, the one in force last; `panels` every panel, with the moment it
    came into force.
    """

    comment: NDArray[np.int64]
    scores: Mapping[Label, NDArray[np.float64]]
    unreadable: NDArray[np.bool_]
    by_policy: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    verdict: NDArray[np.int8]
    given: NDArray[np.uint16]
    refused: NDArray[np.uint16]
    decided_at: NDArray[np.float64]
    probability: NDArray[np.float64]
    number: NDArray[np.float64]
    drawn: NDArray[np.bool_]
    automatic: NDArray[np.bool_]
    share: NDArray[np.float64]
    last_draw: float | None
    seconds: float | None
    reviewers: int
    per_day: float
    panel: Panel
    history: tuple[Policy, ...]
    panels: tuple[tuple[datetime, Panel], ...]


class EvidenceBook:
    """The evidence of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stamp(self) -> object:
        """Return what differs from an earlier stamp if anything was written since."""
        return self._database.stamp()

    def read(self, now: datetime) -> KnownComments:
        """Return what is known at present; comments dated after `now` do not tell how many come."""
        with self._database.read() as connection:
            panel = panel_in_force(connection)
            rows = _standing(connection, [label for label in Label if label in panel])
            decided = _decided(connection, rows)
            draws = select(func.max(audit_draws.c.at)).where(~audit_draws.c.automatic)
            last_draw = connection.execute(draws).scalar()
            rules = connection.execute(select(policies).order_by(policies.c.pk))
            history = tuple(policy_of(row) for row in rules)
            return KnownComments(
                comment=rows["comment"].copy(),
                scores={label: _score(rows[label.value]) for label in Label if label in panel},
                unreadable=rows["unreadable"].copy(),
                by_policy=rows["by_policy"].copy(),
                asked=rows["asked"].copy(),
                per_day=_per_day(connection, now),
                panel=panel,
                history=history,
                panels=panel_history(connection),
                last_draw=None if last_draw is None else last_draw.timestamp(),
                **decided,
                **_drawn(connection, rows["comment"]),
                **_ranged(connection, rows["comment"], rows["by_policy"], history),
            )

    def groups(self, kind: Kind) -> Groups:
        """Return into which groups the comments fall."""
        with self._database.read() as connection:
            return READERS[kind](connection)

    def days(self, now: datetime) -> NDArray[np.float64]:
        """Return when each comment was written, or came if nobody knows: days since 1970.

        In the order of `KnownComments.comment`; NaN for what is dated after `now`.
        """
        import numpy as np

        came = func.coalesce(comments.c.created_at, comments.c.first_seen_at)
        statement = select(Days(came)).join(standing, standing.c.comment_pk == comments.c.pk)
        with self._database.read() as connection:
            ordered = statement.order_by(standing.c.comment_pk)
            found = numbers(connection, ordered, {"day": "f8"})["day"].copy()
        return np.where(found <= now.timestamp() / _DAY, found, np.nan)

    def ids(self, keys: Sequence[int]) -> list[str]:
        """Return the ids of the comments with these keys, in their order."""
        with self._database.read() as connection:
            statement = select(comments.c.pk, comments.c.id).where(
                among(connection, comments.c.pk, keys)
            )
            found = {row.pk: row.id for row in connection.execute(statement)}
        return [found[key] for key in keys if key in found]


def _standing(connection: Connection, labels: Sequence[Label]) -> Any:
    flagged = standing.c.route.in_([Route.REVIEW.value, Route.HOLD.value])
    statement = select(
        standing.c.comment_pk,
        and_(NOBODY_CAN_SAY, ~GONE, *(_none(label) for label in Label)),
        func.coalesce(flagged, False),
        standing.c.asked.is_not(None),
        standing.c.looked,
        *(func.coalesce(standing.c[label.value], -1.0) for label in labels),
    ).order_by(standing.c.comment_pk)
    kinds = {"comment": "i8", "unreadable": "?", "by_policy": "?", "asked": "?"}
    kinds |= {"looked": "?"} | {label.value: "f8" for label in labels}
    return numbers(connection, statement, kinds)


def _drawn(connection: Connection, keys: NDArray[np.int64]) -> dict[str, Any]:
    """Return what the audit drew, and from what: the fields of `KnownComments` about that."""
    import numpy as np

    rows = numbers(
        connection,
        select(
            audits.c.comment_pk,
            audits.c.probability,
            audits.c.number,
            audits.c.draw_pk.is_not(None),
        )
        .join(standing, standing.c.comment_pk == audits.c.comment_pk)
        .where(~GONE),
        {"comment": "i8", "probability": "f8", "number": "f8", "drawn": "?"},
    )
    place = np.searchsorted(keys, rows["comment"])
    found: dict[str, Any] = {}
    for name in ("probability", "number", "drawn"):
        found[name] = np.zeros(len(keys), rows[name].dtype)
        found[name][place] = rows[name]
    return found


def _ranged(
    connection: Connection,
    keys: NDArray[np.int64],
    by_policy: NDArray[np.bool_],
    history: Sequence[Policy],
) -> dict[str, Any]:
    """Return which flagged comments a policy decided by itself, and all that it left to people.

    The latter as long as anything stands that the same version decided: once that was taken back,
    all of its ranges are due for review again. What is not flagged is due by chance anyway; of
    these, too, `share` says with which chance a range left them to people.
    """
    import numpy as np

    again, undo = decisions.alias("again"), decisions.alias("undo")
    taken_back = exists().where(
        undo.c.undoes_pk == decisions.c.pk, ~exists().where(again.c.undoes_pk == undo.c.pk)
    )
    stands = (
        decisions.c.decided_by == DecidedBy.POLICY.value,
        decisions.c.verdict.is_not(None),
        ~taken_back,
    )
    decided = (
        select(decisions.c.comment_pk)
        .join(standing, standing.c.comment_pk == decisions.c.comment_pk)
        .where(standing.c.text_pk == decisions.c.text_pk, *stands)
    )
    held = (
        select(audits.c.comment_pk, audits.c.range_pk, audits.c.draw_pk.is_not(None))
        .join(audit_draws, audit_draws.c.pk == audits.c.range_pk)
        .join(standing, standing.c.comment_pk == audits.c.comment_pk)
        .where(audit_draws.c.policy.in_(select(decisions.c.policy).where(*stands)), ~GONE)
    )
    own = np.isin(keys, numbers(connection, decided, {"comment": "i8"})["comment"])
    rows = numbers(connection, held, {"comment": "i8", "range": "i8", "drawn": "?"})
    share, left = np.zeros(len(keys)), np.zeros(len(keys), bool)
    left[np.searchsorted(keys, rows["comment"][rows["drawn"]])] = True
    audited = {one.ref: one.automatic.audit for one in history if one.automatic is not None}
    draws = select(audit_draws.c.pk, audit_draws.c.policy).where(audit_draws.c.automatic)
    for pk, ref in connection.execute(draws):
        mine = rows["comment"][rows["range"] == pk]
        share[np.searchsorted(keys, mine)] = audited[ref]
    share[~(own | left)] = 0.0
    return {"automatic": (own & by_policy) | left, "share": share}


def _none(label: Label) -> ColumnElement[bool]:
    return standing.c[label.value].is_(None)


def _score(values: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.where(values < 0, np.nan, values)


def _decided(connection: Connection, rows: Any) -> dict[str, Any]:
    """Return what people decided who looked: the fields of `KnownComments` about that."""
    import numpy as np

    keys = rows["comment"].copy()
    verdict = np.where(rows["looked"], OPEN, UNDECIDED).astype(np.int8)
    given, refused = np.zeros(len(keys), np.uint16), np.zeros(len(keys), np.uint16)
    at = np.full(len(keys), np.nan)
    seconds: list[float] = []
    reviewers: set[str] = set()
    said = {Verdict.APPROVE.value: APPROVED, Verdict.REJECT.value: REJECTED}
    for row in streamed(connection, _looked_at()):
        here = int(np.searchsorted(keys, row.comment_pk))
        reviewers.add(row.reviewer)
        if row.seconds_spent is not None:
            seconds.append(row.seconds_spent)
        verdict[here] = said.get(row.verdict, OPEN)
        if verdict[here] != OPEN:
            given[here], refused[here] = _bits(row.reasons), _bits(row.refused or ())
            at[here] = row.at.timestamp()
    for row in streamed(connection, _annotated()):
        here = int(np.searchsorted(keys, row.comment_pk))
        confirmed, rejected = _bits(row.confirmed), _bits(row.rejected)
        given[here] = (int(given[here]) | confirmed) & ~rejected
        refused[here] = (int(refused[here]) | rejected) & ~confirmed
    return {
        "verdict": verdict,
        "given": given,
        "refused": refused,
        "decided_at": at,
        "seconds": float(np.median(seconds)) if seconds else None,
        "reviewers": len(reviewers),
    }


def _looked_at() -> Select[Any]:
    """Select the decisions in force by a person who looked at the comment."""
    return (
        select(
            standing.c.comment_pk,
            decisions.c.verdict,
            decisions.c.reasons,
            decisions.c.refused,
            decisions.c.reviewer,
            decisions.c.seconds_spent,
            decisions.c.at,
        )
        .join(decisions, decisions.c.pk == standing.c.decision_pk)
        .where(
            standing.c.decision_pk.is_not(None),
            decisions.c.decided_by == DecidedBy.PERSON.value,
            decisions.c.via.not_in(UNREAD),
        )
    )


def _annotated() -> Select[Any]:
    """Select each decider's last annotation of the text that was decided about."""
    last = (
        select(func.max(notes.c.pk))
        .join(standing, standing.c.comment_pk == notes.c.comment_pk)
        .join(decisions, decisions.c.pk == standing.c.decision_pk)
        .where(
            notes.c.text_pk == standing.c.text_pk,
            notes.c.reviewer == decisions.c.reviewer,
            decisions.c.verdict.in_([Verdict.APPROVE.value, Verdict.REJECT.value]),
            decisions.c.decided_by == DecidedBy.PERSON.value,
            decisions.c.via.not_in(UNREAD),
        )
        .group_by(notes.c.comment_pk)
    )
    return select(notes.c.comment_pk, notes.c.confirmed, notes.c.rejected).where(
        notes.c.pk.in_(last)
    )


def _bits(names: Sequence[str]) -> int:
    """Return a set of labels as bits; codes of the guidelines are passed over."""
    return sum({BITS[Label(name)] for name in names if name in BITS})


def _per_day(connection: Connection, now: datetime) -> float:
    """Return how many comments came a day in the four weeks up to the newest; 0 where none did."""
    moment = func.coalesce(comments.c.created_at, comments.c.first_seen_at, type_=Moment)
    newest = connection.execute(select(func.max(moment)).where(moment <= now)).scalar()
    if newest is None:
        return 0.0
    lately = select(func.count(), func.min(moment)).where(
        moment <= newest, moment > newest - _LATELY
    )
    count, oldest = connection.execute(lately).one()
    return float(count / max((newest - oldest) / timedelta(days=1), 1.0))
