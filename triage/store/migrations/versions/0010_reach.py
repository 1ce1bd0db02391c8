"""What orders the queue: how much each label weighs, and how far a comment reaches.

Revision ID: 0010_reach
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_reach"
down_revision = "0008_batches"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; policies from before have the usual weights."""
    op.add_column("policy", sa.Column("severity", sa.JSON()))
    op.add_column("comment", sa.Column("reach", KEY))
