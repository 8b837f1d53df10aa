"""The caller's word as it comes in: by telephone, recorded, or by text."""

from sqlalchemy import Connection, select

from app.calls.facts import CallFacts
from app.database import blind_index
from app.flows.effects import AddComment, RecordSatisfaction, TellStatus
from app.flows.satisfaction import Satisfaction, written_word
from app.messages.composing import Composer
from app.messages.facts import InboundText, Reply
from app.messages.reading import ticket_numbers
from app.tickets.changes import CALLER, SYSTEM, Happened, lock, write_event
from app.tickets.closing.models import ReturnVisit
from app.tickets.closing.service import say
from app.tickets.links.service import link_call
from app.tickets.models import Ticket
from app.tickets.notes.service import LONGEST, add_note

PURPOSE = "satisfaction"  # of a text that says it
LINKS = {"call": "return_visit", "status": "status"}  # how a ticket names the call


def record_satisfaction(
    connection: Connection, effect: RecordSatisfaction, call: CallFacts
) -> None:
    """The effect handler: the caller pressed or said it; the flow has looked the ticket up."""
    said = say(connection, effect.number, effect.word, effect.heard_by, call.at)
    link_call(connection, said.ticket_id, call.sid, LINKS[effect.heard_by], call.at)


def add_comment(connection: Connection, effect: AddComment, call: CallFacts) -> None:
    """The effect handler: a recorded word of the caller is noted on the ticket."""
    ticket = lock(connection, effect.number)
    link_call(connection, ticket.id, call.sid, "comment", call.at)
    detail = {"recording": effect.recording_sid, "seconds": effect.recording_seconds,
              "call": call.sid}  # fmt: skip
    write_event(connection, ticket.id, Happened(call.at, CALLER, "commented", detail=detail))


def note_told(connection: Connection, effect: TellStatus, call: CallFacts) -> None:
    """The effect handler: the caller asked how the ticket stands, and was told."""
    ticket = lock(connection, effect.number)
    link_call(connection, ticket.id, call.sid, LINKS["status"], call.at)
    detail = {"call": call.sid, "state": ticket.state}
    write_event(connection, ticket.id, Happened(call.at, SYSTEM, "asked_after", detail=detail))


class WordByText:
    """Claims texts that begin with a word about a ticket that its sender was asked about.

    What else such a text says is noted on the ticket. With several tickets waiting for a word, the
    text must name one: `12345678 1`.
    """

    def __init__(self, composer: Composer) -> None:
        self._composer = composer

    def __call__(self, connection: Connection, text: InboundText) -> Reply | None:
        """The reply, or None when the text is about something else."""
        named = ticket_numbers(text.body)
        body = text.body.replace(named[0], "") if len(named) == 1 else text.body
        word, rest = written_word(body, self._composer.locales())
        if word is None or not text.sender.startswith("+"):
            return None
        waiting = _waiting(connection, text.sender)
        chosen = [number for number in waiting if not named or number in named]
        if len(chosen) > 1:
            body = self._composer.compose("visit.which", text.language, number=chosen[0])
            return Reply(body, PURPOSE)
        return self._say(connection, text, chosen[0], word, rest) if chosen else None

    def _say(
        self,
        connection: Connection,
        text: InboundText,
        number: str,
        word: Satisfaction,
        rest: str,
    ) -> Reply:
        if rest:
            add_note(connection, number, rest[:LONGEST], CALLER, text.at, key=f"text:{text.sid}")
        said = say(connection, number, word, "sms", text.at)
        body = self._composer.compose(f"visit.{word}", text.language, number=number)
        return Reply(body, PURPOSE, said.ticket_id)


def _waiting(connection: Connection, sender: str) -> list[str]:
    """The numbers of this telephone's tickets whose callers are being asked, the latest first."""
    query = (
        select(Ticket.number)
        .join(ReturnVisit, ReturnVisit.ticket_id == Ticket.id)
        .where(
            Ticket.caller_index == blind_index(sender),
            Ticket.state == "resolved",
            ReturnVisit.state == "open",
        )
        .order_by(ReturnVisit.id.desc())
    )
    return list(connection.execute(query).scalars())
