"""What each verb does. A verb returns where it leads, or None to go on to the next."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from app.exchange.pages import Outcome
from app.exchange.twiml.parser import Node
from app.exchange.verbs.dial import dial
from app.exchange.verbs.enqueue import enqueue, leave
from app.exchange.verbs.flow import hangup, pause, redirect, reject
from app.exchange.verbs.gather import gather
from app.exchange.verbs.play import play
from app.exchange.verbs.record import record
from app.exchange.verbs.say import say

if TYPE_CHECKING:
    from app.exchange.player import Player

Verb = Callable[["Player", Node], Awaitable[Outcome]]

VERBS: Mapping[str, Verb] = {
    "Say": say,
    "Play": play,
    "Pause": pause,
    "Gather": gather,
    "Record": record,
    "Dial": dial,
    "Enqueue": enqueue,
    "Leave": leave,
    "Redirect": redirect,
    "Reject": reject,
    "Hangup": hangup,
}
