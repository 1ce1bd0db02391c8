"""Which part of the queue is whose, and notes that reviewers hand over.

Revision ID: 0029_assignments
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029_assignments"
down_revision = "0028_chain"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IN_FORCE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add the tables, and the index by which a language's part of the queue is walked."""
    op.create_table(
        "assignment",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Text()),
        sa.Column("ended_at", MOMENT),
    )
    op.create_index(
        "ix_assignment_kind_value_reviewer",
        "assignment",
        ["kind", "value", "reviewer"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_table(
        "handover",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16)),
        sa.Column("value", sa.Text()),
        sa.Column("withdrawn_by", sa.Text()),
        sa.Column("withdrawn_at", MOMENT),
    )
    op.create_index("ix_handover_at", "handover", ["at"])
    op.create_table(
        "handover_read",
        sa.Column("note_pk", KEY, sa.ForeignKey("handover.pk"), primary_key=True),
        sa.Column("reviewer", sa.Text(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_standing_language_queue",
        "standing",
        ["language", sa.text("place DESC"), "beside", "comment_pk"],
        sqlite_where=sa.text("pending = 1"),
        postgresql_where=sa.text("pending"),
    )
