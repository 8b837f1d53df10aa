"""Reads of calls in progress; a handful of queries whatever their number."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select, tuple_

from app.calls.facts import CANARY
from app.calls.live.board import EMERGENCY, Card, LiveCall, Party, in_order, leg_party
from app.calls.log import queries as log
from app.calls.log.rows import CallRow, CallTicket, by_call
from app.calls.log.sight import Sight, masked
from app.calls.models import Call, CallEvent
from app.calls.transcripts.events import Event, told_in
from app.calls.transcripts.path import path
from app.calls.transcripts.sounds import HEARD, sounds_of
from app.calls.writes import step_key
from app.flows.state import State
from app.mediation.models import MediationLeg
from app.tickets.households.models import Caller, Household
from app.tickets.models import IS_OPEN, Ticket
from app.tickets.seal.sight import Viewer, seen_by

LONGEST_QUIET = timedelta(hours=4)  # a call of which nothing was heard for longer is lost
LONGEST_CALL = timedelta(hours=24)
MOST = 200

# The flow's variables that a page may show; others may hold what a caller typed.
SHOWN_VARIABLES = ("category", "department", "role")


@dataclass(frozen=True, slots=True)
class _Raw:
    """A call in progress as its row says."""

    call: CallRow
    caller_index: str
    step: int
    state: State | None


def live_calls(
    connection: Connection, sight: Sight, node_type: Callable[[str], str], at: datetime
) -> list[LiveCall]:
    """The calls in progress that somebody may see, emergencies first.

    `node_type` gives the type of the node at an address, empty when it is not known. Legs are shown
    with the call they were rung for, parties of a mediation with the caller's call.
    """
    rows = _under_way(connection, sight, at)
    sids = [row.call.sid for row in rows]
    events = _steps(connection, sids)
    rows = [row for row in rows if _last_heard(row, events) > at - LONGEST_QUIET]
    parties = _parties(connection, [row.call.sid for row in rows], events)
    guests = {guest for found in parties.values() for guest in found.guests}
    shown = [row for row in rows if row.call.sid not in guests]
    tickets = by_call(log.tickets_of(connection, [row.call.sid for row in shown]))
    # What is read aloud may be a ticket's own words.
    said = _last_said(connection, [row for row in shown if _may_hear(row, sight)])
    cards = _cards(connection, {row.caller_index for row in shown}, sight.viewer)
    return in_order(
        [
            _live(
                row,
                node_type,
                events.get(row.call.sid, ()),
                parties[row.call.sid].all if row.call.sid in parties else (),
                tickets.get(row.call.sid, ()),
                said.get(row.call.sid, ""),
                _card(row, cards, sight),
            )
            for row in shown
        ]
    )


def _live(
    row: _Raw,
    node_type: Callable[[str], str],
    events: Sequence[Event],
    parties: Sequence[Party],
    tickets: Sequence[CallTicket],
    said: str,
    card: Card,
) -> LiveCall:
    state = row.state
    variables = state.variables if state else {}
    kind = node_type(row.call.node) if row.call.node else ""
    urgent = any(ticket.priority == "urgent" for ticket in tickets)
    return LiveCall(
        call=row.call,
        node_type=kind,
        phase=state.phase if state else "",
        told={name: variables[name] for name in SHOWN_VARIABLES if variables.get(name)},
        stops=path(events, row.call.node, None),
        said=said,
        parties=parties,
        tickets=tickets,
        card=card,
        emergency=urgent
        or any(node_type(event.node) == EMERGENCY for event in events)
        or kind == EMERGENCY,
    )


def _under_way(connection: Connection, sight: Sight, at: datetime) -> list[_Raw]:
    columns = [getattr(Call, name) for name in CallRow.__slots__ if name != "hidden"]
    query = (
        select(*columns, sight.hides().label("hidden"), Call.caller_index, Call.step, Call.state)
        .where(
            Call.ended_at.is_(None),
            Call.started_at > at - LONGEST_CALL,
            Call.parent_sid.is_(None),
            Call.direction != CANARY,
            sight.reaches(),
        )
        .order_by(Call.started_at)
        .limit(MOST)
    )
    return [
        _Raw(_shown(CallRow(*row[:-3]), sight), row.caller_index, row.step, _state(row.state))
        for row in connection.execute(query)
    ]


def _shown(call: CallRow, sight: Sight) -> CallRow:
    if call.hidden:
        return replace(call, caller="")
    return call if sight.sees_callers else replace(call, caller=masked(call.caller))


def _state(text: str | None) -> State | None:
    try:
        return State.from_json(text) if text else None
    except (ValueError, KeyError):
        return None


def _steps(connection: Connection, sids: Sequence[str]) -> dict[str, list[Event]]:
    """What happened in calls, without words and answers."""
    query = (
        select(
            CallEvent.call_sid, CallEvent.key, CallEvent.kind, CallEvent.at, CallEvent.node,
            CallEvent.detail,
        )
        .where(CallEvent.call_sid.in_(sids))
        .order_by(CallEvent.id)
    )  # fmt: skip
    found: dict[str, list[Event]] = {}
    for row in connection.execute(query):
        event = Event(row.key, row.kind, row.at, row.node, told_in(row.detail))
        found.setdefault(row.call_sid, []).append(event)
    return found


def _last_heard(row: _Raw, events: Mapping[str, Sequence[Event]]) -> datetime:
    return max((event.at for event in events.get(row.call.sid, ())), default=row.call.started_at)


def _last_said(connection: Connection, rows: Sequence[_Raw]) -> dict[str, str]:
    """The last that each caller heard: the last sentences of the answer to their last step."""
    keys = [(row.call.sid, step_key(row.step - 1)) for row in rows if row.step]
    query = select(CallEvent.call_sid, CallEvent.answer).where(
        tuple_(CallEvent.call_sid, CallEvent.key).in_(keys)
    )
    found: dict[str, str] = {}
    for row in connection.execute(query):
        said = [sound.text for sound in sounds_of(row.answer or "") if sound.kind in HEARD]
        found[row.call_sid] = said[-1] if said else ""
    return found


@dataclass(frozen=True, slots=True)
class _Parties:
    """The other telephones of a call, and those calls in progress that are among them."""

    all: tuple[Party, ...]
    guests: tuple[str, ...] = ()


def _parties(
    connection: Connection, sids: Sequence[str], events: Mapping[str, Sequence[Event]]
) -> dict[str, _Parties]:
    taken = {event.key for happened in events.values() for event in happened}
    found: dict[str, _Parties] = {}
    for leg in log.legs_of(connection, sids):
        if leg.ended_at is None:
            known = found.get(leg.call_sid, _Parties(()))
            party = leg_party(leg, accepted=f"accepted:{leg.sid}" in taken)
            found[leg.call_sid] = _Parties((*known.all, party))
    return found | _mediations(connection, sids)


def _mediations(connection: Connection, sids: Sequence[str]) -> dict[str, _Parties]:
    """The parties of the mediations that callers convened, by the caller's call."""
    mine = select(MediationLeg.session_id).where(
        MediationLeg.call_sid.in_(sids), MediationLeg.role == "caller"
    )
    columns = (
        MediationLeg.session_id,
        MediationLeg.role,
        MediationLeg.number,
        MediationLeg.state,
        MediationLeg.call_sid,
        MediationLeg.placed_at,
        MediationLeg.consented_at,
        MediationLeg.joined_at,
    )
    query = (
        select(*columns)
        .where(MediationLeg.session_id.in_(mine), MediationLeg.ended_at.is_(None))
        .order_by(MediationLeg.session_id, MediationLeg.position)
    )
    legs = connection.execute(query).all()
    hosts = {leg.session_id: leg.call_sid for leg in legs if leg.role == "caller"}
    found: dict[str, _Parties] = {}
    for leg in legs:
        host = hosts.get(leg.session_id)
        if host is None or leg.role == "caller":
            continue
        known = found.get(host, _Parties(()))
        since = leg.joined_at or leg.consented_at or leg.placed_at
        party = Party(leg.number, leg.state, since, leg.role)
        guests = (*known.guests, leg.call_sid) if leg.call_sid else known.guests
        found[host] = _Parties((*known.all, party), guests)
    return found


def _cards(connection: Connection, indexes: Collection[str], viewer: Viewer) -> dict[str, Card]:
    """What is known of callers, by the blind index of their telephones."""
    names = (
        select(Caller.phone_index, Caller.name, Household.village)
        .outerjoin(Household, Household.id == Caller.household_id)
        .where(Caller.phone_index.in_(indexes))
    )
    cards = {row[0]: Card(row[1], row[2] or "") for row in connection.execute(names)}
    counts = (
        select(Ticket.caller_index, func.count(), func.sum(case((IS_OPEN, 1), else_=0)))
        .where(Ticket.caller_index.in_(indexes), seen_by(viewer))
        .group_by(Ticket.caller_index)
    )
    for index, tickets, opened in connection.execute(counts):
        cards[index] = replace(cards.get(index, Card()), tickets=tickets, open=opened or 0)
    return cards


def _may_hear(row: _Raw, sight: Sight) -> bool:
    return sight.sees_callers and not row.call.hidden


def _card(row: _Raw, cards: Mapping[str, Card], sight: Sight) -> Card:
    known = _may_hear(row, sight) and row.call.caller.startswith("+")
    return cards.get(row.caller_index, Card()) if known else Card()
