"""What becomes of made-up tickets, by the same verbs as staff use, at instants of the past."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection

from app.flows.directory import Directory
from app.seed.cast import County
from app.seed.plan import AGAIN, Contact
from app.tickets import service
from app.tickets.amendments import Amendment, amend, reroute
from app.tickets.changes import lock, staff_actor
from app.tickets.closing.models import HeardBy
from app.tickets.closing.service import say
from app.tickets.handover.service import Receiver, Target, accept, offer
from app.tickets.notes.service import add_note
from app.tickets.routing import routing_of
from app.tickets.seal.service import seal

ACCEPTED_WITHIN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Worker:
    """A made-up member of staff and the departments they work for."""

    staff_id: int
    departments: frozenset[str]


class LifePlayer:
    """Plays what staff and callers do with a ticket after it was opened."""

    def __init__(
        self, directory: Directory, county: County, workers: list[Worker], chance: Random
    ) -> None:
        self._directory = directory
        self._county = county
        self._workers = workers
        self._chance = chance

    def play(self, connection: Connection, number: str, contact: Contact) -> None:
        """Everything that has happened to a ticket so far."""
        life = contact.life
        if life.acknowledged is None:
            return
        worker = self._owner(connection, number) or self._chance.choice(self._workers)
        self._take_up(connection, number, contact, worker)
        if life.handed_over is not None:
            worker = self._hand_over(connection, number, contact, worker, life.handed_over)
        if life.started is None:
            return
        self._work(connection, number, contact, worker)
        if life.resolved is None:
            return
        self._resolve(connection, number, worker, _at(contact, life.resolved))
        if life.word is not None and life.said is not None:
            self._hear(connection, number, contact, worker)

    def _owner(self, connection: Connection, number: str) -> Worker | None:
        """Who has the ticket already: whoever was put through to its caller."""
        owner_id = lock(connection, number).owner_id
        return next((one for one in self._workers if one.staff_id == owner_id), None)

    def _take_up(
        self, connection: Connection, number: str, contact: Contact, worker: Worker
    ) -> None:
        """The first person acknowledges, writes down what was said, and finds its category."""
        at, actor = _at(contact, contact.life.acknowledged), staff_actor(worker.staff_id)
        service.transition(connection, number, "acknowledged", actor, "", at)
        amendment = Amendment(
            subject=service.subject_of(contact.words),
            place=contact.person.village or None,
            caller_name=contact.person.name or None,
        )
        at += timedelta(seconds=40)
        amend(connection, number, amendment, actor, at)
        routing = routing_of(self._directory, contact.category)
        reroute(connection, number, contact.category, routing, actor, at, "听录音后归类")
        if contact.sealed:
            seal(connection, number, actor, "来电人要求保密", at)

    def _hand_over(
        self,
        connection: Connection,
        number: str,
        contact: Contact,
        worker: Worker,
        minutes: float,
    ) -> Worker:
        others = [other for other in self._workers if other != worker]
        receiver = self._chance.choice(others)
        at = _at(contact, minutes)
        reason = self._chance.choice(self._county.handover_reasons)
        offer(connection, number, worker.staff_id, Target(receiver.staff_id), reason, at)
        meant = Receiver(receiver.staff_id, receiver.departments)
        accept(connection, number, meant, at + ACCEPTED_WITHIN)
        return receiver

    def _work(self, connection: Connection, number: str, contact: Contact, worker: Worker) -> None:
        life, actor = contact.life, staff_actor(worker.staff_id)
        at = _at(contact, life.started)
        service.transition(connection, number, "in_progress", actor, "", at)
        self._note(connection, number, actor, at + timedelta(minutes=2))
        if life.waited is None:
            return
        begun, ended = (_at(contact, minutes) for minutes in life.waited)
        why = self._chance.choice(self._county.waits)
        service.transition(connection, number, "waiting", actor, why, begun, until=ended)
        if life.resolved is not None:
            service.transition(connection, number, "in_progress", actor, "", ended)

    def _note(self, connection: Connection, number: str, actor: str, at: datetime) -> None:
        if self._chance.random() < 0.5:
            body, key = self._chance.choice(self._county.notes), f"seed:{number}:{at.timestamp()}"
            add_note(connection, number, body, actor, at, key=key)
        if self._chance.random() < 0.3:
            body, key = self._chance.choice(self._county.told), f"told:{number}:{at.timestamp()}"
            add_note(connection, number, body, actor, at, key=key, told_by="call")

    def _resolve(self, connection: Connection, number: str, worker: Worker, at: datetime) -> None:
        outcome = self._chance.choice(self._county.outcomes)
        service.transition(
            connection, number, "resolved", staff_actor(worker.staff_id), outcome, at
        )

    def _hear(self, connection: Connection, number: str, contact: Contact, worker: Worker) -> None:
        """The caller's own word; "not settled" begins a second round."""
        life = contact.life
        assert life.word is not None
        said = _at(contact, life.said)
        channel: HeardBy = self._chance.choice(("call", "call", "call", "sms"))
        say(connection, number, life.word, channel, said)
        if not life.again:
            return
        taken, done, heard = (said + timedelta(minutes=minutes) for minutes in AGAIN)
        actor = staff_actor(worker.staff_id)
        service.transition(connection, number, "acknowledged", actor, "", taken)
        service.transition(connection, number, "in_progress", actor, "", taken)
        self._resolve(connection, number, worker, done)
        say(connection, number, "satisfied", channel, heard)


def _at(contact: Contact, minutes: float | None) -> datetime:
    assert minutes is not None
    return contact.at + timedelta(minutes=minutes)
