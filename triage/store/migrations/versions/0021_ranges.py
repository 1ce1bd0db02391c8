"""Which range held a comment that people were asked about by chance; decisions by their text.

Revision ID: 0021_ranges
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021_ranges"
down_revision = "0020_appeals"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column and the index."""
    op.add_column("audit", sa.Column("range_pk", KEY))
    op.create_index("ix_decision_text_pk", "decision", ["text_pk"])
