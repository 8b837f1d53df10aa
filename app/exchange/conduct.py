"""Conducts a whole call: its TwiML, the fallback URL, the apology, the end."""

from typing import TYPE_CHECKING

from app.exchange.errors import DebuggerError
from app.exchange.ledger import ApplicationError
from app.exchange.legs import Leg
from app.exchange.pages import Page
from app.exchange.player import Player

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

APOLOGY = "We are sorry. An application error has occurred. Goodbye."


async def conduct(exchange: "Exchange", leg: Leg, page: Page) -> None:
    """Play the leg's TwiML from `page`, with its fallback on failure, and end the call."""
    player = Player(exchange, leg)
    next_page: Page | None = page
    while next_page is not None and not leg.is_final:
        try:
            await player.play(next_page)
            next_page = None
        except DebuggerError as failure:
            exchange.debugger.error(failure, leg.sid)
            next_page = _fallback(leg, player, failure)
            if next_page is None:
                await _apologise(exchange, leg, failure)
    leg.finish("completed")


def _fallback(leg: Leg, player: Player, failure: DebuggerError) -> Page | None:
    url = leg.fallback.url
    if not url or player.page.url == url:
        return None
    culprit = failure.url or player.page.url
    return Page(url, leg.fallback.method, (("ErrorCode", str(failure.code)), ("ErrorUrl", culprit)))


async def _apologise(exchange: "Exchange", leg: Leg, failure: DebuggerError) -> None:
    leg.pick_up()
    exchange.ledger.application_errors.append(
        ApplicationError(exchange.clock.now(), leg.sid, leg.number, failure.code, failure.message)
    )
    await leg.hear(APOLOGY, "en-US", "")
