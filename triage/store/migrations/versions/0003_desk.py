"""The desk: labels that a reviewer refused, and comments found by their author.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what the Review page asks for."""
    op.add_column("decision", sa.Column("refused", sa.JSON()))
    op.create_index("ix_comment_author", "comment", [sa.text("substr(author, 1, 200)"), "pk"])
