"""The outbound gateway (threat T1): judges every leg, books it, and keeps what became of it.

A leg is let out by `reserve` (a call by REST) or `clear` (the numbers of a `<Dial>`), in the
transaction that decides on it and before the network is asked. What is used of a cap is counted
from the legs themselves, behind a lock that writers pass one by one: no counter can go astray, and
no two see the last free place.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Connection, select

from app.calls.facts import CANARY
from app.calls.gateway import alarms, store
from app.calls.gateway.caps import Gauge, Scope, gauges, hotline_gauges, minutes_of
from app.calls.gateway.models import OutboundLeg
from app.calls.gateway.refusals import OURSELVES, TWICE, Refusal
from app.calls.gateway.store import IS_UNSETTLED, Wish
from app.calls.telephony import CallOrder
from app.database import blind_index
from app.flows.dialling import telephones
from app.flows.directives import Dial
from app.flows.directory import Dialling, Directory
from app.flows.numbering import NumberRefusal, refused_as
from app.metrics import counters
from app.people.presence.address import is_client, staff_of
from app.people.staff.models import Staff

log = structlog.get_logger()

EMERGENCY = "emergency"
UNCAPPED = frozenset({EMERGENCY, CANARY})  # what no cap refuses; the canary rings us only
WHISPER_SECONDS = 60  # what a telephone books that answers a `<Dial>` and does not take the call
LATER = timedelta(minutes=10)  # when minutes are asked for again
PREVIEW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class DialWish:
    """The numbers that a step of a call wants to put into a `<Dial>`.

    `place` is `<step>.<attempt>`: a step whose numbers are all refused asks for others. `actor` is
    who caused it, empty for whoever caused the call.
    """

    call_sid: str
    place: str
    purpose: str
    dial: Dial
    actor: str = ""

    def key_of(self, number: str) -> str:
        """The key of a number's leg."""
        return f"dial:{self.call_sid}:{self.place}:{blind_index(number)}"

    @property
    def keys_of_step(self) -> str:
        """How the keys of all legs of this step begin."""
        return f"dial:{self.call_sid}:{self.place.partition('.')[0]}."


