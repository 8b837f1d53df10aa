"""The webhooks of text messages: verify, translate, delegate.

`POST /messages/incoming` is the number's SMS URL and answers with TwiML; `POST /messages/status`
takes reports about texts we sent and answers 204. Neither ever answers with a server error unless
even the disk has failed: the provider would not ask again.
"""

import structlog

from app.clock import Clock
from app.messages import reading
from app.messages.composing import Composer
from app.messages.facts import InboundText
from app.messages.progress import TextProgress
from app.messages.receiver import TextReceiver
from app.voice.asgi import Answer, Endpoint
from app.voice.signed import Form, SignedRequests, Webhook
from app.voice.twiml import document, escaped

log = structlog.get_logger()

LARGEST_BODY = 256 * 1024  # a Chinese character takes nine bytes in a form
LONGEST_SID, LONGEST_SENDER = 64, 64


class TextEdge:
    """The webhooks of text messages of one worker."""

    def __init__(
        self, requests: SignedRequests, receiver: TextReceiver, composer: Composer, clock: Clock
    ) -> None:
        self._requests = requests
        self._receiver = receiver
        self._composer = composer
        self._clock = clock

    def endpoints(self) -> dict[str, Endpoint]:
        """The ASGI endpoint of each path below /messages/."""
        return {
            "/messages/incoming": self._requests.endpoint(self._incoming, LARGEST_BODY),
            "/messages/status": self._requests.endpoint(self._status),
        }

    async def _incoming(self, webhook: Webhook, path: str) -> Answer:
        text = self._text(webhook.form)
        if text is None:
            log.warning("text.malformed", path=path)
            return _twiml("")
        try:
            return _twiml(await self._receiver.receive(text))
        except Exception as error:
            log.critical("text.not_kept", sid=text.sid, error=type(error).__name__)
            return _twiml(self._composer.compose("not_kept", text.language))

    async def _status(self, webhook: Webhook, path: str) -> Answer:
        told, sid = webhook.query.get("text", ""), webhook.form.get("MessageSid", "")
        if not (told.isascii() and told.isdigit() and len(told) < 19) or not sid:
            log.warning("text.malformed", path=path)
            return Answer(204)
        report = TextProgress(
            int(told),
            sid[:LONGEST_SID],
            webhook.form.get("MessageStatus", ""),
            webhook.form.get("ErrorCode", "")[:16],
        )
        try:
            await self._receiver.report(report)
        except Exception as error:
            log.exception("text.report_failed", error=type(error).__name__)
            return Answer(503)
        return Answer(204)

    def _text(self, form: Form) -> InboundText | None:
        """The text of a webhook; None without what makes it one."""
        sid, sender = form.get("MessageSid", ""), form.get("From", "")
        if not 0 < len(sid) <= LONGEST_SID or not 0 < len(sender) <= LONGEST_SENDER:
            return None
        body = reading.cleaned(form.get("Body", ""))
        media = form.get("NumMedia", "")
        language = self._composer.written_in(body)
        return InboundText(
            sid,
            sender,
            body,
            self._clock.now(),
            language,
            int(media) if media.isascii() and media.isdigit() and len(media) < 4 else 0,
        )


def _twiml(body: str) -> Answer:
    message = f"<Message>{escaped(body)}</Message>" if body else ""
    return Answer(200, document(message).encode(), b"text/xml; charset=utf-8")
