"""Numbers of flows: what happened at each node, which ways calls went, how far they got."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MEASURES = (
    "visits", "callers", "seconds", "silences", "wrongs", "not_understood", "repeats", "ends",
    "hang_ups", "lost",
)  # fmt: skip


def upgrade() -> None:
    """Add the tables; calls that ended before are not counted."""
    op.create_table(
        "calls_to_count",
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("call_sid", name=op.f("pk_calls_to_count")),
    )
    with op.batch_alter_table("calls_to_count", schema=None) as batch_op:
        batch_op.create_index("ix_calls_to_count_due_at", ["due_at"], unique=False)

    op.create_table(
        "node_counts",
        *_keys(("node", 128)),
        *(sa.Column(measure, sa.Integer(), nullable=False) for measure in MEASURES),
        sa.PrimaryKeyConstraint("day", "version", "node", name=op.f("pk_node_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "way_counts",
        *_keys(("node", 128), ("target", 128), ("cause", 16)),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "version", "node", "target", "cause", name=op.f("pk_way_counts")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "journey_counts",
        *_keys(("stage", 16), ("outcome", 16)),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "version", "stage", "outcome", name=op.f("pk_journey_counts")
        ),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the tables away, and the numbers with them."""
    for table in ("journey_counts", "way_counts", "node_counts"):
        op.drop_table(table)
    with op.batch_alter_table("calls_to_count", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_to_count_due_at")

    op.drop_table("calls_to_count")


def _keys(*texts: tuple[str, int]) -> list[sa.Column[object]]:
    """The day, the version and more texts, which together are the key of a row."""
    named = [sa.Column(name, sa.String(length=length), nullable=False) for name, length in texts]
    return [
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        *named,
    ]
