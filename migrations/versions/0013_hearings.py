"""Phone hearings."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the tables of hearings."""
    op.create_table(
        "hearings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quorum_kind", sa.String(length=8), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("floor_seconds", sa.Integer(), nullable=False),
        sa.Column("conference", sa.String(length=64), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("roll", sa.Integer(), nullable=False),
        sa.Column("roll_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearings")),
        sa.UniqueConstraint("conference", name=op.f("uq_hearings_conference")),
    )
    with op.batch_alter_table("hearings", schema=None) as batch_op:
        batch_op.create_index("ix_hearings_starts_at", ["starts_at", "id"], unique=False)

    op.create_table(
        "hearing_conferences",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column(
            "hearing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearings.id"], name=op.f("fk_hearing_conferences_hearing_id_hearings")
        ),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_hearing_conferences")),
    )
    op.create_table(
        "hearing_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "hearing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearings.id"], name=op.f("fk_hearing_items_hearing_id_hearings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_items")),
        sa.UniqueConstraint(
            "hearing_id", "position", name=op.f("uq_hearing_items_hearing_id_position")
        ),
    )
    op.create_table(
        "hearing_members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "hearing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearings.id"], name=op.f("fk_hearing_members_hearing_id_hearings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_members")),
        sa.UniqueConstraint(
            "hearing_id", "position", name=op.f("uq_hearing_members_hearing_id_position")
        ),
        sa.UniqueConstraint("pin_hash", name=op.f("uq_hearing_members_pin_hash")),
    )
    op.create_table(
        "hearing_votes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "hearing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearings.id"], name=op.f("fk_hearing_votes_hearing_id_hearings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_votes")),
        sa.UniqueConstraint(
            "hearing_id", "position", name=op.f("uq_hearing_votes_hearing_id_position")
        ),
    )
    with op.batch_alter_table("hearing_votes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hearing_votes_one_open",
            ["hearing_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "hearing_ballots",
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=1), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["hearing_votes.id"], name=op.f("fk_hearing_ballots_vote_id_hearing_votes")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_hearing_ballots")),
        sa.UniqueConstraint(
            "vote_id", "position", name=op.f("uq_hearing_ballots_vote_id_position")
        ),
    )
    op.create_table(
        "hearing_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "hearing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearings.id"], name=op.f("fk_hearing_events_hearing_id_hearings")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["hearing_members.id"],
            name=op.f("fk_hearing_events_member_id_hearing_members"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_events")),
    )
    with op.batch_alter_table("hearing_events", schema=None) as batch_op:
        batch_op.create_index("ix_hearing_events_hearing_id", ["hearing_id", "id"], unique=False)

    op.create_table(
        "hearing_legs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column(
            "hearing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("dialled_in", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_room", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roll", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearings.id"], name=op.f("fk_hearing_legs_hearing_id_hearings")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["hearing_members.id"],
            name=op.f("fk_hearing_legs_member_id_hearing_members"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_legs")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_hearing_legs_call_sid")),
        sa.UniqueConstraint("token", name=op.f("uq_hearing_legs_token")),
    )
    with op.batch_alter_table("hearing_legs", schema=None) as batch_op:
        batch_op.create_index("ix_hearing_legs_hearing_id", ["hearing_id", "id"], unique=False)
        batch_op.create_index("ix_hearing_legs_member_id", ["member_id"], unique=False)

    op.create_table(
        "hearing_sealed_ballots",
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vote_id"],
            ["hearing_votes.id"],
            name=op.f("fk_hearing_sealed_ballots_vote_id_hearing_votes"),
        ),
        sa.PrimaryKeyConstraint("vote_id", "voter", name=op.f("pk_hearing_sealed_ballots")),
    )
    op.create_table(
        "hearing_turns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "hearing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearings.id"], name=op.f("fk_hearing_turns_hearing_id_hearings")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["hearing_members.id"],
            name=op.f("fk_hearing_turns_member_id_hearing_members"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_turns")),
    )
    with op.batch_alter_table("hearing_turns", schema=None) as batch_op:
        batch_op.create_index("ix_hearing_turns_hearing_id", ["hearing_id", "id"], unique=False)
        batch_op.create_index(
            "ix_hearing_turns_one_floor",
            ["hearing_id"],
            unique=True,
            sqlite_where=sa.text("state = 'speaking'"),
            postgresql_where=sa.text("state = 'speaking'"),
        )

    op.create_table(
        "hearing_voters",
        sa.Column("vote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["hearing_members.id"],
            name=op.f("fk_hearing_voters_member_id_hearing_members"),
        ),
        sa.ForeignKeyConstraint(
            ["vote_id"], ["hearing_votes.id"], name=op.f("fk_hearing_voters_vote_id_hearing_votes")
        ),
        sa.PrimaryKeyConstraint("vote_id", "member_id", name=op.f("pk_hearing_voters")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("hearing_voters")
    with op.batch_alter_table("hearing_turns", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_hearing_turns_one_floor",
            sqlite_where=sa.text("state = 'speaking'"),
            postgresql_where=sa.text("state = 'speaking'"),
        )
        batch_op.drop_index("ix_hearing_turns_hearing_id")

    op.drop_table("hearing_turns")
    op.drop_table("hearing_sealed_ballots")
    with op.batch_alter_table("hearing_legs", schema=None) as batch_op:
        batch_op.drop_index("ix_hearing_legs_member_id")
        batch_op.drop_index("ix_hearing_legs_hearing_id")

    op.drop_table("hearing_legs")
    with op.batch_alter_table("hearing_events", schema=None) as batch_op:
        batch_op.drop_index("ix_hearing_events_hearing_id")

    op.drop_table("hearing_events")
    op.drop_table("hearing_ballots")
    with op.batch_alter_table("hearing_votes", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_hearing_votes_one_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.drop_table("hearing_votes")
    op.drop_table("hearing_members")
    op.drop_table("hearing_items")
    op.drop_table("hearing_conferences")
    with op.batch_alter_table("hearings", schema=None) as batch_op:
        batch_op.drop_index("ix_hearings_starts_at")

    op.drop_table("hearings")
