"""The way back: where a comment's source finds it, and what was handed back there.

Revision ID: 0014_returned
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_returned"
down_revision = "0013_tokens"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add columns and table; comments imported before have no origin until they are again."""
    op.add_column("comment", sa.Column("reader", sa.String(32)))
    op.add_column("comment", sa.Column("site_id", sa.Text()))
    op.add_column("comment", sa.Column("site_revision", sa.Text()))
    op.create_table(
        "returned",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("comment_pk", KEY, sa.ForeignKey("comment.pk"), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("decision_pk", KEY, sa.ForeignKey("decision.pk"), nullable=False),
        sa.Column("before", sa.String(16)),
        sa.Column("was", sa.String(16)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_returned_way_comment_pk_pk", "returned", ["way", "comment_pk", "pk"])
