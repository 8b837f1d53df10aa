"""A message that a caller leaves: whoever is on duty is told at once, not when a deadline nears."""

from collections.abc import Callable

from sqlalchemy import Connection, select

from app.calls.facts import CallFacts
from app.calls.wiring import EffectHandler
from app.flows.directory import Directory
from app.flows.effects import OpenTicket
from app.people.alerts.service import raise_alert
from app.people.roster.contacts import duty_contacts
from app.tickets.models import Ticket

VOICEMAIL = "voicemail"
WAYS = ("console", "push")


def telling_of_voicemail(
    directory: Callable[[], Directory], opening: EffectHandler
) -> EffectHandler:
    """Another handler for `OpenTicket`, and then an alert to those on duty if it is a message."""

    def handle(connection: Connection, effect: OpenTicket, call: CallFacts) -> None:
        opening(connection, effect, call)
        if effect.kind == VOICEMAIL:
            _tell(connection, directory(), effect.number, call)

    return handle


def _tell(connection: Connection, directory: Directory, number: str, call: CallFacts) -> None:
    query = select(Ticket.id, Ticket.department).where(Ticket.number == number)
    ticket = connection.execute(query).one()
    words = {
        "zh-CN": f"有来电留言，工单 {number}，请尽快听取并回电。",
        "en-US": f"A caller left a message, ticket {number}: please listen and call back.",
    }
    for contact in duty_contacts(connection, directory, ticket.department, call.at):
        if contact.staff_id is not None:
            raise_alert(
                connection,
                key=f"voicemail:{number}:{contact.staff_id}",
                staff_id=contact.staff_id,
                kind=VOICEMAIL,
                ticket_id=ticket.id,
                words=words,
                at=call.at,
                ways=WAYS,
            )
