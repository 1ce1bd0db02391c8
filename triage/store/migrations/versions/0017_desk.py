"""Skips of near copies as one act, and skips that are taken back.

Revision ID: 0017_desk
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_desk"
down_revision = "0016_webhooks"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and what finds them; every skip of before stands, and was of one comment."""
    op.add_column("skip", sa.Column("along_pk", KEY))
    op.add_column("skip", sa.Column("taken_back_at", sa.DateTime(timezone=True)))
    op.create_index("ix_skip_along_pk", "skip", ["along_pk"])
    op.create_index("ix_skip_reviewer_pk", "skip", ["reviewer", "pk"])
