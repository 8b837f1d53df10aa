"""The one verb of the audit: record an act. Entries are never changed or deleted."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, text

from app.database import fingerprint
from app.people.audit.models import AuditEntry

GENESIS = "0" * 64  # what the first entry follows
_LOCK = 0x68756978  # any number that nobody else locks


def record(
    connection: Connection,
    *,
    actor: str,
    act: str,
    target: str,
    detail: Mapping[str, object],
    at: datetime,
) -> None:
    """Append an entry within the caller's transaction.

    Writers wait for each other from here to their commit, so record last. `actor` is `system`,
    `staff:<id>`, `api:<name>` or `cli:<user>`; `act` a name such as `recording.listened`; `target`
    such as `ticket:20261124-0017-3`; `detail` ids, states and counts, never personal data.
    """
    _wait_for_the_last(connection)
    newest = connection.execute(
        select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    ).one_or_none()
    number, previous = (newest.id + 1, newest.hash) if newest else (1, GENESIS)
    content = json.dumps(detail, sort_keys=True, separators=(",", ":"))
    connection.execute(
        insert(AuditEntry).values(
            id=number,
            at=at,
            actor=actor,
            act=act,
            target=target,
            detail=content,
            previous=previous,
            hash=chained(previous, number, at, actor, act, target, content),
        )
    )


def chained(
    previous: str, number: int, at: datetime, actor: str, act: str, target: str, detail: str
) -> str:
    """The hash of an entry: keyed, so that the chain cannot be written anew from the database."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return fingerprint(json.dumps(["audit", previous, number, moment, actor, act, target, detail]))


def _wait_for_the_last(connection: Connection) -> None:
    """Let the writer before us commit. On SQLite every transaction that writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
