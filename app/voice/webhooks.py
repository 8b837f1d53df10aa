"""The webhooks: verify, translate, delegate. Nothing here blocks the loop."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import structlog

from app.calls.conversation import Conversation
from app.clock import Clock
from app.flows.directives import Utterance
from app.flows.inputs import Recorded
from app.flows.library import FlowLibrary
from app.metrics import counters
from app.voice import request as parse
from app.voice.asgi import Answer, Endpoint
from app.voice.fallback import SafeDocuments
from app.voice.renderer import Renderer
from app.voice.signed import Respond, SignedRequests, Webhook
from app.voice.twiml import document, element, say

log = structlog.get_logger()

DEADLINE_SECONDS = 3.0
ACCEPT_KEY = "1"
WHISPER_SECONDS = 8
LONGEST_WHISPER = 300


class VoiceEdge:
    """The webhooks of one worker."""

    def __init__(
        self,
        requests: SignedRequests,
        conversation: Conversation,
        renderer: Renderer,
        safe: SafeDocuments,
        library: Callable[[], FlowLibrary],
        clock: Clock,
    ) -> None:
        self._requests = requests
        self._conversation = conversation
        self._renderer = renderer
        self._safe = safe
        self._library = library
        self._clock = clock

    def endpoints(self) -> dict[str, Endpoint]:
        """The ASGI endpoint of each path below /voice/."""
        spoken: dict[str, Callable[[Webhook], Awaitable[str]]] = {
            "/voice/incoming": self._incoming,
            "/voice/step": self._step,
            "/voice/outbound": self._outbound,
            "/voice/resume": self._resume,
            "/voice/whisper": self._whisper,
            "/voice/whisper/accept": self._whisper_accept,
            "/voice/wait": self._wait,
            "/voice/fallback": self._fallback,
            "/voice/fallback/dialed": self._fallback_dialed,
            "/voice/fallback/recorded": self._fallback_recorded,
        }
        heard: dict[str, Callable[[Webhook], Awaitable[None]]] = {
            "/voice/status": self._status,
            "/voice/recording": self._recording,
            "/voice/conference": self._conference,
            "/voice/probe": self._probe,
        }
        signed = self._requests.endpoint
        return {
            **{path: signed(self._speaking(handle)) for path, handle in spoken.items()},
            **{path: signed(self._listening(handle)) for path, handle in heard.items()},
        }

    # --- what every webhook has in common

    def _speaking(self, handle: Callable[[Webhook], Awaitable[str]]) -> Respond:
        """A webhook that answers with TwiML: always, and within the deadline."""

        async def respond(webhook: Webhook, path: str) -> Answer:
            try:
                async with asyncio.timeout(DEADLINE_SECONDS):
                    text = await handle(webhook)
            except Exception as error:
                call = webhook.form.get("CallSid", "")
                name = type(error).__name__
                counters.SAFE_ANSWERS.inc()
                log.exception("voice.answered_safely", call=call, path=path, error=name)
                text = self._safe.lost
            return Answer(200, text.encode(), b"text/xml; charset=utf-8")

        return respond

    def _listening(self, handle: Callable[[Webhook], Awaitable[None]]) -> Respond:
        """A callback whose answer is ignored. 2xx means that it will not be lost."""

        async def respond(webhook: Webhook, path: str) -> Answer:
            try:
                await handle(webhook)
            except parse.MalformedError as error:
                log.warning("voice.malformed_callback", path=path, reason=str(error))
            except Exception as error:
                log.exception("voice.callback_failed", path=path, error=type(error).__name__)
                return Answer(503)
            return Answer(204)

        return respond

    # --- webhooks that speak

    async def _incoming(self, webhook: Webhook) -> str:
        origin = parse.origin_of(webhook.form)
        return await self._conversation.begin(origin, parse.started_of(webhook.form))

    async def _outbound(self, webhook: Webhook) -> str:
        origin = parse.origin_of(webhook.form)
        given = parse.started_of(webhook.form)
        return await self._conversation.begin(origin, given, leg=webhook.query.get("leg", "-"))

    async def _step(self, webhook: Webhook) -> str:
        step = webhook.query.get("step", "")
        if not (step.isascii() and step.isdigit() and len(step) < 10):
            return self._renderer.polite_end("")
        return await self._conversation.advance(
            parse.origin_of(webhook.form),
            webhook.query.get("node", ""),
            int(step),
            parse.given_of(webhook.form),
            state=webhook.query.get("state", ""),
        )

    async def _resume(self, webhook: Webhook) -> str:
        origin = parse.origin_of(webhook.form)
        return await self._conversation.resume(origin, webhook.query.get("key", ""))

    async def _whisper(self, webhook: Webhook) -> str:
        library = self._library()
        language = library.language(webhook.query.get("language", ""))
        text = webhook.query.get("say", "")[:LONGEST_WHISPER]
        prompts = (Utterance(text, language),) if text.strip() else ()
        attributes = {
            "input": "dtmf",
            "action": f"/voice/whisper/accept?{urlencode({'language': language.tag})}",
            "method": "POST",
            "timeout": str(WHISPER_SECONDS),
            "numDigits": "1",
            "actionOnEmptyResult": "true",
        }
        spoken = "".join(say(prompt) for prompt in prompts)
        return self._renderer.guarded(document(element("Gather", attributes, spoken)), "whisper")

    async def _whisper_accept(self, webhook: Webhook) -> str:
        if webhook.form.get("Digits") != ACCEPT_KEY:
            return document("<Hangup/>")
        if await self._conversation.accepted(parse.origin_of(webhook.form)):
            return document("")
        library = self._library()
        taken = say(library.utterance("person.whisper_taken", webhook.query.get("language", "")))
        return self._renderer.guarded(document(taken + "<Hangup/>"), "whisper")

    async def _wait(self, _webhook: Webhook) -> str:
        return document(element("Pause", {"length": "10"}) + "<Redirect/>")

    async def _fallback(self, webhook: Webhook) -> str:
        log.error(
            "voice.fallback",
            call=webhook.form.get("CallSid", ""),
            code=webhook.form.get("ErrorCode", ""),
        )
        return self._safe.lost

    async def _fallback_dialed(self, webhook: Webhook) -> str:
        ended = parse.given_of(webhook.form)
        return self._safe.goodbye if getattr(ended, "bridged", False) else self._safe.not_reached

    async def _fallback_recorded(self, webhook: Webhook) -> str:
        given = parse.given_of(webhook.form)
        if isinstance(given, Recorded):
            await self._conversation.keep_message(parse.origin_of(webhook.form), given)
        return self._safe.kept

    # --- webhooks that only listen

    async def _probe(self, _webhook: Webhook) -> None:
        """For `hotline doctor`: that a signed request has come through says all there is to say."""

    async def _status(self, webhook: Webhook) -> None:
        await self._conversation.status(parse.status_of(webhook.form, webhook.query.get("leg", "")))

    async def _recording(self, webhook: Webhook) -> None:
        await self._conversation.recording(parse.recording_of(webhook.form))

    async def _conference(self, webhook: Webhook) -> None:
        await self._conversation.conference(parse.conference_of(webhook.form, self._clock.now()))
