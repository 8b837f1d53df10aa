"""`<Say>` (contract, section 3.1)."""

from typing import TYPE_CHECKING

from app.exchange.pages import Outcome
from app.exchange.twiml.parser import Node
from app.exchange.twiml.voices import objection

if TYPE_CHECKING:
    from app.exchange.player import Player

ENDLESS_LOOPS = 1000
DEFAULT_LANGUAGE = "en-US"


async def say(player: "Player", node: Node) -> Outcome:
    """Speak the text, `loop` times; what no voice could say is skipped with a warning."""
    voice, language = node.get("voice"), node.get("language")
    refused = objection(node.text, voice, language)
    if refused is not None:
        player.warn(*refused)
        return None
    for _ in range(node.number("loop") or ENDLESS_LOOPS):
        await player.leg.hear(node.text, language or DEFAULT_LANGUAGE, voice)
    return None
