"""Everything around a ticket, in one list, newest last."""

from app.calls.models import Call, Recording
from app.database import blind_index
from app.messages.service import send_text
from app.people.presence.address import client_of
from app.tickets.attachments.files import read_upload
from app.tickets.attachments.service import attach
from app.tickets.links.queries import family
from app.tickets.links.service import link_call
from app.tickets.lists.rows import WholeTicket
from app.tickets.notes.service import add_note
from app.tickets.readings.service import note_reading
from app.tickets.seal.service import seal
from app.tickets.seal.sight import Viewer
from app.tickets.timeline.queries import Entry, timeline
from sqlalchemy import Connection, insert
from tests.tickets.attachments.photos import png
from tests.tickets.world import FARMER, LI, WANG, TicketDesk, after


def add_call(connection: Connection, sid: str, minutes: float) -> None:
    connection.execute(
        insert(Call).values(
            sid=sid,
            direction="inbound",
            caller=FARMER,
            caller_index=blind_index(FARMER),
            called="+867451012345",
            status="completed",
            status_rank=9,
            started_at=after(minutes),
            seconds=60,
        )
    )
    connection.execute(
        insert(Recording).values(
            sid=f"RE{sid}",
            call_sid=sid,
            status="completed",
            seconds=50,
            source="RecordVerb",
            at=after(minutes + 1),
        )
    )


def dials(connection: Connection, sid: str, staff: int, ended: str, seconds: int | None) -> None:
    """One of ours rings the caller from the browser; their own leg is longer than any talk."""
    legs = (
        (sid, client_of(staff), None, "completed", 40),
        (f"{sid}b", FARMER, sid, ended, seconds),
    )
    for own, address, parent, status, length in legs:
        connection.execute(
            insert(Call).values(
                sid=own, direction="outbound", caller=address, caller_index=blind_index(address),
                called=FARMER, parent_sid=parent, status=status, status_rank=4,
                started_at=after(5), seconds=length,
            )
        )  # fmt: skip


def lively(tickets: TicketDesk) -> str:
    """A ticket around which something of everything has happened."""
    opened = tickets.open_whole(minutes=2, call_sid="CA1", words="水井干了")
    ticket = opened.number
    tickets.write(add_call, "CA1", 0)
    tickets.move(ticket, "acknowledged", 3)
    tickets.write(link_call, opened.id, "CA2", "callback", after(4))
    tickets.write(add_call, "CA2", 4)
    tickets.write(note_reading, ticket, "support.amount", "full", LI, "whole", after(6))
    tickets.write(add_note, ticket, "井要重打", "staff:1", after(7), key="1")
    tickets.write(attach, ticket, read_upload("井.png", png()), "caller", after(8))
    tickets.write(
        send_text, to=FARMER, body="明天来打井", key="t1", at=after(9), ticket_id=opened.id
    )
    return ticket


def history(tickets: TicketDesk, ticket: WholeTicket) -> list[Entry]:
    """What its viewer is shown."""
    return tickets.read(timeline, ticket, tickets.read(family, ticket.id))


def test_one_list_of_everything(tickets: TicketDesk) -> None:
    ticket = lively(tickets)
    entries = history(tickets, tickets.whole(ticket))
    assert [(entry.kind, entry.what) for entry in entries] == [
        ("call", "appeal"),
        ("recording", "RecordVerb"),
        ("event", "opened"),
        ("event", "state"),
        ("call", "callback"),
        ("recording", "RecordVerb"),
        ("reading", "whole"),
        ("note", "internal"),
        ("attachment", "added"),
        ("text", "out"),
    ]
    assert [entry.words for entry in entries if entry.words] == ["井要重打", "井.png", "明天来打井"]
    state = entries[3]
    assert (state.actor, state.detail["from"], state.detail["to"]) == (
        "staff:1",
        "new",
        "acknowledged",
    )


def test_a_seal_leaves_only_what_is_not_personal(tickets: TicketDesk) -> None:
    ticket = lively(tickets)
    tickets.write(seal, ticket, "staff:9", "要保密", after(20))
    entries = history(tickets, tickets.whole(ticket, Viewer(WANG)))
    assert {entry.kind for entry in entries} == {"event", "reading", "note"}
    assert {entry.words for entry in entries} == {""}
    assert len(history(tickets, tickets.whole(ticket, Viewer(LI)))) == 11


def test_who_rang_the_caller_from_the_browser_is_told_and_how_it_went(tickets: TicketDesk) -> None:
    opened = tickets.open_whole(minutes=2, words="水井干了")
    for sid, ended, seconds in (("CA5", "busy", None), ("CA6", "completed", 9)):
        tickets.write(link_call, opened.id, sid, "callback", after(5))
        tickets.write(dials, sid, 7, ended, seconds)
    told = [
        (entry.actor, entry.detail["status"], entry.detail["seconds"])
        for entry in history(tickets, tickets.whole(opened.number))
        if entry.what == "dialled"
    ]
    assert told == [("staff:7", "busy", None), ("staff:7", "completed", 9)]
