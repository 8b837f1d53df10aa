"""Text messages sent through REST (contract, section 4.5)."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING

from app.exchange.callbacks import NOBODY, Subscription
from app.exchange.errors import RestError, not_found
from app.exchange.ledger import Texted
from app.exchange.numbers import E164
from app.exchange.phones.phone import Text

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

LONGEST_BODY = 1600
DELIVERY_SECONDS = 1.0
UNREACHABLE = 30003  # common knowledge: the contract lists no codes of delivery
GSM_CHARACTERS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


@dataclass(frozen=True, slots=True)
class MessageOrder:
    """The options of POST Messages.json."""

    to: str
    from_: str = ""
    body: str = ""
    media_urls: tuple[str, ...] = ()
    messaging_service_sid: str = ""
    status_callback: str = ""


@dataclass(eq=False)
class Message:
    """One message; `status` is one of Twilio's message statuses."""

    sid: str
    to: str
    from_: str
    body: str
    date_created: datetime
    media_urls: tuple[str, ...] = ()
    messaging_service_sid: str = ""
    status: str = "queued"
    direction: str = "outbound-api"
    date_sent: datetime | None = None
    date_updated: datetime | None = None
    error_code: int | None = None
    callback: Subscription = NOBODY

    @property
    def as_text(self) -> Text:
        """The message as a telephone shows it."""
        return Text(self.sid, self.from_, self.to, self.body, self.date_created)

    @property
    def segments(self) -> int:
        """How many messages the network counts: 160 or 70 characters, 153 or 67 when joined."""
        alone, joined = (160, 153) if set(self.body) <= GSM_CHARACTERS else (70, 67)
        return 1 if len(self.body) <= alone else ceil(len(self.body) / joined)


class Messages:
    """All messages of the account. Numbers in `blocked` have told the network to send them none."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self._by_sid: dict[str, Message] = {}
        self.blocked: set[str] = set()

    def newest_first(self) -> list[Message]:
        """All messages that have not been deleted."""
        return list(reversed(self._by_sid.values()))

    def get(self, sid: str) -> Message:
        """One message.

        Raises:
            RestError: 404, there is none.
        """
        if sid not in self._by_sid:
            raise not_found(f"/Messages/{sid}")
        return self._by_sid[sid]

    def delete(self, sid: str) -> None:
        """Remove a message.

        Raises:
            RestError: 404, there is none.
        """
        self.get(sid)
        del self._by_sid[sid]

    def add(self, message: Message) -> None:
        """Put a message into the account's list."""
        self._by_sid[message.sid] = message

    def of(self, number: str) -> list[Message]:
        """What a telephone has sent and received, oldest first."""
        arrived = ("delivered", "received")
        return [
            message
            for message in self._by_sid.values()
            if number in (message.to, message.from_) and message.status in arrived
        ]

    def send(self, order: MessageOrder, direction: str = "outbound-api") -> Message:
        """Send a message; its status goes on to `delivered` or `undelivered`, each step reported.

        Raises:
            RestError: 400, a number or the body is not acceptable.
        """
        self._check(order)
        message = Message(
            self._exchange.sids.new("MM" if order.media_urls else "SM"),
            order.to,
            order.from_,
            order.body,
            self._exchange.clock.now(),
            order.media_urls,
            order.messaging_service_sid,
            direction=direction,
            callback=Subscription(order.status_callback),
        )
        self.add(message)
        self._exchange.spawn(self._deliver(message))
        return message

    def update(self, sid: str, *, body: str | None = None, status: str = "") -> Message:
        """Redact (an empty `body`) or cancel a message.

        Raises:
            RestError: 404, there is none; 400, that cannot be done (any more).
        """
        message = self.get(sid)
        if body:
            raise RestError(400, 20001, "Body can only be set to the empty text.")
        if status and (status != "canceled" or message.status != "queued"):
            raise RestError(400, 30409, "Only a message that is still queued can be canceled.")
        if body == "":
            message.body = ""
        message.status = status or message.status
        message.date_updated = self._exchange.clock.now()
        return message

    def _check(self, order: MessageOrder) -> None:
        if not E164.fullmatch(order.to):
            raise RestError(400, 21211, f"The 'To' number {order.to} is not a valid phone number.")
        if order.to in self.blocked:
            raise RestError(400, 21610, f"The number {order.to} wants no messages.")
        if not order.messaging_service_sid and order.from_ not in self._exchange.numbers:
            raise RestError(400, 21606, f"The 'From' number {order.from_} cannot send messages.")
        if not order.body and not order.media_urls:
            raise RestError(400, 21602, "Message body is required.")
        if len(order.body) > LONGEST_BODY:
            raise RestError(400, 21617, f"The body is longer than {LONGEST_BODY} characters.")

    async def _deliver(self, message: Message) -> None:
        for status in ("sending", "sent", "delivered"):
            await self._exchange.clock.sleep(DELIVERY_SECONDS)
            if message.status == "canceled":
                return
            message.status = status
            message.date_updated = self._exchange.clock.now()
            if status == "sent":
                message.date_sent = message.date_updated
            if status == "delivered" and not self._reach(message):
                message.status, message.error_code = "undelivered", UNREACHABLE
            self._report(message)

    def _reach(self, message: Message) -> bool:
        """Show the message on its telephone; False when that is off."""
        arrived = self._exchange.phone_at(message.to).text(message.as_text)
        self._exchange.ledger.texts.append(
            Texted(
                self._exchange.clock.now(),
                message.sid,
                message.from_,
                message.to,
                message.body,
                arrived,
            )
        )
        return arrived

    def _report(self, message: Message) -> None:
        if not message.callback.url:
            return
        error = (("ErrorCode", str(message.error_code)),) if message.error_code else ()
        self._exchange.callbacks.post(
            message.sid,
            message.callback.url,
            (
                ("MessageSid", message.sid),
                ("MessageStatus", message.status),
                ("To", message.to),
                ("From", message.from_),
                ("AccountSid", self._exchange.account_sid),
                ("ApiVersion", "2010-04-01"),
                *error,
            ),
            kind="text-callback",
        )
