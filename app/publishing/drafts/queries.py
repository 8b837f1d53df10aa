"""Reads of drafts: which there are, and their files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.publishing.models import FlowDraft, FlowDraftFile
from app.publishing.queries import files_of, inflated

OPEN, PROPOSED, PUBLISHED, GIVEN_UP = "open", "proposed", "published", "given_up"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands."""

    id: int
    title: str
    base: str
    state: str
    revision: int
    authors: tuple[str, ...]
    begun_at: datetime
    begun_by: str
    changed_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it may be edited."""
        return self.state == OPEN


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that a draft changes; `data` is None when it removes it."""

    data: bytes | None
    revision: int
    changed_at: datetime
    changed_by: str


def drafts(connection: Connection, limit: int = 50) -> list[Draft]:
    """The drafts that are open or wait for a second person, the last changed first."""
    going_on = FlowDraft.state.in_((OPEN, PROPOSED))
    query = select(*_DRAFT).where(going_on).order_by(FlowDraft.changed_at.desc()).limit(limit)
    return [_draft(row) for row in connection.execute(query)]


def find_draft(connection: Connection, draft_id: int) -> Draft | None:
    """One draft, whatever its state."""
    row = connection.execute(select(*_DRAFT).where(FlowDraft.id == draft_id)).one_or_none()
    return _draft(row) if row else None


def changes_of(connection: Connection, draft_id: int) -> dict[str, DraftFile]:
    """The files that a draft changes, by name."""
    rows = connection.execute(
        select(
            FlowDraftFile.name,
            FlowDraftFile.data,
            FlowDraftFile.revision,
            FlowDraftFile.changed_at,
            FlowDraftFile.changed_by,
        )
        .where(FlowDraftFile.draft_id == draft_id)
        .order_by(FlowDraftFile.name)
    )
    return {
        row.name: DraftFile(
            None if row.data is None else inflated(row.data),
            row.revision,
            row.changed_at,
            row.changed_by,
        )
        for row in rows
    }


def files_of_draft(connection: Connection, draft: Draft) -> dict[str, bytes]:
    """All files of a draft: those of its base, with its own laid over."""
    return laid_over(files_of(connection, draft.base), changes_of(connection, draft.id))


def laid_over(base: Mapping[str, bytes], changes: Mapping[str, DraftFile]) -> dict[str, bytes]:
    """A set of files with changes laid over it."""
    files = dict(base)
    for name, change in changes.items():
        if change.data is None:
            files.pop(name, None)
        else:
            files[name] = change.data
    return dict(sorted(files.items()))


_DRAFT = (
    FlowDraft.id,
    FlowDraft.title,
    FlowDraft.base,
    FlowDraft.state,
    FlowDraft.revision,
    FlowDraft.authors,
    FlowDraft.begun_at,
    FlowDraft.begun_by,
    FlowDraft.changed_at,
)


def _draft(row: Any) -> Draft:
    number, title, base, state, revision, authors, *rest = row
    return Draft(number, title, base, state, revision, tuple(json.loads(authors)), *rest)
