"""What the page of the telephone shows now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from sqlalchemy import Connection

from app.console.naming import Names, names_for
from app.console.softphone.card import Card, card_of
from app.database import fingerprint
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.presence.queries import Presence, attendants, presence_of
from app.softphone import queries, store
from app.softphone.queries import UnderWay
from app.softphone.store import Leg, Talk
from app.web.site import site_of


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else of ours in the talk, or asked into it."""

    leg: Leg
    name: str


@dataclass(frozen=True, slots=True)
class Supervised:
    """A talk that a supervisor may come into."""

    talk: Talk
    who: str
    citizen: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that changes on the page, in the reader's words.

    `mine` is the visitor's leg in `talk`. `card` is of whoever rings, talks, or was talked with.
    `asked_by` is the colleague who asks the visitor into a talk, to leave it to them if
    `is_handed_over`; `taken_by` whoever answered a caller who rang here too.
    """

    state: str
    since: datetime | None
    is_ringing: bool
    asked_by: str
    is_handed_over: bool
    taken_by: str | None
    is_dialling: bool
    card: Card | None
    talk: Talk | None
    mine: Leg | None
    others: Sequence[Other]
    owed: Leg | None
    trouble: str
    departments: Sequence[tuple[str, str]]
    people: Sequence[tuple[str, str]]
    supervised: Sequence[Supervised]

    @property
    def asked(self) -> bool:
        """Whether a colleague is being asked into the talk."""
        return any(one.leg.state in ("asked", "dialing") for one in self.others)


def panel_of(
    request: Request, connection: Connection, visitor: Visitor, at: datetime
) -> tuple[Panel, Names]:
    """The panel of a visitor's telephone."""
    assert visitor.staff_id is not None
    present = presence_of(connection, visitor.staff_id)
    mine = store.open_leg_of(connection, visitor.staff_id)
    owed = queries.to_write_up(connection, visitor.staff_id)
    about = mine or owed
    talk = store.talk(connection, about.talk_id) if about else None
    ringing = queries.who_rings(connection, visitor.staff_id)
    legs = store.legs(connection, talk.id) if talk and mine else []
    going_on = queries.under_way(connection) if visitor.may(Right.calls_supervise) else []
    asks = queries.who_asks(connection, visitor.staff_id)
    taken = queries.taken_by(connection, visitor.staff_id, at)
    people = [one.staff_id for one in legs]
    people += [asks[0] if asks else None, taken]
    people += [leg.staff_id for one in going_on for leg in one.legs]
    names = names_for(request, visitor, connection, people)
    citizen = ringing or (queries.citizen_of(talk) if talk else None)
    is_talking = mine is not None and mine.state in ("on", "asked")
    panel = Panel(
        state=_state(present, at),
        since=mine.joined_at if mine else None,
        is_ringing=ringing is not None and not is_talking,
        asked_by=names.person(asks[0]) if asks else "",
        is_handed_over=asks is not None and asks[1],
        taken_by=None if taken is None or mine else names.person(taken),
        is_dialling=talk is not None and is_talking and queries.is_dialling(connection, talk),
        card=card_of(connection, visitor, names, citizen) if citizen else None,
        talk=talk if mine and mine.state != "dialing" else None,
        mine=mine if mine and mine.state != "dialing" else None,
        others=_others(legs, mine, names),
        owed=None if mine else owed,
        trouble=owed.trouble if owed else "",
        departments=_departments(names),
        people=[(one.login, one.name) for one in attendants(connection, at, visitor.staff_id)],
        supervised=[
            _supervised(connection, visitor, names, one)
            for one in going_on
            if visitor.may(Right.calls_supervise, department=one.department)
            and all(
                leg.staff_id != visitor.staff_id for leg in one.legs if leg.role != "supervisor"
            )
        ],
    )
    return panel, names


def signature(connection: Connection, visitor: Visitor, at: datetime) -> str:
    """Something that differs whenever the panel would: a page that beats compares it."""
    assert visitor.staff_id is not None
    present = presence_of(connection, visitor.staff_id)
    mine = store.open_leg_of(connection, visitor.staff_id)
    talk = store.talk(connection, mine.talk_id) if mine else None
    parts: list[object] = [_state(present, at), queries.who_rings(connection, visitor.staff_id)]
    parts.append(queries.taken_by(connection, visitor.staff_id, at))
    if talk is not None:
        parts += [talk.held, talk.room, talk.ended_at, queries.is_dialling(connection, talk)]
        parts += [one.login for one in attendants(connection, at, visitor.staff_id)]
        parts += [(leg.id, leg.state, leg.mode) for leg in store.legs(connection, talk.id)]
    if visitor.may(Right.calls_supervise):
        parts += [
            (one.talk.id, [leg.id for leg in one.legs]) for one in queries.under_way(connection)
        ]
    return fingerprint(repr(parts))[:16]


def site_panel(request: Request, visitor: Visitor) -> tuple[Panel, Names]:
    """The panel, read now."""
    site = site_of(request)
    with site.database.reading() as connection:
        return panel_of(request, connection, visitor, site.clock.now())


def _state(present: Presence | None, at: datetime) -> str:
    return present.state if present and present.is_here(at) else "closed"


def _others(legs: Sequence[Leg], mine: Leg | None, names: Names) -> list[Other]:
    return [
        Other(leg, names.person(leg.staff_id) or _target(leg.target, names))
        for leg in legs
        if (mine is None or leg.id != mine.id) and leg.is_open
    ]


def _target(target: str, names: Names) -> str:
    kind, _, key = target.partition(":")
    return names.department(key) if kind == "department" else key


def _departments(names: Names) -> list[tuple[str, str]]:
    found = [(f"department:{key}", names.department(key)) for key in names.directory.departments]
    return [("desk", names.department("")), *found]


def _supervised(
    connection: Connection, visitor: Visitor, names: Names, one: UnderWay
) -> Supervised:
    card = card_of(connection, visitor, names, queries.citizen_of(one.talk))
    who = [names.person(leg.staff_id) for leg in one.legs if leg.role != "supervisor"]
    whom = names.say("shell.between").join(name for name in who if name)
    return Supervised(one.talk, whom, card.name or card.number)
