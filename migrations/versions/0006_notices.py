"""Temporary notices."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table of temporary notices."""
    op.create_table(
        "temporary_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_by", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_temporary_notices")),
    )
    with op.batch_alter_table("temporary_notices", schema=None) as batch_op:
        batch_op.create_index("ix_temporary_notices_ends_at", ["ends_at", "id"], unique=False)


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("temporary_notices", schema=None) as batch_op:
        batch_op.drop_index("ix_temporary_notices_ends_at")

    op.drop_table("temporary_notices")
