"""`<Dial>` (contract, section 3.5)."""

from typing import TYPE_CHECKING

from app.exchange.pages import Outcome, Page
from app.exchange.twiml.parser import Node
from app.exchange.verbs.dial_conference import dial_conference
from app.exchange.verbs.dial_phones import dial_phones
from app.exchange.verbs.dial_queue import dial_queue
from app.exchange.verbs.dialled import Dialled

if TYPE_CHECKING:
    from app.exchange.player import Player

MIXED_NOUNS = 13000
NO_NOUN = 13215


async def dial(player: "Player", node: Node) -> Outcome:
    """Connect the leg with others; then `action`, or the next verb when there is none."""
    target = player.resolve(node.get("action")) if node.has("action") else ""
    dialled = Dialled()
    try:
        await _dial(player, node, dialled)
    finally:
        page = Page(target, node.get("method"), dialled.parameters())
        if target and player.leg.is_final:
            player.report(page)
    if dialled.unreported or not target:
        return None
    return page


async def _dial(player: "Player", node: Node, dialled: Dialled) -> None:
    nouns = node.children or ((Node("Number", text=node.text),) if node.text else ())
    rooms = [noun for noun in nouns if noun.name in ("Conference", "Queue")]
    if not nouns:
        player.warn(NO_NOUN, "<Dial> has nobody to dial.")
    elif not rooms:
        await dial_phones(player, node, nouns, dialled)
    else:
        if len(nouns) > 1:
            player.warn(MIXED_NOUNS, f"<{rooms[0].name}> stands alone; other nouns are ignored.")
        dial_room = dial_conference if rooms[0].name == "Conference" else dial_queue
        await dial_room(player, node, rooms[0], dialled)
