"""Webhooks of another system: it adds and ends its own."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection, select

from app.api.schemas import DeliveryShown, WebhookMade, WebhookShown, WebhookWish
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.web.access import ApiViewTickets
from app.web.problems import ProblemError
from app.web.site import site_of
from app.webhooks import queries, service
from app.webhooks.addresses import AddressError, check_url
from app.webhooks.models import WebhookEndpoint

router = APIRouter(tags=["webhooks"])


@router.get("/webhooks")
def list_webhooks(request: Request, visitor: ApiViewTickets) -> list[WebhookShown]:
    """The webhooks of this token, the newest first."""
    with site_of(request).database.reading() as connection:
        rows = queries.endpoints(connection, created_by=visitor.actor)
    return [WebhookShown.model_validate(dict(row)) for row in rows]


@router.post("/webhooks", status_code=201)
def add_webhook(request: Request, visitor: ApiViewTickets, wish: WebhookWish) -> WebhookMade:
    """Add a webhook. Events of departments outside the token's scope are not sent."""
    visitor.insist(Right.tickets_view, department=wish.department)
    site = site_of(request)
    try:
        check_url(wish.url, site.settings.webhook_hosts)
    except AddressError as error:
        raise ProblemError(422, str(error)) from error
    secret = secrets.token_urlsafe(32)
    with site.database.writing() as connection:
        made = service.add_endpoint(
            connection,
            name=wish.name,
            url=wish.url,
            secret=secret,
            events=" ".join(wish.events),
            department=wish.department,
            by=visitor.actor,
            at=site.clock.now(),
        )
    return WebhookMade(id=made, secret=secret)


@router.delete("/webhooks/{webhook}", status_code=204)
def end_webhook(request: Request, visitor: ApiViewTickets, webhook: int) -> None:
    """Send nothing more to a webhook."""
    site = site_of(request)
    with site.database.writing() as connection:
        _own(connection, visitor, webhook)
        service.disable_endpoint(
            connection, webhook, "ended by its owner", visitor.actor, site.clock.now()
        )


@router.get("/webhooks/{webhook}/deliveries")
def list_deliveries(
    request: Request,
    visitor: ApiViewTickets,
    webhook: int,
    before: Annotated[int | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[DeliveryShown]:
    """What was sent to a webhook and how it went, the newest first."""
    with site_of(request).database.reading() as connection:
        _own(connection, visitor, webhook)
        rows = queries.deliveries(connection, webhook, before, limit)
    return [DeliveryShown.model_validate(dict(row)) for row in rows]


@router.post("/webhooks/{webhook}/deliveries/{delivery}/again", status_code=202)
def send_again(request: Request, visitor: ApiViewTickets, webhook: int, delivery: int) -> None:
    """Send a failed delivery once more."""
    site = site_of(request)
    with site.database.writing() as connection:
        _own(connection, visitor, webhook)
        if not service.send_again(connection, webhook, delivery, site.clock.now()):
            raise ProblemError(404, "There is no failed delivery with this id.")
    site.wake_jobs()


def _own(connection: Connection, visitor: Visitor, webhook: int) -> None:
    owner = connection.execute(
        select(WebhookEndpoint.created_by).where(WebhookEndpoint.id == webhook)
    ).scalar_one_or_none()
    if owner != visitor.actor:
        raise ProblemError(404, "This token has no such webhook.")
