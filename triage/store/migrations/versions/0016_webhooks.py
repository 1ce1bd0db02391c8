"""Webhooks: who is told of what happens, and what is still to be delivered to them.

Revision ID: 0016_webhooks
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_webhooks"
down_revision = "0015_appeals"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "webhook",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("extras", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("disabled_why", sa.Text(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("delivered", KEY, nullable=False),
        sa.Column("failed", KEY, nullable=False),
        sa.Column("given_up", KEY, nullable=False),
        sa.Column("delivered_at", MOMENT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", MOMENT),
        sa.Column("held_until", MOMENT),
        sa.Column("last_error", sa.Text(), nullable=False),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("pk", KEY, primary_key=True),
        sa.Column("hook_pk", KEY, sa.ForeignKey("webhook.pk"), nullable=False),
        sa.Column("log", sa.String(16), nullable=False),
        sa.Column("fact_pk", KEY, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("died_at", MOMENT),
        sa.Column("error", sa.Text(), nullable=False),
        sa.UniqueConstraint("hook_pk", "log", "fact_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_webhook_delivery_hook_pk_due_at_pk", "webhook_delivery", ["hook_pk", "due_at", "pk"]
    )
