"""What was learned from decisions, and which of it is used.

Revision ID: 0011_learned
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_learned"
down_revision = "0010_reach"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "learned",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("base_key", sa.Text(), nullable=False),
        sa.Column("base_version", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.UniqueConstraint("key", "version", name="uq_learned_key_version"),
    )
    op.create_table(
        "adoption",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("base_key", sa.Text(), nullable=False),
        sa.Column("learned_pk", KEY, sa.ForeignKey("learned.pk")),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
