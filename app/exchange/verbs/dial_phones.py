"""`<Dial>` of telephones: Number, Client, Sip (contract, sections 3.5 and 3.6)."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.exchange.callbacks import Subscription
from app.exchange.clock import first_of
from app.exchange.errors import DebuggerError
from app.exchange.legs import Endpoints, Leg
from app.exchange.numbers import E164, is_dialable
from app.exchange.pages import Ending, Page
from app.exchange.phones.phone import Tone
from app.exchange.ringing import MachineDetection, ring_until_answered
from app.exchange.rooms import Bridge
from app.exchange.twiml.parser import Node
from app.exchange.verbs.dial_limits import until_limit, until_star
from app.exchange.verbs.dial_recording import DialRecording
from app.exchange.verbs.dialled import Dialled

if TYPE_CHECKING:
    from app.exchange.player import Player

MAX_NOUNS = 10
TOO_MANY_NOUNS = 13250
INVALID_CALLER_ID = 13214
INVALID_NUMBER = 13223
WHISPER_VERBS = frozenset({"Play", "Say", "Gather", "Pause", "Redirect", "Hangup"})


@dataclass(eq=False)
class _Attempt:
    """One telephone being tried; `ready` when it may be bridged, `taken` away by REST."""

    leg: Leg
    noun: Node
    taken: asyncio.Event
    ready: asyncio.Event = field(default_factory=asyncio.Event)


async def dial_phones(
    player: "Player", node: Node, nouns: tuple[Node, ...], dialled: Dialled
) -> None:
    """Ring the nouns, at once or in turn, and bridge the first that answers."""
    if len(nouns) > MAX_NOUNS:
        player.warn(TOO_MANY_NOUNS, f"<Dial> takes {MAX_NOUNS} nouns; the rest is ignored.")
        nouns = nouns[:MAX_NOUNS]
    caller_id = _caller_id(player, node)
    if caller_id is None:
        return
    recording = DialRecording(player, node)
    if recording.begins_at_ringing:
        recording.begin()
    rounds = [[noun] for noun in nouns] if node.flag("sequential") else [list(nouns)]
    try:
        for callees in rounds:
            attempts = [_attempt(player, noun, caller_id) for noun in callees]
            if await _try(player, node, attempts, recording, dialled):
                return
    finally:
        dialled.recording_url = recording.end()


def _caller_id(player: "Player", node: Node) -> str | None:
    """The caller ID to show, or None if Twilio would not allow it."""
    ends, own = player.leg.ends, player.exchange.numbers
    wished = node.get("callerId") or ends.from_
    if node.has("callerId") and E164.fullmatch(wished):
        allowed = wished in own or wished in (ends.from_, ends.to)
    else:
        allowed = not node.has("callerId") or wished.startswith("client:")
    if not allowed:
        player.warn(
            INVALID_CALLER_ID, f"The callerId {wished!r} is not a number of this call or account."
        )
        return None
    return wished


def _attempt(player: "Player", noun: Node, caller_id: str) -> _Attempt:
    prefix = "client:" if noun.name == "Client" else ""
    address = prefix + (noun.text or next((child.text for child in noun.children), ""))
    if not is_dialable(address):
        player.warn(INVALID_NUMBER, f"{address!r} is not a phone number in E.164 format.")
    callback = noun.get("statusCallback")
    leg = player.exchange.calls.new_leg(
        Endpoints(caller_id, address, address),
        "outbound-dial",
        parent=player.leg,
        progress=Subscription(
            player.resolve(callback) if callback else "",
            noun.get("statusCallbackMethod"),
            noun.words("statusCallbackEvent"),
        ),
    )
    return _Attempt(leg, noun, leg.redirected)


async def _try(
    player: "Player",
    node: Node,
    attempts: list[_Attempt],
    recording: DialRecording,
    dialled: Dialled,
) -> bool:
    """Ring these telephones together; whether one of them was bridged."""
    dialled.status, dialled.child = "canceled", attempts[0].leg
    player.leg.notice(Tone("ringback"))
    try:
        for attempt in attempts:
            attempt.leg.script = player.exchange.spawn(_reach(player, node, attempt))
        await first_of(_until_decided(attempts), until_star(player, node))
        winner = next((attempt for attempt in attempts if attempt.ready.is_set()), None)
        if winner is None:
            dialled.child, dialled.status = _loser(attempts)
            return False
        recording.begin()
        await _bridge(player, node, winner, recording, dialled)
        return True
    finally:
        for attempt in attempts:
            if not attempt.taken.is_set():
                attempt.leg.finish("completed" if attempt.leg.answered.is_set() else "canceled")


async def _reach(player: "Player", node: Node, attempt: _Attempt) -> None:
    """Ring, whisper, and be ready to be bridged."""
    leg, noun, exchange = attempt.leg, attempt.noun, player.exchange
    if not await ring_until_answered(exchange, leg, node.number("timeout")):
        return
    if noun.name != "Client" and noun.has("machineDetection"):
        detection = _detection(player, noun)
        watch = exchange.spawn(detection.listen_to(exchange, leg))
        leg.before_end.append(watch.cancel)
    if noun.get("url") and not await _whisper(player, attempt):
        leg.finish("completed")
        return
    attempt.ready.set()


async def _whisper(player: "Player", attempt: _Attempt) -> bool:
    """Play the noun's `url` to the callee; whether it still wants to be connected."""
    page = Page(player.resolve(attempt.noun.get("url")), attempt.noun.get("method"))
    whisperer = player.exchange.player(attempt.leg, WHISPER_VERBS)
    try:
        return await whisperer.play(page) is not Ending.HANG_UP
    except DebuggerError as failure:
        player.exchange.debugger.error(failure, attempt.leg.sid)
        return False


