"""Reads of callers and households."""

from sqlalchemy import Connection, select

from app.database import blind_index
from app.tickets.households.models import Caller


def household_of(connection: Connection, phone: str) -> int | None:
    """The id of the household a telephone belongs to, when it is known."""
    if not phone.startswith("+"):
        return None
    known = select(Caller.household_id).where(Caller.phone_index == blind_index(phone))
    return connection.execute(known).scalar_one_or_none()
