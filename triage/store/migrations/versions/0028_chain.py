"""The chain over the logs of what was decided, and by what.

What was there before is linked when all migrations are done (`triage.store.migrate`), since that
reads every log as this version knows it.

Revision ID: 0028_chain
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028_chain"
down_revision = "0027_bench"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "chain",
        sa.Column("number", KEY, primary_key=True, autoincrement=False),
        sa.Column("log", sa.String(32), nullable=False),
        sa.Column("fact_pk", KEY, nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.UniqueConstraint("log", "fact_pk"),
    )
