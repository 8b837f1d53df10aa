"""Incidents and the calls to those in charge."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "incidents",
        sa.Column("id", _BIG_KEY, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("ticket_id", _BIG_KEY, nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("floor", sa.String(length=64), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("place_words", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", _BIG_KEY, nullable=True),
        sa.Column("taken_rung", sa.String(length=16), nullable=False),
        sa.Column("linked_to_id", _BIG_KEY, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", _BIG_KEY, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["staff.id"], name=op.f("fk_incidents_closed_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["linked_to_id"], ["incidents.id"], name=op.f("fk_incidents_linked_to_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["staff.id"], name=op.f("fk_incidents_taken_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_incidents_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("source", name=op.f("uq_incidents_source")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_incidents_ticket_id")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incidents_open",
            ["reported_at", "id"],
            unique=False,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )
        batch_op.create_index("ix_incidents_reported_at", ["reported_at", "id"], unique=False)
        batch_op.create_index("ix_incidents_call_sid", ["call_sid"], unique=False)
        batch_op.create_index("ix_incidents_linked_to_id", ["linked_to_id"], unique=False)
    op.create_table(
        "incident_calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("incident_id", _BIG_KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=16), nullable=False),
        sa.Column("staff_id", _BIG_KEY, nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_calls_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_incident_calls_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_calls")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_incident_calls_call_sid")),
        sa.UniqueConstraint(
            "incident_id",
            "round",
            "step",
            "position",
            name=op.f("uq_incident_calls_incident_id_round_step_position"),
        ),
        sa.UniqueConstraint("token", name=op.f("uq_incident_calls_token")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("incident_calls")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index("ix_incidents_linked_to_id")
        batch_op.drop_index("ix_incidents_call_sid")
        batch_op.drop_index("ix_incidents_reported_at")
        batch_op.drop_index("ix_incidents_open")

    op.drop_table("incidents")
