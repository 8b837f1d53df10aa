"""What ends a connection made by `<Dial>` from the parent's side: `*`, and the time limit."""

import asyncio
from typing import TYPE_CHECKING

from app.exchange.twiml.parser import Node

if TYPE_CHECKING:
    from app.exchange.player import Player


async def until_limit(player: "Player", node: Node) -> None:
    """Returns when `timeLimit` is over."""
    await player.exchange.clock.sleep(node.number("timeLimit"))


async def until_star(player: "Player", node: Node) -> None:
    """Returns when the parent presses `*`; never, unless `hangupOnStar`."""
    if not node.flag("hangupOnStar"):
        await asyncio.Event().wait()
    with player.leg.listen("dial", keys="*", speech=False) as ear:
        await ear.next()
