"""The invariants I6, I7 and I8 of a mediation, judged from the exchange's ledger alone.

Who agreed to what is known from the keys that were pressed, not from the service's rows; those only
say which conference was for whom and when a session was over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.bench.mediation.people import Agreed, Telephone
from app.bench.mediation.schedule import STRANGER, Schedule
from app.exchange.conference import Conference
from app.exchange.exchange import Exchange
from app.exchange.legs import Leg

END_SECONDS = 60
CALM_SECONDS, STORMY_SECONDS = 3, 45  # within which a stranger is removed, somebody held is away


@dataclass(frozen=True, slots=True)
class FloorRow:
    """A floor as the service knows it: for whom beside the mediator, "" for all."""

    conference: str
    private_number: str
    recorded: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """What the service knows of a session."""

    floors: Sequence[FloorRow]
    first_opened: datetime | None
    closed_at: datetime | None
    mediators: Sequence[str]  # their numbers
    put_out: Sequence[tuple[str, datetime, datetime]]  # number, from, until when it belongs aside


def violations(
    schedule: Schedule, exchange: Exchange, telephones: dict[str, Telephone], rows: Rows
) -> Iterator[str]:
    """A sentence for everything that must not have been."""
    agreed = {
        number: sorted(telephone.agreed.values(), key=lambda one: one.at)
        for number, telephone in telephones.items()
    }
    yield from _audible(schedule, exchange, agreed, rows)
    yield from _recorded(exchange, agreed)
    yield from _machines(exchange, telephones)
    yield from _ended(exchange, telephones, rows)
    yield from _private(exchange, rows)


def _audible(
    schedule: Schedule, exchange: Exchange, agreed: dict[str, list[Agreed]], rows: Rows
) -> Iterator[str]:
    patience = timedelta(seconds=CALM_SECONDS if schedule.is_calm else STORMY_SECONDS)
    private = _private_rooms(exchange, rows)
    for span in exchange.ledger.audible:
        if not span.room.startswith("CF"):
            continue  # a bridge with an officer, whom a caller asked for
        pair = f"{span.speaker} to {span.listener} from {span.begin:%H:%M:%S.%f}"
        end = span.end or exchange.clock.now()
        if STRANGER in (span.speaker, span.listener):
            if end - span.begin > patience:
                yield f"I6: a stranger was audible for {end - span.begin}: {pair}"
            continue
        for number in (span.speaker, span.listener):
            if not any(one.at <= span.begin for one in agreed.get(number, ())):
                yield f"I6: {number} was audible before agreeing: {pair}"
        if rows.first_opened is None or span.begin < rows.first_opened:
            yield f"I6: audible before the floor was opened: {pair}"
        for number, since, until in rows.put_out:
            heard = number in (span.speaker, span.listener) and private.get(span.room) != number
            beyond = min(end, until) - max(span.begin, since)
            if heard and beyond > patience:  # a private word may be had with who is put aside
                yield f"{number} was audible {beyond} while it was put aside: {pair}"


def _recorded(exchange: Exchange, agreed: dict[str, list[Agreed]]) -> Iterator[str]:
    for span in exchange.ledger.recorded:
        if span.number == STRANGER:
            continue
        before = [one for one in agreed.get(span.number, ()) if one.at <= span.begin]
        if not before or not before[-1].records:
            yield f"I7: {span.number} was recorded unasked from {span.begin:%H:%M:%S.%f}"


def _machines(exchange: Exchange, telephones: dict[str, Telephone]) -> Iterator[str]:
    machines = {sid for telephone in telephones.values() for sid in telephone.machines}
    for conference in exchange.conferences.newest_first():
        for participant in conference.participants:
            if participant.leg.sid in machines:
                yield f"a machine is in {conference.name}"
    numbers = {exchange.calls.get(sid).number for sid in machines}
    for span in exchange.ledger.audible:
        for number in numbers & {span.speaker, span.listener}:
            if not telephones[number].agreed:
                yield f"a machine at {number} was bridged"


def _ended(exchange: Exchange, telephones: dict[str, Telephone], rows: Rows) -> Iterator[str]:
    rule = _end_rule(exchange, rows)
    if rule is None:
        yield "I8: the session never ended"
        return
    limit = rule + timedelta(seconds=END_SECONDS)
    for conference in exchange.conferences.newest_first():
        last = _last_alive(exchange, conference)
        if last > limit:
            yield f"I8: {conference.name} was alive {last - rule} after"
    for leg in exchange.calls.newest_first():
        placed = leg.direction == "outbound-api" and leg.number in telephones
        if placed and _over(exchange, leg) > limit:
            yield f"I8: the call to {leg.number} went on {_over(exchange, leg) - rule} after"


def _end_rule(exchange: Exchange, rows: Rows) -> datetime | None:
    """When everything had to be over: the mediator was gone, or the session closed."""
    instants = [rows.closed_at] if rows.closed_at else []
    led = [leg for leg in exchange.calls.newest_first() if leg.number in rows.mediators]
    if rows.first_opened and led and all(leg.is_final for leg in led):
        instants.append(max(_over(exchange, leg) for leg in led))
    return min(instants) if instants else None


def _last_alive(exchange: Exchange, conference: Conference) -> datetime:
    is_over = conference.status == "completed"
    return conference.date_updated if is_over else exchange.clock.now()


def _over(exchange: Exchange, leg: Leg) -> datetime:
    return leg.end_time or exchange.clock.now()


def _private(exchange: Exchange, rows: Rows) -> Iterator[str]:
    private = _private_rooms(exchange, rows)
    for span in exchange.ledger.audible:
        only = private.get(span.room, "")
        allowed = {only, STRANGER, *rows.mediators}
        if only and not {span.speaker, span.listener} <= allowed:
            yield f"a private word with {only} was shared: {span.speaker} to {span.listener}"


def _private_rooms(exchange: Exchange, rows: Rows) -> dict[str, str]:
    """With whom alone the mediator speaks, by the conference's sid."""
    private = {floor.conference: floor.private_number for floor in rows.floors}
    return {
        one.sid: private[one.name]
        for one in exchange.conferences.newest_first()
        if private.get(one.name)
    }
