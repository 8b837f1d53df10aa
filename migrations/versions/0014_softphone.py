"""Who is at their telephone in the browser, the talks they have there, and the legs of those."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("ended_at IS NULL")
_LEG_OPEN = sa.text("left_at IS NULL")


def _time(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Add the tables of the softphone."""
    op.create_table(
        "staff_presence",
        sa.Column("staff_id", _BIG, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("page", sa.String(length=32), nullable=False),
        sa.Column("at_desk", sa.Boolean(), nullable=False),
        _time("changed_at"),
        _time("beat_at"),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_presence_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_presence")),
    )
    op.create_index(op.f("ix_staff_presence_beat_at"), "staff_presence", ["beat_at"])
    op.create_table(
        "softphone_talks",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("direction", sa.String(length=16), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("citizen", sa.Text(), nullable=False),
        sa.Column("citizen_index", sa.String(length=32), nullable=False),
        sa.Column("ticket", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("lost", sa.Boolean(), nullable=False),
        _time("began_at"),
        _time("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_softphone_talks")),
    )
    op.create_index("ix_softphone_talks_call_sid", "softphone_talks", ["call_sid", "id"])
    op.create_index(
        "ix_softphone_talks_room",
        "softphone_talks",
        ["room"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "softphone_legs",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("talk_id", _BIG, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("staff_id", _BIG, nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=96), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        _time("asked_at"),
        _time("joined_at", nullable=True),
        _time("in_room_at", nullable=True),
        _time("hung_up_at", nullable=True),
        _time("left_at", nullable=True),
        sa.Column("trouble", sa.String(length=32), nullable=False),
        sa.Column("disposition", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_softphone_legs_staff_id_staff")
        ),
        sa.ForeignKeyConstraint(
            ["talk_id"],
            ["softphone_talks.id"],
            name=op.f("fk_softphone_legs_talk_id_softphone_talks"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_softphone_legs")),
    )
    op.create_index("uq_softphone_legs_token", "softphone_legs", ["token"], unique=True)
    op.create_index("ix_softphone_legs_call_sid", "softphone_legs", ["call_sid"])
    op.create_index("ix_softphone_legs_talk_id", "softphone_legs", ["talk_id"])
    op.create_index("ix_softphone_legs_staff_id", "softphone_legs", ["staff_id", "id"])
    op.create_index(
        "ix_softphone_legs_open",
        "softphone_legs",
        ["staff_id"],
        sqlite_where=_LEG_OPEN,
        postgresql_where=_LEG_OPEN,
    )


def downgrade() -> None:
    """Remove them."""
    for table in ("softphone_legs", "softphone_talks", "staff_presence"):
        op.drop_table(table)
