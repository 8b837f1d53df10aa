"""Reads of PINs."""

from datetime import datetime

from sqlalchemy import Connection, select

from app.people.pins.models import StaffPin


def pin_hash_of(connection: Connection, staff_id: int) -> str | None:
    """The hash of somebody's PIN; None when they have set none."""
    query = select(StaffPin.pin_hash).where(StaffPin.staff_id == staff_id)
    return connection.execute(query).scalar_one_or_none()


def pin_set_at(connection: Connection, staff_id: int) -> datetime | None:
    """When somebody set their PIN; None when they have not."""
    query = select(StaffPin.set_at).where(StaffPin.staff_id == staff_id)
    return connection.execute(query).scalar_one_or_none()
