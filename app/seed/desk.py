"""What else lies about on the desk: duplicates, offers, clauses read, a swap asked for, a ban."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import ColumnElement, Connection, select

from app.calls.screening.service import ban
from app.main import Service
from app.messages.composing import Composer
from app.people.roster import swaps
from app.people.roster.models import DutyShift
from app.seed.cast import PHONE_BLOCK, County
from app.seed.lives import Worker
from app.tickets.changes import CALLER, staff_actor
from app.tickets.handover.service import Target, offer
from app.tickets.links.merging import merge
from app.tickets.models import Ticket
from app.tickets.notes.service import add_note
from app.tickets.readings.models import Extent
from app.tickets.readings.service import note_reading
from app.tickets.routing import routing_of
from app.tickets.service import Appeal, open_ticket

MERGES, OFFERS, READINGS, REASONS = 3, 3, 8, 6  # the most of each
A_MINUTE, AN_HOUR, A_MONTH = timedelta(minutes=1), timedelta(hours=1), timedelta(days=30)
NUISANCE = f"{PHONE_BLOCK}9999"


class DeskLayer:
    """Lays it out at one instant, by the verbs of staff."""

    def __init__(
        self,
        service: Service,
        made_up: County,
        workers: Mapping[str, Worker],
        chance: Random,
        at: datetime,
    ) -> None:
        self._service = service
        self._county = made_up
        self._workers = workers
        self._chance = chance
        self._at = at

    def lay_out(self, connection: Connection) -> None:
        """Everything."""
        under_way = self._tickets(connection, Ticket.state == "in_progress")
        for number, _, category, caller in under_way[:MERGES]:
            self._tell_again(connection, number, category, caller)
        for number, owner, _, _ in under_way[MERGES : MERGES + OFFERS]:
            self._offer(connection, number, owner)
        self._read_out(connection, self._tickets(connection, Ticket.category == "support"))
        self._give_reasons(connection)
        self._ask_for_a_swap(connection)
        ban(
            connection, number=NUISANCE, reason=self._county.ban_reason,
            until=self._at + A_MONTH, actor=self._actor("zhang"), at=self._at - AN_HOUR,
        )  # fmt: skip

    def _tell_again(self, connection: Connection, number: str, category: str, caller: str) -> None:
        """The same matter brought once more, seen to be one, and merged."""
        identities, library = self._service.identities, self._service.library
        appeal = Appeal(
            number=identities.ticket_number(),
            source=f"seed:{identities.random_id()}",
            kind="appeal",
            category=category,
            channel="portal",
            language="zh-CN",
            caller=caller,
            words=self._chance.choice(self._county.appeals[category].words),
            opened_by=CALLER,
        )
        routing = routing_of(library.current.directory, category)
        again = open_ticket(connection, appeal, routing, self._at - 5 * A_MINUTE).number
        composer = Composer(lambda: library.current, self._service.settings.phone_number)
        why = self._county.merge_reason
        merge(connection, again, number, self._actor("zhang"), why, self._at, composer)

    def _offer(self, connection: Connection, number: str, owner: int) -> None:
        others = [worker for worker in self._workers.values() if worker.staff_id != owner]
        target = Target(self._chance.choice(others).staff_id)
        reason = self._chance.choice(self._county.handover_reasons)
        offer(connection, number, owner, target, reason, self._at - A_MINUTE)

    def _read_out(
        self, connection: Connection, tickets: Sequence[tuple[str, int, str, str]]
    ) -> None:
        for number, owner, _, _ in tickets[:READINGS]:
            article = self._chance.choice(self._county.clauses)
            part = self._chance.choice(("short", "full"))
            extent: Extent = "cut" if self._chance.random() < 0.2 else "whole"
            note_reading(connection, number, article, part, owner, extent, self._at - A_MINUTE)

    def _give_reasons(self, connection: Connection) -> None:
        """Some who were not satisfied say why; some who were say thanks."""
        for word, said in self._county.last_words.items():
            heard = self._tickets(connection, Ticket.satisfaction == word)
            for number, _, _, _ in heard[:REASONS]:
                body, key = self._chance.choice(said), f"seed:{number}:last"
                add_note(connection, number, body, CALLER, self._at - A_MINUTE, key=key)

    def _ask_for_a_swap(self, connection: Connection) -> None:
        asking, asked = self._workers["zhang"].staff_id, self._workers["li"].staff_id
        query = (
            select(DutyShift.id)
            .where(DutyShift.staff_id == asking, DutyShift.starts_at > self._at)
            .order_by(DutyShift.starts_at)
            .limit(1)
        )
        shift = connection.execute(query).scalar_one()
        why = self._county.swap_reason
        swaps.ask(
            connection, shift_id=shift, asked_by=asking, to_staff_id=asked, at=self._at, why=why
        )

    def _tickets(
        self, connection: Connection, which: ColumnElement[bool]
    ) -> list[tuple[str, int, str, str]]:
        """The latest tickets of a kind that somebody owns and no seal covers."""
        query = (
            select(Ticket.number, Ticket.owner_id, Ticket.category, Ticket.caller)
            .where(
                which,
                Ticket.owner_id.is_not(None),
                Ticket.confidential.is_(False),
                Ticket.merged_into_id.is_(None),
                Ticket.kind == "appeal",
            )
            .order_by(Ticket.id.desc())
            .limit(READINGS)
        )
        return [
            (number, owner, category, caller)
            for number, owner, category, caller in connection.execute(query)
            if owner is not None
        ]

    def _actor(self, login: str) -> str:
        return staff_actor(self._workers[login].staff_id)
