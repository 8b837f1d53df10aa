"""Text messages that telephones send to the account's numbers, and what the service answers.

The contract describes the REST side (section 4.5) and how webhooks are delivered and signed
(sections 5 and 6). That a text arrives as a webhook with these fields, and that TwiML may answer
it by `<Message>` and `<Redirect>`, is common knowledge and goes beyond it.
"""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from app.exchange.errors import DebuggerError, RestError
from app.exchange.ledger import Texted
from app.exchange.messages import LONGEST_BODY, Message, MessageOrder
from app.exchange.numbers import VoiceSettings
from app.exchange.player import INVALID_CONTENT_TYPE, NETWORK_SECONDS, XML_TYPES
from app.exchange.twiml.grammar import MESSAGING_VERBS
from app.exchange.twiml.parser import Node, parse
from app.exchange.webhooks import Parameters, Reply

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

MOST_REDIRECTS = 10
TOO_MANY_REDIRECTS = 11215
PLACES = ("City", "State", "Zip", "Country")


class InboundMessages:
    """Takes texts from telephones to the service."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def receive(self, sender: str, to: str, body: str) -> Message:
        """A telephone sends a text. It is taken to the number's SMS URL, if it has one.

        A longer body than a message may have arrives as several messages, as telephones send them;
        the last of them is returned. A text to a number that nobody has is lost, as is one to a
        number without an SMS URL, which only stands in the list.
        """
        pieces = [body[at : at + LONGEST_BODY] for at in range(0, len(body), LONGEST_BODY)]
        for piece in pieces or [""]:
            message = self._receive_one(sender, to, piece)
        return message

    def _receive_one(self, sender: str, to: str, body: str) -> Message:
        exchange = self._exchange
        now = exchange.clock.now()
        message = Message(
            exchange.sids.new("SM"),
            to,
            sender,
            body,
            now,
            status="received",
            direction="inbound",
            date_sent=now,
        )
        number = exchange.numbers.get(to)
        arrived = number is not None
        exchange.ledger.texts.append(Texted(now, message.sid, sender, to, body, arrived))
        if number is not None:
            exchange.messages.add(message)
            if number.settings.sms_url:
                exchange.spawn(self._answer(message, number.settings))
        return message

    async def _answer(self, message: Message, settings: VoiceSettings) -> None:
        """Ask the service for TwiML and do what it says; on trouble ask the fallback URL."""
        parameters = self._parameters(message)
        try:
            await self._follow(message, settings.sms_url, settings.sms_method, parameters)
        except DebuggerError as failure:
            self._exchange.debugger.error(failure)
            fallback = settings.sms_fallback
            if not fallback.url:
                return
            told = (("ErrorCode", str(failure.code)), ("ErrorUrl", failure.url or settings.sms_url))
            try:
                await self._follow(message, fallback.url, fallback.method, (*parameters, *told))
            except DebuggerError as again:
                self._exchange.debugger.error(again)

    async def _follow(
        self, message: Message, url: str, method: str, parameters: Parameters
    ) -> None:
        for _ in range(MOST_REDIRECTS):
            reply = await self._request(url, method, parameters)
            redirect = self._perform(message, reply)
            if redirect is None:
                return
            url = urljoin(reply.url, redirect.text) if redirect.text else reply.url
            method = redirect.get("method")
        raise DebuggerError(TOO_MANY_REDIRECTS, f"More than {MOST_REDIRECTS} redirects.", url)

    async def _request(self, url: str, method: str, parameters: Parameters) -> Reply:
        exchange = self._exchange
        await exchange.clock.sleep(NETWORK_SECONDS)
        copies = 2 if exchange.faults.duplicates_action() else 1
        sent = (exchange.webhooks.send(url, method, parameters, kind="text") for _ in range(copies))
        first, *_others = await asyncio.gather(*sent)
        return first

    def _perform(self, message: Message, reply: Reply) -> Node | None:
        """Do what a document says; returns its redirect, if it has one."""
        if not reply.body.strip():
            return None
        media_type = reply.content_type.partition(";")[0].strip().lower()
        if media_type not in XML_TYPES:
            raise DebuggerError(INVALID_CONTENT_TYPE, f"The content type is {media_type!r}.")
        document = parse(reply.text, frozenset(MESSAGING_VERBS))
        for code, sentence in document.warnings:
            self._exchange.debugger.warn(code, sentence, reply.url)
        for node in document.verbs:
            if node.name == "Redirect":
                return node
            self._reply(message, node, reply.url)
        return None

    def _reply(self, message: Message, node: Node, url: str) -> None:
        bodies = [child.text for child in node.children if child.name == "Body"]
        media = tuple(child.text for child in node.children if child.name == "Media")
        callback = node.get("statusCallback")
        order = MessageOrder(
            to=node.get("to") or message.from_,
            from_=node.get("from") or message.to,
            body="".join(bodies) or node.text,
            media_urls=media,
            status_callback=urljoin(url, callback) if callback else "",
        )
        try:
            self._exchange.messages.send(order, "outbound-reply")
        except RestError as refusal:
            self._exchange.debugger.error(DebuggerError(refusal.code, refusal.message, url))

    def _parameters(self, message: Message) -> Parameters:
        places = tuple((f"{end}{place}", "") for end in ("From", "To") for place in PLACES)
        return (
            ("MessageSid", message.sid),
            ("SmsSid", message.sid),
            ("SmsMessageSid", message.sid),
            ("AccountSid", self._exchange.account_sid),
            ("From", message.from_),
            ("To", message.to),
            ("Body", message.body),
            ("NumMedia", "0"),
            ("NumSegments", str(message.segments)),
            ("SmsStatus", "received"),
            ("ApiVersion", "2010-04-01"),
            *places,
        )
