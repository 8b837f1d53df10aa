"""Keeping and removing attachments; the only writer of their table.

The bytes are put into the blob store first, outside the transaction, under a key made from them:
`store.put(upload.blob, upload.data)`. A row never names bytes that are not there.
"""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from app.tickets.attachments.files import Upload
from app.tickets.attachments.models import TicketAttachment
from app.tickets.changes import Happened, lock, lock_by_id, write_event
from app.tickets.errors import RefusedError

MOST = 20  # files of one ticket


def attach(connection: Connection, number: str, upload: Upload, actor: str, at: datetime) -> int:
    """Add a file whose bytes are in the blob store; returns the attachment's id.

    The same bytes are attached once. Raises UnknownTicketError, or RefusedError for too many.
    """
    ticket = lock(connection, number)
    of_ticket = TicketAttachment.ticket_id == ticket.id
    standing = connection.execute(
        select(TicketAttachment.id, TicketAttachment.removed_at).where(
            of_ticket, TicketAttachment.sha256 == upload.sha256
        )
    ).one_or_none()
    if standing is not None and standing.removed_at is None:
        return int(standing.id)
    present = select(func.count()).where(of_ticket, TicketAttachment.removed_at.is_(None))
    if connection.execute(present).scalar_one() >= MOST:
        raise RefusedError(
            f"每个工单最多 {MOST} 个附件。", f"A ticket takes at most {MOST} attachments."
        )
    if standing is not None:
        attachment_id = int(standing.id)
        back = update(TicketAttachment).where(TicketAttachment.id == attachment_id)
        connection.execute(back.values(removed_at=None, at=at, actor=actor))
    else:
        attachment_id = _insert(connection, ticket.id, upload, actor, at)
    detail = {"attachment": attachment_id, "type": upload.media_type}
    write_event(connection, ticket.id, Happened(at, actor, "attached", detail=detail))
    return attachment_id


def remove(
    connection: Connection, attachment_id: int, actor: str, why: str, at: datetime
) -> str | None:
    """Take a file away, with a reason; returns the key of its bytes when nobody else needs them.

    The caller deletes them from the blob store once this is committed. Returns None as well when
    it was removed before. Raises RefusedError without a reason.
    """
    if not why.strip():
        raise RefusedError("请写明删除附件的原因。", "Say why the attachment is taken away.")
    row = connection.execute(
        update(TicketAttachment)
        .where(TicketAttachment.id == attachment_id, TicketAttachment.removed_at.is_(None))
        .values(removed_at=at)
        .returning(TicketAttachment.ticket_id, TicketAttachment.blob)
    ).one_or_none()
    if row is None:
        return None
    lock_by_id(connection, row.ticket_id)
    detail = {"attachment": attachment_id}
    happened = Happened(at, actor, "detached", words=why.strip(), detail=detail)
    write_event(connection, row.ticket_id, happened)
    needed = connection.execute(
        select(TicketAttachment.id).where(
            TicketAttachment.blob == row.blob, TicketAttachment.removed_at.is_(None)
        )
    ).first()
    return None if needed else str(row.blob)


def _insert(
    connection: Connection, ticket_id: int, upload: Upload, actor: str, at: datetime
) -> int:
    values = {
        "ticket_id": ticket_id,
        "at": at,
        "actor": actor,
        "name": upload.name,
        "media_type": upload.media_type,
        "size": len(upload.data),
        "sha256": upload.sha256,
        "blob": upload.blob,
    }
    added = insert(TicketAttachment).values(values).returning(TicketAttachment.id)
    return connection.execute(added).scalar_one()
