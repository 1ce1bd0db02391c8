"""Who may work here: names, roles, and the account at the provider that comes under each name.

Revision ID: 0024_people
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_people"
down_revision = "0023_languages"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "person",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("role", sa.String(16)),
        sa.Column("issuer", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.Column("signed_in_at", MOMENT),
        sa.Column("released_at", MOMENT),
        sa.UniqueConstraint("issuer", "subject"),
    )
