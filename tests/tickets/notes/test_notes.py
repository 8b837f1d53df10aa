"""Notes: internal ones, and what callers were told."""

from typing import Any

import pytest
from app.messages.models import Message
from app.messages.service import opt_out
from app.tickets.errors import RefusedError
from app.tickets.notes.models import TicketNote
from app.tickets.notes.service import add_note, tell_by_text
from sqlalchemy import func, select
from tests.tickets.world import FARMER, TicketDesk, after


def notes(tickets: TicketDesk) -> list[Any]:
    with tickets.database.reading() as connection:
        return list(connection.execute(select(TicketNote.__table__).order_by(TicketNote.id)))


def texts(tickets: TicketDesk) -> list[Any]:
    with tickets.database.reading() as connection:
        return list(connection.execute(select(Message.number, Message.body, Message.ticket_id)))


def note(tickets: TicketDesk, ticket: str, body: str = "已联系村支书", **more: Any) -> bool:
    given = {"key": "form-1"} | more
    return tickets.write(add_note, ticket, body, "staff:1", after(3), **given)


def test_a_note_is_kept_once_however_often_its_form_is_sent(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    assert note(tickets, ticket, " 已联系村支书 ") is True
    assert note(tickets, ticket) is False
    [kept] = notes(tickets)
    assert (kept.body, kept.actor, kept.at, kept.told_by) == (
        "已联系村支书",
        "staff:1",
        after(3),
        "",
    )
    assert tickets.happened(ticket) == ["opened", "noted"]


def test_a_note_says_how_the_caller_was_told(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    note(tickets, ticket, told_by="call")
    assert notes(tickets)[0].told_by == "call"
    assert tickets.happened(ticket)[-1] == "told"


@pytest.mark.parametrize("body", ["", " \n ", "长" * 5_001])
def test_a_note_is_neither_empty_nor_endless(tickets: TicketDesk, body: str) -> None:
    ticket = tickets.open()
    with pytest.raises(RefusedError):
        note(tickets, ticket, body)
    assert notes(tickets) == []


def test_the_words_of_a_note_are_unreadable_in_the_table(tickets: TicketDesk) -> None:
    note(tickets, tickets.open(), "石秀英的儿子在东莞")
    with tickets.database.reading() as connection:
        assert "东莞" not in repr(connection.exec_driver_sql("SELECT * FROM ticket_notes").all())


def test_telling_by_text_sends_one_text_and_notes_it(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    for sent in (True, False):
        told = tickets.write(
            tell_by_text, ticket, "明天上午来看", "staff:1", after(4), key="form-2"
        )
        assert told is sent
    assert texts(tickets) == [(FARMER, "明天上午来看", tickets.row(ticket).id)]
    assert [(kept.body, kept.told_by) for kept in notes(tickets)] == [("明天上午来看", "sms")]


def test_who_wants_no_texts_is_not_noted_as_told(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    tickets.write(opt_out, FARMER, after(1), "test")
    with pytest.raises(RefusedError, match="call them instead"):
        tickets.write(tell_by_text, ticket, "明天来", "staff:1", after(4), key="form-2")
    assert (notes(tickets), texts(tickets)) == ([], [])


def test_nobody_is_texted_whose_number_is_not_known(tickets: TicketDesk) -> None:
    ticket = tickets.open(caller="anonymous")
    with pytest.raises(RefusedError, match="no telephone number"):
        tickets.write(tell_by_text, ticket, "明天来", "staff:1", after(4), key="form-2")
    with tickets.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(TicketNote)).scalar() == 0
