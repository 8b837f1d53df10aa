"""Jobs where somebody is in danger are done before all others that are due."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Give jobs a priority; workers of the version before go on without knowing of it."""
    op.add_column(
        "jobs", sa.Column("priority", sa.SmallInteger(), server_default="1", nullable=False)
    )
    _index("priority", "due_at", "id")


def downgrade() -> None:
    """Take it away."""
    _index("due_at", "id")
    op.drop_column("jobs", "priority")


def _index(*columns: str) -> None:
    op.drop_index("ix_jobs_waiting", "jobs")
    op.create_index(
        "ix_jobs_waiting",
        "jobs",
        list(columns),
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
