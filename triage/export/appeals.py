"""The table of appeals: what was objected to, by which role, and what became of it."""

from __future__ import annotations

from triage.domain.appeals import score_band
from triage.domain.entries import AppealRecord
from triage.export.tables import APPEAL_TEXT, TEXT, Cells, Table
from triage.files.table_writer import Column, Kind

__all__ = ["APPEALS"]


def _cells(one: AppealRecord) -> Cells:
    appealed = one.appealed
    appeal, first, answer = appealed.appeal, appealed.first, appealed.answer
    strongest, ended = one.strongest, appealed.dismissal
    return {
        "appeal_id": appeal.id,
        "external_id": appeal.external_id,
        "comment_id": appeal.comment_id,
        "thread_id": one.thread_id,
        "decision_id": first.id,
        "verdict": None if first.verdict is None else first.verdict.value,
        "reasons": first.reasons,
        "reviewer": first.reviewer,
        "decided_at": first.at,
        "score_label": None if strongest is None else strongest[0].value,
        "score": None if strongest is None else strongest[1],
        "score_band": None if strongest is None else score_band(strongest[1]),
        "appealed_by": appeal.by.value,
        "via": appeal.via.value,
        "received_by": appeal.received_by,
        "received_at": appeal.received_at,
        "appeal_text": appeal.text,
        "status": appealed.status.value,
        "outcome": appealed.outcome and appealed.outcome.value,
        "reply": appealed.reply,
        "answered_by": answer and answer.reviewer,
        "answered_at": answer and answer.at,
        "answer_decision_id": answer and answer.id,
        "days_open": appealed.days_open,
        "dismissed_by": ended and ended.by,
        "dismissed_at": ended and ended.at,
        "dismissed_why": ended and ended.why,
        "text_sha256": first.text_sha256,
        "text": one.text,
    }


APPEALS: Table[AppealRecord] = Table(
    (
        Column("appeal_id"),
        Column("external_id"),
        Column("comment_id"),
        Column("thread_id"),
        Column("decision_id"),
        Column("verdict"),
        Column("reasons"),
        Column("reviewer"),
        Column("decided_at", Kind.TIME),
        Column("score_label"),
        Column("score", Kind.NUMBER),
        Column("score_band"),
        Column("appealed_by"),
        Column("via"),
        Column("received_by"),
        Column("received_at", Kind.TIME),
        APPEAL_TEXT,
        Column("status"),
        Column("outcome"),
        Column("reply"),
        Column("answered_by"),
        Column("answered_at", Kind.TIME),
        Column("answer_decision_id"),
        Column("days_open", Kind.NUMBER),
        Column("dismissed_by"),
        Column("dismissed_at", Kind.TIME),
        Column("dismissed_why"),
        Column("text_sha256"),
        TEXT,
    ),
    _cells,
)
