"""The audit sample: draws, inclusion probabilities, and the drawn comments' places in the queue.

Revision ID: 0005_audit
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005_audit"
down_revision = "0004_rough"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables, and give every comment its place."""
    _create_audit()
    _add_places()


def _create_audit() -> None:
    op.create_table(
        "secret",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_table(
        "audit_draw",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("policy", sa.Text()),
        sa.Column("scorer", sa.Text()),
        sa.Column("population", KEY, nullable=False),
        sa.Column("drawn", KEY, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column(
            "comment_pk", KEY, sa.ForeignKey("comment.pk"), primary_key=True, autoincrement=False
        ),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("number", sa.Double(), nullable=False),
        sa.Column("draw_pk", KEY, sa.ForeignKey("audit_draw.pk")),
    )
    drawn = sa.text("draw_pk IS NOT NULL")
    op.create_index(
        "ix_audit_draw_pk_comment_pk",
        "audit",
        ["draw_pk", "comment_pk"],
        sqlite_where=drawn,
        postgresql_where=drawn,
    )


def _add_places() -> None:
    nothing, zero = sa.false(), sa.text("0")
    for added in (
        sa.Column("looked", sa.Boolean(), nullable=False, server_default=nothing),
        sa.Column("turn", sa.Double()),
        sa.Column("place", sa.Double(), nullable=False, server_default=zero),
        sa.Column("beside", KEY, nullable=False, server_default=zero),
    ):
        op.add_column("standing", added)
    # So far everybody looked, and a person's decision is the one in force wherever there is any.
    op.execute(
        "UPDATE standing SET place = priority, beside = comment_pk, looked = EXISTS (SELECT 1 "
        "FROM decision WHERE decision.pk = standing.decision_pk "
        "AND decision.decided_by = 'person')"
    )
    order: list[str | sa.TextClause] = [sa.text("place DESC"), "beside", "comment_pk"]
    for name, columns in (
        ("ix_standing_queue", order),
        ("ix_standing_thread_queue", ["thread_pk", *order]),
    ):
        op.drop_index(name, "standing")
        _partial_index(name, columns, "pending = 1", "pending")
    _partial_index(
        "ix_standing_audit",
        ["turn", "comment_pk"],
        "pending = 1 AND turn IS NOT NULL",
        "pending AND turn IS NOT NULL",
    )
    _partial_index(
        "ix_standing_drawn",
        ["thread_pk", "comment_pk"],
        "turn IS NOT NULL AND flagged = 0",
        "turn IS NOT NULL AND NOT flagged",
    )


def _partial_index(
    name: str, columns: Sequence[str | sa.TextClause], sqlite: str, postgresql: str
) -> None:
    op.create_index(
        name,
        "standing",
        list(columns),
        sqlite_where=sa.text(sqlite),
        postgresql_where=sa.text(postgresql),
    )
