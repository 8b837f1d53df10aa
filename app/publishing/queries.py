"""Reads: what is in force, the files of a version, the history, what waits for a second person."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.flows.files import LARGEST_AUDIO
from app.publishing.models import (
    FlowContent,
    FlowFile,
    FlowFolder,
    FlowProposal,
    FlowRelease,
    FlowVersion,
)

PAGE = 50
SHORTEST_PREFIX = 4


class UnknownVersionError(LookupError):
    """There is no version of this name, or more than one begins with it."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version was put in force: when, by whom, from where and why."""

    id: int
    version: str
    at: datetime
    by: str
    origin: str
    why: str


@dataclass(frozen=True, slots=True)
class Made:
    """Where a version came from."""

    version: str
    at: datetime
    by: str
    origin: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version that waits, or waited, for a second person."""

    id: int
    version: str
    base: str
    draft_id: int | None
    authors: tuple[str, ...]
    origin: str
    why: str
    at: datetime
    by: str
    decision: str
    decided_by: str
    remark: str


def in_force(connection: Connection) -> str:
    """The version in force; empty before the first release."""
    newest = select(FlowRelease.version).order_by(FlowRelease.id.desc()).limit(1)
    return connection.execute(newest).scalar() or ""


def releases(connection: Connection, before: int | None = None) -> list[Release]:
    """The releases, newest first, a page at a time; `before` is the id the last page ended with."""
    query = select(*_RELEASE).order_by(FlowRelease.id.desc()).limit(PAGE)
    if before is not None:
        query = query.where(FlowRelease.id < before)
    return [Release(*row) for row in connection.execute(query)]


def releases_of(connection: Connection, version: str) -> list[Release]:
    """When a version was put in force, newest first."""
    query = select(*_RELEASE).where(FlowRelease.version == version)
    return [Release(*row) for row in connection.execute(query.order_by(FlowRelease.id.desc()))]


def made(connection: Connection, version: str) -> Made:
    """Where a version came from. Raises UnknownVersionError."""
    row = connection.execute(
        select(
            FlowVersion.version,
            FlowVersion.made_at,
            FlowVersion.made_by,
            FlowVersion.origin,
            FlowVersion.why,
        ).where(FlowVersion.version == version)
    ).one_or_none()
    if row is None:
        raise UnknownVersionError(version)
    return Made(*row)


def resolve(connection: Connection, written: str) -> str:
    """The version meant by its first digits. Raises UnknownVersionError for none or several."""
    found: Sequence[str] = ()
    if len(written) >= SHORTEST_PREFIX and written.isalnum():
        begins = FlowVersion.version.startswith(written.lower(), autoescape=True)
        found = connection.execute(select(FlowVersion.version).where(begins)).scalars().all()
    if len(found) != 1:
        raise UnknownVersionError(written)
    return found[0]


def files_of(connection: Connection, version: str) -> dict[str, bytes]:
    """The files of a version by name; empty for an unknown one."""
    rows = connection.execute(
        select(FlowFile.name, FlowContent.data)
        .join(FlowContent, FlowContent.hash == FlowFile.hash)
        .where(FlowFile.version == version)
        .order_by(FlowFile.name)
    )
    return {row.name: inflated(row.data) for row in rows}


def inflated(data: bytes) -> bytes:
    """The inverse of `zlib.compress`, never more than a file may have."""
    return zlib.decompressobj().decompress(data, LARGEST_AUDIO)


def folder_seen(connection: Connection) -> str:
    """What the folder of files held when it was last considered; empty before the first time."""
    return connection.execute(select(FlowFolder.version)).scalar() or ""


def waiting(connection: Connection) -> list[Proposal]:
    """What waits for a second person, newest first."""
    undecided = FlowProposal.decided_at.is_(None)
    rows = connection.execute(_PROPOSALS.where(undecided).order_by(FlowProposal.id.desc()))
    return [_proposal(row) for row in rows]


def proposal(connection: Connection, proposal_id: int) -> Proposal | None:
    """One proposal."""
    row = connection.execute(_PROPOSALS.where(FlowProposal.id == proposal_id)).one_or_none()
    return _proposal(row) if row else None


def proposals_of(connection: Connection, draft_id: int) -> list[Proposal]:
    """The proposals of a draft, newest first."""
    of_draft = _PROPOSALS.where(FlowProposal.draft_id == draft_id)
    return [_proposal(row) for row in connection.execute(of_draft.order_by(FlowProposal.id.desc()))]


_RELEASE = (
    FlowRelease.id,
    FlowRelease.version,
    FlowRelease.at,
    FlowRelease.released_by,
    FlowRelease.origin,
    FlowRelease.why,
)
_PROPOSALS = select(
    FlowProposal.id,
    FlowProposal.version,
    FlowProposal.base,
    FlowProposal.draft_id,
    FlowProposal.authors,
    FlowProposal.origin,
    FlowProposal.why,
    FlowProposal.proposed_at,
    FlowProposal.proposed_by,
    FlowProposal.decision,
    FlowProposal.decided_by,
    FlowProposal.remark,
)


def _proposal(row: Any) -> Proposal:
    number, version, base, draft_id, authors, *rest = row
    return Proposal(number, version, base, draft_id, tuple(json.loads(authors)), *rest)
