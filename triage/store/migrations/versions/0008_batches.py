"""Undos are found by what they undo, so that a batch that was taken back is passed over at once.

Revision ID: 0008_batches
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_batches"
down_revision = "0007_looks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    some = sa.text("undoes_pk IS NOT NULL")
    op.create_index(
        "ix_decision_undoes_pk",
        "decision",
        ["undoes_pk"],
        sqlite_where=some,
        postgresql_where=some,
    )
