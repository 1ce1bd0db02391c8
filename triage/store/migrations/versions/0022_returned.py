"""When the source of a comment that was handed back told its state again.

Revision ID: 0022_returned
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_returned"
down_revision = "0021_ranges"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, which nothing from before fills, and the index by which it is filled."""
    op.add_column("comment", sa.Column("state_at", sa.DateTime(timezone=True)))
    op.create_index("ix_returned_comment_pk", "returned", ["comment_pk"])
