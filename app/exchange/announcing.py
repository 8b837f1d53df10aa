"""Announcements into a conference: fetched once, heard by one participant or by all."""

import asyncio
from typing import TYPE_CHECKING

from app.exchange.conference import MUSIC_VERBS, WRONG_VERB, Conference, Participant
from app.exchange.errors import DebuggerError
from app.exchange.pages import Page
from app.exchange.player import Player

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange


async def announce(
    exchange: "Exchange", conference: Conference, page: Page, participant: Participant | None
) -> None:
    """Play `page` to a participant, or to everybody present, and report how it went."""
    audience = [participant] if participant is not None else conference.present
    players = [
        Player(exchange, listener.leg, allowed=MUSIC_VERBS, refusal_code=WRONG_VERB)
        for listener in audience
    ]
    if not players:
        return
    try:
        verbs = await players[0].open(page)
        opened = Page(players[0].page.url, verbs=verbs)
        await asyncio.gather(*(player.play(opened) for player in players))
    except DebuggerError as failure:
        exchange.debugger.error(failure)
        conference.events.announced(page.url, participant, failure.message)
    else:
        conference.events.announced(page.url, participant)
