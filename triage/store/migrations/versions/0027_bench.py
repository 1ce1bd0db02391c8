"""What an act of a policy still has to do, so that one that was cut short can be told.

Revision ID: 0027_bench
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027_bench"
down_revision = "0026_forgotten"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column: acts from before were done as a whole."""
    op.add_column("audit_draw", sa.Column("due", KEY, nullable=False, server_default=sa.text("0")))
