"""What a comment's source says of its moderation, beside what is decided here.

Revision ID: 0012_source_state
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_source_state"
down_revision = "0011_learned"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; comments imported before have no state until they are imported again."""
    op.add_column("comment", sa.Column("state", sa.String(16)))
