"""Decisions: an append-only log, and the one in force about each comment."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Row,
    Text,
    cast,
    false,
    func,
    insert,
    select,
    true,
    update,
)

from triage.domain.appeals import APPEAL, FINAL, Answer
from triage.domain.decisions import GROUP, Decision, Verdict, taken_back
from triage.domain.entries import Act, Decided, Logged, Seen
from triage.errors import ConflictError, NotFoundError
from triage.store.acts import Taken, act_of, all_acts, last_act, recent_acts, standing_of
from triage.store.answers import APPEAL_ID, check_answer, facts_about, record_answer
from triage.store.browsing import LOGGED, BrowseFilter, check, conditions
from triage.store.claims import let_go
from triage.store.database import Database, load
from triage.store.guidelines import guidelines_in_force
from triage.store.in_force import decided, in_force, with_first
from triage.store.looks import ask_again
from triage.store.rows import (
    CHAIN_HEAD,
    among,
    batched,
    chain_head_of,
    comment_pk,
    decision_of,
    decision_rows,
    policy_in_force,
    raters_of,
    was_erased,
)
from triage.store.schema import comments, decisions, standing, texts, threads
from triage.store.spreading import spread
from triage.store.standing import judge, refresh_erased, waits

__all__ = ["Decisions", "decision_row", "say"]

_CHUNK = 1_000
_PORTION = 5_000  # decisions: a moment in which nobody else can write


class Decisions:
    """The decisions of a store."""

    def __init__(self, database: Database, *, own_appeals: bool = False) -> None:
        """Open the log; with `own_appeals` an appeal may be answered by who decided first."""
        self._database = database
        self._own_appeals = own_appeals
        self.portion = _PORTION

    def add(self, decision: Decision) -> None:
        """Record a decision.

        Raises NotFoundError for an unknown comment (or an unknown decision to undo), and
        ConflictError where the comment was edited since, or the id is taken.
        """
        self.add_many([decision])

    def add_many(self, made: Iterable[Decision]) -> None:
        """Record decisions in the order given: all of them or, where one cannot be, none."""
        with self._database.write() as connection:
            for chunk in batched(made, _CHUNK):
                _append(connection, chunk)

    def say(self, decision: Decision) -> Decision:
        """Record a verdict unless its reviewer's last word on this text is the same; return that.

        So a client may tell the same thing again. Raises as `add` does.
        """
        with self._database.write() as connection:
            return say(connection, decision)

    def decide(
        self,
        made: Iterable[tuple[Seen, Decision]],
        *,
        doubled: Container[str] = (),
        reply: str = "",
    ) -> list[Decision]:
        """Record decisions by a person who looked: all of them or, where one cannot be, none.

        What is decided along as a copy (via "group") is left out where it is not as it was then:
        nobody read it, and it asks for a decision of its own. Returns what was recorded, with the
        policy and the guidelines in force and those of the panel's scorers that scored the text; a
        blind one about a comment that an audit drew is via "audit". Comments whose decision's id is
        in `doubled` wait for a second look, and what is decided is claimed by nobody any more.
        Where an appeal waits, the decision is via "appeal" and, unless it escalates, answers it
        with the `reply`.
        Raises NotFoundError for an unknown comment, and ConflictError where since the look the
        comment was edited, decided or appealed, or its decision taken back, or where an appealed
        one is among several; UsageError where an appeal is for somebody else to decide.
        """
        recorded: list[Decision] = []
        with self._database.write() as connection:
            policy = policy_in_force(connection)
            ref = policy.ref if policy else None
            rules = guidelines_in_force(connection)
            told = rules.ref if rules else None
            for chunk in batched(made, _CHUNK):
                current = _current(connection, {seen.comment_id for seen, _ in chunk})
                scorers = raters_of(connection, {now.text_pk for now in current.values()})
                done = [
                    replace(
                        one,
                        policy=ref,
                        scorer=scorers.get(current[one.comment_id].text_pk),
                        guidelines=told,
                    )
                    for one in self._ready(connection, chunk, current)
                ]
                if not done:
                    continue
                current = {one.comment_id: current[one.comment_id] for one in done}
                _append(connection, done, current, reply)
                ask_again(connection, [one.id for one in done if one.id in doubled])
                let_go(connection, [now.comment_pk for now in current.values()])
                recorded += done
        return recorded

    def _ready(
        self,
        connection: Connection,
        made: Iterable[tuple[Seen, Decision]],
        current: Mapping[str, Row[Any]],
    ) -> Iterator[Decision]:
        """Yield the decisions that may be made now, each with where it is made."""
        for seen, decision in made:
            now = current.get(seen.comment_id)
            if decision.via == GROUP and not _copy_still(seen, now):
                continue
            now = _checked(seen, now)
            if now.appeal_pk is not None:
                log = _log(connection, now.comment_pk)
                check_answer(decision, log, own=self._own_appeals)
            yield replace(decision, via=_via(decision, now))

    def undo(self, decision_id: str, by: str, at: datetime, *, via: str = "review") -> Decision:
        """Take a decision (or an undo) back by another row of the log, and return that row.

        Raises NotFoundError for an unknown decision, ConflictError where it is undone already or
        the comment was edited since.
        """
        with self._database.write() as connection:
            row = connection.execute(
                decision_rows().where(decisions.c.id == decision_id)
            ).one_or_none()
            if row is None:
                raise NotFoundError(f"there is no decision {decision_id!r} in this database")
            target = decision_of(row)
            log = _log(connection, row.decision_comment_pk)
            if decision_id in taken_back(log):
                raise ConflictError(f"decision {decision_id!r} was undone already")
            undoing = _undoing(target, by, at, via)
            _append(connection, [undoing])
        return undoing

    def undo_last(self, reviewer: str, at: datetime, *, via: str = "review") -> list[Decision]:
        """Take back what stands of a reviewer's last act, and return it in the order made.

        An act is a decision, or all that share a batch. What was undone already, or is about a
        text that was edited since, is passed over. Empty where nothing is left. What others
        decided about the same comments stays as it is.
        """
        with self._database.write() as connection:
            act = last_act(connection, reviewer)
            _take_back(connection, act, reviewer, at, via)
        return [one.decision for one in act]

    def undo_act(
        self, decision_id: str, reviewer: str, at: datetime, *, via: str = "review"
    ) -> list[Decision]:
        """Take back what stands of the act that a reviewer's decision belongs to, and return it.

        Like `undo_last`, for an act that is not the last one. Empty where nothing of it stands,
        or where there is no such decision by this reviewer.
        """
        with self._database.write() as connection:
            act = act_of(connection, reviewer, decision_id)
            _take_back(connection, act, reviewer, at, via)
        return [one.decision for one in act]

    def undo_all(
        self,
        of: Iterable[str],
        by: str,
        at: datetime,
        *,
        via: str = "rule",
        on_progress: Callable[[int, int | None], object] | None = None,
    ) -> list[Decision]:
        """Take back all that stands of what policies decided, and return it; one call is one act.

        `of` are names of their versions, `policy:default@3`. What is about a text that was
        edited since is passed over. Empty where nothing is left. A portion is a transaction, so
        that people can decide in between: what changed since it began is left alone, and whoever
        is stopped begins again. `on_progress` hears after each how many are done, of how many.
        Raises ConflictError where all that stood was taken back or edited by others meanwhile.
        """
        with self._database.read() as connection:
            keys = [one.decision_pk for one in all_acts(connection, of)]
        batch = uuid4().hex if len(keys) > 1 else None
        taken: list[Decision] = []
        for start in range(0, len(keys), self.portion):
            end = start + self.portion
            with self._database.write() as connection:
                act = standing_of(connection, keys[start:end])
                _append_undos(connection, act, by, at, via, batch)
                if end >= len(keys):  # a single one, too, may be the rest of many
                    spread(connection)
            taken += [one.decision for one in act]
            if on_progress is not None:
                on_progress(min(end, len(keys)), len(keys))
        if keys and not taken:
            raise ConflictError("all that stood of it was taken back or edited meanwhile")
        return taken

    def recent_acts(self, reviewer: str, limit: int = 10) -> list[Act]:
        """Return the last acts of a reviewer that can be undone, the newest first."""
        with self._database.read() as connection:
            return recent_acts(connection, reviewer, limit)

    def reviewers(self) -> list[str]:
        """Return everybody who ever decided, by name."""
        names = select(decisions.c.reviewer).distinct().order_by(decisions.c.reviewer)
        with self._database.read() as connection:
            return list(connection.execute(names).scalars())

    def reasons(self) -> list[str]:
        """Return every reason that a verdict was ever given for, by name."""
        lists = select(cast(decisions.c.reasons, Text)).distinct()
        with self._database.read() as connection:
            given = list(connection.execute(lists).scalars())
        return sorted({reason for one in given for reason in json.loads(one)})

    def of(self, comment_id: str) -> list[Decision]:
        """Return the log of one comment, oldest first, all its texts; raise NotFoundError."""
        with self._database.read() as connection:
            return _log(connection, comment_pk(connection, comment_id))

    def log(self, wanted: BrowseFilter | None = None) -> Iterator[Logged]:
        """Yield every decision ever made, oldest first, without holding them in memory.

        Of a filter, verdict, reason, reviewer and time are those of each decision itself, the text
        is the one that it was about, and the rest is as it is today. Raises UsageError for a
        pattern that cannot be used.
        """
        within = check(wanted, sqlite=self._database.is_sqlite)
        statement = decision_rows(threads.c.id.label("thread_id"), texts.c.text, CHAIN_HEAD)
        statement = statement.join(threads, threads.c.pk == comments.c.thread_pk)
        statement = statement.join(standing, standing.c.comment_pk == comments.c.pk)
        statement = statement.where(*conditions(wanted, LOGGED))
        for row in self._database.stream(statement.order_by(decisions.c.pk), within):
            yield Logged(decision_of(row), row.thread_id, row.text, chain_head_of(row))

    def current(self, wanted: BrowseFilter | None = None) -> Iterator[Decided]:
        """Yield the decisions in force about current texts, oldest first, in bounded memory.

        Raises UsageError for a pattern that cannot be used.
        """
        within = check(wanted, sqlite=self._database.is_sqlite)
        with self._database.read(within) as connection:
            yield from decided(connection, in_force().where(*conditions(wanted)))

    def removals(self, wanted: BrowseFilter | None = None) -> Iterator[tuple[Decided, Decision]]:
        """Yield the rejections in force, as `current` does, each with when its removal began.

        That is the first of the rejections in a row that came into force about this text.
        """
        within = check(wanted, sqlite=self._database.is_sqlite)
        rejected = standing.c.verdict == Verdict.REJECT.value
        with self._database.read(within) as connection:
            yield from with_first(connection, in_force().where(rejected, *conditions(wanted)))

    def in_force(self, comment_id: str) -> Decided | None:
        """Return the decision in force about a comment, None without; raise NotFoundError."""
        with self._database.read() as connection:
            pk = comment_pk(connection, comment_id)
            mine = in_force().where(standing.c.comment_pk == pk)
            return next(decided(connection, mine), None)


def say(connection: Connection, decision: Decision) -> Decision:
    """Record a verdict as `Decisions.say` does, in the caller's transaction."""
    log = _log(connection, comment_pk(connection, decision.comment_id))
    undone = taken_back(log)
    theirs = [
        one
        for one in log
        if one.verdict is not None and one.reviewer == decision.reviewer and one.id not in undone
    ]
    if theirs and _same_words(theirs[-1], decision):
        return theirs[-1]
    _append(connection, [decision])
    return decision


