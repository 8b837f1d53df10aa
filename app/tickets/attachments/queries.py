"""Reads of attachments, and how they are served."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import Connection, select

from app.tickets.attachments.models import TicketAttachment


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a ticket; its bytes are in the blob store under `blob`."""

    id: int
    ticket_id: int
    at: datetime
    actor: str
    name: str
    media_type: str
    size: int
    blob: str

    @property
    def headers(self) -> Mapping[str, str]:
        """How it must be served: as a download of exactly this type, never as a page of ours."""
        return {
            "Content-Type": self.media_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(self.name)}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        }


_COLUMNS = tuple(getattr(TicketAttachment, name) for name in Attachment.__slots__)


def attachments_of(connection: Connection, ticket_ids: Collection[int]) -> Sequence[Attachment]:
    """The files of tickets, oldest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(TicketAttachment.ticket_id.in_(ticket_ids), TicketAttachment.removed_at.is_(None))
        .order_by(TicketAttachment.at, TicketAttachment.id)
    )
    return [Attachment(*row) for row in rows]


def find_attachment(connection: Connection, attachment_id: int) -> Attachment | None:
    """One file by its id; None when there is none or it was taken away."""
    row = connection.execute(
        select(*_COLUMNS).where(
            TicketAttachment.id == attachment_id, TicketAttachment.removed_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else Attachment(*row)
