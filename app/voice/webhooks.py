"""The webhooks: verify, translate, delegate. Nothing here blocks the loop."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

import structlog

from app.calls.conversation import Conversation
from app.calls.journal import OverloadedError
from app.clock import Clock
from app.flows.alarm import EMERGENCY_KEY
from app.flows.directives import Utterance
from app.flows.engine import REPEAT_KEY
from app.flows.inputs import Input, Pressed, Recorded, Silent
from app.flows.library import FlowLibrary
from app.metrics import counters
from app.voice import request as parse
from app.voice.admission import Admission
from app.voice.asgi import Answer, Endpoint
from app.voice.deadline import Deadline
from app.voice.fallback import SafeDocuments
from app.voice.renderer import Renderer
from app.voice.signed import Respond, SignedRequests, Webhook
from app.voice.twiml import document, element, say
from app.voice.urgency import Urgency, urgency_of

log = structlog.get_logger()

DEADLINE_SECONDS = 3.0
CALLBACKS_AT_ONCE = 16
CALLBACK_PATIENCE = 8.0  # seconds; nobody listens to their answer
ACCEPT_KEY = "1"
WHISPER_SECONDS = 8
LONGEST_WHISPER = 300
CANARY_SECONDS = 4


class VoiceEdge:
    """The webhooks of one worker."""

    def __init__(
        self,
        requests: SignedRequests,
        conversation: Conversation,
        emergencies: Conversation,
        renderer: Renderer,
        safe: SafeDocuments,
        library: Callable[[], FlowLibrary],
        clock: Clock,
        canary_number: str = "",
    ) -> None:
        self._others: dict[str, Callable[[Webhook], Awaitable[str]]] = {}
        self._canary_number = canary_number
        self._requests = requests
        self._conversation = conversation
        self._emergencies = emergencies
        self._renderer = renderer
        self._safe = safe
        self._library = library
        self._clock = clock
        self._callers = Admission()
        self._callbacks = Admission(CALLBACKS_AT_ONCE, CALLBACK_PATIENCE)

    def answer_too(self, spoken: Mapping[str, Callable[[Webhook], Awaitable[str]]]) -> None:
        """Add the webhooks of calls that are in no flow, by their paths."""
        self._others |= spoken

    def endpoints(self) -> dict[str, Endpoint]:
        """The ASGI endpoint of each path below /voice/."""
        spoken: dict[str, Callable[[Webhook], Awaitable[str]]] = {
            "/voice/incoming": self._incoming,
            "/voice/step": self._step,
            "/voice/outbound": self._outbound,
            "/voice/canary": self._canary,
            "/voice/resume": self._resume,
            "/voice/whisper": self._whisper,
            "/voice/whisper/accept": self._whisper_accept,
            "/voice/wait": self._wait,
            "/voice/fallback": self._fallback,
            "/voice/fallback/dialed": self._fallback_dialed,
            "/voice/fallback/recorded": self._fallback_recorded,
            **self._others,
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
                with Deadline(DEADLINE_SECONDS):
                    text = await self._in_turn(webhook, path, handle)
            except OverloadedError:
                text = self._busy(webhook, path)
            except Exception as error:
                text = self._answer_to_trouble(webhook, path, error)
            return Answer(200, text.encode(), b"text/xml; charset=utf-8")

        return respond

    async def _in_turn(
        self, webhook: Webhook, path: str, handle: Callable[[Webhook], Awaitable[str]]
    ) -> str:
        """What is answered: to whoever can wait in their turn, or that there is none yet."""
        if self._urgency(path, webhook) is not Urgency.ordinary:
            return await handle(webhook)
        if not await self._callers.enter():
            return self._busy(webhook, path)
        try:
            return await handle(webhook)
        finally:
            self._callers.leave()

    def _busy(self, webhook: Webhook, path: str) -> str:
        """More callers than can be served: this one is asked to wait, and then asks again."""
        counters.CALLERS_TOLD_TO_WAIT.inc()
        return self._safe.busy(f"{path}?{urlencode({**webhook.query, 'busy': '1'})}")

    def _urgency(self, path: str, webhook: Webhook) -> Urgency:
        return urgency_of(path, webhook.form, webhook.query, self._library)

    def _lane(self, path: str, webhook: Webhook) -> Conversation:
        """The conversation that takes a turn: emergencies have one of their own."""
        is_urgent = self._urgency(path, webhook) is Urgency.emergency
        return self._emergencies if is_urgent else self._conversation

    def _answer_to_trouble(self, webhook: Webhook, path: str, error: Exception) -> str:
        """Too late because too many call: wait. Anything else: the safe document.

        That one rings the duty telephones, which are not for everybody whom a flood keeps waiting.
        """
        can_wait = self._urgency(path, webhook) is Urgency.ordinary
        if isinstance(error, TimeoutError) and can_wait and self._callers.are_all_taken:
            return self._busy(webhook, path)
        call, name = webhook.form.get("CallSid", ""), type(error).__name__
        counters.SAFE_ANSWERS.inc()
        log.exception("voice.answered_safely", call=call, path=path, error=name)
        return self._safe.lost

    def _listening(self, handle: Callable[[Webhook], Awaitable[None]]) -> Respond:
        """A callback whose answer is ignored. 2xx means that it will not be lost."""

        async def respond(webhook: Webhook, path: str) -> Answer:
            if not await self._callbacks.enter():
                return Answer(503)
            try:
                await handle(webhook)
            except parse.MalformedError as error:
                log.warning("voice.malformed_callback", path=path, reason=str(error))
            except Exception as error:
                log.exception("voice.callback_failed", path=path, error=type(error).__name__)
                return Answer(503)
            finally:
                self._callbacks.leave()
            return Answer(204)

        return respond

    # --- webhooks that speak

    async def _incoming(self, webhook: Webhook) -> str:
        origin = parse.origin_of(webhook.form).known_to(self._canary_number)
        given = parse.started_of(webhook.form)
        if webhook.form.get("Digits") == EMERGENCY_KEY:  # pressed while they were told to wait
            return await self._emergencies.begin(origin, given, entry="emergency")
        return await self._conversation.begin(origin, given)

    async def _outbound(self, webhook: Webhook) -> str:
        origin = parse.origin_of(webhook.form)
        given = parse.started_of(webhook.form)
        return await self._emergencies.begin(origin, given, leg=webhook.query.get("leg", "-"))

    async def _canary(self, webhook: Webhook) -> str:
        """The far end of the canary's call: silent, so that the menus hear nobody, and over."""
        await self._conversation.bind(parse.origin_of(webhook.form), webhook.query.get("leg", ""))
        pause = element("Pause", {"length": str(CANARY_SECONDS)})
        return document(pause + element("Hangup", {}))

    async def _step(self, webhook: Webhook) -> str:
        step = webhook.query.get("step", "")
        if not (step.isascii() and step.isdigit() and len(step) < 10):
            return self._renderer.polite_end("")
        return await self._lane("/voice/step", webhook).advance(
            parse.origin_of(webhook.form),
            webhook.query.get("node", ""),
            int(step),
            _given(webhook),
            state=webhook.query.get("state", ""),
        )

    async def _resume(self, webhook: Webhook) -> str:
        origin = parse.origin_of(webhook.form)
        lane = self._lane("/voice/resume", webhook)
        return await lane.resume(origin, webhook.query.get("key", ""))

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
        if await self._emergencies.accepted(parse.origin_of(webhook.form)):
            return document("")
        library = self._library()
        taken = say(library.utterance("person.whisper_taken", webhook.query.get("language", "")))
        return self._renderer.guarded(document(taken + "<Hangup/>"), "whisper")

    async def _wait(self, webhook: Webhook) -> str:
        text = webhook.query.get("say", "")[:LONGEST_WHISPER]
        language = self._library().language(webhook.query.get("language", ""))
        spoken = say(Utterance(text, language)) if text.strip() else ""
        pause = element("Pause", {"length": "5" if spoken else "10"})
        return self._renderer.guarded(document(f"{spoken}{pause}<Redirect/>"), "wait")

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
        event = parse.status_of(webhook.form, webhook.query.get("leg", ""))
        origin = event.origin.known_to(self._canary_number)
        await self._conversation.status(replace(event, origin=origin))

    async def _recording(self, webhook: Webhook) -> None:
        call = webhook.query.get("call", "")
        await self._conversation.recording(parse.recording_of(webhook.form, call))

    async def _conference(self, webhook: Webhook) -> None:
        await self._conversation.conference(parse.conference_of(webhook.form, self._clock.now()))


def _given(webhook: Webhook) -> Input:
    """What the caller did. Who was only told to wait has not been silent at a question."""
    given = parse.given_of(webhook.form)
    waited = "busy" in webhook.query and isinstance(given, Silent)
    return Pressed(REPEAT_KEY) if waited else given
