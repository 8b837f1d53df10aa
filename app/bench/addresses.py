"""The pages that are measured: whose they are, and at which addresses of a filled database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.calls.models import Call, CallEvent
from app.flows.hours import COUNTY_TIME
from app.tickets.lists.paging import Cursor
from app.tickets.models import Ticket

AGENT, SUPERVISOR, AUDITOR, OPERATOR = "agent", "supervisor", "auditor", "operator"
CLERK = "clerk"  # an agent of one department, who sees little of all there is
API, ANYBODY = "api", "anybody"
SAMPLES = 20  # of tickets and calls, so that no page is fast by being fetched again
SENTENCE = "安置房的墙开裂了，下雨天往屋里渗水"
TWO_CHARACTERS = "渗水"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be measured: who opens it, and its addresses, taken in turn."""

    name: str
    role: str
    paths: Sequence[str]


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is in a database."""

    tickets: int
    calls: int
    events: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What stands in the database and can be asked for. `deep` is a place in the middle."""

    numbers: Sequence[str]
    open_numbers: Sequence[str]
    phones: Sequence[str]
    names: Sequence[str]
    sids: Sequence[str]
    deep_ticket: Cursor
    deep_call: Cursor
    latest: datetime


def size_of(connection: Connection) -> Size:
    """How many tickets, calls and events of calls there are."""
    counts = [
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (Ticket, Call, CallEvent)
    ]
    return Size(*counts)


