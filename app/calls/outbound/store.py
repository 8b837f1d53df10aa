"""Rows of calls we place, as values: read under a lock, changed one at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, update

from app.calls.outbound.models import OutboundCall, OutboundState


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A call we place, as it stands."""

    id: int
    token: str
    purpose: str
    subject: str
    actor: str
    number: str
    citizen_index: str
    state: OutboundState
    due_at: datetime
    placed_at: datetime | None
    call_sid: str | None
    settled_at: datetime | None


_COLUMNS: tuple[Any, ...] = tuple(getattr(OutboundCall, name) for name in Outgoing.__slots__)


def load(connection: Connection, call_id: int) -> Outgoing | None:
    """A call by its id, locked until the end of the transaction."""
    return _locked(connection, OutboundCall.id == call_id)


def of_token(connection: Connection, token: str) -> Outgoing | None:
    """A call by its one-time token, locked."""
    return _locked(connection, OutboundCall.token == token) if token else None


def of_call(connection: Connection, call_sid: str) -> Outgoing | None:
    """A call by the network's id of it, locked."""
    return _locked(connection, OutboundCall.call_sid == call_sid)


def update_call(connection: Connection, call: Outgoing, **columns: Any) -> None:
    """Change columns of a call."""
    connection.execute(update(OutboundCall).where(OutboundCall.id == call.id).values(**columns))


def _locked(connection: Connection, where: ColumnElement[bool]) -> Outgoing | None:
    query: Select[Any] = select(*_COLUMNS).where(where).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else Outgoing(*row)
