"""Ranges in which a policy decides by itself, and the audit draws that are its share for people.

Revision ID: 0019_bench
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_bench"
down_revision = "0017_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; no policy from before decides by itself."""
    op.add_column("policy", sa.Column("automatic", sa.JSON()))
    op.add_column(
        "audit_draw",
        sa.Column("automatic", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
