"""Who has which comment on the screen, and views of Browse under a name.

Revision ID: 0006_claims
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_claims"
down_revision = "0005_audit"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add both tables, empty."""
    op.create_table(
        "claim",
        sa.Column(
            "comment_pk",
            KEY,
            sa.ForeignKey("comment.pk", name="fk_claim_comment_pk"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
    )
    op.create_table(
        "saved_view",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("link", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("reviewer", "name", name="uq_saved_view_reviewer_name"),
    )
