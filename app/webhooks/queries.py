"""Reads of webhooks out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select

from app.webhooks.models import WebhookDelivery, WebhookEndpoint


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery on its way, with what is needed to send it."""

    id: int
    key: str
    event: str
    body: str
    attempts: int
    endpoint_id: int
    url: str
    secret: str
    disabled_at: datetime | None


def anybody_listens(connection: Connection) -> bool:
    """Whether there is any endpoint in force: most sites have none, and a call waits for us."""
    query = select(WebhookEndpoint.id).where(WebhookEndpoint.disabled_at.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def due(connection: Connection, delivery_id: int) -> Due | None:
    """A delivery that still waits to be sent, or None."""
    query = (
        select(
            WebhookDelivery.id,
            WebhookDelivery.key,
            WebhookDelivery.event,
            WebhookDelivery.body,
            WebhookDelivery.attempts,
            WebhookDelivery.endpoint_id,
            WebhookEndpoint.url,
            WebhookEndpoint.secret,
            WebhookEndpoint.disabled_at,
        )
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.state == "waiting")
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Due(*row)


def endpoints(connection: Connection, created_by: str = "") -> list[RowMapping]:
    """Endpoints, the newest first, without their secrets; how many wait, how many failed.

    All of them, or those that one actor made.
    """
    waiting = func.count().filter(WebhookDelivery.state == "waiting")
    failed = func.count().filter(WebhookDelivery.state == "failed")
    counted = (
        select(WebhookDelivery.endpoint_id, waiting.label("waiting"), failed.label("failed"))
        .group_by(WebhookDelivery.endpoint_id)
        .subquery()
    )
    query = (
        select(
            WebhookEndpoint.id,
            WebhookEndpoint.name,
            WebhookEndpoint.url,
            WebhookEndpoint.events,
            WebhookEndpoint.department,
            WebhookEndpoint.created_at,
            WebhookEndpoint.disabled_at,
            WebhookEndpoint.disabled_why,
            func.coalesce(counted.c.waiting, 0).label("waiting"),
            func.coalesce(counted.c.failed, 0).label("failed"),
        )
        .outerjoin(counted, counted.c.endpoint_id == WebhookEndpoint.id)
        .order_by(WebhookEndpoint.id.desc())
    )
    if created_by:
        query = query.where(WebhookEndpoint.created_by == created_by)
    return list(connection.execute(query).mappings())


def deliveries(
    connection: Connection, endpoint_id: int, before: int | None, limit: int
) -> list[RowMapping]:
    """Deliveries to an endpoint, the newest first, from before an id (keyset paging)."""
    query = select(
        WebhookDelivery.id,
        WebhookDelivery.event,
        WebhookDelivery.state,
        WebhookDelivery.attempts,
        WebhookDelivery.status,
        WebhookDelivery.error,
        WebhookDelivery.created_at,
        WebhookDelivery.settled_at,
    ).where(WebhookDelivery.endpoint_id == endpoint_id)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    query = query.order_by(WebhookDelivery.id.desc()).limit(limit)
    return list(connection.execute(query).mappings())
