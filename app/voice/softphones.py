"""The webhooks of browsers and of colleagues who are asked into a talk: translate, delegate."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar
from urllib.parse import urlencode

from sqlalchemy import Connection

from app.calls.breaker import Budget
from app.calls.conversation import Conversation
from app.calls.facts import CallOrigin
from app.calls.reading import write_within
from app.clock import Clock
from app.database import Database
from app.flows.directives import Directive, Utterance
from app.flows.library import FlowLibrary
from app.people.presence.address import is_client
from app.softphone.connecting import Connecting
from app.softphone.store import leg_of_token
from app.softphone.transfers import Transfers
from app.voice import request as parse
from app.voice.renderer import Renderer
from app.voice.signed import Webhook
from app.voice.twiml import ANSWERED_PATH, document, element, say

T = TypeVar("T")

AFTER_PATH = "/voice/softphone/after"
ACCEPT_PATH = "/voice/softphone/colleague/accept"
ACCEPT_KEY = "1"
WHISPER_SECONDS = 8
HOLD_SECONDS = 5  # of silence between two sentences


class SoftphoneEdge:
    """Answers for legs that are in no flow."""

    def __init__(
        self,
        conversation: Conversation,
        connecting: Connecting,
        transfers: Transfers,
        renderer: Renderer,
        library: Callable[[], FlowLibrary],
        database: Database,
        clock: Clock,
    ) -> None:
        self._conversation = conversation
        self._connecting = connecting
        self._transfers = transfers
        self._renderer = renderer
        self._library = library
        self._database = database
        self._clock = clock

    def spoken(self) -> Mapping[str, Callable[[Webhook], Awaitable[str]]]:
        """The webhooks that answer with TwiML, by their paths."""
        return {
            "/voice/softphone": self._browser,
            ANSWERED_PATH: self._answered,
            "/voice/softphone/room": self._room,
            AFTER_PATH: self._after,
            "/voice/softphone/colleague": self._colleague,
            ACCEPT_PATH: self._accept,
            "/voice/softphone/hold": self._hold,
        }

    async def _browser(self, webhook: Webhook) -> str:
        """A browser connects. What it sends is not to be trusted but for whose browser it is."""
        origin, token = parse.origin_of(webhook.form), webhook.form.get("Leg", "")[:64]
        at = self._clock.now()
        return self._document(
            origin,
            await self._write(lambda c: self._connecting.browser(c, origin, token, at)),
        )

    async def _answered(self, webhook: Webhook) -> str:
        """Somebody who was rung pressed the button: they have the caller, or another has."""
        if await self._conversation.accepted(parse.origin_of(webhook.form)):
            return document("")
        return self._taken(webhook.query.get("language", ""))

    async def _room(self, webhook: Webhook) -> str:
        origin, talk = parse.origin_of(webhook.form), webhook.query.get("talk", "")
        known = int(talk) if talk.isascii() and talk.isdigit() and len(talk) < 19 else 0
        return self._document(
            origin, await self._write(lambda c: self._connecting.room(c, origin, known))
        )

    async def _after(self, webhook: Webhook) -> str:
        origin = parse.origin_of(webhook.form)
        return self._document(
            origin, await self._write(lambda c: self._connecting.after(c, origin))
        )

    async def _colleague(self, webhook: Webhook) -> str:
        """A colleague answered: in a browser that is a yes, a telephone must press 1."""
        origin, token = parse.origin_of(webhook.form), webhook.query.get("leg", "")
        if is_client(origin.caller):
            return await self._bring_in(origin, token)
        asked = say(self._library().utterance("person.whisper", ""))
        attributes = {
            "input": "dtmf",
            "action": f"{ACCEPT_PATH}?{urlencode({'leg': token})}",
            "method": "POST",
            "timeout": str(WHISPER_SECONDS),
            "numDigits": "1",
            "actionOnEmptyResult": "true",
        }
        return self._renderer.guarded(document(element("Gather", attributes, asked)), "colleague")

    async def _accept(self, webhook: Webhook) -> str:
        if webhook.form.get("Digits") != ACCEPT_KEY:
            return document("<Hangup/>")
        return await self._bring_in(parse.origin_of(webhook.form), webhook.query.get("leg", ""))

    async def _bring_in(self, origin: CallOrigin, token: str) -> str:
        at = self._clock.now()

        def bring(connection: Connection) -> tuple[Directive, ...]:
            if not self._transfers.answered(connection, token, origin, at):
                return ()
            leg = leg_of_token(connection, token)
            assert leg is not None
            return self._connecting.colleague(connection, leg.id)

        directives = await self._write(bring)
        return self._document(origin, directives) if directives else self._taken("")

    async def _hold(self, webhook: Webhook) -> str:
        prompt = self._library().utterance("queue.on_hold", webhook.query.get("language", ""))
        pause = element("Pause", {"length": str(HOLD_SECONDS)})
        return self._renderer.guarded(document(f"{say(prompt)}{pause}<Redirect/>"), "hold")

    def _taken(self, language: str) -> str:
        words: Utterance = self._library().utterance("person.whisper_taken", language)
        return self._renderer.guarded(document(f"{say(words)}<Hangup/>"), "softphone")

    def _document(self, origin: CallOrigin, directives: tuple[Directive, ...]) -> str:
        return self._renderer.answer_at(directives, origin.sid, AFTER_PATH)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await write_within(self._database, work, Budget.start())
