"""Announcements into a conference: fetched once, heard by one participant or by all."""

import asyncio
from typing import TYPE_CHECKING

from app.exchange.clock import first_of
from app.exchange.conference import MUSIC_VERBS, WRONG_VERB, Conference, Participant
from app.exchange.errors import DebuggerError
from app.exchange.pages import Page

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange


async def announce(
    exchange: "Exchange", conference: Conference, page: Page, participant: Participant | None
) -> None:
    """Play `page` to a participant, or to everybody present, and report how it went.

    Whoever leaves meanwhile hears no more of it.
    """
    audience = [participant] if participant is not None else conference.present
    players = [
        exchange.player(listener.leg, MUSIC_VERBS, refusal_code=WRONG_VERB) for listener in audience
    ]
    failure = ""
    try:
        verbs = await players[0].open(page) if players else ()
        opened = Page(page.url, verbs=verbs)
        await asyncio.gather(
            *(
                first_of(player.play(opened), listener.left.wait())
                for player, listener in zip(players, audience, strict=True)
            )
        )
    except DebuggerError as error:
        exchange.debugger.error(error)
        failure = error.message
    if conference.status != "completed":
        conference.events.announced(page.url, participant, failure)
