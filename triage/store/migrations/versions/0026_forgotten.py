"""What is erased, what must not come back, and a record of who erased how much.

Revision ID: 0026_forgotten
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026_forgotten"
down_revision = "0024_people"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, which nothing from before fills, and the tables."""
    moment = sa.DateTime(timezone=True)
    op.add_column("text", sa.Column("erased_at", moment))
    op.add_column("comment", sa.Column("erased_at", moment))
    op.create_table(
        "forgotten",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("at", moment, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erasure",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
    )
