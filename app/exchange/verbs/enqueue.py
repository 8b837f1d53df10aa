"""`<Enqueue>` and `<Leave>` (contract, section 3.8)."""

import asyncio
from typing import TYPE_CHECKING

from app.exchange.clock import first_of
from app.exchange.errors import DebuggerError
from app.exchange.pages import Ending, Outcome, Page
from app.exchange.phones.phone import Tone
from app.exchange.queues import DEFAULT_SIZE, QueueMember
from app.exchange.twiml.parser import Node
from app.exchange.webhooks import Parameters

if TYPE_CHECKING:
    from app.exchange.player import Player

WAIT_VERBS = frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"})


async def leave(_player: "Player", _node: Node) -> Outcome:
    """Leave the queue."""
    return Ending.LEAVE


async def enqueue(player: "Player", node: Node) -> Outcome:
    """Wait in a queue until somebody takes the call; then `action`, or the next verb."""
    target = player.resolve(node.get("action")) if node.has("action") else ""
    size = node.number("maxQueueSize") if node.has("maxQueueSize") else DEFAULT_SIZE
    member = player.exchange.queues.join(node.text, player.leg, size)
    if member is None:
        return _action(target, node, (("QueueResult", "queue-full"),))
    ending: Outcome = None
    try:
        ending = await _wait(player, node, member)
    except asyncio.CancelledError:
        if member.result == "hangup" and not player.leg.is_final:
            member.result = "redirected"
        raise
    except DebuggerError as failure:
        player.exchange.debugger.error(failure, player.leg.sid)
        member.result = "error"
    finally:
        member.leave(member.result)
        page = _action(target, node, _parameters(member))
        gone = member.result == "hangup" or member.result.startswith("redirected")
        if page is not None and (gone or player.leg.is_final):
            player.report(page)
    return ending or page


async def _wait(player: "Player", node: Node, member: QueueMember) -> Outcome:
    """Hear wait TwiML until taken, then be bridged; HANG_UP if the wait TwiML ends the call."""
    music = _Music(player, node, member)
    await first_of(music.play(), member.taken.wait())
    if member.taken.is_set():
        await member.released.wait()
        return None
    if music.ending is Ending.LEAVE:
        member.result = "leave"
        return None
    return music.ending


class _Music:
    """What a waiting call hears: its wait TwiML over and over."""

    def __init__(self, player: "Player", node: Node, member: QueueMember) -> None:
        self._player = player
        self._node = node
        self._member = member
        self.ending: Ending | None = None

    async def play(self) -> None:
        """Play until the TwiML leaves the queue or hangs up."""
        url = self._node.get("waitUrl")
        if not url:
            self._player.leg.notice(Tone("music"))
            await asyncio.Event().wait()
        page = Page(self._player.resolve(url), self._node.get("waitUrlMethod"))
        inner = self._player.exchange.player(
            self._player.leg, WAIT_VERBS, extra=self._member.waiting_parameters
        )
        while self.ending in (None, Ending.RAN_OUT):
            self.ending = await inner.play(page)


def _action(target: str, node: Node, parameters: Parameters) -> Page | None:
    return Page(target, node.get("method"), parameters) if target else None


def _parameters(member: QueueMember) -> Parameters:
    return (
        ("QueueResult", member.result),
        ("QueueSid", member.queue.sid),
        ("QueueTime", str(member.wait_time)),
    )
