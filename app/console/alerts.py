"""Alerts: what somebody is told, and the browsers on which they want to be told it."""

from typing import Annotated

from fastapi import APIRouter, Body, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.mediation.cases.alerting import cases_of_alerts
from app.people.alerts import queries, service, subscriptions
from app.people.alerts.subscriptions import NotAPushServiceError, Subscription
from app.people.alerts.vapid import VapidKey
from app.web.access import UseAccount, UsePassively
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/alerts")

HERE = "/console/alerts"
PAGE = 50


@router.get("")
def page(
    request: Request, visitor: UseAccount, everything: bool = False, before: int | None = None
) -> Response:
    """Alerts, the newest first; shown means seen."""
    site = site_of(request)
    with site.database.writing() as connection:
        alerts = queries.alerts_of(
            connection,
            visitor.id,
            language_of(request, visitor),
            open_only=not everything,
            before=before,
            limit=PAGE + 1,
        )
        cases = cases_of_alerts(connection, [one.key for one in alerts])
        service.mark_seen(connection, visitor.id, site.clock.now())
    return render(
        request,
        "alerts/page.html",
        visitor=visitor,
        alerts=alerts[:PAGE],
        cases=cases,
        next=alerts[PAGE - 1].id if len(alerts) > PAGE else None,
        everything=everything,
        push_key=VapidKey().public,
    )


@router.get("/count")
def count(request: Request, visitor: UsePassively) -> Response:
    """How many alerts are open, for the bell; nothing when none is."""
    with site_of(request).database.reading() as connection:
        number = queries.count_open(connection, visitor.id)
    return HTMLResponse(str(min(number, 99)) if number else "")


@router.post("/{alert}/acknowledge")
def acknowledge(request: Request, visitor: UseAccount, alert: int) -> Response:
    """Take note of one."""
    site = site_of(request)
    with site.database.writing() as connection:
        service.acknowledge(connection, visitor.id, alert, site.clock.now())
    return RedirectResponse(HERE, 303)


@router.post("/acknowledge")
def acknowledge_all(request: Request, visitor: UseAccount) -> Response:
    """Take note of everything."""
    site = site_of(request)
    with site.database.writing() as connection:
        service.acknowledge_all(connection, visitor.id, site.clock.now())
    return RedirectResponse(HERE, 303)


@router.post("/push")
def subscribe(
    request: Request,
    visitor: UseAccount,
    endpoint: Annotated[str, Body()],
    p256dh: Annotated[str, Body()],
    auth: Annotated[str, Body()],
) -> Response:
    """Tell this browser by push from now on."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            subscriptions.subscribe(
                connection, visitor.id, Subscription(endpoint, p256dh, auth), site.clock.now()
            )
    except NotAPushServiceError as error:
        raise ProblemError(422, str(error)) from error
    return JSONResponse({"subscribed": True})


@router.post("/push/end")
def unsubscribe(
    request: Request, visitor: UseAccount, endpoint: Annotated[str, Body(embed=True)]
) -> Response:
    """Tell this browser no more."""
    with site_of(request).database.writing() as connection:
        subscriptions.unsubscribe(connection, visitor.id, endpoint)
    return JSONResponse({"subscribed": False})
