"""The first schema.

Revision ID: 0001
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _key(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, sa.ForeignKey(f"{target}.pk"), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _word(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(16), nullable=nullable)


def _labels() -> list[sa.Column[float]]:
    return [
        sa.Column("toxicity", sa.Double()),
        sa.Column("severe_toxicity", sa.Double()),
        sa.Column("obscene", sa.Double()),
        sa.Column("threat", sa.Double()),
        sa.Column("insult", sa.Double()),
        sa.Column("identity_attack", sa.Double()),
        sa.Column("sexual_explicit", sa.Double()),
        sa.Column("incivility", sa.Double()),
    ]


def upgrade() -> None:
    """Create every table."""
    _create_comments()
    _create_scores()
    _create_review()
    _create_standing()


def _create_comments() -> None:
    op.create_table(
        "text",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        _text("text"),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.UniqueConstraint("sha256", name="uq_text_sha256"),
    )
    op.create_table(
        "thread",
        sa.Column("pk", KEY, primary_key=True),
        _text("id"),
        _text("title"),
        _text("article"),
        _text("url", nullable=True),
        _text("source"),
        _word("ids"),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.UniqueConstraint("id", name="uq_thread_id"),
    )
    op.create_table(
        "comment",
        sa.Column("pk", KEY, primary_key=True),
        _text("id"),
        _key("thread_pk", "thread"),
        _text("parent_id", nullable=True),
        _text("author", nullable=True),
        sa.Column("created_at", MOMENT),
        sa.Column("position", KEY, nullable=False),
        _text("number", nullable=True),
        _text("source"),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("revisions", sa.Integer(), nullable=False),
        sa.UniqueConstraint("id", name="uq_comment_id"),
    )
    op.create_index(
        "ix_comment_thread_pk_parent_id_position", "comment", ["thread_pk", "parent_id", "position"]
    )
    op.create_table(
        "revision",
        sa.Column("comment_pk", KEY, sa.ForeignKey("comment.pk"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        _key("text_pk", "text"),
        sa.Column("seen_at", MOMENT, nullable=False),
        sqlite_with_rowid=False,
    )


def _create_scores() -> None:
    op.create_table(
        "scorer_version",
        sa.Column("pk", KEY, primary_key=True),
        _text("key"),
        _text("version"),
        sa.Column("labels", sa.JSON(), nullable=False),
        _text("description"),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("first_used_at", MOMENT, nullable=False),
        sa.UniqueConstraint("key", "version", name="uq_scorer_version_key_version"),
    )
    op.create_table(
        "score",
        sa.Column("text_pk", KEY, sa.ForeignKey("text.pk"), primary_key=True),
        sa.Column("scorer_pk", KEY, sa.ForeignKey("scorer_version.pk"), primary_key=True),
        *_labels(),
        _text("not_scored", nullable=True),
        sa.Column("scored_at", MOMENT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "panel",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
    )
    op.create_table(
        "policy",
        sa.Column("pk", KEY, primary_key=True),
        _text("name"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _text("created_by"),
        _text("why"),
        sa.Column("evidence", sa.JSON()),
        sa.UniqueConstraint("name", "version", name="uq_policy_name_version"),
    )


def _create_review() -> None:
    op.create_table(
        "decision",
        sa.Column("pk", KEY, primary_key=True),
        _text("id"),
        _key("comment_pk", "comment"),
        _key("text_pk", "text"),
        _word("verdict", nullable=True),
        _text("reviewer"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        _text("note"),
        _word("decided_by"),
        _text("policy", nullable=True),
        _text("scorer", nullable=True),
        sa.Column("score_visible", sa.Boolean(), nullable=False),
        sa.Column("seconds_spent", sa.Double()),
        _text("via"),
        _key("undoes_pk", "decision", nullable=True),
        _text("batch", nullable=True),
        sa.UniqueConstraint("id", name="uq_decision_id"),
    )
    op.create_index("ix_decision_comment_pk", "decision", ["comment_pk"])
    op.create_index("ix_decision_reviewer_pk", "decision", ["reviewer", "pk"])
    in_a_batch = "batch IS NOT NULL"
    _partial_index("decision", "ix_decision_batch", ["batch"], in_a_batch, in_a_batch)
    op.create_table(
        "flag",
        sa.Column("pk", KEY, primary_key=True),
        _key("comment_pk", "comment"),
        _word("source"),
        _text("by"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("raised", sa.Boolean(), nullable=False),
        _text("note"),
        _key("after_pk", "decision", nullable=True),
    )
    op.create_index("ix_flag_comment_pk", "flag", ["comment_pk"])
    op.create_table(
        "annotation",
        sa.Column("pk", KEY, primary_key=True),
        _text("id"),
        _key("comment_pk", "comment"),
        _key("text_pk", "text"),
        _text("reviewer"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("confirmed", sa.JSON(), nullable=False),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        _text("note"),
        sa.UniqueConstraint("id", name="uq_annotation_id"),
    )
    op.create_index("ix_annotation_comment_pk", "annotation", ["comment_pk"])
    op.create_table(
        "skip",
        sa.Column("pk", KEY, primary_key=True),
        _key("comment_pk", "comment"),
        _text("reviewer"),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_skip_reviewer_comment_pk_pk", "skip", ["reviewer", "comment_pk", "pk"])


def _create_standing() -> None:
    op.create_table(
        "standing",
        sa.Column("comment_pk", KEY, primary_key=True, autoincrement=False),
        sa.Column("thread_pk", KEY, nullable=False),
        sa.Column("text_pk", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_labels(),
        _text("not_scored", nullable=True),
        _word("route", nullable=True),
        _word("asked", nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        _word("verdict", nullable=True),
        sa.Column("decision_pk", KEY),
        sa.Column("reopened", sa.Boolean(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_standing_text_pk", "standing", ["text_pk"])
    order: list[str | sa.TextClause] = [sa.text("priority DESC"), "comment_pk"]
    by_thread = ["thread_pk", *order]
    flagged, decided = ["thread_pk", "comment_pk"], ["decision_pk", "comment_pk"]
    has_one = "decision_pk IS NOT NULL"
    _partial_index("standing", "ix_standing_queue", order, "pending = 1", "pending")
    _partial_index("standing", "ix_standing_thread_queue", by_thread, "pending = 1", "pending")
    _partial_index("standing", "ix_standing_flagged", flagged, "flagged = 1", "flagged")
    _partial_index("standing", "ix_standing_decision", decided, has_one, has_one)


def _partial_index(
    table: str, name: str, columns: Sequence[str | sa.TextClause], sqlite: str, postgresql: str
) -> None:
    op.create_index(
        name,
        table,
        list(columns),
        sqlite_where=sa.text(sqlite),
        postgresql_where=sa.text(postgresql),
    )
