"""Who has a ticket: handing it over, answering an offer, assigning it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.naming import Names
from app.console.tickets.forms import Asked, Deed, Extras, Written, at_once, carry_out, show
from app.console.tickets.sight import receiver_of
from app.keys import key_of
from app.people.access.rights import Right
from app.people.staff.queries import Person, all_people
from app.tickets.errors import RefusedError
from app.tickets.handover import service as handover
from app.tickets.handover.service import Target
from app.tickets.lists.rows import WholeTicket
from app.web.access import AssignTickets, WorkTickets

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)


@router.get("/handover")
def handover_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Hand over: to whom and why."""
    return show(Asked(request, visitor, number, "handover"), colleagues)


@router.post("/handover")
def hand_over(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Offer it; the owner stays responsible until it is accepted."""
    return carry_out(Asked(request, visitor, number, "handover", written), _offer, colleagues)


@router.post("/accept")
def accept(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Accept what is on offer."""
    asked = Asked(request, visitor, number, "accept", written, Right.tickets_view)
    return at_once(asked, _accept)


@router.get("/decline")
def decline_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Decline: why."""
    return show(Asked(request, visitor, number, "decline", right=Right.tickets_view))


@router.post("/decline")
def decline(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """It stays with its owner."""
    return carry_out(
        Asked(request, visitor, number, "decline", written, Right.tickets_view), _decline
    )


@router.post("/withdraw")
def withdraw(request: Request, visitor: WorkTickets, number: str, written: Written) -> Response:
    """Take an offer back."""
    return at_once(Asked(request, visitor, number, "withdraw", written), _withdraw)


@router.get("/assign")
def assign_form(request: Request, visitor: AssignTickets, number: str) -> Response:
    """Assign: to whom."""
    asked = Asked(request, visitor, number, "assign", right=Right.tickets_assign)
    return show(asked, colleagues)


@router.post("/assign")
def assign(request: Request, visitor: AssignTickets, number: str, written: Written) -> Response:
    """Give it to somebody outright."""
    asked = Asked(request, visitor, number, "assign", written, Right.tickets_assign)
    return carry_out(asked, _assign, colleagues)


def colleagues(connection: Connection, ticket: WholeTicket, names: Names, _asked: Asked) -> Extras:
    """The people and departments that may get a ticket; those who work where it belongs first."""
    people = [person for person in workers(connection) if person.id != ticket.owner_id]
    here = [person for person in people if _works_in(person, ticket)]
    others = [person for person in people if not _works_in(person, ticket)]
    departments = ["", *names.directory.departments]
    return {
        "near": here,
        "far": others,
        "departments": [(key or "-", names.department(key)) for key in departments],
        "department_name": names.department(ticket.department),
    }


def workers(connection: Connection) -> list[Person]:
    """The active people who work on tickets, wherever."""
    return [
        person
        for person in all_people(connection)
        if person.active and any(grant.gives(Right.tickets_work) for grant in person.grants)
    ]


def _works_in(person: Person, ticket: WholeTicket) -> bool:
    return any(
        grant.gives(Right.tickets_work) and grant.department in ("*", ticket.department)
        for grant in person.grants
    )


def _offer(deed: Deed) -> None:
    person = deed.written["person"]
    receiver = chosen_worker(deed.connection, person) if person else None
    target = Target(receiver, _department(deed.written["department"]))
    handover.offer(
        deed.connection, deed.number, deed.staff_id, target, deed.written["why"], deed.at
    )


def _accept(deed: Deed) -> None:
    handover.accept(deed.connection, deed.number, receiver_of(deed.visitor), deed.at)


def _decline(deed: Deed) -> None:
    receiver = receiver_of(deed.visitor)
    handover.decline(deed.connection, deed.number, receiver, deed.written["why"], deed.at)


def _withdraw(deed: Deed) -> None:
    handover.withdraw(deed.connection, deed.number, deed.staff_id, deed.at, deed.written["why"])


def _assign(deed: Deed) -> None:
    person = chosen_worker(deed.connection, deed.written["person"])
    handover.assign(deed.connection, deed.number, person, deed.actor, deed.at, deed.written["why"])


def chosen_worker(connection: Connection, written: str) -> int:
    """The person that was chosen. Raises RefusedError when nobody was who works on tickets."""
    staff_id = key_of(written)
    if staff_id is None or staff_id not in {person.id for person in workers(connection)}:
        raise RefusedError("请选择一位承办人员。", "Choose somebody who works on tickets.")
    return staff_id


def _department(written: str) -> str | None:
    """A department as the form writes it: `-` is the hotline's own desk."""
    return "" if written == "-" else written or None
