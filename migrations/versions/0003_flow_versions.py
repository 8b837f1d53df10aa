"""Versions of the menus, their releases, proposals and drafts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the tables of versions and drafts."""
    op.create_table(
        "flow_contents",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_flow_contents")),
    )
    op.create_table(
        "flow_folder",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_folder")),
    )
    op.create_table(
        "flow_versions",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_flow_versions")),
    )
    op.create_table(
        "flow_drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["base"], ["flow_versions.version"], name=op.f("fk_flow_drafts_base_flow_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_drafts")),
    )
    with op.batch_alter_table("flow_drafts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_flow_drafts_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('open', 'proposed')"),
            postgresql_where=sa.text("state IN ('open', 'proposed')"),
        )

    op.create_table(
        "flow_files",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["hash"], ["flow_contents.hash"], name=op.f("fk_flow_files_hash_flow_contents")
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["flow_versions.version"], name=op.f("fk_flow_files_version_flow_versions")
        ),
        sa.PrimaryKeyConstraint("version", "name", name=op.f("pk_flow_files")),
    )
    op.create_table(
        "flow_releases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"],
            ["flow_versions.version"],
            name=op.f("fk_flow_releases_version_flow_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_releases")),
    )
    with op.batch_alter_table("flow_releases", schema=None) as batch_op:
        batch_op.create_index("ix_flow_releases_version", ["version"], unique=False)

    op.create_table(
        "flow_draft_files",
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["flow_drafts.id"], name=op.f("fk_flow_draft_files_draft_id_flow_drafts")
        ),
        sa.PrimaryKeyConstraint("draft_id", "name", name=op.f("pk_flow_draft_files")),
    )
    op.create_table(
        "flow_proposals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("decision", sa.String(length=16), server_default="", nullable=False),
        sa.Column("remark", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["flow_drafts.id"], name=op.f("fk_flow_proposals_draft_id_flow_drafts")
        ),
        sa.ForeignKeyConstraint(
            ["version"],
            ["flow_versions.version"],
            name=op.f("fk_flow_proposals_version_flow_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_proposals")),
    )
    with op.batch_alter_table("flow_proposals", schema=None) as batch_op:
        batch_op.create_index("ix_flow_proposals_draft_id", ["draft_id"], unique=False)
        batch_op.create_index(
            "ix_flow_proposals_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )


def downgrade() -> None:
    """Take them away again, with all that they hold."""
    with op.batch_alter_table("flow_proposals", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_flow_proposals_waiting",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index("ix_flow_proposals_draft_id")

    op.drop_table("flow_proposals")
    op.drop_table("flow_draft_files")
    with op.batch_alter_table("flow_releases", schema=None) as batch_op:
        batch_op.drop_index("ix_flow_releases_version")

    op.drop_table("flow_releases")
    op.drop_table("flow_files")
    with op.batch_alter_table("flow_drafts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_flow_drafts_open",
            sqlite_where=sa.text("state IN ('open', 'proposed')"),
            postgresql_where=sa.text("state IN ('open', 'proposed')"),
        )

    op.drop_table("flow_drafts")
    op.drop_table("flow_versions")
    op.drop_table("flow_folder")
    op.drop_table("flow_contents")
