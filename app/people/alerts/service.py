"""The verbs of alerts; the only writer of their tables."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal

import structlog
from sqlalchemy import Connection, select, update

from app.database import insert_once
from app.jobs.service import enqueue
from app.people.alerts.models import Alert, PushSubscription
from app.people.staff.models import Staff

log = structlog.get_logger()

Way = Literal["console", "sms", "push", "call"]
WAYS: tuple[Way, ...] = ("console", "sms", "push", "call")

PUSH, CALL = "alert.push", "alert.call"  # kinds of jobs
URGENT = frozenset({"incident.alarm"})  # kinds of alerts that leave before whatever else waits
DEFAULT_LANGUAGE = "zh-CN"


def raise_alert(
    connection: Connection,
    *,
    key: str,
    staff_id: int,
    kind: str,
    ticket_id: int | None,
    words: Mapping[str, str],
    at: datetime,
    ways: Collection[str] = ("console",),
) -> bool:
    """Tell a member of staff something, exactly once by `key` (at most 96 characters).

    `words` is the sentence by language (`zh-CN`, `en-US`), without anything about the caller: it
    goes by SMS. A call reads the ticket and asks for somebody to take it, so it needs one. Returns
    False when the key was used before. Raises ValueError on an unknown way.
    """
    unknown = set(ways) - set(WAYS)
    if unknown or ("call" in ways and ticket_id is None):
        raise ValueError(f"an alert cannot go by {', '.join(unknown) or 'call without a ticket'}")
    is_new = insert_once(
        connection,
        Alert,
        key=key,
        staff_id=staff_id,
        kind=kind,
        ticket_id=ticket_id,
        words=json.dumps(dict(words), ensure_ascii=False),
        ways=",".join(way for way in WAYS if way in ways),
        at=at,
    )
    if is_new:
        log.info("alert.raised", kind=kind, staff=staff_id, ticket=ticket_id)
        alert_id = connection.execute(select(Alert.id).where(Alert.key == key)).scalar_one()
        urgent = kind in URGENT
        _send(connection, alert_id, staff_id, ticket_id, words, at, ways, urgent=urgent)
    return is_new


def mark_seen(connection: Connection, staff_id: int, at: datetime) -> int:
    """All alerts of a person have been shown to them; returns how many were new."""
    shown = connection.execute(
        update(Alert).where(Alert.staff_id == staff_id, Alert.seen_at.is_(None)).values(seen_at=at)
    )
    return shown.rowcount


def acknowledge(connection: Connection, staff_id: int, alert_id: int, at: datetime) -> bool:
    """A person has taken note; False when it is not theirs, or was acknowledged before."""
    noted = connection.execute(
        update(Alert)
        .where(Alert.id == alert_id, Alert.staff_id == staff_id, Alert.acknowledged_at.is_(None))
        .values(acknowledged_at=at)
    )
    return noted.rowcount == 1


def acknowledge_all(connection: Connection, staff_id: int, at: datetime) -> int:
    """A person has taken note of everything; returns of how many."""
    noted = connection.execute(
        update(Alert)
        .where(Alert.staff_id == staff_id, Alert.acknowledged_at.is_(None))
        .values(acknowledged_at=at)
    )
    return noted.rowcount


def settle_ticket(connection: Connection, ticket_id: int, at: datetime) -> int:
    """A ticket needs nobody's attention any more: its open alerts go off the console."""
    settled = connection.execute(
        update(Alert)
        .where(Alert.ticket_id == ticket_id, Alert.acknowledged_at.is_(None))
        .values(acknowledged_at=at)
    )
    return settled.rowcount


def _send(
    connection: Connection,
    alert_id: int,
    staff_id: int,
    ticket_id: int | None,
    words: Mapping[str, str],
    at: datetime,
    ways: Collection[str],
    *,
    urgent: bool,
) -> None:
    """Whatever leaves the console is asked for in the same transaction (law L5)."""
    if "sms" in ways:
        _text(connection, alert_id, staff_id, ticket_id, words, at, urgent=urgent)
    if "push" in ways:
        of_theirs = select(PushSubscription.id).where(PushSubscription.staff_id == staff_id)
        for subscription in connection.execute(of_theirs.order_by(PushSubscription.id)).scalars():
            payload = {"alert": alert_id, "subscription": subscription}
            key = f"{PUSH}:{alert_id}:{subscription}"
            enqueue(connection, PUSH, key, payload, at, urgent=urgent)
    if "call" in ways:
        enqueue(connection, CALL, f"{CALL}:{alert_id}", {"alert": alert_id}, at, urgent=urgent)


def _text(
    connection: Connection,
    alert_id: int,
    staff_id: int,
    ticket_id: int | None,
    words: Mapping[str, str],
    at: datetime,
    *,
    urgent: bool,
) -> None:
    from app.messages.service import send_text

    query = select(Staff.phone, Staff.language).where(Staff.id == staff_id, Staff.active)
    person = connection.execute(query).one_or_none()
    if person is None or not person.phone:
        log.info("alert.no_phone", staff=staff_id)
        return
    body = in_language(words, person.language)
    send_text(
        connection,
        to=person.phone,
        body=body,
        key=f"alert:{alert_id}",
        at=at,
        ticket_id=ticket_id,
        urgent=urgent,
    )


def in_language(words: Mapping[str, str], language: str) -> str:
    """The sentence in a language, or in Chinese, or in whatever there is."""
    return words.get(language) or words.get(DEFAULT_LANGUAGE) or next(iter(words.values()), "")
