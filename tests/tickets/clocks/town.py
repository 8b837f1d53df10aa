"""A town whose clocks are swept at chosen instants: real tables, no telephone, no waiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from app.database import Base, Database, blind_index
from app.flows.compiler import compile_folder
from app.flows.directory import Directory, Post
from app.flows.hours import COUNTY_TIME
from app.people.alerts.models import Alert
from app.people.roster.calendar import ChineseHolidays
from app.people.roster.service import Shift, add_shift
from app.people.staff.models import Staff
from app.policies.shelf import load_shelf
from app.schema import import_models
from app.tickets import times
from app.tickets.clocks.escalation.models import EscalationCall
from app.tickets.clocks.escalation.service import Escalations
from app.tickets.clocks.models import TicketAlarm
from app.tickets.clocks.sweep import Sweep
from app.tickets.models import Ticket
from app.tickets.routing import routing_of
from app.tickets.service import Appeal, OpenedTicket, end_waits, open_ticket, transition
from sqlalchemy import func, insert, select

import_models()  # all tables, whichever tests are run

FLOWS = Path(__file__).resolve().parents[3] / "ivr_flows"
CALLER = "+8613800138000"


def county(text: str) -> datetime:
    """An instant written in the county's time."""
    return datetime.fromisoformat(text).replace(tzinfo=COUNTY_TIME).astimezone(UTC)


def told(at: datetime) -> str:
    """An instant as the county says it, to the second."""
    return at.astimezone(COUNTY_TIME).strftime("%m-%d %H:%M:%S").removesuffix(":00")


def shipped_directory(**categories: dict[str, Any]) -> Directory:
    """The shipped directory with holidays, some of its categories changed."""
    library = compile_folder(FLOWS, load_shelf(FLOWS / "policies"), ChineseHolidays())
    directory = library.directory
    changed = {
        key: directory.categories[key].model_copy(update=update)
        for key, update in categories.items()
    }
    copy = directory.model_copy(update={"categories": {**directory.categories, **changed}})
    return copy.observing(directory.calendar)


def with_line(directory: Directory, department: str, **posts: Post) -> Directory:
    """A directory in which a department has a line of escalation."""
    changed = directory.departments[department].model_copy(update=posts)
    departments = {**directory.departments, department: changed}
    return directory.model_copy(update={"departments": departments}).observing(directory.calendar)


@dataclass
class Town:
    """Everybody and everything in a test of the clocks."""

    database: Database
    directory: Directory
    _fresh: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another process: an empty memory."""
        self.escalations = Escalations(lambda: self.directory, self._random_hex)
        self.sweep = Sweep(lambda: self.directory, self.escalations)

    def _random_hex(self) -> str:
        return f"{next(self._fresh):032x}"

    def employ(self, login: str, phone: str = "") -> int:
        """Take somebody on; returns their id."""
        values = {
            "login": login,
            "name": login.title(),
            "language": "zh-CN",
            "phone": phone,
            "phone_index": blind_index(phone) if phone else "",
            "active": True,
            "created_at": county("2026-01-01 00:00"),
        }
        with self.database.writing() as connection:
            added = insert(Staff).values(**values).returning(Staff.id)
            return connection.execute(added).scalar_one()

    def on_duty(
        self, staff_id: int, begins: str, ends: str, department: str = "", **more: Any
    ) -> None:
        """Put somebody on the roster."""
        facts = {"role": "officer", "rank": "primary"} | more
        shift = Shift(staff_id, department, starts_at=county(begins), ends_at=county(ends), **facts)
        with self.database.writing() as connection:
            add_shift(connection, shift, f"{staff_id}:{begins}:{department}")

    def open(self, at: str, category: str = "land", **more: Any) -> OpenedTicket:
        """Somebody brings a matter."""
        number = f"{next(self._fresh):08d}"
        facts: dict[str, Any] = {
            "number": number,
            "source": f"test:{number}",
            "kind": "appeal",
            "category": category,
            "channel": "phone",
            "language": "zh-CN",
            "caller": CALLER,
            "words": "水渠断了三天了。",
        }
        with self.database.writing() as connection:
            appeal = Appeal(**facts | more)
            return open_ticket(connection, appeal, routing_of(self.directory, category), county(at))

    def move(self, ticket: OpenedTicket, state: Any, actor: str, at: str, **more: Any) -> None:
        """Somebody moves a ticket to a state."""
        why = more.pop("why", "")
        with self.database.writing() as connection:
            transition(connection, ticket.number, state, actor, why, county(at), **more)

    def look(self, at: str | datetime) -> int:
        """One sweep at an instant, the ends of waits first."""
        instant = county(at) if isinstance(at, str) else at
        with self.database.writing() as connection:
            end_waits(connection, instant)
            return self.sweep.look(connection, instant)

    def sweep_until(self, at: str) -> None:
        """Sweep at every instant at which something is due, up to and including the last one."""
        while True:
            due = self._next_due()
            if due is None or due > county(at):
                break
            self.look(due)

    def _next_due(self) -> datetime | None:
        with self.database.reading() as connection:
            alarm = connection.execute(
                select(Ticket.next_alarm_at)
                .where(Ticket.next_alarm_at.is_not(None))
                .order_by(Ticket.next_alarm_at)
                .limit(1)
            ).scalar()
            wait = connection.execute(
                select(Ticket.waiting_until)
                .where(Ticket.state == "waiting")
                .order_by(Ticket.waiting_until)
                .limit(1)
            ).scalar()
        return min((due for due in (alarm, wait) if due is not None), default=None)

    def rows(self, table: type[Base]) -> list[Any]:
        """Rows of a table in the order they were written."""
        with self.database.reading() as connection:
            return list(connection.execute(select(table).order_by(table.__table__.c.id)).all())

    def rows_by(self, table: Any) -> list[Any]:
        """Rows of a table in the order in which they were created."""
        with self.database.reading() as connection:
            return list(connection.execute(select(table).order_by(table.created_at)).all())

    def rows_of_calls(self) -> list[Any]:
        """The telephones in the lines of escalations, in the order in which they are asked."""
        query = select(EscalationCall).order_by(
            EscalationCall.escalation_id, EscalationCall.position
        )
        with self.database.reading() as connection:
            return list(connection.execute(query).all())

    @property
    def alarms(self) -> list[str]:
        """The alarms people were told of: `respond 50 11-23 09:15`; of a later round with `r2`."""
        return [
            f"{alarm.clock} {alarm.level} {told(alarm.at)}"
            + (f" r{alarm.round}" * (alarm.round > 0))
            for alarm in self.rows(TicketAlarm)
            if not alarm.skipped
        ]

    @property
    def skipped(self) -> list[str]:
        """The alarms that were passed together with a higher one."""
        return [f"{alarm.clock} {alarm.level}" for alarm in self.rows(TicketAlarm) if alarm.skipped]

    def alerts_to(self, staff_id: int) -> list[str]:
        """The kinds of alerts somebody got, in order."""
        return [alert.kind for alert in self.rows(Alert) if alert.staff_id == staff_id]

    def count(self, table: type[Base]) -> int:
        """How many rows a table has."""
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()


@contextmanager
def town(database: Database, directory: Directory) -> Iterator[Town]:
    """A town whose clocks keep time by its directory, and nobody else's afterwards."""
    before = times._Times.directory
    found = Town(database, directory)
    times.keep_time_by(lambda: found.directory)
    try:
        yield found
    finally:
        times._Times.directory = before
