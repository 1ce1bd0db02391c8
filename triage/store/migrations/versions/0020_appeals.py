"""Appeals that a lead ended without a second look.

Revision ID: 0020_appeals
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_appeals"
down_revision = "0019_bench"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; none was dismissed before."""
    op.create_table(
        "appeal_dismissal",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("appeal_pk", KEY, sa.ForeignKey("appeal.pk"), nullable=False, unique=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
    )
