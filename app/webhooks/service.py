"""The verbs of webhooks out; the only writer of their tables."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.jobs.service import enqueue
from app.people.audit.service import record
from app.webhooks.events import body_of, wants
from app.webhooks.models import WebhookDelivery, WebhookEndpoint

DELIVER = "webhook.deliver"  # the kind of job


def add_endpoint(
    connection: Connection,
    *,
    name: str,
    url: str,
    secret: str,
    events: str,
    department: str,
    by: str,
    at: datetime,
) -> int:
    """Add an endpoint whose URL was checked; returns its id. Audited."""
    endpoint_id: int = connection.execute(
        insert(WebhookEndpoint)
        .values(
            name=name,
            url=url,
            secret=secret,
            events=events,
            department=department,
            created_by=by,
            created_at=at,
            disabled_why="",
        )
        .returning(WebhookEndpoint.id)
    ).scalar_one()
    detail = {"events": events, "department": department}
    target = f"webhook:{endpoint_id}"
    record(connection, actor=by, act="webhook.added", target=target, detail=detail, at=at)
    return endpoint_id


def disable_endpoint(
    connection: Connection, endpoint_id: int, why: str, by: str, at: datetime
) -> bool:
    """Send nothing more there; whether it was in force. Audited."""
    disabled = connection.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.disabled_at.is_(None))
        .values(disabled_at=at, disabled_why=why[:200])
    )
    if disabled.rowcount == 0:
        return False
    target, detail = f"webhook:{endpoint_id}", {"why": why}
    record(connection, actor=by, act="webhook.disabled", target=target, detail=detail, at=at)
    return True


def disable_endpoints_of(
    connection: Connection, owner: str, why: str, by: str, at: datetime
) -> int:
    """Send nothing more to the endpoints that an actor (`api:<name>`) made; how many there were."""
    standing = select(WebhookEndpoint.id).where(
        WebhookEndpoint.created_by == owner, WebhookEndpoint.disabled_at.is_(None)
    )
    ids = connection.execute(standing).scalars().all()
    return sum(disable_endpoint(connection, one, why, by, at) for one in ids)


def announce(
    connection: Connection,
    event: str,
    key: str,
    data: Mapping[str, Any],
    at: datetime,
    department: str = "",
) -> int:
    """Tell every endpoint that wants this event, within the caller's transaction (law L5).

    `key` makes it unique (`ticket-event:7`); returns how many will be told.
    """
    query = select(WebhookEndpoint.id, WebhookEndpoint.events, WebhookEndpoint.department)
    told = 0
    for endpoint in connection.execute(query.where(WebhookEndpoint.disabled_at.is_(None))).all():
        if wants(endpoint.events, event) and endpoint.department in ("*", department):
            _plan(connection, endpoint.id, event, f"{key}:{endpoint.id}", data, at)
            told += 1
    return told


def settle(
    connection: Connection,
    delivery_id: int,
    *,
    state: str,
    status: int | None,
    error: str,
    at: datetime,
) -> None:
    """Keep how an attempt went; `waiting` means that another will follow."""
    connection.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.state == "waiting")
        .values(
            state=state,
            status=status,
            error=error[:200],
            attempts=WebhookDelivery.attempts + 1,
            settled_at=None if state == "waiting" else at,
        )
    )


def send_again(connection: Connection, endpoint_id: int, delivery_id: int, at: datetime) -> bool:
    """Put a failed delivery on its way once more; False when there is no such failed one."""
    again = connection.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.id == delivery_id,
            WebhookDelivery.endpoint_id == endpoint_id,
            WebhookDelivery.state == "failed",
        )
        .values(state="waiting", attempts=0, settled_at=None)
    )
    if again.rowcount == 0:
        return False
    key = f"{DELIVER}:{delivery_id}:{at.timestamp():.0f}"
    return enqueue(connection, DELIVER, key, {"delivery": delivery_id}, at)


def _plan(
    connection: Connection,
    endpoint_id: int,
    event: str,
    key: str,
    data: Mapping[str, Any],
    at: datetime,
) -> None:
    body = json.dumps(body_of(key, event, at.isoformat(), data), ensure_ascii=False)
    delivery_id: int = connection.execute(
        insert(WebhookDelivery)
        .values(
            key=key,
            endpoint_id=endpoint_id,
            event=event,
            body=body,
            state="waiting",
            attempts=0,
            error="",
            created_at=at,
        )
        .returning(WebhookDelivery.id)
    ).scalar_one()
    enqueue(connection, DELIVER, f"{DELIVER}:{delivery_id}", {"delivery": delivery_id}, at)
