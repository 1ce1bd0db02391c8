"""The desk: refused labels, guidelines, preferences; comments by author, decisions by day.

Revision ID: 0003_desk
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_desk"
down_revision = "0002_mentions"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add what the Review page asks for."""
    op.add_column("decision", sa.Column("refused", sa.JSON()))
    op.add_column("decision", sa.Column("guidelines", sa.Text()))
    op.create_index("ix_decision_reviewer_at", "decision", ["reviewer", "at"])
    op.create_index("ix_comment_author", "comment", [sa.text("substr(author, 1, 200)"), "pk"])
    op.create_table(
        "guideline",
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    )
    op.create_table(
        "preference",
        sa.Column("reviewer", sa.Text(), primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
