"""Prompts that people have spoken, their numbers, and the PINs of who may record them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IN_FORCE = sa.text("state = 'in_force'")


def upgrade() -> None:
    """Add the tables of spoken prompts and of PINs."""
    op.create_table(
        "prompt_numbers",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prompt", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_prompt_numbers")),
        sa.UniqueConstraint("prompt", name=op.f("uq_prompt_numbers_prompt")),
    )
    op.create_table(
        "prompt_takes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prompt", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("recording_sid", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("trouble", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_takes")),
    )
    with op.batch_alter_table("prompt_takes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_prompt_takes_in_force",
            ["prompt", "language"],
            unique=True,
            sqlite_where=sa.text("state = 'in_force'"),
            postgresql_where=sa.text("state = 'in_force'"),
        )
        batch_op.create_index("ix_prompt_takes_prompt", ["prompt", "language", "id"], unique=False)
        batch_op.create_index("ix_prompt_takes_recording_sid", ["recording_sid"], unique=False)

    op.create_table(
        "staff_pins",
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pin_hash", sa.String(length=255), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_pins_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_pins")),
    )


def downgrade() -> None:
    """Remove them; the files in the store stay."""
    op.drop_table("staff_pins")
    with op.batch_alter_table("prompt_takes", schema=None) as batch_op:
        batch_op.drop_index("ix_prompt_takes_recording_sid")
        batch_op.drop_index("ix_prompt_takes_prompt")
        batch_op.drop_index(
            "ix_prompt_takes_in_force",
            sqlite_where=sa.text("state = 'in_force'"),
            postgresql_where=sa.text("state = 'in_force'"),
        )

    op.drop_table("prompt_takes")
    op.drop_table("prompt_numbers")
