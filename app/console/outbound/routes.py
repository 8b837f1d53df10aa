"""What the hotline dialled, by day: caps, counts, and each leg with what to do about it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.calls.gateway import queries
from app.calls.gateway.canary.queries import proof
from app.calls.gateway.queries import STATES, Chosen, Count, Leg
from app.calls.gateway.refusals import Refusal
from app.calls.log.sight import masked
from app.console.naming import Names, names_for
from app.flows.hours import COUNTY_TIME
from app.people.access.rights import Right
from app.tickets.changes import staff_of
from app.web.access import ViewOutbound
from app.web.exports import AskedFormat, Column, Kind, Sheet, export
from app.web.pages import render
from app.web.site import site_of
from app.web.words import all_words

router = APIRouter(prefix="/console/outbound")

MOST_EXPORTED = 20_000
TONES = {"refused": "late", "unknown": "soon", "stranger": "late", "ended": "good"}
_COLUMNS: Sequence[tuple[str, Kind, int]] = (
    ("at", "instant", 20), ("purpose", "text", 16), ("number", "text", 18), ("who", "text", 16),
    ("state", "text", 14), ("why", "text", 60), ("seconds", "number", 10),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One leg in words: `why` says what is the matter, `todo` what to do about it."""

    leg: Leg
    purpose: str
    number: str
    who: str
    state: str
    why: str
    todo: str

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES.get(self.leg.state, "")

    @property
    def call(self) -> str:
        """The call that can be looked at: its own, or the one that dialled it."""
        return self.leg.parent_sid or (self.leg.call_sid if self.leg.way == "rest" else "") or ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it stands in the address."""

    day: date
    purpose: str
    state: str
    before: int | None

    @property
    def chosen(self) -> Chosen:
        """The filter as the query wants it: a day of the county."""
        since = datetime.combine(self.day, time.min, COUNTY_TIME)
        until = since + timedelta(days=1)
        return Chosen(since, until, self.purpose, self.state, self.before)


def asked_of(
    request: Request,
    day: Annotated[str, Query(max_length=10)] = "",
    purpose: Annotated[str, Query(max_length=32)] = "",
    state: Annotated[str, Query(max_length=16)] = "",
    before: int | None = None,
) -> Asked:
    """What was asked for; a day that is none is today."""
    today = site_of(request).clock.now().astimezone(COUNTY_TIME).date()
    try:
        chosen = date.fromisoformat(day) if day else today
    except ValueError:
        chosen = today
    return Asked(chosen, purpose, state if state in STATES else "", before)


@router.get("")
def page(
    request: Request,
    visitor: ViewOutbound,
    day: str = "",
    purpose: str = "",
    state: str = "",
    before: int | None = None,
) -> Response:
    """The caps, the counts of a day, and its legs."""
    site = site_of(request)
    at, asked = site.clock.now(), asked_of(request, day, purpose, state, before)
    chosen = asked.chosen
    dialling = site.library.current.directory.dialling
    with site.database.reading() as connection:
        gauges = queries.hotline_use(connection, dialling.caps, at)
        counted = queries.counts(connection, chosen.since, chosen.until)
        found = queries.legs(connection, chosen, queries.PAGE + 1)
        line = proof(connection, at)
        people = [staff_of(leg.actor) for leg in found]
        names = names_for(request, visitor, connection, people)
    return render(
        request,
        "outbound/page.html",
        visitor=visitor,
        asked=asked,
        gauges=gauges,
        dialling=dialling,
        counted=_by_purpose(counted, names),
        states=STATES,
        lines=[_line(leg, names) for leg in found[: queries.PAGE]],
        next=found[queries.PAGE - 1].id if len(found) > queries.PAGE else None,
        proof=line,
        has_canary=bool(site.settings.canary_number),
        may_see_calls=visitor.may(Right.calls_view),
        at=at,
    )


@router.get("/export")
def export_legs(
    request: Request,
    visitor: ViewOutbound,
    day: str = "",
    purpose: str = "",
    state: str = "",
    file_format: AskedFormat = "xlsx",
) -> Response:
    """The legs of a day as a file; telephones as they stand on the page."""
    asked = asked_of(request, day, purpose, state, None)
    site = site_of(request)
    with site.database.reading() as connection:
        found = queries.legs(connection, asked.chosen, MOST_EXPORTED)
        names = names_for(request, visitor, connection, [staff_of(leg.actor) for leg in found])

    def rows(_connection: Connection) -> Iterator[Sequence[object]]:
        for line in (_line(leg, names) for leg in found):
            yield (
                line.leg.asked_at, line.purpose, line.number, line.who, line.state, line.why,
                line.leg.booked_seconds,
            )  # fmt: skip

    columns = [
        Column(names.say(f"outbound.column.{key}"), kind, width) for key, kind, width in _COLUMNS
    ]
    filters = {"day": asked.day.isoformat(), "purpose": purpose, "state": asked.state}
    sheet = Sheet("outbound", names.say("outbound.title"), columns, rows, filters)
    return export(request, visitor, sheet, file_format)


@dataclass(frozen=True, slots=True)
class PurposeLine:
    """What became of the legs of one purpose."""

    purpose: str
    name: str
    states: Counter[str]
    minutes: int


def _by_purpose(counted: Sequence[Count], names: Names) -> list[PurposeLine]:
    purposes = sorted({one.purpose for one in counted})
    found = []
    for purpose in purposes:
        mine = [one for one in counted if one.purpose == purpose]
        states = Counter({str(one.state): one.legs for one in mine})
        minutes = round(sum(one.seconds for one in mine) / 60)
        found.append(PurposeLine(purpose, purpose_name(purpose, names), states, minutes))
    return found


def _line(leg: Leg, names: Names) -> Line:
    return Line(
        leg=leg,
        purpose=purpose_name(leg.purpose, names),
        number=masked(leg.number),
        who=names.actor(leg.actor) if leg.actor.startswith(("staff:", "api:")) else "",
        state=names.say(f"outbound.state.{leg.state}"),
        why=_why(leg, names),
        todo=_todo(leg, names),
    )


def _why(leg: Leg, names: Names) -> str:
    if leg.state == "refused":
        return Refusal(leg.rule).said(names.language)
    if leg.over_cap:
        over = Refusal(leg.over_cap).said(names.language)
        return names.say("outbound.over_cap", why=over)
    key = f"outbound.status.{leg.status.replace(' ', '_')}"
    return names.say(key) if leg.status and all_words().has(key) else leg.status


def _todo(leg: Leg, names: Names) -> str:
    if leg.state == "refused":
        fault = "cap" if Refusal(leg.rule).is_cap else "number"
        return names.say(f"outbound.todo.{fault}")
    key = f"outbound.todo.{leg.state}"
    return names.say(key) if all_words().has(key) else ""


def purpose_name(purpose: str, names: Names) -> str:
    """What a leg was for, in the reader's words; a purpose without a name is called by its key."""
    key = f"outbound.purpose.{purpose}"
    return names.say(key) if all_words().has(key) else purpose
