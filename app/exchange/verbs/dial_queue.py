"""`<Dial><Queue>`: an agent takes the first call of a queue (contract, section 3.9)."""

from typing import TYPE_CHECKING

from app.exchange.clock import first_of, within
from app.exchange.errors import DebuggerError
from app.exchange.pages import Page
from app.exchange.queues import Queue, QueueMember
from app.exchange.rooms import Bridge
from app.exchange.twiml.parser import Node
from app.exchange.verbs.dial_limits import until_limit, until_star
from app.exchange.verbs.dial_recording import DialRecording
from app.exchange.verbs.dialled import Dialled

if TYPE_CHECKING:
    from app.exchange.player import Player

CONNECT_VERBS = frozenset({"Play", "Say", "Pause", "Redirect"})


async def dial_queue(player: "Player", node: Node, noun: Node, dialled: Dialled) -> None:
    """Connect with the head of the queue, waiting for one up to the Dial's timeout."""
    player.leg.pick_up()
    queue = player.exchange.queues.named(noun.text)
    if queue is None:
        return
    dialled.status = "no-answer"
    try:
        member = await within(player.exchange.clock, node.number("timeout"), _head(queue))
    except TimeoutError:
        return
    member.leave("bridging-in-process")
    member.taken.set()
    dialled.extra = (("QueueSid", queue.sid), ("QueueTime", str(member.wait_time)))
    try:
        await _prepare(player, noun, member)
        await _bridge(player, node, member, dialled)
    finally:
        member.released.set()


async def _head(queue: Queue) -> QueueMember:
    while not queue.members:
        queue.arrival.clear()
        await queue.arrival.wait()
    return queue.members[0]


async def _prepare(player: "Player", noun: Node, member: QueueMember) -> None:
    """Tell the queued caller that it is about to be connected."""
    if not noun.get("url"):
        return
    extra = (
        ("QueueSid", member.queue.sid),
        ("QueueTime", str(member.wait_time)),
        # Twilio's own spelling.
        ("DequeingCallSid", player.leg.sid),
    )
    announcer = player.exchange.player(member.leg, CONNECT_VERBS, extra=lambda: extra)
    page = Page(player.resolve(noun.get("url")), noun.get("method"))
    try:
        await first_of(announcer.play(page), member.leg.ended.wait())
    except DebuggerError as failure:
        player.exchange.debugger.error(failure, member.leg.sid)


async def _bridge(player: "Player", node: Node, member: QueueMember, dialled: Dialled) -> None:
    caller, taken = member.leg, member.leg.redirected
    if caller.is_final:
        return
    recording = DialRecording(player, node)
    recording.begin()
    tape = recording.tapes[0] if recording.tapes else None
    bridge = Bridge(player.exchange.ledger, player.leg, caller, tape)
    bridge.open()
    member.result = "bridged"
    dialled.status, dialled.bridged = "completed", True
    try:
        await first_of(
            caller.ended.wait(),
            taken.wait(),
            until_star(player, node),
            until_limit(player, node),
        )
    finally:
        if taken.is_set():
            member.result = "redirected-from-bridged"
        bridge.close()
        dialled.recording_url = recording.end()
