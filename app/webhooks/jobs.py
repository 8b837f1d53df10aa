"""Sending: one attempt a job; what is not taken is sent again, ever later, for a day."""

from collections.abc import Collection, Mapping

import structlog

from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.service import Payload
from app.webhooks import queries, service
from app.webhooks.addresses import AddressError, Resolve, look_up, resolve
from app.webhooks.queries import Due
from app.webhooks.service import DELIVER
from app.webhooks.signing import HEADER, signature

log = structlog.get_logger()

PAUSES = (10, 60, 300, 1_800, 7_200, 21_600, 43_200)  # seconds before the next attempt
SECONDS = 5.0  # shorter than a job's lease
DISABLED = "the endpoint is disabled"
GONE = 410  # the receiver says: never again


class WebhookJobs:
    """The handlers of webhooks out."""

    def __init__(self, allowed_hosts: Collection[str], resolve_host: Resolve = resolve) -> None:
        """`allowed_hosts` may be reached although they are not public."""
        self._allowed = frozenset(allowed_hosts)
        self._resolve = resolve_host

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by kind of job."""
        return {DELIVER: self.deliver}

    def deliver(self, payload: Payload, tools: Tools) -> None:
        """Post one delivery; whatever is not a 2xx is tried again."""
        with tools.database.reading() as connection:
            due = queries.due(connection, int(payload["delivery"]))
        if due is None:
            return
        status, error = (None, DISABLED) if due.disabled_at else self._post(due, tools)
        taken = status is not None and 200 <= status < 300
        last = due.disabled_at is not None or status == GONE or due.attempts >= len(PAUSES)
        state = "delivered" if taken else "failed" if last else "waiting"
        now = tools.clock.now()
        with tools.database.writing() as connection:
            service.settle(connection, due.id, state=state, status=status, error=error, at=now)
            if status == GONE:
                service.disable_endpoint(connection, due.endpoint_id, "410 Gone", "system", now)
        if state == "failed":
            log.error("webhook.failed", delivery=due.id, endpoint=due.endpoint_id, status=status)
        if state == "waiting":
            raise RetryLater(PAUSES[due.attempts])

    def _post(self, due: Due, tools: Tools) -> tuple[int | None, str]:
        """One attempt: the status, or why there is none."""
        import httpx2

        body = due.body.encode()
        try:
            target = look_up(due.url, self._allowed, self._resolve)
            headers = {
                "Host": target.url.netloc,
                "Content-Type": "application/json",
                "User-Agent": "Huixiang/1",
                "Hotline-Event": due.event,
                "Hotline-Delivery": due.key,
                HEADER: signature(due.secret, int(tools.clock.now().timestamp()), body),
            }
            sni = {"sni_hostname": target.url.hostname or ""}
            with (
                httpx2.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
                # Streamed: what the receiver answers is not read, however long it is.
                client.stream(
                    "POST", target.connect_url, content=body, headers=headers, extensions=sni
                ) as answer,
            ):
                return answer.status_code, ""
        except (AddressError, OSError, httpx2.HTTPError) as error:
            text = str(error) if isinstance(error, AddressError) else type(error).__name__
            return None, text
