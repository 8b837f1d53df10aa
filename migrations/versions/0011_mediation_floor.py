"""Floors of mediations, and what a mediator may want of a session and of each leg."""

import json
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_IS_ALIVE = sa.text("closed_at IS NULL")


def upgrade() -> None:
    """Add the table of floors and the new columns; every opened session had one floor."""
    op.create_table(
        "mediation_floors",
        sa.Column("conference", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("private_leg", sa.String(length=32), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conference_sid", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["mediation_sessions.id"],
            name=op.f("fk_mediation_floors_session_id_mediation_sessions"),
        ),
        sa.PrimaryKeyConstraint("conference", name=op.f("pk_mediation_floors")),
    )
    with op.batch_alter_table("mediation_floors", schema=None) as batch_op:
        batch_op.create_index("ix_mediation_floors_session_id", ["session_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_mediation_floors_conference_sid"), ["conference_sid"], unique=False
        )
    op.execute(
        "INSERT INTO mediation_floors (conference, session_id, private_leg, recorded, opened_at,"
        " closed_at, ended_at, conference_sid) SELECT conference, id, '', false, opened_at,"
        " closed_at, closed_at, conference_sid FROM mediation_sessions"
        " WHERE opened_at IS NOT NULL"
    )
    _upgrade_sessions()
    _upgrade_legs()
    _upgrade_events()


def downgrade() -> None:
    """Take all of it back; a session keeps the name of its last floor."""
    _downgrade_events()
    _downgrade_legs()
    _downgrade_sessions()
    with op.batch_alter_table("mediation_floors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mediation_floors_conference_sid"))
        batch_op.drop_index("ix_mediation_floors_session_id")
    op.drop_table("mediation_floors")


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default="", nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _upgrade_sessions() -> None:
    with op.batch_alter_table("mediation_sessions", schema=None) as batch_op:
        batch_op.add_column(_text("floor", 64))
        batch_op.add_column(_flag("wants_floor"))
        batch_op.add_column(_text("private_leg", 32))
        batch_op.add_column(_flag("wants_recording"))
        batch_op.add_column(_flag("talks_on"))
        batch_op.add_column(_text("coached_leg", 32))
        batch_op.add_column(_text("poll", 8))
        batch_op.add_column(sa.Column("draft", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint("uq_mediation_sessions_conference", type_="unique")
        batch_op.drop_column("conference")
        batch_op.drop_column("conference_sid")
    with op.batch_alter_table("mediation_sessions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mediation_sessions_alive",
            ["created_at"],
            unique=False,
            sqlite_where=_IS_ALIVE,
            postgresql_where=_IS_ALIVE,
        )


def _downgrade_sessions() -> None:
    with op.batch_alter_table("mediation_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_mediation_sessions_alive")
        batch_op.add_column(sa.Column("conference", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("conference_sid", sa.String(length=64), nullable=True))
    op.execute(
        "UPDATE mediation_sessions SET conference = COALESCE((SELECT MAX(f.conference)"
        " FROM mediation_floors f WHERE f.session_id = mediation_sessions.id), 'm-' || id),"
        " conference_sid = (SELECT MAX(f.conference_sid) FROM mediation_floors f"
        " WHERE f.session_id = mediation_sessions.id)"
    )
    with op.batch_alter_table("mediation_sessions", schema=None) as batch_op:
        batch_op.alter_column("conference", existing_type=sa.String(length=64), nullable=False)
        batch_op.create_unique_constraint("uq_mediation_sessions_conference", ["conference"])
        for name in (
            "floor",
            "wants_floor",
            "private_leg",
            "wants_recording",
            "talks_on",
            "coached_leg",
            "poll",
            "draft",
            "ends_at",
        ):
            batch_op.drop_column(name)


def _upgrade_legs() -> None:
    with op.batch_alter_table("mediation_legs", schema=None) as batch_op:
        batch_op.add_column(_text("party", 32))
        batch_op.add_column(sa.Column("name", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(_text("language", 16))
        batch_op.add_column(_text("floor", 64))
        batch_op.add_column(_flag("is_aside"))
        batch_op.add_column(_flag("is_muted"))
        batch_op.add_column(_flag("records"))
        batch_op.add_column(_text("answer", 8))
    op.execute(
        "UPDATE mediation_legs SET party = role, language = (SELECT s.language"
        " FROM mediation_sessions s WHERE s.id = mediation_legs.session_id)"
    )
    op.execute("UPDATE mediation_legs SET state = 'held' WHERE state = 'consented'")


def _downgrade_legs() -> None:
    op.execute("UPDATE mediation_legs SET state = 'consented' WHERE state = 'held'")
    with op.batch_alter_table("mediation_legs", schema=None) as batch_op:
        for name in (
            "party",
            "name",
            "language",
            "floor",
            "is_aside",
            "is_muted",
            "records",
            "answer",
        ):
            batch_op.drop_column(name)


def _upgrade_events() -> None:
    with op.batch_alter_table("mediation_events", schema=None) as batch_op:
        batch_op.alter_column(
            "event", new_column_name="kind", existing_type=sa.String(32), existing_nullable=False
        )
        batch_op.add_column(
            sa.Column(
                "by_staff_id",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                sa.ForeignKey("staff.id", name=op.f("fk_mediation_events_by_staff_id_staff")),
                nullable=True,
            )
        )
        batch_op.alter_column(
            "detail",
            existing_type=sa.String(length=128),
            type_=sa.Text(),
            existing_nullable=False,
            server_default="{}",
        )
    _rewrite_details(lambda detail: json.dumps({"note": detail} if detail else {}))


def _downgrade_events() -> None:
    _rewrite_details(_note_of)
    with op.batch_alter_table("mediation_events", schema=None) as batch_op:
        batch_op.alter_column(
            "detail",
            existing_type=sa.Text(),
            type_=sa.String(length=128),
            existing_nullable=False,
            server_default=None,
        )
        batch_op.drop_constraint(op.f("fk_mediation_events_by_staff_id_staff"), type_="foreignkey")
        batch_op.drop_column("by_staff_id")
        batch_op.alter_column(
            "kind", new_column_name="event", existing_type=sa.String(32), existing_nullable=False
        )


def _note_of(detail: str) -> str:
    values = json.loads(detail).values()
    return ", ".join(str(value) for value in values)[:128]


def _rewrite_details(rewritten: Callable[[str], str]) -> None:
    events = sa.table("mediation_events", sa.column("id"), sa.column("detail"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(events.c.id, events.c.detail)).all():
        connection.execute(
            sa.update(events).where(events.c.id == row.id).values(detail=rewritten(row.detail))
        )
