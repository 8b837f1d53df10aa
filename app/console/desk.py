"""The desk: one's own work by what is due first, and the one thing to do next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.calls.waiting import NotRung, own_telephones
from app.console.naming import Names, names_for
from app.console.tickets.lines import Line, line_of, owners, warn_seconds
from app.console.tickets.sight import desk_of, viewer
from app.console.tickets.steps import ASSIGN, LOOK, Button, button_of
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets.filters.filter import TicketFilter
from app.tickets.lists import queries
from app.tickets.lists.paging import Page
from app.tickets.lists.queries import DeskLine
from app.tickets.lists.rows import ListedTicket
from app.tickets.models import Ticket
from app.web.access import ViewTickets, ViewTicketsPassively
from app.web.pages import render
from app.web.site import site_of

router = APIRouter(include_in_schema=False)

SHOWN = 200  # of one's own work; who has more than this sees what is due first
LATE_SHOWN = 20
CALLBACK = "callback"  # the kind of ticket that a missed call becomes
TO_DO = frozenset({"answer_offer", "take", "respond", "begin", "resolve"})
ADDRESSES = {
    "mine": "/console/tickets?owner=me&state=open",
    "unowned": "/console/tickets?owner=none&state=open",
    "callbacks": "/console/tickets?kind=callback&state=open",
    "waiting": "/console/tickets?owner=me&state=waiting",
    "late": "/console/tickets?due=late",
}


@dataclass(frozen=True, slots=True)
class DeskList:
    """One list of the desk. `address` is where the whole of it can be seen."""

    key: str
    lines: Sequence[Line]
    address: str = ""
    tone: str = ""
    claimable: bool = False
    more: bool = False

    @property
    def count_shown(self) -> str:
        """How many there are, as a badge says it."""
        return f"{len(self.lines)}{'+' if self.more else ''}"


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do now."""

    line: Line
    step: Button
    why: str
    tone: str


@dataclass(frozen=True, slots=True)
class DeskView:
    """What the desk shows."""

    next: Next | None
    lists: Sequence[DeskList]
    resting: Sequence[NotRung]


@router.get("/console/desk")
def desk_page(request: Request, visitor: ViewTickets, opened: str = "") -> Response:
    """The desk; `opened` is the number of a ticket that went to somebody else."""
    return render(
        request,
        "desk/page.html",
        visitor=visitor,
        desk=_desk(request, visitor),
        may_work=visitor.may(Right.tickets_work),
        opened=opened if opened.isdigit() else "",
    )


@router.get("/console/desk/work")
def desk_work(request: Request, visitor: ViewTicketsPassively) -> Response:
    """What of the desk changes: the next thing and the lists."""
    return render(request, "desk/work.html", visitor=visitor, desk=_desk(request, visitor))


def _desk(request: Request, visitor: Visitor) -> DeskView:
    site = site_of(request)
    at = site.clock.now()
    with site.database.reading() as connection:
        work = queries.desk(connection, desk_of(visitor), limit=SHOWN)
        late = _late(connection, visitor, at)
        tickets = [line.ticket for line in work.lines] + list(late.lines)
        names = names_for(request, visitor, connection, owners(tickets))
        resting = own_telephones(connection, visitor, at)
    shown = Shown(names, visitor, at)
    others = _of_others(late.lines, work.lines)
    lists = [*_own_lists(work.lines, shown), _late_list(others, shown, more=late.next is not None)]
    first = _next(work.lines, others, shown)
    return DeskView(first, [one for one in lists if one.lines], resting)


@dataclass(frozen=True, slots=True)
class Shown:
    """For whom lines are written, and when."""

    names: Names
    visitor: Visitor
    at: datetime

    def line(self, ticket: ListedTicket) -> Line:
        """A ticket as a line."""
        return line_of(ticket, self.names, self.visitor)

    def lines(self, tickets: Iterable[ListedTicket]) -> list[Line]:
        """Tickets as lines."""
        return [self.line(ticket) for ticket in tickets]

    def is_late(self, ticket: ListedTicket) -> bool:
        """Whether the deadline that counts has passed."""
        return ticket.due_at is not None and ticket.due_at < self.at


def _late(connection: Connection, visitor: Visitor, at: datetime) -> Page[ListedTicket]:
    """Missed deadlines, for those who look after others: where they assign, or only look."""
    looks_only = not visitor.may(Right.tickets_work)
    right = Right.tickets_view if looks_only else Right.tickets_assign
    area = visitor.scope(right).condition(Ticket.department, Ticket.region)
    missed = TicketFilter(due_before=at)
    return queries.list_tickets(
        connection, missed, area, viewer(visitor), order="due", limit=LATE_SHOWN
    )


def _own_lists(work: Sequence[DeskLine], shown: Shown) -> list[DeskList]:
    groups: dict[str, list[ListedTicket]] = {}
    for line in work:
        groups.setdefault(_group_of(line), []).append(line.ticket)
    lists = []
    for key in ("offered", "mine", "callbacks", "unowned", "waiting"):
        tickets = groups.get(key, [])
        late = any(map(shown.is_late, tickets))
        lists.append(
            DeskList(
                key,
                shown.lines(tickets),
                ADDRESSES.get(key, ""),
                tone="late" if late else "soon" if key == "offered" else "",
                claimable=key in ("unowned", "callbacks"),
                more=len(work) >= SHOWN,
            )
        )
    return lists


def _of_others(late: Sequence[ListedTicket], work: Sequence[DeskLine]) -> list[ListedTicket]:
    """What was missed by others: one's own work stands in its own lists already."""
    own = {line.ticket.id for line in work}
    return [ticket for ticket in late if ticket.id not in own]


def _late_list(late: Sequence[ListedTicket], shown: Shown, *, more: bool) -> DeskList:
    return DeskList("late", shown.lines(late), ADDRESSES["late"], tone="late", more=more)


def _group_of(line: DeskLine) -> str:
    if line.step == "answer_offer":
        return "offered"
    if line.step == "wait":
        return "waiting"
    if line.step == "take":
        return "callbacks" if line.ticket.kind == CALLBACK else "unowned"
    return "mine"


def _next(work: Sequence[DeskLine], late: Sequence[ListedTicket], shown: Shown) -> Next | None:
    """What is due first of what can be done; else, for those who assign, what was missed first."""
    for line in work:
        if line.step in TO_DO:
            why = _why(line, shown)
            return Next(
                shown.line(line.ticket), button_of(line.step), why, _tone(line.ticket, shown)
            )
    if not late:
        return None
    ticket = late[0]
    why = shown.names.say(
        "desk.next.why.late" if ticket.owner_id else "desk.next.why.late_unowned",
        name=shown.names.person(ticket.owner_id),
    )
    step = ASSIGN if shown.visitor.may(Right.tickets_assign) else LOOK
    return Next(shown.line(ticket), step, why, "late")


def _why(line: DeskLine, shown: Shown) -> str:
    if line.step == "answer_offer":
        owner = shown.names.person(line.ticket.owner_id)
        return shown.names.say("desk.next.why.offered", name=owner)
    return shown.names.say(f"desk.next.why.{'unowned' if line.step == 'take' else 'mine'}")


def _tone(ticket: ListedTicket, shown: Shown) -> str:
    if shown.is_late(ticket):
        return "late"
    warn = timedelta(seconds=warn_seconds(ticket.opened_at, ticket.due_at))
    return "soon" if ticket.due_at is not None and ticket.due_at - shown.at < warn else ""
