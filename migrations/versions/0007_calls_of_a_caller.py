"""The calls of a caller are counted, and sealed ones found, from indexes alone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SEALED = sa.text("confidential")


def upgrade() -> None:
    """Add the index of sealed tickets by their calls; let that of callers know the calls."""
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tickets_sealed",
            ["call_sid"],
            unique=False,
            sqlite_where=_SEALED,
            postgresql_where=_SEALED,
        )
    _index_callers("caller_index", "started_at", "sid")


def downgrade() -> None:
    """Back to the former indexes."""
    _index_callers("caller_index", "started_at")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index("ix_tickets_sealed")


def _index_callers(*columns: str) -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_caller_index")
        batch_op.create_index("ix_calls_caller_index", list(columns), unique=False)
