"""What codes have proved."""

from datetime import datetime

from sqlalchemy import Connection, select

from app.database import blind_index
from app.messages.codes.models import TextCode
from app.messages.codes.service import holder_index


def opened(connection: Connection, purpose: str, holder: str, at: datetime) -> str | None:
    """The subject that this browser has opened by a code and may still see, or None."""
    return connection.execute(
        select(TextCode.subject)
        .where(
            TextCode.holder == holder_index(purpose, holder),
            TextCode.purpose == purpose,
            TextCode.proved_until > at,
        )
        .order_by(TextCode.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def is_waiting(connection: Connection, purpose: str, holder: str, at: datetime) -> bool:
    """Whether this browser has asked for a code that it may still give back."""
    found = connection.execute(
        select(TextCode.id).where(
            TextCode.holder == holder_index(purpose, holder),
            TextCode.purpose == purpose,
            TextCode.expires_at > at,
            TextCode.proved_until.is_(None),
        )
    )
    return found.first() is not None


def has_proved(connection: Connection, number: str) -> bool:
    """Whether a telephone was proved by a code within the last two days."""
    return (
        connection.execute(
            select(TextCode.id).where(
                TextCode.number_index == blind_index(number), TextCode.proved_until.is_not(None)
            )
        ).first()
        is not None
    )
