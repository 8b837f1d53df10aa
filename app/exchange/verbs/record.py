"""`<Record>` (contract, section 3.4)."""

from typing import TYPE_CHECKING

from app.exchange.callbacks import Subscription
from app.exchange.listening import Ear
from app.exchange.pages import Outcome, Page
from app.exchange.phones.phone import Tone
from app.exchange.recordings import Recording
from app.exchange.sounds import Sound
from app.exchange.twiml.grammar import KEYS
from app.exchange.twiml.parser import Node
from app.exchange.webhooks import Parameters

if TYPE_CHECKING:
    from app.exchange.player import Player

BEEP_SECONDS = 0.5


def recording_subscription(player: "Player", node: Node) -> Subscription:
    """Who is told about a recording made by this verb or noun."""
    url = node.get("recordingStatusCallback")
    return Subscription(
        player.resolve(url) if url else "",
        node.get("recordingStatusCallbackMethod"),
        node.words("recordingStatusCallbackEvent"),
    )


async def record(player: "Player", node: Node) -> Outcome:
    """Record the caller until a key, silence, the longest length or hang-up; then `action`."""
    leg = player.leg
    action = player.resolve(node.get("action"))
    if node.flag("playBeep"):
        leg.notice(Tone("beep"))
        await player.exchange.clock.sleep(BEEP_SECONDS)
    recording = player.exchange.recordings.begin(
        "RecordVerb",
        call_sid=leg.sid,
        trim=node.get("trim") == "trim-silence",
        callback=recording_subscription(player, node),
    )
    ended_by = "hangup"
    try:
        with leg.listen("record", keys=KEYS, speech=True) as ear:
            leg.record_on(recording.tape, ear)
            leg.ready(ear)
            ended_by = await _until_over(player, node, ear)
    finally:
        leg.tapes.remove(recording.tape)
        player.exchange.recordings.finish(recording)
        page = Page(action, node.get("method"), _parameters(player, recording, ended_by))
        if leg.is_final:
            player.report(page)
    return page


async def _until_over(player: "Player", node: Node, ear: Ear) -> str:
    """Wait for the end; returns the key that ended it, or nothing."""
    clock = player.exchange.clock
    quiet_from = begin = clock.monotonic()
    longest, silence = node.number("maxLength"), node.number("timeout")
    while True:
        until = begin + longest
        if silence:
            until = min(until, quiet_from + silence)
        given = await ear.next_within(until - clock.monotonic())
        if given is None:
            return ""
        if isinstance(given, Sound):
            quiet_from = max(quiet_from, clock.monotonic() + given.seconds)
        elif given.digit in node.get("finishOnKey"):
            return given.digit


def _parameters(player: "Player", recording: Recording, ended_by: str) -> Parameters:
    return (
        ("RecordingUrl", player.exchange.recordings.url(recording)),
        ("RecordingSid", recording.sid),
        ("RecordingDuration", str(recording.duration)),
        ("Digits", ended_by),
    )
