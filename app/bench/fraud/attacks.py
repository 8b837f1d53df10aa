"""The ways by which a fraud tries to make the hotline ring: each ends at the outbound gateway."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import Connection

from app.bench.fraud.numbers import ordinary, poisoned
from app.calls.gateway.service import DialWish
from app.calls.outbound.rules import NotAllowedError
from app.calls.retry_law import place_once
from app.calls.telephony import CallOrder
from app.flows.directives import Dial
from app.main import Service
from app.portal import fields
from app.tickets.callbacks.service import call_back
from app.tickets.routing import Routing
from app.tickets.service import Appeal, open_ticket

TELEPHONES = 300  # ordinary ones that the lists name
STAFF = 8


class Desk:
    """A purpose that wants whatever it is told: a poisoned list, or a member of the staff."""

    def begin_dialling(
        self, _connection: Connection, order: CallOrder, _at: datetime
    ) -> CallOrder | None:
        """Never doubts."""
        return order

    def not_placed(self, connection: Connection, order: CallOrder, at: datetime) -> None:
        """It does not matter."""

    def placed(self, connection: Connection, order: CallOrder, call_sid: str, at: datetime) -> None:
        """It does not matter."""

    def undialable(self, connection: Connection, order: CallOrder, at: datetime) -> None:
        """It does not matter."""

    def outcome_unknown(self, connection: Connection, order: CallOrder, at: datetime) -> None:
        """It does not matter."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One attempt: by which `way`, on which number, as whom. `key` is its own."""

    way: str
    number: str
    actor: str
    key: str


WAYS = ("list", "staff", "race", "dial", "call_back", "form")


def attacks(count: int, chance: Random) -> list[Attack]:
    """So many attempts, of all ways, two in five with a number that must never ring."""
    found = []
    for place in range(count):
        way = WAYS[place % len(WAYS)]
        number = poisoned(chance) if chance.random() < 0.4 else ordinary(chance, TELEPHONES)
        actor = f"staff:{1 + chance.randrange(STAFF)}" if way == "staff" else "system"
        if way == "race":  # everybody at once for the same few telephones
            number = ordinary(chance, 5)
        found.append(Attack(way, number, actor, f"fraud-{place}"))
    return found


def carry_out(attack: Attack, service: Service) -> tuple[str, ...]:
    """Try it, in a thread; returns the numbers that a `<Dial>` was given."""
    if attack.way == "dial":
        return _dial(attack, service)
    if attack.way == "form":
        fields.telephone(attack.number)  # what the public form makes of it
        return ()
    if attack.way == "call_back":
        _call_back(attack, service)
        return ()
    order = CallOrder(attack.number, attack.key, 20, 600, purpose=attack.way, actor=attack.actor)
    place_once(Desk(), order, service.tools)
    return ()


def _dial(attack: Attack, service: Service) -> tuple[str, ...]:
    """A poisoned directory: its numbers stand in a `<Dial>`."""
    library = service.library.current
    dial = Dial(
        numbers=(attack.number, attack.number),
        timeout=20,
        limit=600,
        whisper=(),
        whisper_language=library.language(library.default_language),
    )
    wish = DialWish(f"CA{attack.key}", "1.0", "connect", dial)
    with service.database.writing() as connection:
        return service.tools.gateway.clear(connection, wish, service.clock.now())


def _call_back(attack: Attack, service: Service) -> None:
    """A ticket of a caller whose number is a lie, and somebody who calls it back."""
    at = service.clock.now()
    number = service.identities.ticket_number()
    appeal = Appeal(
        number=number, source=attack.key, kind="appeal", category="support", channel="portal",
        language="zh-CN", caller=attack.number, words="-",
    )  # fmt: skip
    with service.database.writing() as connection:
        open_ticket(connection, appeal, Routing(department="resettlement"), at)
        with suppress(NotAllowedError):
            call_back(connection, number, 1, at, service.identities.random_id())
