"""Telephones at the other end of a WebSocket: in a browser, or in a terminal.

Messages are JSON. From the phone: `{"do": "dial", "to": …}`, from a client (`client:NAME`) with
`parameters` for the account's first application instead; `answer`, `reject`, `press` with
`keys`, `say` with `words` and `language`, `talk` with `seconds` or a base64 WAV file as `audio`,
`hang_up`; `text` with `to` and `body` sends a text message. To the phone: `{"event": …}` with the
fields of the notice it stands for; `text` for each text message, also for those of before.
"""

import asyncio
import base64
import binascii
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from app.exchange.audio import wav_seconds
from app.exchange.legs import Leg
from app.exchange.phones.phone import Ended, Notice, Ringing, Text

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

Message = dict[str, Any]

LONGEST_TALK_SECONDS = 300.0
SECONDS_BETWEEN_KEYS = 0.1
LONGEST_TEXT = 10_000
EARLIER_TEXTS = 20


class SocketPhone:
    """A telephone with one line, operated by messages."""

    greeting = ""

    def __init__(self, exchange: "Exchange", number: str) -> None:
        self._exchange = exchange
        self._leg: Leg | None = None
        self.number = number
        self.hurried = False
        self.outbox: asyncio.Queue[Message] = asyncio.Queue()

    def notice(self, leg: Leg, event: Notice) -> None:
        """Tell the far end; a second call meets an engaged line."""
        if isinstance(event, Ringing):
            if self._leg is not None and not self._leg.is_final:
                leg.reject("busy")
                return
            self._leg = leg
        if leg is not self._leg:
            return
        self.outbox.put_nowait({"event": type(event).__name__.lower(), **asdict(event)})
        if isinstance(event, Ended):
            self._leg = None

    async def do(self, message: Message) -> None:
        """Carry out what the far end asks. Raises ValueError, with a sentence, when it cannot."""
        what = message.get("do")
        if what == "dial":
            self._dial(message)
            return
        if what == "text":
            self._text(message)
            return
        leg = self._leg
        if leg is None:
            raise ValueError("There is no call: dial first.")
        match what:
            case "answer":
                leg.answer()
            case "reject":
                leg.reject()
            case "press":
                await self._press(leg, str(message.get("keys", "")))
            case "say":
                language = str(message.get("language", ""))
                self._exchange.spawn(leg.speak(str(message.get("words", "")), language=language))
            case "talk":
                self._talk(leg, message)
            case "hang_up":
                leg.hang_up()
            case _:
                raise ValueError(f"A telephone cannot {what}.")

    def hang_up(self) -> None:
        """Put the phone down, if it is in a call: the far end has gone."""
        if self._leg is not None:
            self._leg.hang_up()

    def _dial(self, message: Message) -> None:
        if self._leg is not None and not self._leg.is_final:
            raise ValueError("The line is engaged: hang up first.")
        self.hurried = bool(message.get("hurried"))
        application, given = "", message.get("parameters")
        if self.number.startswith("client:"):  # dials no numbers, but asks its application
            application = next(iter(self._exchange.applications), "")
        parameters = given.items() if isinstance(given, dict) else ()
        self._leg = self._exchange.dial(
            self,
            str(message.get("to", "")),
            application_sid=application,
            parameters=tuple((str(name), str(value)) for name, value in parameters),
        )

    def _text(self, message: Message) -> None:
        body = str(message.get("body", ""))[:LONGEST_TEXT]
        to = str(message.get("to", ""))
        if to not in self._exchange.numbers:
            raise ValueError(f"No text can be sent to {to or 'nobody'}: it is not the hotline.")
        self._show(self._exchange.text(self, to, body).as_text)

    def text(self, text: Text) -> bool:
        """Show a text message that has arrived."""
        self._show(text)
        return True

    def show_earlier_texts(self) -> None:
        """Show what this number sent and received before the telephone was connected."""
        for message in self._exchange.messages.of(self.number)[-EARLIER_TEXTS:]:
            self._show(message.as_text)

    def _show(self, text: Text) -> None:
        shown = {"event": "text", **asdict(text), "at": text.at.isoformat()}
        self.outbox.put_nowait(shown)

    async def _press(self, leg: Leg, keys: str) -> None:
        for number, key in enumerate(keys):
            if number:
                await self._exchange.clock.sleep(SECONDS_BETWEEN_KEYS)
            leg.press(key)

    def _talk(self, leg: Leg, message: Message) -> None:
        try:
            audio = base64.b64decode(message.get("audio", ""), validate=True)
            seconds = wav_seconds(audio) if audio else float(message.get("seconds", 5))
        except (binascii.Error, TypeError, ValueError) as error:
            raise ValueError("The sound must be a WAV file in base64.") from error
        seconds = min(seconds, LONGEST_TALK_SECONDS)
        words = str(message.get("words", ""))
        self._exchange.spawn(leg.speak(words, seconds=seconds, audio=audio))


async def serve_phone(exchange: "Exchange", socket: WebSocket) -> None:
    """Connect a telephone for as long as its WebSocket lives."""
    await socket.accept()
    phone = SocketPhone(exchange, socket.path_params["number"])
    exchange.attach(phone)
    phone.show_earlier_texts()
    sender = asyncio.create_task(_send(phone, socket))
    try:
        while True:
            try:
                await phone.do(await socket.receive_json())
            except ValueError as error:
                phone.outbox.put_nowait({"event": "refused", "reason": str(error)})
    except WebSocketDisconnect:
        pass
    finally:
        sender.cancel()
        phone.hang_up()
        exchange.detach(phone)
        await asyncio.gather(sender, return_exceptions=True)


async def _send(phone: SocketPhone, socket: WebSocket) -> None:
    while True:
        await socket.send_json(await phone.outbox.get())