def _same_words(one: Decision, other: Decision) -> bool:
    fields = ("text_sha256", "verdict", "reasons", "refused", "note")
    return all(getattr(one, name) == getattr(other, name) for name in fields)


def _append(
    connection: Connection,
    made: list[Decision],
    current: Mapping[str, Row[Any]] | None = None,
    reply: str = "",
) -> None:
    """Insert decisions about texts that are still the current ones; `current` saves a look.

    A final one via "appeal" answers the appeal that waits, with the `reply`.
    """
    if current is None:
        current = _current(connection, {decision.comment_id for decision in made})
    targets = _targets(connection, made)
    rows: list[dict[str, object]] = []
    for decision in made:
        if decision.comment_id not in current:
            raise _unknown(decision.comment_id)
        now = current[decision.comment_id]
        if decision.text_sha256 != now.sha256:
            raise _edited(decision.comment_id)
        rows.append(decision_row(decision, now, targets))
    connection.execute(insert(decisions), rows)
    for decision in made:
        appeal = current[decision.comment_id]
        if decision.via == APPEAL and decision.verdict in FINAL and appeal.appeal_pk is not None:
            answer = Answer(appeal.appeal_id, decision.id, reply)
            record_answer(connection, appeal.appeal_pk, answer)
    pks = [now.comment_pk for now in current.values()]
    judge(connection, pks)
    refresh_erased(connection, pks)


