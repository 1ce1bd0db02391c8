"""The language of each text, and which languages the scorers in use read.

Texts that are here already get theirs by the next scoring, portion by portion; until then every
scorer is taken to read them, as before.

Revision ID: 0023_languages
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_languages"
down_revision = "0022_returned"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, which nothing from before fills, and the indexes by which they are read."""
    op.add_column("text", sa.Column("language", sa.String(16)))
    op.add_column("text", sa.Column("language_by", sa.String(64)))
    op.create_index("ix_text_language_by_language", "text", ["language_by", "language"])
    op.add_column("panel", sa.Column("languages", sa.JSON()))
    op.add_column("standing", sa.Column("language", sa.String(16)))
    op.add_column(
        "standing", sa.Column("unread", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_standing_unread",
        "standing",
        ["language", "comment_pk"],
        sqlite_where=sa.text("unread = 1"),
        postgresql_where=sa.text("unread"),
    )
