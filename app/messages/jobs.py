"""The background of text messages: handing them to the provider once, and finding lost ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.calls.telephony import (
    OutcomeUnknownError,
    RefusedError,
    TextOrder,
    TextSeen,
    TryAgainLaterError,
)
from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.service import Payload, enqueue
from app.messages import incoming, queries, service
from app.messages.composing import Composer
from app.messages.facts import TextHandler
from app.messages.progress import WANTS_NONE, TextProgress, log_progress
from app.messages.service import SEND
from app.messages.status import FAILED, LOST, SENDING, UNKNOWN

log = structlog.get_logger()

SETTLE = "message.settle"
GIVE_UP_AFTER = timedelta(hours=24)  # a text that nobody would take in a day is no news any more
LONGEST_PAUSE = 600.0  # seconds between two attempts
FIRST_LOOK, SECOND_LOOK = timedelta(minutes=1), timedelta(minutes=15)
AGAIN_SECONDS = 30.0
AGAIN = "again:"  # how the key of a text begins that replaces a lost one


@dataclass(frozen=True, slots=True)
class MessageJobs:
    """The handlers of the jobs of text messages."""

    composer: Composer
    readers: Sequence[TextHandler]

    def handlers(self) -> Mapping[str, Handler]:
        """Each handler by its kind of job."""
        return {SEND: self.send, SETTLE: self.settle, incoming.READ: self.read}

    def send(self, payload: Payload, tools: Tools) -> None:
        """Hand a text to the provider, at most once (law L4)."""
        text_id: int = payload["text"]
        order = self._taken(text_id, tools)
        if order is None:
            return
        refusal = tools.gateway.forbids(order.to)
        if refusal is not None:
            with tools.database.writing() as connection:
                tools.gateway.refuse_text(connection, refusal, tools.clock.now())
            self._refused(order, RefusedError(refusal.rule), tools)
            return
        try:
            taken = tools.telephony.send_message(order)
        except TryAgainLaterError:
            self._again(text_id, payload.get("tries", 0) + 1, tools)
        except RefusedError as error:
            self._refused(order, error, tools)
        except OutcomeUnknownError as error:
            self._unknown(text_id, str(error), tools)
        else:
            self._accepted(text_id, taken, tools)

    def settle(self, payload: Payload, tools: Tools) -> None:
        """Look a text up in the provider's own list, when its reports did not tell its end."""
        text_id: int = payload["text"]
        with tools.database.reading() as connection:
            text = queries.standing(connection, text_id)
        if text is None or text.is_settled:
            return
        try:
            seen = tools.telephony.sent_messages(text.to, text.sending_at or text.at)
        except (TryAgainLaterError, OutcomeUnknownError) as error:
            raise RetryLater(AGAIN_SECONDS) from error
        mine = self._mine(text, seen, tools)
        now = tools.clock.now()
        with tools.database.writing() as connection:
            if mine is not None:
                report = TextProgress(text.id, mine.sid, mine.status, mine.error)
                log_progress(connection, report, now)
            elif payload.get("last"):
                _lose(connection, text, now)
            if not payload.get("last"):
                _look(connection, text.id, now + SECOND_LOOK, last=True)

    def read(self, payload: Payload, tools: Tools) -> None:
        """Read an inbound text that could not be read when it came."""
        late = incoming.Late(**payload)
        with tools.database.writing() as connection:
            incoming.read_late(connection, late, self.readers, self.composer.written_in)

    def _taken(self, text_id: int, tools: Tools) -> TextOrder | None:
        """The order, when this text is ours to send now and is still wanted."""
        now = tools.clock.now()
        with tools.database.writing() as connection:
            outgoing = service.begin_sending(connection, text_id, now, self.composer.signed)
            if outgoing is None:
                self._pick_up(connection, text_id, now)
                return None
            if service.has_opted_out(connection, outgoing.to):
                service.progress(connection, text_id, FAILED, now, error="wants no texts")
                return None
        return TextOrder(outgoing.to, outgoing.body, outgoing.id)

    def _pick_up(self, connection: Connection, text_id: int, now: datetime) -> None:
        """Somebody began to send it and never said how that went: nobody knows."""
        text = queries.standing(connection, text_id)
        if text is not None and text.status == SENDING:
            service.progress(connection, text_id, UNKNOWN, now, error="the worker died")
            _look(connection, text_id, now + FIRST_LOOK)

    def _again(self, text_id: int, tries: int, tools: Tools) -> None:
        now = tools.clock.now()
        with tools.database.writing() as connection:
            text = queries.standing(connection, text_id)
            if text is None:
                return
            if now - text.at > GIVE_UP_AFTER:
                log.error("text.given_up", text=text_id)
                service.progress(connection, text_id, FAILED, now, error="nobody took it")
                return
            service.not_sent(connection, text_id)
            pause = timedelta(seconds=min(LONGEST_PAUSE, 2.0**tries))
            payload = {"text": text_id, "tries": tries}
            enqueue(connection, SEND, f"{SEND}:{text_id}:{tries}", payload, now + pause)

    def _refused(self, order: TextOrder, error: RefusedError, tools: Tools) -> None:
        now = tools.clock.now()
        code = str(error.code or "refused")
        log.warning("text.refused", text=order.text, code=code)
        with tools.database.writing() as connection:
            service.progress(connection, order.text, FAILED, now, error=code)
            if code == WANTS_NONE:
                service.opt_out(connection, order.to, now, "provider")

    def _unknown(self, text_id: int, reason: str, tools: Tools) -> None:
        now = tools.clock.now()
        log.warning("text.unknown", text=text_id, reason=reason)
        with tools.database.writing() as connection:
            service.progress(connection, text_id, UNKNOWN, now, error=reason)
            _look(connection, text_id, now + FIRST_LOOK)

    def _accepted(self, text_id: int, taken: TextSeen, tools: Tools) -> None:
        now = tools.clock.now()
        report = TextProgress(text_id, taken.sid, taken.status, taken.error)
        with tools.database.writing() as connection:
            log_progress(connection, report, now)
            _look(connection, text_id, now + SECOND_LOOK, last=True)

    def _mine(
        self, text: queries.Standing, seen: Sequence[TextSeen], tools: Tools
    ) -> TextSeen | None:
        """The one of the provider's messages that is this text.

        It is known by its SID; before that, by its words, when no other text of ours has it.
        """
        known = next((one for one in seen if one.sid == text.sid), None)
        if known is not None:
            return known
        alike = [one for one in seen if one.body.strip() == text.body.strip()]
        with tools.database.reading() as connection:
            taken = queries.known_sids(connection, [one.sid for one in alike])
        return next((one for one in alike if one.sid not in taken), None)


def _lose(connection: Connection, text: queries.Standing, now: datetime) -> None:
    """The provider's own list does not have it, a quarter of an hour later: it was never taken.

    Sending it anew, once, is no blind repetition then; it is another message with its own key.
    """
    log.error("text.lost", text=text.id)
    service.progress(connection, text.id, LOST, now, error="not with the provider")
    if not text.key.startswith(AGAIN):
        service.send_text(
            connection,
            to=text.to,
            body=text.body,
            key=f"{AGAIN}{text.id}",
            at=now,
            ticket_id=text.ticket_id,
        )


def _look(connection: Connection, text_id: int, at: datetime, *, last: bool = False) -> None:
    key = f"{SETTLE}:{text_id}:{'last' if last else 'first'}"
    enqueue(connection, SETTLE, key, {"text": text_id, "last": last}, at)
