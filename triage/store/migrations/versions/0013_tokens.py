"""Bearer tokens of programs that ask over HTTP: their names and scopes, and digests of secrets.

Revision ID: 0013_tokens
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_tokens"
down_revision = "0012_source_state"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "token",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("last_used_at", MOMENT),
    )
    valid = sa.text("revoked_at IS NULL")
    op.create_index(
        "ix_token_name",
        "token",
        ["name"],
        unique=True,
        sqlite_where=valid,
        postgresql_where=valid,
    )