def sample_of(connection: Connection) -> Sample:
    """Tickets and calls from all of the time. Raises LookupError when there are none."""
    tickets = connection.execute(
        select(Ticket.number, Ticket.caller, Ticket.caller_name, Ticket.opened_at, Ticket.id)
        .where(Ticket.id.in_(_spread(connection, Ticket.id)))
        .order_by(Ticket.id)
    ).all()
    calls = connection.execute(
        select(Call.sid, Call.started_at, Call.id)
        .where(Call.id.in_(_spread(connection, Call.id)), Call.parent_sid.is_(None))
        .order_by(Call.id)
    ).all()
    newest = select(Ticket.number).order_by(Ticket.opened_at.desc()).limit(SAMPLES)
    if not tickets or not calls:
        raise LookupError("there is nothing to look at")
    ticket, call = tickets[len(tickets) // 2], calls[len(calls) // 2]
    return Sample(
        numbers=[row.number for row in tickets],
        open_numbers=list(connection.execute(newest).scalars()),
        phones=sorted({row.caller for row in tickets if row.caller.startswith("+")}),
        names=sorted({row.caller_name for row in tickets if row.caller_name}) or ["王建国"],
        sids=[row.sid for row in calls],
        deep_ticket=Cursor(ticket.opened_at, ticket.id),
        deep_call=Cursor(call.started_at, call.id),
        latest=connection.execute(select(func.max(Ticket.opened_at))).scalar_one(),
    )


def _spread(connection: Connection, row_id: InstrumentedAttribute[int]) -> list[int]:
    """Ids that lie evenly over a table, of rows that are there."""
    ids = list(connection.execute(select(row_id).order_by(row_id)).scalars())
    return ids[:: max(1, len(ids) // SAMPLES)]


def sheets(sample: Sample) -> list[Sheet]:
    """All pages that are measured."""
    return [
        *_of_tickets(sample),
        *_of_one_ticket(sample),
        *_of_search(sample),
        *_of_calls(sample),
        *_of_the_rest(),
        *_of_the_api(sample),
    ]


def _of_tickets(sample: Sample) -> list[Sheet]:
    path, day = "/console/tickets", _day(sample.latest)
    long_ago = _day(sample.deep_ticket.at)
    filters: dict[str, dict[str, str]] = {
        "all": {},
        "open": {"state": "open"},
        "mine": {"owner": "me", "state": "open"},
        "nobody's": {"owner": "none", "state": "open"},
        "late": {"due": "late"},
        "due this week": {"due": "week"},
        "waiting": {"state": "waiting"},
        "closed": {"state": "closed"},
        "of a department": {"department": "water"},
        "open of a department": {"department": "water", "state": "open"},
        "of a category": {"category": "housing"},
        "urgent": {"priority": "urgent"},
        "urgent and open": {"priority": "urgent", "state": "open"},
        "by text": {"channel": "sms"},
        "calls back": {"kind": "callback"},
        "calls back, open": {"kind": "callback", "state": "open"},
        "mediations": {"kind": "mediation"},
        "sealed": {"sealed": "yes"},
        "of a place": {"place": "茶亭村"},
        "of a day": {"from": day, "to": day},
        "of a day long ago": {"from": long_ago, "to": long_ago},
        "with words": {"q": TWO_CHARACTERS},
        "with words, of a category": {"q": TWO_CHARACTERS, "category": "housing"},
        "deep": {"after": str(sample.deep_ticket)},
        "deep, of a category": {"after": str(sample.deep_ticket), "category": "housing"},
        "printed": {"print": "1"},
    }
    found = [
        Sheet(f"tickets: {name}", SUPERVISOR, [_address(path, query)])
        for name, query in filters.items()
    ]
    export = {"from": day, "to": day}
    return [
        *(
            Sheet(f"desk of the {role}", role, ["/console/desk"])
            for role in (AGENT, CLERK, SUPERVISOR, AUDITOR)
        ),
        Sheet("desk, refreshed", AGENT, ["/console/desk/work"]),
        Sheet("tickets: all, for the agent", AGENT, [path]),
        Sheet("tickets: all, for the clerk", CLERK, [path]),
        Sheet("tickets: open, for the clerk", CLERK, [_address(path, {"state": "open"})]),
        *found,
        Sheet("tickets: CSV of a day", SUPERVISOR, [_address(f"{path}/export", export)]),
        Sheet("tickets: form of a new one", AGENT, [f"{path}/new"]),
    ]


def _of_one_ticket(sample: Sample) -> list[Sheet]:
    whole = [f"/console/tickets/{number}" for number in sample.numbers]
    fresh = [f"/console/tickets/{number}" for number in sample.open_numbers]
    return [
        Sheet("ticket", AGENT, whole),
        Sheet("ticket, of the newest", SUPERVISOR, fresh),
        Sheet("ticket: head, refreshed", AGENT, [f"{one}/live" for one in fresh]),
        Sheet("ticket: history", AGENT, [f"{one}/history" for one in fresh]),
        Sheet("ticket: cards", AGENT, [f"{one}/side" for one in fresh]),
    ]


def _of_search(sample: Sample) -> list[Sheet]:
    def search(name: str, role: str, words: Sequence[str]) -> Sheet:
        return Sheet(
            f"search: {name}", role, [_address("/console/search/results", {"q": q}) for q in words]
        )

    return [
        search("number", AGENT, sample.numbers),
        search("telephone", AGENT, sample.phones),
        search("name", SUPERVISOR, sample.names),
        search("two characters", AGENT, [TWO_CHARACTERS, "停水", "赔偿"]),
        search("two characters, for the clerk", CLERK, [TWO_CHARACTERS, "停水", "赔偿"]),
        search("a sentence", AGENT, [SENTENCE]),
        search("what nobody said", AGENT, ["外星人降落"]),
        search("an English word", SUPERVISOR, ["compensation"]),
    ]


def _of_calls(sample: Sample) -> list[Sheet]:
    path, day = "/console/calls", _day(sample.latest)
    long_ago = _day(sample.deep_call.at)
    filters: dict[str, dict[str, str]] = {
        "all": {},
        "inbound": {"direction": "inbound"},
        "outbound": {"direction": "outbound"},
        "failed": {"status": "failed"},
        "abandoned": {"outcome": "abandoned"},
        "unanswered": {"outcome": "unanswered"},
        "in English": {"language": "en-US"},
        "of a telephone": {"phone": sample.phones[0]} if sample.phones else {},
        "of somebody unknown": {"phone": "+8613900000000"},
        "that reached the officers": {"reached": "officers"},
        "with a recording": {"recording": "yes"},
        "without a recording": {"recording": "no"},
        "with a ticket": {"ticket": "yes"},
        "without a ticket": {"ticket": "no"},
        "of ten minutes": {"at_least": "600"},
        "of a day": {"since": day, "until": day},
        "of a day long ago": {"since": long_ago, "until": long_ago},
        "deep": {"after": str(sample.deep_call)},
    }
    found = [
        Sheet(f"calls: {name}", SUPERVISOR, [_address(path, query)])
        for name, query in filters.items()
    ]
    one = [f"{path}/{sid}" for sid in sample.sids]
    export = {"since": day, "until": day, "format": "csv"}
    return [
        *found,
        Sheet("calls: all, for the auditor", AUDITOR, [path]),
        Sheet("calls: all, for the clerk", CLERK, [path]),
        Sheet("calls: CSV of a day", SUPERVISOR, [_address(f"{path}/export", export)]),
        Sheet("call", SUPERVISOR, one),
        Sheet("call, for the auditor", AUDITOR, one),
        Sheet("live", SUPERVISOR, ["/console/live"]),
        Sheet("live, refreshed", AGENT, ["/console/live/board"]),
    ]


def _of_the_rest() -> list[Sheet]:
    return [
        Sheet("roster", SUPERVISOR, ["/console/roster"]),
        Sheet("departments", SUPERVISOR, ["/console/departments"]),
        Sheet("alerts", AGENT, ["/console/alerts"]),
        Sheet("alerts, all", SUPERVISOR, ["/console/alerts?everything=true"]),
        Sheet("alerts, the bell", AGENT, ["/console/alerts/count"]),
        Sheet("staff", SUPERVISOR, ["/console/staff"]),
        Sheet("screening", OPERATOR, ["/console/screening"]),
        Sheet("flows", OPERATOR, ["/console/flows"]),
        Sheet("flows: the whole graph", OPERATOR, ["/console/flows/all?days=90"]),
        Sheet("flows: a node", OPERATOR, ["/console/flows/main/nodes/main.menu?days=90"]),
        Sheet("flows: numbers", OPERATOR, ["/console/flows/numbers?days=90"]),
        Sheet("flows: not understood", OPERATOR,
              [_address("/console/flows/words", {"q": "低保", "days": "90"})]),
        Sheet("flows: versions", OPERATOR, ["/console/flows/versions"]),
        Sheet("flows: drafts", OPERATOR, ["/console/flows/drafts"]),
        Sheet("flows: prompts", OPERATOR, ["/console/flows/prompts"]),
        Sheet("notices", OPERATOR, ["/console/notices"]),
        Sheet("hearings", SUPERVISOR, ["/console/hearings"]),
        Sheet("audit", AUDITOR, ["/console/audit"]),
        Sheet("portal", ANYBODY, ["/"]),
        Sheet("portal: form of an appeal", ANYBODY, ["/appeal"]),
        Sheet("portal: policies", ANYBODY, ["/policies"]),
        Sheet("portal: policies with words", ANYBODY, [_address("/policies", {"q": "后期扶持"})]),
    ]  # fmt: skip


def _of_the_api(sample: Sample) -> list[Sheet]:
    tickets, calls = "/api/v1/tickets", "/api/v1/calls"
    deep = {"after": str(sample.deep_ticket)}
    return [
        Sheet("API: tickets", API, [tickets]),
        Sheet("API: tickets, deep", API, [_address(tickets, deep)]),
        Sheet("API: closed tickets of a category", API,
              [_address(tickets, {"state": "closed", "category": "housing"})]),
        Sheet("API: ticket", API, [f"{tickets}/{number}" for number in sample.numbers]),
        Sheet("API: its events", API, [f"{tickets}/{number}/events" for number in sample.numbers]),
        Sheet("API: calls", API, [calls]),
        Sheet("API: call", API, [f"{calls}/{sid}" for sid in sample.sids]),
    ]  # fmt: skip


def _address(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _day(at: datetime) -> str:
    return (at.astimezone(COUNTY_TIME) - timedelta(days=1)).date().isoformat()