def decision_row(
    decision: Decision,
    now: Row[Any] | Taken,
    targets: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> dict[str, object]:
    """Return a decision as its table holds it, given its comment's keys.

    `targets` are the keys of decisions that it may undo, and of the comments that they are about.
    """
    undoes = None
    if decision.undoes is not None:
        undoes, about = targets.get(decision.undoes, (None, None))
        if about != now.comment_pk:
            raise NotFoundError(
                f"there is no decision {decision.undoes!r} about comment {decision.comment_id!r}"
            )
    return {
        "id": decision.id,
        "comment_pk": now.comment_pk,
        "text_pk": now.text_pk,
        "verdict": None if decision.verdict is None else decision.verdict.value,
        "reviewer": decision.reviewer,
        "at": decision.at,
        "reasons": list(decision.reasons),
        "note": decision.note,
        "decided_by": decision.decided_by.value,
        "policy": decision.policy,
        "scorer": decision.scorer,
        "score_visible": decision.score_visible,
        "seconds_spent": decision.seconds_spent,
        "via": decision.via,
        "undoes_pk": undoes,
        "batch": decision.batch,
        "refused": list(decision.refused) or None,
        "guidelines": decision.guidelines,
    }


def _current(connection: Connection, ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Return comment id -> its current text, and the decision in force about that."""
    statement = (
        select(comments.c.id, standing.c.comment_pk, standing.c.text_pk, comments.c.erased_at)
        .add_columns(
            texts.c.sha256,
            standing.c.turn,
            standing.c.looked,
            standing.c.appeal_pk,
            APPEAL_ID,
        )
        .add_columns(decisions.c.id.label("decision_id"), decisions.c.reviewer)
        .select_from(standing)
        .join(comments, comments.c.pk == standing.c.comment_pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .outerjoin(decisions, decisions.c.pk == standing.c.decision_pk)
        .where(among(connection, comments.c.id, ids))
    )
    rows: list[Row[Any]] = list(connection.execute(statement))
    return {row.id: row for row in rows}


def _via(decision: Decision, now: Row[Any]) -> str:
    """Return where a decision was made: the log alone tells of an audit's, and of an appeal."""
    if now.appeal_pk is not None:
        return APPEAL
    audited = now.turn is not None and not now.looked and not decision.score_visible
    return "audit" if audited and decision.via == "review" else decision.via


def _copy_still(seen: Seen, now: Row[Any] | None) -> bool:
    """Whether a copy is as it was when it was offered, and no audit drew it since."""
    if now is None or now.erased_at or (now.turn is not None and not now.looked):
        return False
    return bool(seen.text_sha256 == now.sha256 and seen.decision_id == now.decision_id)


def _checked(seen: Seen, now: Row[Any] | None) -> Row[Any]:
    """Return a comment that is what the reviewer saw; raise ConflictError or NotFoundError."""
    if now is None:
        raise _unknown(seen.comment_id)
    if now.erased_at is not None:
        raise was_erased(seen.comment_id)
    if seen.text_sha256 != now.sha256:
        raise _edited(seen.comment_id)
    if seen.decision_id == now.decision_id:
        if seen.appeal_id != now.appeal_id:
            raise ConflictError(
                f"comment {seen.comment_id!r} was appealed meanwhile; read the appeal before "
                "deciding"
                if now.appeal_id is not None
                else f"the appeal about comment {seen.comment_id!r} is settled; look again"
            )
        return now
    if now.decision_id is None:
        raise ConflictError(
            f"the decision about comment {seen.comment_id!r} was taken back meanwhile; look again"
        )
    raise ConflictError(
        f"comment {seen.comment_id!r} was decided meanwhile by {now.reviewer}; look again"
    )


def _unknown(comment_id: str) -> NotFoundError:
    return NotFoundError(f"there is no comment {comment_id!r} in this database")


def _edited(comment_id: str) -> ConflictError:
    return ConflictError(
        f"comment {comment_id!r} was edited meanwhile; read its new text before deciding"
    )


def _targets(connection: Connection, made: list[Decision]) -> dict[str, tuple[int, int]]:
    """Return the stored decisions that these name; raise ConflictError where an id is taken."""
    own = [decision.id for decision in made]
    named = [decision.undoes for decision in made if decision.undoes is not None]
    statement = select(decisions.c.id, decisions.c.pk, decisions.c.comment_pk).where(
        among(connection, decisions.c.id, [*own, *named])
    )
    found = {row.id: (int(row.pk), int(row.comment_pk)) for row in connection.execute(statement)}
    taken = next((name for name, times in Counter(own).items() if times > 1 or name in found), None)
    if taken is not None:
        raise ConflictError(f"a decision {taken!r} is recorded already")
    return found


def _log(connection: Connection, pk: int) -> list[Decision]:
    statement = decision_rows().where(decisions.c.comment_pk == pk).order_by(decisions.c.pk)
    return [decision_of(row) for row in connection.execute(statement)]


def _take_back(
    connection: Connection, act: Sequence[Taken], by: str, at: datetime, via: str
) -> None:
    """Append an undo of each decision, as one act, and enter what follows."""
    batch = uuid4().hex if len(act) > 1 else None
    _append_undos(connection, act, by, at, via, batch)
    if batch is not None:
        spread(connection)


def _append_undos(
    connection: Connection,
    act: Sequence[Taken],
    by: str,
    at: datetime,
    via: str,
    batch: str | None,
) -> None:
    """Append an undo of each decision; the queue's order is still to be found."""
    for chunk in batched(act, _CHUNK):
        rows = []
        for one in chunk:
            undoing = _undoing(one.decision, by, at, via, batch)
            target = {one.decision.id: (one.decision_pk, one.comment_pk)}
            rows.append(decision_row(undoing, one, target))
        load(connection, decisions, rows)
        _reopen(connection, chunk)


def _reopen(connection: Connection, undone: Sequence[Taken]) -> None:
    """Enter what follows where a decision was just taken back.

    Where it was the only one nothing is decided any more; the log of the rest has to be read.
    """
    comment_pks = [one.comment_pk for one in undone]
    about = among(connection, decisions.c.comment_pk, comment_pks)
    per_comment = select(decisions.c.comment_pk).where(about).group_by(decisions.c.comment_pk)
    more = per_comment.having(func.count() > 2)  # besides the decision and its undo
    others = set(connection.execute(more).scalars())
    others |= facts_about(connection, comment_pks).keys()  # an appeal lapses with its decision
    bare = [pk for pk in comment_pks if pk not in others]
    connection.execute(
        update(standing)
        .where(among(connection, standing.c.comment_pk, bare))
        .values(
            verdict=None,
            decision_pk=None,
            reopened=false(),
            looked=false(),
            pending=waits(
                standing.c.flagged, true(), standing.c.turn.is_not(None), false(), false()
            ),
        )
    )
    judge(connection, list(others))
    refresh_erased(connection, comment_pks)


def _undoing(
    target: Decision, by: str, at: datetime, via: str, batch: str | None = None
) -> Decision:
    return Decision(
        id=uuid4().hex,
        comment_id=target.comment_id,
        text_sha256=target.text_sha256,
        verdict=None,
        reviewer=by,
        at=at,
        via=via,
        undoes=target.id,
        batch=batch,
    )
