"""Web push: what has been raised is told to each browser that asked for it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from sqlalchemy import select

from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.service import Payload
from app.people.alerts import subscriptions
from app.people.alerts.models import Alert
from app.people.alerts.service import PUSH, in_language
from app.people.alerts.subscriptions import Subscription
from app.people.alerts.vapid import VapidKey
from app.people.staff.models import Staff
from app.tickets.models import Ticket

log = structlog.get_logger()

AGAIN_SECONDS = 30.0
TIMEOUT_SECONDS = 5.0  # below the lease of a job
LIVES_SECONDS = 3_600  # a push service keeps it so long for a browser that is off
GONE = (404, 410)  # the browser has unsubscribed (RFC 8030, section 7.3)
TRY_LATER = (429, 500, 502, 503, 504)
URGENT = ("ticket.overdue", "ticket.nobody_took_it", "incident.alarm")
INCIDENT = "incident."  # kinds that lead to the page of the emergency

# Posts a text to a browser; returns the push service's HTTP status, 0 when there was none.
Post = Callable[[Subscription, str], int]


class PushJobs:
    """Sends pushes. `subject` tells push services whom to write to: `mailto:` or `https:`."""

    def __init__(self, subject: str, post: Post | None = None) -> None:
        self._subject = subject
        self._key = VapidKey()
        self._post = post or self._post_by_web_push

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {PUSH: self.send}

    def send(self, payload: Payload, tools: Tools) -> None:
        """Tell one browser of one alert; a browser that is gone is forgotten."""
        with tools.database.reading() as connection:
            subscription = subscriptions.find(connection, payload["subscription"])
            told = _notification(connection, payload["alert"])
        if subscription is None or told is None:
            return
        status = self._post(subscription, json.dumps(told, ensure_ascii=False))
        if status in GONE:
            with tools.database.writing() as connection:
                subscriptions.forget(connection, payload["subscription"])
        elif status == 0 or status in TRY_LATER:
            raise RetryLater(AGAIN_SECONDS)
        elif status >= 400:
            log.warning("push.refused", subscription=payload["subscription"], status=status)

    def _post_by_web_push(self, subscription: Subscription, text: str) -> int:
        import requests
        from py_vapid import Vapid02
        from pywebpush import WebPushException, webpush

        try:
            with requests.Session() as session:
                session.max_redirects = 0  # nobody leads us to another host (threat T4)
                answer = webpush(
                    subscription.as_browsers_say(),
                    text,
                    vapid_private_key=Vapid02(self._key.private),  # type: ignore[no-untyped-call]
                    vapid_claims={"sub": self._subject},
                    ttl=LIVES_SECONDS,
                    timeout=TIMEOUT_SECONDS,
                    requests_session=session,
                )
        except WebPushException as error:
            return int(error.status_code or 0)
        except requests.RequestException as error:
            log.info("push.unreachable", error=type(error).__name__)
            return 0
        return int(getattr(answer, "status_code", 0))


def _notification(connection: Any, alert_id: int) -> dict[str, object] | None:
    """What the service worker shows; None when the person has taken note already."""
    row = connection.execute(
        select(Alert.kind, Alert.words, Alert.acknowledged_at, Staff.language, Ticket.number)
        .join(Staff, Staff.id == Alert.staff_id)
        .outerjoin(Ticket, Ticket.id == Alert.ticket_id)
        .where(Alert.id == alert_id, Staff.active)
    ).one_or_none()
    if row is None or row.acknowledged_at is not None:
        return None
    return {
        "title": "回响",
        "body": in_language(json.loads(row.words), row.language),
        "tag": f"ticket-{row.number}" if row.number else f"alert-{alert_id}",
        "url": _page_of(row.kind, row.number),
        "urgent": row.kind in URGENT,
    }


def _page_of(kind: str, number: str | None) -> str:
    if not number:
        return "/console"
    place = "incidents" if kind.startswith(INCIDENT) else "tickets"
    return f"/console/{place}/{number}"


def push_subject(base_url: str) -> str:
    """Whom push services may write to: our own address when it is on the public web."""
    return base_url if base_url.startswith("https:") else "mailto:hotline@localhost"
