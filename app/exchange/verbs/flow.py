"""`<Pause>`, `<Redirect>`, `<Reject>` and `<Hangup>` (contract, section 3.10)."""

from typing import TYPE_CHECKING

from app.exchange.pages import Ending, Outcome
from app.exchange.twiml.parser import Node

if TYPE_CHECKING:
    from app.exchange.player import Player


async def pause(player: "Player", node: Node) -> Outcome:
    """Wait `length` seconds; as first verb this lets an inbound call go on ringing."""
    await player.exchange.clock.sleep(node.number("length"))
    return None


async def redirect(player: "Player", node: Node) -> Outcome:
    """Go to another document; without text, to the current one again."""
    return player.follow(node.text, node.get("method"))


async def reject(player: "Player", node: Node) -> Outcome:
    """Refuse a call that has not been answered; an answered one simply ends."""
    if not player.leg.answered.is_set():
        player.leg.finish("busy" if node.get("reason") == "busy" else "no-answer")
    return Ending.HANG_UP


async def hangup(_player: "Player", _node: Node) -> Outcome:
    """End the call."""
    return Ending.HANG_UP
