"""The seal: a table of who sees the caller, and the same by SQL."""

from dataclasses import dataclass

import pytest
from app.people.access.rights import Role
from app.people.access.visitor import Grant, Kind, Visitor
from app.tickets.errors import RefusedError
from app.tickets.lists.rows import ListedTicket
from app.tickets.models import Ticket
from app.tickets.seal.service import seal, unseal
from app.tickets.seal.sight import Viewer, may_see_caller, seen_by, viewer_of
from sqlalchemy import select
from tests.tickets.world import LI, WANG, TicketDesk, after


@dataclass(frozen=True)
class Sealed:
    confidential: bool = True
    owner_id: int | None = LI
    department: str = "discipline"
    region: str = "north"


def person(staff_id: int, role: Role, department: str = "*", region: str = "*") -> Viewer:
    grant = Grant.of(role, department, region)
    return viewer_of(Visitor(Kind.staff, staff_id, grants=(grant,)))


SIGHT = [
    (person(LI, Role.agent, "water"), True),  # its owner, wherever they work
    (person(WANG, Role.agent, "discipline"), False),  # a colleague
    (person(WANG, Role.mediator, "discipline"), False),
    (person(WANG, Role.supervisor, "discipline"), True),  # the supervisor of the department
    (person(WANG, Role.supervisor, "discipline", "north"), True),
    (person(WANG, Role.supervisor, "discipline", "south"), False),
    (person(WANG, Role.supervisor, "water"), False),
    (person(WANG, Role.supervisor), True),
    (person(WANG, Role.auditor), True),
    (person(WANG, Role.admin), False),
    (person(WANG, Role.ops), False),
    (viewer_of(Visitor(Kind.api, 7, "town")), False),
    (Viewer(), False),
]


@pytest.mark.parametrize(("viewer", "sees"), SIGHT)
def test_who_sees_the_caller_of_a_sealed_ticket(viewer: Viewer, sees: bool) -> None:
    assert may_see_caller(Sealed(), viewer) is sees
    assert may_see_caller(Sealed(confidential=False), viewer) is True
    unowned = Sealed(owner_id=None)
    assert may_see_caller(unowned, viewer) is (sees and viewer.staff_id != LI)


def test_sql_sees_what_the_table_says(tickets: TicketDesk) -> None:
    from app.tickets.routing import Routing

    ticket = tickets.open(routing=Routing(department="discipline", region="north"))
    tickets.write(seal, ticket, "staff:9", "举报人要求保密", after(1))
    tickets.move(ticket, "acknowledged", 2, LI)
    with tickets.database.reading() as connection:
        for viewer, sees in SIGHT:
            seen = connection.execute(select(Ticket.id).where(seen_by(viewer))).all()
            assert bool(seen) is sees, viewer


def test_sealing_and_unsealing_are_recorded_with_their_reasons(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    with pytest.raises(RefusedError):
        tickets.write(seal, ticket, "staff:9", " ", after(1))
    assert tickets.write(seal, ticket, "staff:9", "举报村干部", after(1)) is True
    assert tickets.write(seal, ticket, "staff:9", "再一次", after(2)) is False
    found = tickets.row(ticket)
    assert (found.confidential, found.sealed_at, found.sealed_by) == (True, after(1), "staff:9")
    assert tickets.write(unseal, ticket, "staff:8", "本人同意公开", after(3)) is True
    found = tickets.row(ticket)
    assert (found.confidential, found.sealed_at, found.sealed_by) == (False, None, "")
    assert [(event.event, event.words) for event in tickets.events(ticket)[1:]] == [
        ("sealed", "举报村干部"),
        ("unsealed", "本人同意公开"),
    ]


def test_a_sealed_ticket_is_shown_without_its_caller(tickets: TicketDesk) -> None:
    ticket = tickets.open(
        words="村会计贪钱", caller_name="石秀英", place="沙溪村", call_sid="CA1", confidential=True
    )
    hidden = tickets.whole(ticket, Viewer(WANG))
    assert hidden.hidden
    assert (hidden.number, hidden.category, hidden.state) == (ticket, "land", "new")
    personal = (hidden.caller, hidden.caller_name, hidden.subject, hidden.words, hidden.place)
    assert personal == ("",) * 5
    assert (hidden.call_sid, hidden.recording_sid) == ("", "")
    seen = tickets.whole(ticket)
    assert (seen.hidden, seen.words, seen.caller_name) == (False, "村会计贪钱", "石秀英")
    with tickets.database.reading() as connection:
        [line] = ListedTicket.all_shown(connection.execute(ListedTicket.query()), Viewer(WANG))
    assert (line.hidden, line.caller, line.subject) == (True, "", "")
