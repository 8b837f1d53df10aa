"""Made-up appeals in writing: texts as the receiver would have read them, and forms with photos."""

from datetime import timedelta
from random import Random

from sqlalchemy import Connection, select

from app.database import blind_index
from app.main import Service
from app.messages.facts import InboundText
from app.messages.incoming import receive
from app.seed.pictures import photo
from app.seed.plan import Contact
from app.tickets.attachments.files import read_upload
from app.tickets.attachments.service import attach
from app.tickets.attachments.store import attachments_store
from app.tickets.changes import CALLER
from app.tickets.models import Ticket
from app.tickets.routing import routing_of
from app.tickets.service import Appeal, open_ticket

ASKED_AFTER = 3  # minutes until some ask how their ticket stands
ASKING_SHARE, PHOTO_SHARE = 0.4, 0.5


class Writer:
    """Plays what comes in writing."""

    def __init__(self, service: Service, chance: Random) -> None:
        self._service = service
        self._chance = chance

    def text(self, connection: Connection, contact: Contact) -> str:
        """An appeal by text; some ask after it. Returns its ticket's number, "" for none."""
        self._receive(connection, contact, contact.words, 0)
        query = select(Ticket.number).where(
            Ticket.caller_index == blind_index(contact.person.phone),
            Ticket.channel == "sms",
            Ticket.opened_at == contact.at,
        )
        number = connection.execute(query).scalar_one_or_none()
        taken = contact.life.acknowledged
        still_new = taken is None or taken > ASKED_AFTER
        if number and still_new and self._chance.random() < ASKING_SHARE:
            self._receive(connection, contact, number, ASKED_AFTER)
        return number or ""

    def form(self, connection: Connection, contact: Contact) -> str:
        """An appeal through the portal; returns its ticket's number."""
        identities = self._service.identities
        routing = routing_of(self._service.library.current.directory, contact.category)
        appeal = Appeal(
            number=identities.ticket_number(),
            source=f"seed:{identities.random_id()}",
            kind="appeal",
            category=contact.category,
            channel="portal",
            language=contact.language,
            caller=contact.person.phone,
            caller_name=contact.person.name,
            place=contact.person.village,
            words=contact.words,
            confidential=contact.sealed,
            opened_by=CALLER,
        )
        number = open_ticket(connection, appeal, routing, contact.at).number
        if self._chance.random() < PHOTO_SHARE:
            upload = read_upload(*photo(self._chance))
            attachments_store(self._service.settings).put(upload.blob, upload.data)
            attach(connection, number, upload, CALLER, contact.at)
        return number

    def _receive(self, connection: Connection, contact: Contact, body: str, minutes: float) -> None:
        text = InboundText(
            sid=f"SM{self._service.identities.random_id()}",
            sender=contact.person.phone,
            body=body,
            at=contact.at + timedelta(minutes=minutes),
            language=contact.language,
        )
        receive(connection, text, self._service.handlers.texts)
