"""Near copies: an index of texts by what they are like, and one of undecided comments by text.

Texts that are here already are entered by the next import or scoring, portion by portion: doing it
here would hold up whoever opens the database first.

Revision ID: 0009_copies
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_copies"
down_revision = "0008_batches"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table, empty, what says of a text that it is in it, and the indexes."""
    op.create_table(
        "text_band",
        sa.Column("key", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("text_pk", KEY, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "text", sa.Column("banded", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_text_behind",
        "text",
        ["pk"],
        sqlite_where=sa.text("banded = 0"),
        postgresql_where=sa.text("NOT banded"),
    )
    undecided = sa.text("decision_pk IS NULL AND turn IS NULL")
    op.create_index(
        "ix_standing_alike",
        "standing",
        ["text_pk", "comment_pk"],
        sqlite_where=undecided,
        postgresql_where=undecided,
    )
