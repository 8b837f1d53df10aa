"""The desk of a story: staff with telephones, their duty, tickets opened without a call."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

from app.database import blind_index
from app.people.roster.service import Shift, add_shift
from app.people.staff.models import Staff, StaffGrant
from app.tickets.clocks.models import TicketAlarm
from app.tickets.models import TicketEvent
from app.tickets.routing import routing_of
from app.tickets.service import Appeal, OpenedTicket, open_ticket, transition
from sqlalchemy import insert
from tests.stories.county import CALLER, FLOWS, County

WANG, CHEN, ZHAO = "+8613900000001", "+8613900000002", "+8613900000003"
HEAD, DIRECTOR = "+867451000401", "+867451000402"
RESETTLEMENT = "+867451000303"
EVER = timedelta(hours=30)


def employ(
    county: County, login: str, phone: str = "", role: str = "", language: str = "zh-CN"
) -> int:
    """Take somebody on, with a role everywhere."""
    values = {
        "login": login,
        "name": login.title(),
        "language": language,
        "phone": phone,
        "phone_index": blind_index(phone) if phone else "",
        "active": True,
        "created_at": county.clock.now(),
    }
    with county.service.database.writing() as connection:
        added = insert(Staff).values(**values).returning(Staff.id)
        staff_id = connection.execute(added).scalar_one()
        if role:
            grant = {"staff_id": staff_id, "role": role, "granted_at": county.clock.now()}
            connection.execute(insert(StaffGrant).values(**grant))
    return staff_id


def on_duty(
    county: County, staff_id: int, department: str = "resettlement", rank: Any = "primary"
) -> None:
    """Put somebody on the roster for the whole story."""
    now = county.clock.now()
    shift = Shift(staff_id, department, "officer", rank, now - timedelta(hours=1), now + EVER)
    with county.service.database.writing() as connection:
        add_shift(connection, shift, f"{staff_id}:{department}")


def appeal(county: County, category: str = "support", **more: Any) -> OpenedTicket:
    """Somebody brings a matter in some other way than by calling."""
    number = county.service.identities.ticket_number()
    facts: dict[str, Any] = {
        "number": number,
        "source": f"test:{number}",
        "kind": "appeal",
        "category": category,
        "channel": "portal",
        "language": "zh-CN",
        "caller": CALLER,
        "place": "龙潭镇",
        "words": "补助三个月没有发。",
    }
    directory = county.service.library.current.directory
    with county.service.database.writing() as connection:
        routing = routing_of(directory, category)
        return open_ticket(connection, Appeal(**facts | more), routing, county.clock.now())


def move(
    county: County, ticket: OpenedTicket, state: Any, actor: str, why: str = "", **more: Any
) -> None:
    """Somebody moves a ticket on the console."""
    with county.service.database.writing() as connection:
        transition(connection, ticket.number, state, actor, why, county.clock.now(), **more)


def alarms(county: County) -> list[str]:
    """The alarms people were told of, such as `respond 50`."""
    told = [alarm for alarm in county.rows(TicketAlarm) if not alarm["skipped"]]
    return [f"{alarm['clock']} {alarm['level']}" for alarm in told]


def happened(county: County, ticket: OpenedTicket) -> list[Mapping[str, Any]]:
    """The history of a ticket."""
    return county.rows(TicketEvent, ticket_id=ticket.id)


def flows_with(folder: Path, *changes: tuple[str, str]) -> Path:
    """The shipped flows with some lines of the directory changed."""
    copy = folder / "flows"
    copytree(FLOWS, copy)
    path = copy / "directory.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, f"{before!r} does not stand in directory.yaml"
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    return copy


def spoken_number(ticket: OpenedTicket) -> str:
    """A ticket's number as it is read aloud."""
    return " ".join(ticket.number)
