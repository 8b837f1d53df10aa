"""`<Dial><Conference>` (contract, section 3.7)."""

from typing import TYPE_CHECKING

from app.exchange.callbacks import Subscription
from app.exchange.clock import first_of
from app.exchange.conference import DUPLICATE_LABEL, Entry, JoinError
from app.exchange.pages import Page
from app.exchange.twiml.parser import Node
from app.exchange.verbs.dial_limits import until_limit, until_star
from app.exchange.verbs.dial_recording import DialRecording
from app.exchange.verbs.dialled import Dialled
from app.exchange.verbs.record import recording_subscription

if TYPE_CHECKING:
    from app.exchange.player import Player


async def dial_conference(player: "Player", node: Node, noun: Node, dialled: Dialled) -> None:
    """Attend a conference until it ends or the leg leaves it."""
    leg = player.leg
    leg.pick_up()
    entry = _entry(player, noun)
    dialled.status, dialled.bridged = "answered", True
    recording = DialRecording(player, node)
    recording.begin()
    leg.tapes += recording.tapes
    try:
        await first_of(
            player.exchange.conferences.attend(leg, entry),
            until_star(player, node),
            until_limit(player, node),
        )
    except JoinError as failure:
        player.exchange.debugger.error(failure, leg.sid)
        dialled.status, dialled.bridged = "failed", False
        dialled.unreported = failure.code == DUPLICATE_LABEL
    finally:
        for tape in recording.tapes:
            leg.tapes.remove(tape)
        dialled.recording_url = recording.end()


def _entry(player: "Player", noun: Node) -> Entry:
    callback, wait = noun.get("statusCallback"), noun.get("waitUrl")
    return Entry(
        name=noun.text,
        label=noun.get("participantLabel"),
        muted=noun.flag("muted"),
        beep=noun.get("beep"),
        start_on_enter=noun.flag("startConferenceOnEnter"),
        end_on_exit=noun.flag("endConferenceOnExit"),
        wait=Page(player.resolve(wait), noun.get("waitMethod")) if wait else None,
        silent_wait=noun.has("waitUrl") and not wait,
        max_participants=noun.number("maxParticipants"),
        coach=noun.get("coach"),
        record=noun.get("record") == "record-from-start",
        trim=noun.get("trim") == "trim-silence",
        events=Subscription(
            player.resolve(callback) if callback else "",
            noun.get("statusCallbackMethod"),
            noun.words("statusCallbackEvent"),
        ),
        recording_callback=recording_subscription(player, noun),
    )
