"""Undos are found by what they undo, so that a batch that was taken back is passed over at once.

Revision ID: 0005_copies
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_copies"
down_revision = "0004_rough"
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
