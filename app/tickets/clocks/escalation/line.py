"""The line of an escalation: the owner and whoever is on duty, then the head, then the director.

A department that names no head or director is answered for by those of the hotline itself.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from app.flows.directory import Directory
from app.people.roster.contacts import (
    Contact,
    distinct,
    duty_contacts,
    post_contacts,
    staff_contact,
)
from app.tickets.changes import Standing
from app.tickets.clocks.escalation.models import Rung

MOST_PERSONS = 3  # before the head is asked

Line = list[tuple[Rung, Contact]]


def line_of(connection: Connection, directory: Directory, ticket: Standing, at: datetime) -> Line:
    """Everybody to be asked about a ticket, in order; nobody twice."""
    asked = list(_candidates(connection, directory, ticket, at))
    kept = set(distinct(contact for _, contact in asked))
    line: Line = []
    for rung, contact in asked:
        if contact in kept:
            kept.discard(contact)
            line.append((rung, contact))
    return line


def persons(
    connection: Connection, directory: Directory, ticket: Standing, at: datetime
) -> tuple[Contact, ...]:
    """Who looks after a ticket: its owner, then whoever is on duty; at most three."""
    owner = staff_contact(connection, ticket.owner_id)
    on_duty = duty_contacts(connection, directory, ticket.department, at)
    return distinct([owner, *on_duty] if owner else on_duty)[:MOST_PERSONS]


def _candidates(
    connection: Connection, directory: Directory, ticket: Standing, at: datetime
) -> Iterator[tuple[Rung, Contact]]:
    for contact in persons(connection, directory, ticket, at):
        yield "person", contact
    office, desk = directory.departments.get(ticket.department), directory.duty
    for contact in post_contacts(connection, (office and office.head) or desk.head):
        yield "head", contact
    for contact in post_contacts(connection, (office and office.director) or desk.director):
        yield "director", contact
