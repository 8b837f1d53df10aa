"""Tables of versions and their files, of what was in force when, of proposals and drafts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime

Version = String(64)  # as `calls.flow_version`
Hash = String(64)  # SHA-256 of a file's content, hexadecimal

_WAITING = text("decided_at IS NULL")
_OPEN = text("state IN ('open', 'proposed')")


class FlowVersion(Base):
    """One accepted set of files; `version` is a hash over all of them. Never changed or deleted.

    `origin` says where it came from: `files`, `console` or `command`.
    """

    __tablename__ = "flow_versions"

    version: Mapped[str] = mapped_column(Version, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(Text)


class FlowContent(Base):
    """The content of files, compressed by zlib: what several versions share is kept once."""

    __tablename__ = "flow_contents"

    hash: Mapped[str] = mapped_column(Hash, primary_key=True)
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class FlowFile(Base):
    """One file of a version, by its name within the set."""

    __tablename__ = "flow_files"

    version: Mapped[str] = mapped_column(
        Version, ForeignKey("flow_versions.version"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    hash: Mapped[str] = mapped_column(Hash, ForeignKey("flow_contents.hash"))


class FlowRelease(Base):
    """A version was put in force. The newest row says which one is. Append-only.

    `origin` is `files`, `console`, `command` or `roll-back`.
    """

    __tablename__ = "flow_releases"
    __table_args__ = (Index("ix_flow_releases_version", "version"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    version: Mapped[str] = mapped_column(Version, ForeignKey("flow_versions.version"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    released_by: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(Text)


class FlowProposal(Base):
    """A version that waits for a second person. `authors` are those who may not decide, as JSON.

    `decision` is `approved`, `declined` or `withdrawn`, empty while it waits; `draft_id` is the
    draft it came from, if any.
    """

    __tablename__ = "flow_proposals"
    __table_args__ = (
        Index("ix_flow_proposals_waiting", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_flow_proposals_draft_id", "draft_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    version: Mapped[str] = mapped_column(Version, ForeignKey("flow_versions.version"))
    base: Mapped[str] = mapped_column(Version)
    draft_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("flow_drafts.id"))
    authors: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proposed_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    decision: Mapped[str] = mapped_column(String(16), default="", server_default="")
    remark: Mapped[str] = mapped_column(Text, default="", server_default="")


class FlowFolder(Base):
    """What the folder of files held when it was last considered: one row, `id` is 1.

    A folder that still holds it has not changed, and does not override what came after.
    """

    __tablename__ = "flow_folder"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(Version)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FlowDraft(Base):
    """A draft: its files are those of `base`, with those of `flow_draft_files` laid over.

    `state` is `open`, `proposed` (it waits for a second person and is not edited meanwhile),
    `published` or `given_up`. `authors` are all who have changed it, as a JSON list of actors.
    `revision` grows with every change.
    """

    __tablename__ = "flow_drafts"
    __table_args__ = (
        Index("ix_flow_drafts_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    base: Mapped[str] = mapped_column(Version, ForeignKey("flow_versions.version"))
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    authors: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    begun_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FlowDraftFile(Base):
    """A file that a draft changes; `data` (zlib) is NULL when the draft removes it.

    `revision` counts the changes of this file: whoever saves names the one they began from.
    """

    __tablename__ = "flow_draft_files"

    draft_id: Mapped[int] = mapped_column(BigKey, ForeignKey("flow_drafts.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by: Mapped[str] = mapped_column(String(80))
