"""Beginning, editing, publishing and giving up drafts; the only writer of their tables.

Two people may edit one draft: whoever saves a file names the revision they began from, and is told
when somebody else has saved it since.
"""

import json
import zlib
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.database import insert_once
from app.flows.files import LARGEST_FILE, Files, belongs
from app.people.audit.service import record
from app.publishing import service as publishing
from app.publishing.drafts.queries import (
    GIVEN_UP,
    OPEN,
    PROPOSED,
    PUBLISHED,
    Draft,
    changes_of,
    find_draft,
)
from app.publishing.errors import PublishingError
from app.publishing.models import FlowDraft, FlowDraftFile
from app.publishing.queries import files_of, in_force
from app.publishing.service import Act, changed_names


class StaleError(PublishingError):
    """Somebody else has changed it since."""

    def __init__(self) -> None:
        super().__init__(
            "您打开之后，同事已经保存过这份文件。请对照后再保存。",
            "A colleague has saved this file since you opened it: compare, then save again.",
        )


class OutOfDateError(PublishingError):
    """Another version came into force since the draft was begun; `names` were changed in both."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        listed = ", ".join(names)
        super().__init__(
            f"草稿开始之后，这些文件在正式版本里也改了：{listed}。",
            f"Since the draft was begun these files were changed in force as well: {listed}.",
        )


def begin(connection: Connection, title: str, *, actor: str, at: datetime) -> int:
    """Begin a draft of the version in force; returns its id."""
    base = in_force(connection)
    if not base:
        raise PublishingError("还没有启用的版本。", "Nothing is in force yet.")
    row = insert(FlowDraft).values(
        title=title.strip(),
        base=base,
        state=OPEN,
        authors=json.dumps([actor]),
        begun_at=at,
        begun_by=actor,
        changed_at=at,
    )
    draft_id: int = connection.execute(row.returning(FlowDraft.id)).scalar_one()
    return draft_id


def save(
    connection: Connection,
    draft_id: int,
    name: str,
    data: bytes | None,
    *,
    revision: int,
    actor: str,
    at: datetime,
) -> None:
    """Save a file of an open draft; None removes it from the set.

    `revision` is that of the file as it was opened, 0 for one that the draft had not changed.
    Raises StaleError when it has been changed since, PublishingError for an impossible file.
    """
    if not belongs(name):
        raise PublishingError(
            f"“{name}”不是菜单文件的名字。", f"`{name}` is no name for a file of the menus."
        )
    if data is not None and len(data) > LARGEST_FILE:
        raise PublishingError(
            f"文件太大：最多 {LARGEST_FILE // 1024} kB。",
            f"The file is too large: at most {LARGEST_FILE // 1024} kB.",
        )
    draft = _changed(connection, draft_id, actor, at)
    if revision != _revision(connection, draft_id, name):
        raise StaleError
    here = FlowDraftFile.draft_id == draft_id, FlowDraftFile.name == name
    if data == files_of(connection, draft.base).get(name):
        connection.execute(delete(FlowDraftFile).where(*here))
        return
    packed = None if data is None else zlib.compress(data)
    row = {"data": packed, "revision": revision + 1, "changed_at": at, "changed_by": actor}
    if not insert_once(connection, FlowDraftFile, draft_id=draft_id, name=name, **row):
        connection.execute(update(FlowDraftFile).where(*here).values(**row))


def bring_up_to_date(
    connection: Connection, draft_id: int, *, keep: bool, actor: str, at: datetime
) -> None:
    """Lay the draft's changes over the version in force.

    Raises OutOfDateError when both changed a file, unless the draft's is to be kept.
    """
    draft = _changed(connection, draft_id, actor, at)
    now = in_force(connection)
    both = _changed_in_both(connection, draft, now)
    if both and not keep:
        raise OutOfDateError(both)
    connection.execute(update(FlowDraft).where(FlowDraft.id == draft_id).values(base=now))


def publish(
    connection: Connection, draft: Draft, files: Files, *, why: str, actor: str, at: datetime
) -> bool:
    """Publish a draft whose files were examined; returns whether they are in force now.

    Raises PublishingError when it was changed meanwhile, or is not of the version in force.
    """
    standing = _changed(connection, draft.id, actor, at)
    if standing.revision != draft.revision:
        raise StaleError
    now = in_force(connection)
    if draft.base != now:
        raise PublishingError(
            "草稿开始之后又有别的版本启用了，请先合到最新版本。",
            "Another version came into force since: bring the draft up to date first.",
        )
    act = Act(actor, at, publishing.CONSOLE, why, standing.authors, draft.id)
    is_in_force = publishing.publish(connection, files, act)
    _settle(connection, draft.id, PUBLISHED if is_in_force else PROPOSED)
    return is_in_force


def give_up(connection: Connection, draft_id: int, *, actor: str, at: datetime) -> None:
    """Give an open draft up; it stays in the database, and in no list."""
    _changed(connection, draft_id, actor, at)
    _settle(connection, draft_id, GIVEN_UP)
    record(connection, actor=actor, act="flows.draft_given_up", target=f"draft:{draft_id}",
           detail={}, at=at)  # fmt: skip


def approve(connection: Connection, proposal_id: int, *, actor: str, at: datetime) -> None:
    """Put a proposed version in force. Raises PublishingError as `publishing.service.approve`."""
    proposal = publishing.approve(connection, proposal_id, actor=actor, at=at)
    if proposal.draft_id is not None:
        _settle(connection, proposal.draft_id, PUBLISHED)


def decline(
    connection: Connection, proposal_id: int, *, actor: str, remark: str, at: datetime
) -> None:
    """Turn a proposal down; its draft may be edited again."""
    proposal = publishing.decline(connection, proposal_id, actor=actor, remark=remark, at=at)
    if proposal.draft_id is not None:
        _settle(connection, proposal.draft_id, OPEN)


def _changed(connection: Connection, draft_id: int, actor: str, at: datetime) -> Draft:
    """The draft before this change, its row locked, with one more revision and author."""
    locked = select(FlowDraft.id).where(FlowDraft.id == draft_id).with_for_update()
    connection.execute(locked)
    draft = find_draft(connection, draft_id)
    if draft is None or not draft.is_open:
        raise PublishingError(
            "这份草稿现在不能改：它在等同事批准，或者已经结束。",
            "This draft cannot be changed now: it waits for a colleague, or is over.",
        )
    connection.execute(
        update(FlowDraft)
        .where(FlowDraft.id == draft_id)
        .values(
            revision=draft.revision + 1,
            authors=json.dumps(sorted({*draft.authors, actor})),
            changed_at=at,
        )
    )
    return draft


def _changed_in_both(connection: Connection, draft: Draft, now: str) -> list[str]:
    ours = changes_of(connection, draft.id)
    theirs = changed_names(files_of(connection, draft.base), files_of(connection, now))
    return [name for name in theirs if name in ours]


def _revision(connection: Connection, draft_id: int, name: str) -> int:
    change = changes_of(connection, draft_id).get(name)
    return change.revision if change else 0


def _settle(connection: Connection, draft_id: int, state: str) -> None:
    connection.execute(update(FlowDraft).where(FlowDraft.id == draft_id).values(state=state))
