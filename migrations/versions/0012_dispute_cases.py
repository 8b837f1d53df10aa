"""Dispute cases, their parties, sessions, minutes and agreements."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the tables of dispute cases."""
    op.create_table(
        "dispute_cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column(
            "mediator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("first_call_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("followed_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["staff.id"], name=op.f("fk_dispute_cases_mediator_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_dispute_cases_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_dispute_cases_number")),
        sa.UniqueConstraint("source", name=op.f("uq_dispute_cases_source")),
    )
    with op.batch_alter_table("dispute_cases", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_cases_call_sid", ["call_sid"], unique=False)
        batch_op.create_index(
            "ix_dispute_cases_department", ["department", "opened_at", "id"], unique=False
        )
        batch_op.create_index("ix_dispute_cases_follow_up_on", ["follow_up_on"], unique=False)
        batch_op.create_index("ix_dispute_cases_opened_at", ["opened_at", "id"], unique=False)
        batch_op.create_index("ix_dispute_cases_settled_at", ["settled_at"], unique=False)
        batch_op.create_index("ix_dispute_cases_state", ["state", "opened_at", "id"], unique=False)
        batch_op.create_index("ix_dispute_cases_ticket_id", ["ticket_id"], unique=False)

    op.create_table(
        "dispute_agreements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("matters", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("performance", sa.Text(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("recorder", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["dispute_cases.id"],
            name=op.f("fk_dispute_agreements_case_id_dispute_cases"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_agreements")),
        sa.UniqueConstraint(
            "case_id", "version", name=op.f("uq_dispute_agreements_case_id_version")
        ),
    )
    op.create_table(
        "dispute_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=False),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["dispute_cases.id"], name=op.f("fk_dispute_events_case_id_dispute_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_events")),
    )
    with op.batch_alter_table("dispute_events", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_events_case_id", ["case_id", "id"], unique=False)

    op.create_table(
        "dispute_parties",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("phone_index", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column(
            "household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("ethnicity", sa.Text(), nullable=False),
        sa.Column("age", sa.Text(), nullable=False),
        sa.Column("occupation", sa.Text(), nullable=False),
        sa.Column("id_number", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["dispute_cases.id"], name=op.f("fk_dispute_parties_case_id_dispute_cases")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_dispute_parties_household_id_households"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_parties")),
    )
    with op.batch_alter_table("dispute_parties", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_parties_case_id", ["case_id", "id"], unique=False)
        batch_op.create_index("ix_dispute_parties_phone_index", ["phone_index"], unique=False)

    op.create_table(
        "dispute_sittings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["dispute_cases.id"],
            name=op.f("fk_dispute_sittings_case_id_dispute_cases"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["mediation_sessions.id"],
            name=op.f("fk_dispute_sittings_session_id_mediation_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_sittings")),
        sa.UniqueConstraint(
            "case_id", "position", name=op.f("uq_dispute_sittings_case_id_position")
        ),
    )
    with op.batch_alter_table("dispute_sittings", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_sittings_planned_at", ["planned_at"], unique=False)
        batch_op.create_index("ix_dispute_sittings_session_id", ["session_id"], unique=False)

    op.create_table(
        "dispute_assents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "sitting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("leg_id", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["dispute_agreements.id"],
            name=op.f("fk_dispute_assents_agreement_id_dispute_agreements"),
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["dispute_parties.id"],
            name=op.f("fk_dispute_assents_party_id_dispute_parties"),
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["dispute_sittings.id"],
            name=op.f("fk_dispute_assents_sitting_id_dispute_sittings"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_assents")),
        sa.UniqueConstraint(
            "agreement_id", "leg_id", name=op.f("uq_dispute_assents_agreement_id_leg_id")
        ),
    )
    op.create_table(
        "dispute_seats",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "sitting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("pin_hash", sa.String(length=255), nullable=True),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leg_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["dispute_parties.id"],
            name=op.f("fk_dispute_seats_party_id_dispute_parties"),
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"],
            ["dispute_sittings.id"],
            name=op.f("fk_dispute_seats_sitting_id_dispute_sittings"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_dispute_seats_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_seats")),
        sa.UniqueConstraint(
            "sitting_id", "position", name=op.f("uq_dispute_seats_sitting_id_position")
        ),
    )
    with op.batch_alter_table("dispute_seats", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_seats_call_sid", ["call_sid"], unique=False)
        batch_op.create_index("ix_dispute_seats_leg_id", ["leg_id"], unique=False)


def downgrade() -> None:
    """Remove them."""
    with op.batch_alter_table("dispute_seats", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_seats_leg_id")
        batch_op.drop_index("ix_dispute_seats_call_sid")

    op.drop_table("dispute_seats")
    op.drop_table("dispute_assents")
    with op.batch_alter_table("dispute_sittings", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_sittings_session_id")
        batch_op.drop_index("ix_dispute_sittings_planned_at")

    op.drop_table("dispute_sittings")
    with op.batch_alter_table("dispute_parties", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_parties_phone_index")
        batch_op.drop_index("ix_dispute_parties_case_id")

    op.drop_table("dispute_parties")
    with op.batch_alter_table("dispute_events", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_events_case_id")

    op.drop_table("dispute_events")
    op.drop_table("dispute_agreements")
    with op.batch_alter_table("dispute_cases", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_cases_ticket_id")
        batch_op.drop_index("ix_dispute_cases_state")
        batch_op.drop_index("ix_dispute_cases_settled_at")
        batch_op.drop_index("ix_dispute_cases_opened_at")
        batch_op.drop_index("ix_dispute_cases_follow_up_on")
        batch_op.drop_index("ix_dispute_cases_department")
        batch_op.drop_index("ix_dispute_cases_call_sid")

    op.drop_table("dispute_cases")
