"""Second looks: comments to be decided twice, known answers, and what reviewers say of either.

Revision ID: 0007_looks
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_looks"
down_revision = "0006_claims"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what the Quality page is made of."""
    op.create_table(
        "doubled",
        sa.Column("decision_pk", KEY, sa.ForeignKey("decision.pk"), primary_key=True),
        sa.Column("comment_pk", KEY, sa.ForeignKey("comment.pk"), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_doubled_comment_pk", "doubled", ["comment_pk"])
    op.create_index(
        "ix_doubled_waiting",
        "doubled",
        ["decision_pk"],
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )
    op.create_table(
        "gold",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("comment_pk", KEY, sa.ForeignKey("comment.pk"), nullable=False),
        sa.Column("text_pk", KEY, sa.ForeignKey("text.pk"), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_gold_comment_pk", "gold", ["comment_pk"])
    op.create_table(
        "opinion",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("comment_pk", KEY, sa.ForeignKey("comment.pk"), nullable=False),
        sa.Column("text_pk", KEY, sa.ForeignKey("text.pk"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("decision_pk", KEY, sa.ForeignKey("decision.pk")),
        sa.Column("gold_pk", KEY, sa.ForeignKey("gold.pk")),
        sa.Column("verdict", sa.String(16)),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seconds_spent", sa.Double()),
        sa.Column("undoes_pk", KEY, sa.ForeignKey("opinion.pk")),
    )
    op.create_index("ix_opinion_reviewer_comment_pk", "opinion", ["reviewer", "comment_pk"])
    op.create_index("ix_opinion_comment_pk", "opinion", ["comment_pk"])
