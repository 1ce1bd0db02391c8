"""Which scores are by a scorer's fast mode, and so only near what its exact mode would say.

Revision ID: 0004_rough
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_rough"
down_revision = "0002_mentions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark; scores from before are exact."""
    op.add_column(
        "score", sa.Column("rough", sa.Boolean(), nullable=False, server_default=sa.false())
    )
