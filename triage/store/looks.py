"""Second looks: which are due to whom, what was said at them, and the known answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    insert,
    null,
    select,
    true,
    update,
)
from sqlalchemy.sql.expression import literal

from triage.domain.decisions import Verdict
from triage.domain.entries import Said
from triage.domain.looks import Disagreement, Gold, LookKind, Opinion, Paired
from triage.errors import ConflictError
from triage.store.claims import held_by_others, let_go
from triage.store.database import Database
from triage.store.rows import among, decision_of, decision_rows, readable_pk
from triage.store.schema import (
    comments,
    decisions,
    doubled,
    gold,
    opinions,
    standing,
    texts,
    threads,
)
from triage.store.skips import put_off

__all__ = ["Looks", "ask_again"]

_later = gold.alias("later")
_taken_back = opinions.alias("taken_back")
_first = decisions.alias("first")
_undoing = decisions.alias("undoing")
_earlier = opinions.alias("earlier")


def ask_again(connection: Connection, decision_ids: Sequence[str]) -> None:
    """Let the comments of some decisions wait for a second look."""
    if not decision_ids:
        return
    chosen = select(
        decisions.c.pk, decisions.c.comment_pk, decisions.c.reviewer, literal(True)
    ).where(among(connection, decisions.c.id, decision_ids))
    names = ["decision_pk", "comment_pk", "reviewer", "waiting"]
    connection.execute(insert(doubled).from_select(names, chosen))


class Looks:
    """The second looks of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, reviewer: str, *, free_at: datetime) -> str | None:
        """Return the comment whose second look by this reviewer has waited longest; None for none.

        Known answers first, and what the reviewer skipped last; what somebody else claims at the
        moment `free_at` is passed over. Nobody is asked about a text that they have decided.
        """
        free = ~held_by_others(reviewer, free_at)
        with self._database.read() as connection:
            firsts = [
                connection.execute(statement.where(free).limit(1)).one_or_none()
                for statement in (_gold_due(reviewer), _doubled_due(reviewer))
            ]
        found = [row for row in firsts if row is not None]
        return str(min(found, key=lambda row: bool(row.skipped)).id) if found else None

    def kinds(self, comment_ids: Iterable[str], reviewer: str) -> dict[str, LookKind]:
        """Return those of some comments that this reviewer is due to look at, and why."""
        with self._database.read() as connection:
            due = _due_among(connection, comment_ids, reviewer)
        return {comment_id: LookKind(row.kind) for comment_id, row in due.items()}

    def add(self, opinion: Opinion) -> None:
        """Record what a reviewer said at a look that was due.

        Raises ConflictError where it is not due any more: the comment was edited, decided anew, or
        somebody else looked meanwhile.
        """
        with self._database.write() as connection:
            asked = _due_among(connection, [opinion.comment_id], opinion.reviewer)
            due = asked.get(opinion.comment_id)
            if due is None or due.kind != opinion.kind or due.sha256 != opinion.text_sha256:
                raise ConflictError(
                    f"nobody waits for a second look at comment {opinion.comment_id!r} any more: "
                    "it was edited or decided meanwhile; go on with the next one"
                )
            connection.execute(
                insert(opinions).values(
                    id=opinion.id,
                    comment_pk=due.comment_pk,
                    text_pk=due.text_pk,
                    kind=opinion.kind.value,
                    decision_pk=due.decision_pk,
                    gold_pk=due.gold_pk,
                    verdict=opinion.verdict.value,
                    reviewer=opinion.reviewer,
                    at=opinion.at,
                    reasons=list(opinion.reasons),
                    note=opinion.note,
                    seconds_spent=opinion.seconds_spent,
                )
            )
            _wait(connection, due.decision_pk, waiting=False)
            let_go(connection, [due.comment_pk], opinion.reviewer)

    def last(self, reviewer: str) -> Opinion | None:
        """Return the newest of a reviewer's opinions that `recent` lists; None for none."""
        return next((said.opinion for said in self.recent(reviewer, limit=1)), None)

    def recent(self, reviewer: str, limit: int = 10) -> list[Said]:
        """Return a reviewer's last opinions that stand, newest first.

        Those about texts that were edited since are left out, as they are of the last acts.
        """
        mine = (
            _opinions(texts.c.text)
            .join(standing, standing.c.comment_pk == opinions.c.comment_pk)
            .where(opinions.c.reviewer == reviewer, standing.c.text_pk == opinions.c.text_pk)
            .order_by(opinions.c.pk.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [Said(_opinion_of(row), row.text) for row in connection.execute(mine)]

    def withdraw(self, opinion: Opinion, at: datetime) -> None:
        """Take an opinion back by another row, so that the look is due again.

        Raises ConflictError where it does not stand any more.
        """
        with self._database.write() as connection:
            row = connection.execute(_opinions().where(opinions.c.id == opinion.id)).one_or_none()
            if row is None:
                raise ConflictError(f"opinion {opinion.id!r} was taken back already")
            values = {
                name: row._mapping[name]
                for name in ("comment_pk", "text_pk", "kind", "decision_pk", "gold_pk", "reviewer")
            }
            connection.execute(
                insert(opinions).values(
                    **values, id=uuid4().hex, at=at, reasons=[], note="", undoes_pk=row.pk
                )
            )
            _wait(connection, row.decision_pk, waiting=True)

    def say_gold(self, answers: Iterable[Gold]) -> None:
        """Record known answers, or take them out again: all or none.

        The last word about a comment counts. Raises NotFoundError for an unknown comment,
        ConflictError where it was edited or erased since.
        """
        with self._database.write() as connection:
            for answer in answers:
                _say_gold(connection, answer)

    def gold(self) -> list[tuple[Gold, str]]:
        """Return the known answers that count, oldest first, each with its text."""
        statement = (
            select(gold, comments.c.id, texts.c.sha256, texts.c.text)
            .join(comments, comments.c.pk == gold.c.comment_pk)
            .join(texts, texts.c.pk == gold.c.text_pk)
            .join(standing, standing.c.comment_pk == gold.c.comment_pk)
            .where(standing.c.text_pk == gold.c.text_pk, _counts())
            .order_by(gold.c.pk)
        )
        with self._database.read() as connection:
            return [(_gold_of(row), row.text) for row in connection.execute(statement)]

    def pairs(self) -> Iterator[Paired]:
        """Yield what was said at second looks beside what it is measured by, oldest first.

        A first verdict that its author took back measures nothing. Of everybody the first opinion
        about a text is what is measured, whether or not it was taken back: whoever has said
        something may see what others said, and would know the second time.
        """
        earlier = exists().where(
            _earlier.c.comment_pk == opinions.c.comment_pk,
            _earlier.c.text_pk == opinions.c.text_pk,
            _earlier.c.reviewer == opinions.c.reviewer,
            _earlier.c.pk < opinions.c.pk,
        )
        undone = exists().where(_undoing.c.undoes_pk == _first.c.pk)
        statement = (
            _said(
                _first.c.verdict.label("first_verdict"),
                _first.c.reasons.label("first_reasons"),
                _first.c.reviewer.label("first_reviewer"),
                gold.c.verdict.label("gold_verdict"),
                gold.c.reasons.label("gold_reasons"),
                gold.c.by.label("gold_by"),
                standing.c.verdict.label("final"),
                (standing.c.text_pk == opinions.c.text_pk).label("unedited"),
            )
            .join(standing, standing.c.comment_pk == opinions.c.comment_pk)
            .outerjoin(_first, _first.c.pk == opinions.c.decision_pk)
            .outerjoin(gold, gold.c.pk == opinions.c.gold_pk)
            .where(opinions.c.verdict.is_not(None), ~earlier, ~undone)
            .order_by(opinions.c.pk)
        )
        for row in self._database.stream(statement):
            known = row.gold_verdict is not None
            yield Paired(
                opinion=_opinion_of(row),
                other=Verdict(row.gold_verdict if known else row.first_verdict),
                other_reasons=_all(row.gold_reasons if known else row.first_reasons),
                by=row.gold_by if known else row.first_reviewer,
                final=Verdict(row.final) if row.final and row.unedited else None,
            )

    def disagreements(self, limit: int = 100) -> list[Disagreement]:
        """Return the doubled comments about which two differ and nobody had the last word yet.

        The oldest first. What was decided anew, taken back or edited since is none any more.
        """
        statement = (
            _opinions(threads.c.id.label("thread_id"), texts.c.text)
            .join(standing, standing.c.decision_pk == opinions.c.decision_pk)
            .join(threads, threads.c.pk == standing.c.thread_pk)
            .where(standing.c.comment_pk == opinions.c.comment_pk)
            .where(standing.c.verdict != opinions.c.verdict)
            .order_by(opinions.c.pk)
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
            about = among(connection, decisions.c.pk, {row.decision_pk for row in rows})
            by_pk = {
                row.decision_pk: decision_of(row)
                for row in connection.execute(decision_rows().where(about))
            }
        return [
            Disagreement(by_pk[row.decision_pk], _opinion_of(row), row.text, row.thread_id)
            for row in rows
        ]


def _say_gold(connection: Connection, answer: Gold) -> None:
    pk = readable_pk(connection, answer.comment_id)
    current = connection.execute(
        select(texts.c.pk, texts.c.sha256)
        .join(standing, standing.c.text_pk == texts.c.pk)
        .where(standing.c.comment_pk == pk)
    ).one()
    if current.sha256 != answer.text_sha256:
        raise ConflictError(
            f"comment {answer.comment_id!r} was edited meanwhile; read its new text before giving "
            "an answer"
        )
    connection.execute(
        insert(gold).values(
            comment_pk=pk,
            text_pk=current.pk,
            verdict=answer.verdict.value,
            reasons=list(answer.reasons),
            by=answer.by,
            at=answer.at,
            active=answer.active,
        )
    )


def _counts() -> ColumnElement[bool]:
    """Return the condition that a known answer is the last about its comment, and active."""
    newer = exists().where(_later.c.comment_pk == gold.c.comment_pk, _later.c.pk > gold.c.pk)
    return and_(gold.c.active == true(), ~newer)


def _stands() -> ColumnElement[bool]:
    """Return the condition that an opinion is a verdict that was not taken back."""
    undone = exists().where(_taken_back.c.undoes_pk == opinions.c.pk)
    return and_(opinions.c.undoes_pk.is_(None), ~undone)


def _not_by(reviewer: str) -> ColumnElement[bool]:
    """Return the condition that a reviewer has said nothing of a comment's current text yet."""
    said = exists().where(
        opinions.c.comment_pk == standing.c.comment_pk,
        opinions.c.text_pk == standing.c.text_pk,
        opinions.c.reviewer == reviewer,
        _stands(),
    )
    decided = exists().where(
        decisions.c.comment_pk == standing.c.comment_pk,
        decisions.c.text_pk == standing.c.text_pk,
        decisions.c.reviewer == reviewer,
    )
    return and_(~said, ~decided)


def _gold_due(reviewer: str) -> Select[Any]:
    return (
        _due(LookKind.GOLD, null(), gold.c.pk, reviewer)
        .join(gold, gold.c.comment_pk == standing.c.comment_pk)
        .where(gold.c.text_pk == standing.c.text_pk, _counts())
        .where(gold.c.by != reviewer, _not_by(reviewer))
        .order_by(put_off(reviewer), gold.c.pk)
    )


def _doubled_due(reviewer: str) -> Select[Any]:
    return (
        _due(LookKind.DOUBLED, doubled.c.decision_pk, null(), reviewer)
        .join(doubled, doubled.c.decision_pk == standing.c.decision_pk)
        .where(doubled.c.comment_pk == standing.c.comment_pk, doubled.c.waiting == true())
        .where(doubled.c.reviewer != reviewer, _not_by(reviewer))
        .order_by(put_off(reviewer), doubled.c.decision_pk)
    )


def _due(
    kind: LookKind, decision: ColumnElement[Any], answer: ColumnElement[Any], reviewer: str
) -> Select[Any]:
    return (
        select(
            comments.c.id,
            standing.c.comment_pk,
            standing.c.text_pk,
            texts.c.sha256,
            literal(kind.value).label("kind"),
            decision.label("decision_pk"),
            answer.label("gold_pk"),
            put_off(reviewer).label("skipped"),
        )
        .select_from(standing)
        .join(comments, comments.c.pk == standing.c.comment_pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .where(standing.c.appeal_pk.is_(None))  # an appeal is decided, and with open eyes
    )


def _due_among(
    connection: Connection, comment_ids: Iterable[str], reviewer: str
) -> dict[str, Row[Any]]:
    """Return comment id -> the look at it that is due; a known answer before another reason."""
    about = among(connection, comments.c.id, comment_ids)
    return {
        row.id: row
        for statement in (_doubled_due(reviewer), _gold_due(reviewer))
        for row in connection.execute(statement.where(about))
    }


def _wait(connection: Connection, decision_pk: int | None, *, waiting: bool) -> None:
    if decision_pk is not None:
        connection.execute(
            update(doubled).where(doubled.c.decision_pk == decision_pk).values(waiting=waiting)
        )


def _opinions(*more: Any) -> Select[Any]:
    """Return the query whose rows `_opinion_of` reads: those that stand."""
    return _said(*more).where(_stands())


def _said(*more: Any) -> Select[Any]:
    """Return the query for all that was said, and for what took it back, which has no verdict."""
    return (
        select(opinions, comments.c.id.label("about_id"), texts.c.sha256, *more)
        .join(comments, comments.c.pk == opinions.c.comment_pk)
        .join(texts, texts.c.pk == opinions.c.text_pk)
    )


def _opinion_of(row: Row[Any]) -> Opinion:
    return Opinion(
        id=row.id,
        comment_id=row.about_id,
        text_sha256=row.sha256,
        kind=LookKind(row.kind),
        verdict=Verdict(row.verdict),
        reviewer=row.reviewer,
        at=row.at,
        reasons=_all(row.reasons),
        note=row.note,
        seconds_spent=row.seconds_spent,
    )


def _gold_of(row: Row[Any]) -> Gold:
    verdict, reasons = Verdict(row.verdict), _all(row.reasons)
    return Gold(row.id, row.sha256, verdict, row.by, row.at, reasons, row.active)


def _all(reasons: Sequence[str]) -> tuple[str, ...]:
    return tuple(reasons)
