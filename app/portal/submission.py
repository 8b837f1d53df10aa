"""An appeal from the portal becomes a ticket: its photos first, then everything in one commit."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from app.messages.codes.limits import admit
from app.messages.composing import Composer
from app.messages.numbers import can_be_texted
from app.messages.service import send_text
from app.portal.limits import texts_to
from app.tickets.attachments.files import Upload
from app.tickets.attachments.service import attach
from app.tickets.attachments.store import attachments_store
from app.tickets.changes import CALLER
from app.tickets.errors import NumberTakenError
from app.tickets.queries import find_by_source
from app.tickets.routing import Routing, routing_of
from app.tickets.service import Appeal, open_ticket
from app.web.site import Site

ATTEMPTS = 4  # a fresh number is taken about once in a million


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody has filled in, checked. `key` is the form's own: it is handed in once."""

    key: str
    category: str
    words: str
    place: str
    name: str
    telephone: str
    confidential: bool
    language: str
    uploads: tuple[Upload, ...]


def source_of(key: str) -> str:
    """The source of the ticket that a form leads to."""
    return f"portal:{key}"


def submit(site: Site, composer: Composer, given: Submission) -> str:
    """Open the ticket and return its number; the same one when the form is handed in again.

    Raises BlobError when the photos cannot be kept: nothing is registered then.
    """
    store = attachments_store(site.settings)
    for upload in given.uploads:
        store.put(upload.blob, upload.data)
    for _ in range(ATTEMPTS):
        try:
            with site.database.writing() as connection:
                return _submit(connection, site, composer, given)
        except NumberTakenError:
            continue
    raise RuntimeError("no free ticket number was found")


def _submit(connection: Connection, site: Site, composer: Composer, given: Submission) -> str:
    source, at = source_of(given.key), site.clock.now()
    standing = find_by_source(connection, source)
    if standing is not None:
        return standing
    routing = routing_of(site.library.current.directory, given.category)
    appeal = Appeal(
        number=site.identities.ticket_number(),
        source=source,
        kind="appeal",
        category=given.category,
        channel="portal",
        language=given.language,
        caller=given.telephone,
        caller_name=given.name,
        place=given.place,
        words=given.words,
        confidential=given.confidential,
    )
    opened = open_ticket(connection, appeal, routing, at)
    for upload in given.uploads:
        attach(connection, opened.number, upload, CALLER, at)
    number = given.telephone
    if can_be_texted(number) and admit(connection, texts_to(number), at) is None:
        key = f"ticket:{opened.number}"
        body = _told(composer, given, opened.number, routing)
        send_text(connection, to=number, body=body, key=key, at=at, ticket_id=opened.id)
    return opened.number


def _told(composer: Composer, given: Submission, number: str, routing: Routing) -> str:
    def within(span: timedelta) -> str:
        return composer.duration(span, given.language)

    return composer.compose(
        "ticket.appeal",
        given.language,
        number=number,
        category=composer.category(given.category, given.language),
        respond=within(routing.respond),
        complete=within(routing.complete),
    )
