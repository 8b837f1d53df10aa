"""Requests of the provider: whoever else asks is refused before anything is looked at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.types import Receive, Scope, Send

from app.metrics import counters
from app.voice.asgi import Answer, Endpoint, RefusedRequestError, read_body, reply
from app.voice.observed import Observed
from app.voice.signature import ForgedError, SignatureCheck, parsed

log = structlog.get_logger()

LARGEST_BODY = 64 * 1024
ALARM_AFTER_FORGED = 10

Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class Webhook:
    """A verified request."""

    form: Form
    query: Form


Respond = Callable[[Webhook, str], Awaitable[Answer]]


class SignedRequests:
    """Verifies requests, and counts those that somebody else has sent."""

    def __init__(self, signatures: SignatureCheck, base_url: str) -> None:
        self._signatures = signatures
        self._base_url = base_url
        self._forged_in_a_row = 0

    def endpoint(self, respond: Respond, largest: int = LARGEST_BODY) -> Endpoint:
        """An endpoint that nobody but the provider gets past. Refusals touch no database.

        `largest` is the largest body that is read, in bytes.
        """

        async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope["path"]
            with Observed(path) as observed:
                try:
                    webhook = await self._verified(scope, receive, largest)
                except RefusedRequestError as refused:
                    answer = Answer(refused.status)
                else:
                    observed.of(webhook.form, webhook.query.get("node", ""))
                    answer = await respond(webhook, path)
                observed.status = answer.status
            await reply(send, answer)

        return endpoint

    async def _verified(self, scope: Scope, receive: Receive, largest: int) -> Webhook:
        if scope["method"] != "POST":
            raise RefusedRequestError(405)
        body = await read_body(receive, largest)
        query = scope["query_string"].decode("latin-1")
        url = self._base_url + scope["raw_path"].decode("latin-1")
        headers = dict(scope["headers"])
        try:
            form = self._signatures.form(
                f"{url}?{query}" if query else url,
                body,
                headers.get(b"x-twilio-signature", b"").decode("latin-1"),
                headers.get(b"x-twilio-webhooks-signature-settings", b"").decode("latin-1"),
            )
        except ForgedError as error:
            self._count_forged(scope["path"], str(error))
            raise RefusedRequestError(403) from error
        self._forged_in_a_row = 0
        return Webhook(dict(form), _query(query))

    def _count_forged(self, path: str, reason: str) -> None:
        self._forged_in_a_row += 1
        counters.SIGNATURE_REFUSALS.labels(path).inc()
        log.warning("voice.forged", path=path, reason=reason)
        if self._forged_in_a_row % ALARM_AFTER_FORGED == 0:
            log.critical(
                "voice.signatures_fail",
                in_a_row=self._forged_in_a_row,
                remedy="check HOTLINE_PUBLIC_BASE_URL and HOTLINE_TWILIO_AUTH_TOKEN",
            )


def _query(query: str) -> Form:
    try:
        return dict(parsed(query))
    except ValueError:  # signed, but not by a URL of ours
        return {}
