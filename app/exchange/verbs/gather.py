"""`<Gather>` (contract, section 3.3): keys and speech."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.exchange.listening import Ear
from app.exchange.pages import Outcome
from app.exchange.sounds import Key, Sound
from app.exchange.twiml.grammar import KEYS
from app.exchange.twiml.parser import Node
from app.exchange.webhooks import Parameters

if TYPE_CHECKING:
    from app.exchange.player import Player

AUTOMATIC_SILENCE_SECONDS = 1.0
AUTOMATIC_TIMEOUT_SECONDS = 5.0


@dataclass(slots=True)
class _Collected:
    """What has come in so far."""

    digits: str = ""
    finished_on: str = ""
    spoken: Sound | None = None

    @property
    def is_empty(self) -> bool:
        return not self.digits and self.spoken is None


async def gather(player: "Player", node: Node) -> Outcome:
    """Speak the nested prompts and collect input.

    Leads to `action` when there was some (or `actionOnEmptyResult`), else to the next verb.
    """
    inputs = node.words("input")
    keys = KEYS if "dtmf" in inputs else ""
    with player.leg.listen("gather", keys=keys, speech="speech" in inputs) as ear:
        first = await _prompt(player, node, ear)
        collected = await _collect(player, node, ear, first)
    if collected.is_empty and not node.flag("actionOnEmptyResult"):
        return None
    return player.action(node, _parameters(node, collected))


async def _prompt(player: "Player", node: Node, ear: Ear) -> Key | Sound | None:
    """Speak the prompts until they end or are interrupted; returns what interrupted them."""
    prompts = asyncio.ensure_future(player.perform(node.children))
    try:
        while True:
            arrival = asyncio.ensure_future(ear.next())
            try:
                await asyncio.wait({prompts, arrival}, return_when=asyncio.FIRST_COMPLETED)
                if not arrival.done():
                    prompts.result()
                    return None
                given = arrival.result()
                if isinstance(given, Key) or node.flag("bargeIn"):
                    return given
            finally:
                arrival.cancel()
    finally:
        prompts.cancel()
        player.leg.ready(ear)


async def _collect(player: "Player", node: Node, ear: Ear, given: Key | Sound | None) -> _Collected:
    collected = _Collected()
    if given is None:
        given = await ear.next_within(_timeout(node))
    while given is not None:
        if isinstance(given, Sound):
            if not collected.digits:
                return await _listen_on(player, node, ear, given)
        elif _ends(node, collected, given):
            break
        given = await ear.next_within(_timeout(node))
    return collected


def _ends(node: Node, collected: _Collected, key: Key) -> bool:
    """Take a key in; whether it completes the input."""
    if key.digit == node.get("finishOnKey"):
        collected.finished_on = key.digit
        return True
    collected.digits += key.digit
    return node.has("numDigits") and len(collected.digits) >= node.number("numDigits")


async def _listen_on(player: "Player", node: Node, ear: Ear, begin: Sound) -> _Collected:
    """Hear a speaker out: until silence lasts `speechTimeout`, or `maxSpeechTime` is over."""
    clock = player.exchange.clock
    deadline = clock.monotonic() + node.number("maxSpeechTime")
    texts, quiet_from = [begin.text], clock.monotonic() + begin.seconds
    while True:
        until = min(deadline, quiet_from + _silence(node))
        given = await ear.next_within(until - clock.monotonic())
        if given is None:
            break
        if isinstance(given, Sound):
            texts.append(given.text)
            quiet_from = clock.monotonic() + given.seconds
    _report_partial(player, node, texts[0])
    text = "".join(texts)
    heard = Sound(text, begin.seconds, begin.language, confidence=begin.confidence)
    return _Collected(spoken=heard if text else None)


def _report_partial(player: "Player", node: Node, text: str) -> None:
    if node.has("partialResultCallback") and text:
        player.exchange.callbacks.post(
            player.leg.sid,
            player.resolve(node.get("partialResultCallback")),
            (
                *player.leg.parameters(),
                ("UnstableSpeechResult", text),
                ("Language", node.get("language")),
                ("SequenceNumber", "0"),
            ),
            method=node.get("partialResultCallbackMethod"),
        )


def _timeout(node: Node) -> float:
    timeout = node.get("timeout")
    return AUTOMATIC_TIMEOUT_SECONDS if timeout == "auto" else float(timeout)


def _silence(node: Node) -> float:
    silence = node.get("speechTimeout") or node.get("timeout")
    return AUTOMATIC_SILENCE_SECONDS if silence == "auto" else float(silence)


def _parameters(node: Node, collected: _Collected) -> Parameters:
    end = ("msg", "Gather End")
    if collected.spoken is None:
        return (("Digits", collected.digits), ("FinishedOnKey", collected.finished_on), end)
    confidence = collected.spoken.confidence
    return (
        ("SpeechResult", collected.spoken.text),
        *((("Confidence", str(confidence)),) if confidence is not None else ()),
        ("Language", node.get("language")),
        end,
    )
