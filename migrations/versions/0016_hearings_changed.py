"""A planned hearing may be moved, and somebody taken off its list."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Count the moves of a hearing, and keep who was taken off its list."""
    op.add_column("hearings", sa.Column("moves", sa.Integer(), server_default="0", nullable=False))
    op.add_column("hearing_members", sa.Column("removed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Take both away."""
    op.drop_column("hearing_members", "removed_at")
    op.drop_column("hearings", "moves")
