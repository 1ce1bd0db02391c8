"""The identities that a text mentions, beside the scores of the scorer that says so.

Revision ID: 0002_mentions
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_mentions"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "mention",
        sa.Column("scorer_pk", KEY, primary_key=True),
        sa.Column("text_pk", KEY, primary_key=True),
        sa.Column("identity", sa.Text(), primary_key=True),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_pk", "scorer_pk"],
            ["score.text_pk", "score.scorer_pk"],
            name="fk_mention_text_pk_scorer_pk",
        ),
        sqlite_with_rowid=False,
    )