class OutboundGateway:
    """The only way out, by the directory in force at each instant.

    Without a directory the defaults of `dialling` hold and no telephone is our own.
    """

    def __init__(
        self, directory: Callable[[], Directory] | None = None, own_number: str = ""
    ) -> None:
        self._directory = directory
        self._own_number = own_number

    @property
    def dialling(self) -> Dialling:
        """The allow-list and the caps in force."""
        return self._directory().dialling if self._directory else Dialling()

    def reserve(self, connection: Connection, order: CallOrder, at: datetime) -> Refusal | None:
        """Let a call out, or say why not. Comes last in its transaction: writers wait from here on.

        What no cap refuses waits for nobody: an emergency is rung whatever else goes out.
        A call whose leg was let out before is refused, unless it certainly never rang. A browser of
        ours is no telephone: it passes no cap and books nothing.
        """
        seconds = 0 if is_client(order.to) else order.ring_seconds + order.limit_seconds
        wish = Wish(order.leg, "rest", order.purpose, order.actor, order.to, seconds)
        if order.purpose not in UNCAPPED:
            store.wait_for_turn(connection)
        known = store.known_leg(connection, wish.key)
        if known is not None and known.state not in ("released", "refused"):
            return Refusal(TWICE)
        return self._let_out(connection, wish, known, at)

    def clear(self, connection: Connection, wish: DialWish, at: datetime) -> tuple[str, ...]:
        """The numbers of a `<Dial>` that may be rung, each once; asked again, the same.

        A step is taken anew when somebody it would ring is busy: what it asked for then, and does
        not ask for now, was never rung and is released.
        Only one of them can take the call and use its whole time; the others book a whisper.
        Browsers of ours are rung unbooked: they are not outside.
        """
        if wish.purpose not in UNCAPPED:
            store.wait_for_turn(connection)
        actor = wish.actor or store.actor_of_call(connection, wish.call_sid)
        keys = {number: wish.key_of(number) for number in wish.dial.numbers}
        self._release_step(connection, wish, list(keys.values()))
        allowed: list[str] = []
        booked = False
        for number, key in keys.items():
            if is_client(number):
                allowed += [number] if staff_of(number) else []
                continue
            known = store.known_leg(connection, key)
            if known is not None and known.state != "released":
                is_allowed = known.state != "refused"
            else:
                seconds = wish.dial.timeout + (WHISPER_SECONDS if booked else wish.dial.limit)
                leg = Wish(
                    key, "dial", wish.purpose, actor, number, seconds, parent_sid=wish.call_sid
                )
                is_allowed = self._let_out(connection, leg, known, at) is None
            if is_allowed:
                allowed.append(number)
                booked = True
        return tuple(allowed)

    def preview(
        self, connection: Connection, number: str, actor: str, at: datetime
    ) -> Refusal | None:
        """Why a number could not be rung now for somebody; nothing is booked or told."""
        rule = self._fault_of_leg(connection, number)
        if rule is not None:
            return Refusal(rule)
        wish = Wish("", "rest", "", actor, number, PREVIEW_SECONDS)
        return self._over(connection, wish, at)

    def forbids(self, number: str) -> Refusal | None:
        """Why a number may be neither rung nor texted, however much room there is."""
        rule = self._fault(number)
        return Refusal(rule) if rule else None

    def refuse_text(self, connection: Connection, refusal: Refusal, at: datetime) -> None:
        """Count and tell that a text was not sent."""
        counters.OUTBOUND_REFUSALS.labels(refusal.rule).inc()
        alarms.refused(connection, refusal, at)

    # --- what became of it

    def placed(self, connection: Connection, key: str, call_sid: str) -> None:
        """The network took the call; its webhooks may have been here first."""
        store.change(
            connection,
            OutboundLeg.key == key,
            OutboundLeg.state.in_(("reserved", "unknown")),
            state="placed",
            call_sid=call_sid,
        )

    def released(self, connection: Connection, key: str, status: str) -> None:
        """The call certainly never rang: it counts no more, and may be asked for again."""
        store.release(connection, OutboundLeg.key == key, IS_UNSETTLED, status=status)

    def left_unknown(self, connection: Connection, key: str) -> None:
        """Nobody knows whether the call rings: it stays booked until that is known (law L4)."""
        store.change(
            connection, OutboundLeg.key == key, OutboundLeg.state == "reserved", state="unknown"
        )

    def _release_step(self, connection: Connection, wish: DialWish, keys: Sequence[str]) -> None:
        store.release(
            connection,
            OutboundLeg.parent_sid == wish.call_sid,
            OutboundLeg.key.startswith(wish.keys_of_step, autoescape=True),
            OutboundLeg.key.not_in(keys),
            OutboundLeg.state == "reserved",
            status="not asked for",
        )

    # --- judging

    def _let_out(
        self, connection: Connection, wish: Wish, known: store.Known | None, at: datetime
    ) -> Refusal | None:
        rule = self._fault_of_leg(connection, wish.number, is_canary=wish.purpose == CANARY)
        refusal = Refusal(rule) if rule else None
        over_cap = ""
        if refusal is None:
            refusal = self._over(connection, wish, at)
            if refusal is not None and wish.purpose in UNCAPPED:
                over_cap, refusal = refusal.rule, None
        result = "refused" if refusal else "let_out"
        counters.OUTBOUND_LEGS.labels(wish.way, result).inc()
        store.keep(
            connection, wish, known, at, rule=refusal.rule if refusal else "", over_cap=over_cap
        )
        if refusal is not None:
            counters.OUTBOUND_REFUSALS.labels(refusal.rule).inc()
            log.warning("outbound.refused", purpose=wish.purpose, rule=refusal.rule)
            alarms.refused(connection, refusal, at)
        elif over_cap and wish.purpose == EMERGENCY:
            log.warning("outbound.emergency_over_cap", rule=over_cap)
            alarms.emergency_over_cap(connection, over_cap, wish.key, at)
        return refusal

    def _fault(self, number: str, *, is_canary: bool = False) -> str | None:
        """The fault of a number, whoever asks for it."""
        if number == self._own_number and not is_canary:
            return OURSELVES
        if is_client(number):
            return None if staff_of(number) else NumberRefusal.malformed
        fault = refused_as(number, self.dialling)
        # Numbering plans change: what the directory's owner has written and checked is believed.
        is_trusted = fault is NumberRefusal.unassigned and number in self._telephones()
        return None if is_trusted else fault

    def _fault_of_leg(
        self, connection: Connection, number: str, *, is_canary: bool = False
    ) -> str | None:
        """The same; our own people are as well known as the directory's telephones."""
        fault = self._fault(number, is_canary=is_canary)
        is_trusted = fault == NumberRefusal.unassigned and self._is_ours(
            connection, number, blind_index(number)
        )
        return None if is_trusted else fault

    def _over(self, connection: Connection, wish: Wish, at: datetime) -> Refusal | None:
        """The first cap that this leg would pass."""
        if is_client(wish.number):
            return None
        for gauge, where in self._gauges(connection, wish, at):
            wanted = minutes_of(wish.seconds) if gauge.scope == "minutes" else 1
            if gauge.refuses(wanted):
                return Refusal(gauge.name, _free_again(connection, gauge, where, at))
        return None

    def _gauges(
        self, connection: Connection, wish: Wish, at: datetime
    ) -> Iterator[tuple[Gauge, Sequence[ColumnElement[bool]]]]:
        caps = self.dialling.caps
        index = blind_index(wish.number)
        same_number: tuple[ColumnElement[bool], ...] = (OutboundLeg.number_index == index,)
        if wish.purpose not in UNCAPPED:  # emergencies take no room from what is ordinary
            same_number += (OutboundLeg.purpose != EMERGENCY,)
        scope: Scope = "own_number" if self._is_ours(connection, wish.number, index) else "number"
        for gauge in gauges(scope, store.usage(connection, at, *same_number), caps):
            yield gauge, same_number
        if wish.actor.startswith("staff:"):
            same_actor = (OutboundLeg.actor == wish.actor,)
            for gauge in gauges("staff", store.usage(connection, at, *same_actor), caps):
                yield gauge, same_actor
        for gauge in hotline_gauges(store.usage(connection, at), caps):
            yield gauge, ()

    def _is_ours(self, connection: Connection, number: str, index: str) -> bool:
        if number == self._own_number or number in self._telephones():
            return True
        query = select(Staff.id).where(Staff.phone_index == index, Staff.active).limit(1)
        return connection.execute(query).first() is not None

    def _telephones(self) -> frozenset[str]:
        if self._directory is None:
            return frozenset()
        return frozenset(number for _, number in telephones(self._directory()))


def _free_again(
    connection: Connection, gauge: Gauge, where: Sequence[ColumnElement[bool]], at: datetime
) -> datetime:
    """When a cap has room again, if nothing else is placed meanwhile."""
    if gauge.scope == "minutes":
        return at + LATER
    oldest = store.nth_newest(connection, gauge.most, *where)
    return at + LATER if oldest is None else oldest + gauge.window
