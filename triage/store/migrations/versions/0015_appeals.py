"""Appeals against decisions, what answered them, and which comments wait for an answer.

Revision ID: 0015_appeals
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_appeals"
down_revision = "0014_returned"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the two tables, and the appeal that waits to what follows of a comment."""
    op.create_table(
        "appeal",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("comment_pk", KEY, sa.ForeignKey("comment.pk"), nullable=False),
        sa.Column("decision_pk", KEY, sa.ForeignKey("decision.pk"), nullable=False, unique=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(16), nullable=False),
        sa.Column("via", sa.String(16), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.UniqueConstraint("received_by", "external_id"),
    )
    op.create_index("ix_appeal_comment_pk", "appeal", ["comment_pk"])
    op.create_table(
        "appeal_answer",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("appeal_pk", KEY, sa.ForeignKey("appeal.pk"), nullable=False),
        sa.Column("decision_pk", KEY, sa.ForeignKey("decision.pk"), nullable=False, unique=True),
        sa.Column("reply", sa.Text(), nullable=False),
    )
    op.create_index("ix_appeal_answer_appeal_pk", "appeal_answer", ["appeal_pk"])
    op.add_column("standing", sa.Column("appeal_pk", KEY))
    op.create_index(
        "ix_standing_appeal",
        "standing",
        ["appeal_pk", "comment_pk"],
        sqlite_where=sa.text("appeal_pk IS NOT NULL"),
        postgresql_where=sa.text("appeal_pk IS NOT NULL"),
    )
