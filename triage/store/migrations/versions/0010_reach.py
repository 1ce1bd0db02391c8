"""What orders the queue: label weights, the reach of a comment, and which ones are severe.

Revision ID: 0010_reach
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_reach"
down_revision = "0009_copies"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; policies from before have the usual weights."""
    op.add_column("policy", sa.Column("severity", sa.JSON()))
    op.add_column("comment", sa.Column("reach", KEY))
    op.add_column(
        "standing", sa.Column("severe", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_standing_milder",
        "standing",
        [sa.text("place DESC"), "beside", "comment_pk"],
        sqlite_where=sa.text("pending = 1 AND severe = 0 AND turn IS NULL"),
        postgresql_where=sa.text("pending AND NOT severe AND turn IS NULL"),
    )
