"""Callers who want a person, the telephones rung for them, and what staff can do."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("ended_at IS NULL")


def _time(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Add the tables of the queue."""
    op.create_table(
        "queued_callers",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("caller_index", sa.String(length=32), nullable=False),
        sa.Column("target", sa.String(length=96), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _time("asked_at"),
        _time("in_line_since"),
        _time("patient_from"),
        _time("seen_at"),
        sa.Column("claimed_by", sa.Text(), nullable=False),
        sa.Column("claimed_index", sa.String(length=32), nullable=False),
        _time("claimed_at", nullable=True),
        _time("claim_until", nullable=True),
        _time("answered_at", nullable=True),
        sa.Column("answered_by", _BIG, nullable=True),
        sa.Column("ticket", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        _time("ended_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["staff.id"], name=op.f("fk_queued_callers_answered_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queued_callers")),
    )
    op.create_index(
        "uq_queued_callers_call_sid",
        "queued_callers",
        ["call_sid"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_queued_callers_in_line",
        "queued_callers",
        ["in_line_since", "id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_queued_callers_asked_at", "queued_callers", ["asked_at"])
    op.create_table(
        "staff_rings",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("caller_id", _BIG, nullable=False),
        sa.Column("number_index", sa.String(length=32), nullable=False),
        _time("rung_at"),
        _time("until"),
        sa.Column("result", sa.String(length=16), nullable=False),
        _time("ended_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["caller_id"],
            ["queued_callers.id"],
            name=op.f("fk_staff_rings_caller_id_queued_callers"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_rings")),
    )
    op.create_index(
        "uq_staff_rings_number_index",
        "staff_rings",
        ["number_index"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_staff_rings_number_index", "staff_rings", ["number_index", "rung_at"])
    op.create_index("ix_staff_rings_caller_id", "staff_rings", ["caller_id"])
    op.create_table(
        "staff_skills",
        sa.Column("staff_id", _BIG, nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_skills_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("staff_id", "skill", name=op.f("pk_staff_skills")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("staff_skills")
    op.drop_table("staff_rings")
    op.drop_table("queued_callers")
