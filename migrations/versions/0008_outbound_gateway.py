"""The outbound gateway: every leg that leaves."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CANARY = sa.text("direction = 'canary'")
_UNSETTLED = sa.text("state IN ('reserved', 'placed', 'unknown')")


def upgrade() -> None:
    """Add the table of legs that left, or were refused."""
    op.create_table(
        "outbound_legs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_index", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("over_cap", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_seconds", sa.Integer(), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=True),
        sa.Column("parent_sid", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_legs")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_outbound_legs_call_sid")),
        sa.UniqueConstraint("key", name=op.f("uq_outbound_legs_key")),
    )
    with op.batch_alter_table("outbound_legs", schema=None) as batch_op:
        for name, columns in _INDEXES.items():
            batch_op.create_index(name, columns, unique=False)
        batch_op.create_index(
            "ix_outbound_legs_unsettled",
            ["asked_at", "state"],
            unique=False,
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(
            "ix_calls_canary",
            ["started_at"],
            unique=False,
            sqlite_where=_CANARY,
            postgresql_where=_CANARY,
        )


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_canary")

    with op.batch_alter_table("outbound_legs", schema=None) as batch_op:
        for name in ("ix_outbound_legs_unsettled", *_INDEXES):
            batch_op.drop_index(name)

    op.drop_table("outbound_legs")


_INDEXES = {
    "ix_outbound_legs_placed_at": ["placed_at", "booked_seconds"],
    "ix_outbound_legs_number_index": ["number_index", "placed_at"],
    "ix_outbound_legs_actor": ["actor", "placed_at"],
    "ix_outbound_legs_asked_at": ["asked_at", "id"],
    "ix_outbound_legs_parent_sid": ["parent_sid"],
}
