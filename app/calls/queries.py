"""Reads of the call log for exports and pages."""

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from app.calls.log.queries import events_of
from app.calls.models import Call, CallEvent
from app.calls.transcripts.transcript import guarded

_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

EXPORTED = (
    "sid",
    "parent_sid",
    "direction",
    "caller",
    "called",
    "status",
    "started_at",
    "ended_at",
    "seconds",
    "language",
    "node",
    "step",
)


def export_calls(connection: Connection, limit: int | None = None) -> Iterator[RowMapping]:
    """Calls, newest first, each with the number of its events."""
    events = (
        select(CallEvent.call_sid, func.count().label("events"))
        .group_by(CallEvent.call_sid)
        .subquery()
    )
    columns = [getattr(Call, name) for name in EXPORTED]
    query = (
        select(*columns, func.coalesce(events.c.events, 0).label("events"))
        .outerjoin(events, events.c.call_sid == Call.sid)
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(limit)
    )
    yield from connection.execute(query).mappings()


def export_events(connection: Connection, sid: str) -> Iterator[Mapping[str, object]]:
    """The events of one call in the order they were written, without keys that may be a PIN."""
    for event in guarded(events_of(connection, sid)):
        yield {
            "at": event.at,
            "kind": event.kind,
            "key": event.key,
            "node": event.node,
            "detail": _compact(dict(event.told)) if event.told else "",
        }


_PLAIN = ("id", "sid", "direction", "status", "started_at", "ended_at", "seconds", "language")


def list_plain(
    connection: Connection, reach: ColumnElement[bool], after: str, limit: int
) -> list[RowMapping]:
    """Calls without anything personal, the newest first, from before an id (keyset paging)."""
    columns = [getattr(Call, name) for name in _PLAIN]
    query = select(*columns).where(reach).order_by(Call.id.desc()).limit(limit)
    if after.isascii() and after.isdigit() and len(after) < 19:
        query = query.where(Call.id < int(after))
    return list(connection.execute(query).mappings())


def find_plain(connection: Connection, reach: ColumnElement[bool], sid: str) -> RowMapping | None:
    """One call without anything personal."""
    query = select(*(getattr(Call, name) for name in _PLAIN)).where(reach, Call.sid == sid)
    return connection.execute(query).mappings().one_or_none()


def versions_in_use(connection: Connection, limit: int) -> list[str]:
    """The versions of the flows that calls under way began with, those of most calls first."""
    query = (
        select(Call.flow_version)
        .where(Call.ended_at.is_(None), Call.flow_version != "")
        .group_by(Call.flow_version)
        .order_by(func.count().desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