def _detection(player: "Player", noun: Node) -> MachineDetection:
    url = noun.get("amdStatusCallback")
    callback = Subscription(player.resolve(url) if url else "", noun.get("amdStatusCallbackMethod"))
    return MachineDetection(
        noun.get("machineDetection"),
        noun.number("machineDetectionTimeout"),
        asynchronous=True,
        callback=callback,
    )


async def _until_decided(attempts: list[_Attempt]) -> None:
    """Returns when one is ready or none is left; the first to answer makes the others stop."""
    first = await _first_answered(attempts)
    if first is None:
        return
    for other in attempts:
        if other is not first:
            other.leg.finish("completed" if other.leg.answered.is_set() else "canceled")
    await first_of(first.ready.wait(), first.leg.ended.wait())


async def _first_answered(attempts: list[_Attempt]) -> _Attempt | None:
    while True:
        for attempt in attempts:
            if attempt.leg.answered.is_set():
                return attempt
        ringing = [
            attempt.leg.decided.wait() for attempt in attempts if not attempt.leg.decided.is_set()
        ]
        if not ringing:
            return None
        await first_of(*ringing)


def _loser(attempts: list[_Attempt]) -> tuple[Leg, str]:
    """The leg and DialCallStatus that stand for a round in which nobody was connected."""
    for status in ("no-answer", "busy", "failed", "canceled"):
        for attempt in attempts:
            if attempt.leg.status == status:
                return attempt.leg, status
    # Answered, but hung up during the whisper: nobody was connected.
    return attempts[0].leg, "no-answer"


async def _bridge(
    player: "Player",
    node: Node,
    attempt: _Attempt,
    recording: DialRecording,
    dialled: Dialled,
) -> None:
    """Connect parent and child until one of them, `*` or the time limit ends it."""
    leg, child, clock = player.leg, attempt.leg, player.exchange.clock
    leg.pick_up()
    begin = clock.monotonic()
    dialled.status, dialled.child, dialled.bridged = "completed", child, True
    tape = recording.tapes[0] if recording.tapes else None
    bridge = Bridge(player.exchange.ledger, leg, child, tape)
    bridge.open()
    try:
        await first_of(
            child.ended.wait(),
            attempt.taken.wait(),
            until_star(player, node),
            until_limit(player, node),
        )
    finally:
        bridge.close()
        if not attempt.taken.is_set():
            dialled.duration = round(clock.monotonic() - begin)
