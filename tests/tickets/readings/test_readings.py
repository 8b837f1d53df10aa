"""The clause read aloud, with a tick when it was read in full (R11)."""

import pytest
from app.tickets.errors import UnknownTicketError
from app.tickets.readings.queries import Reading, readings_of
from app.tickets.readings.service import note_reading
from tests.tickets.world import LI, TicketDesk, after


def test_who_read_which_clause_and_whether_to_its_end(tickets: TicketDesk) -> None:
    opened = tickets.open_whole()
    note = (opened.number, "support.amount", "full", LI)
    tickets.write(note_reading, *note, "cut", after(3))
    tickets.write(note_reading, *note, "whole", after(5))
    assert tickets.read(readings_of, [opened.id]) == [
        Reading("support.amount", "full", LI, "cut", after(3)),
        Reading("support.amount", "full", LI, "whole", after(5)),
    ]
    assert tickets.happened(opened.number) == ["opened", "read", "read"]
    with pytest.raises(UnknownTicketError):
        tickets.write(note_reading, "00000000", "support.amount", "full", LI, "whole", after(5))
