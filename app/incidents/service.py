"""The verbs of incidents: what callers report, who takes it, and how it ends."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection, select

from app.calls.callbacks import FINAL_RANK
from app.calls.facts import CallEnded, CallFacts, CallOrigin
from app.calls.models import Call
from app.database import insert_once
from app.flows.directory import Directory
from app.flows.effects import DescribeIncident, PassIncident, ReportIncident, TakeIncident
from app.incidents import store
from app.incidents.charge import Charge, Taker
from app.incidents.history import note
from app.incidents.linking import SAME_TIME, Linking
from app.incidents.models import Incident
from app.incidents.ringing import Ringing
from app.jobs.service import enqueue
from app.people.alerts.service import settle_ticket
from app.people.roster.contacts import numbered
from app.tickets.changes import CALLER, SYSTEM, lock_by_id, staff_actor
from app.tickets.errors import RefusedError
from app.tickets.links.service import link_call
from app.tickets.models import Ticket
from app.tickets.routing import routing_of
from app.tickets.service import Appeal, open_ticket, transition

log = structlog.get_logger()

MEET, END_FLOOR = "incident.meet", "incident.end_floor"
MOST_PEOPLE = 999


class AlreadyInChargeError(Exception):
    """Somebody else is in charge of the incident, or it is over."""


class Incidents:
    """Incidents, by the directory in force at each instant and a source of chance.

    `random_hex` gives 128 random bits in hexadecimal.
    """

    def __init__(self, directory: Callable[[], Directory], random_hex: Callable[[], str]) -> None:
        self._directory = directory
        self._random_hex = random_hex
        self.ringing = Ringing(directory, random_hex)
        self.linking = Linking(directory, self.ringing)
        self._charge = Charge(directory, self.ringing)

    # --- effects of callers

    def report(self, connection: Connection, effect: ReportIncident, call: CallFacts) -> None:
        """A caller is at the emergency desk: those in charge are told."""
        self._open(
            connection, effect.source, effect.floor, call.at, call_sid=call.sid, is_drill=False
        )

    def describe(self, connection: Connection, effect: DescribeIncident, call: CallFacts) -> None:
        """The caller has said where it is, or how many they are; later words follow earlier."""
        incident_id = store.id_of_call(connection, call.sid)
        if incident_id is None:
            log.warning("incident.described_unknown", call=call.sid)
            return
        others = store.same_place(connection, incident_id, SAME_TIME, effect.place)
        store.lock_in_order(connection, {incident_id, *others})
        incident = store.lock(connection, incident_id)
        changes: dict[str, object] = {}
        if effect.place:
            changes["place"] = effect.place
        if effect.people is not None:
            changes["people"] = min(effect.people, MOST_PEOPLE)
        if effect.words:
            said = select(Incident.place_words).where(Incident.id == incident.id)
            before = connection.execute(said).scalar_one()
            changes["place_words"] = f"{before} {effect.words}".strip()
        if changes:
            store.change(connection, incident.id, **changes)
        detail = {"place": effect.place, "people": effect.people}
        told = {name: value for name, value in detail.items() if value not in ("", None)}
        note(
            connection, incident.ticket_id, call.at, "described", told,
            actor=CALLER, words=effect.words,
        )  # fmt: skip
        self.linking.look(connection, incident.id, call.at)

    # --- effects of those who are rung

    def take(self, connection: Connection, _effect: TakeIncident, call: CallFacts) -> None:
        """The person on this call has pressed 1; which call it is, it tells itself.

        Raises AlreadyInChargeError when somebody else is, or it is over.
        """
        leg = store.leg_of_call(connection, call.sid)
        if leg is None:
            raise AlreadyInChargeError("this call belongs to no incident")
        reports = store.lock_all_reports(connection, leg.incident_id)
        incident = next(one for one in reports if one.id == leg.incident_id)
        leg = store.leg(connection, leg.id)
        if leg.state == "taken":
            return
        if incident.is_taken or incident.is_closed:
            raise AlreadyInChargeError("somebody else is in charge, or it is over")
        store.change_leg(connection, leg.id, state="taken", ended_at=call.at)
        self._charge.take(connection, incident.id, Taker(leg.rung, leg.staff_id), call.at)
        link_call(connection, incident.ticket_id, call.sid, "incident", call.at)
        if caller_is_there(connection, incident.call_sid):
            payload = {"call": incident.call_sid}
            enqueue(connection, MEET, f"{MEET}:{incident.id}", payload, call.at, urgent=True)

    def pass_on(self, connection: Connection, effect: PassIncident, call: CallFacts) -> None:
        """This call brought nobody who takes it: a machine, silence, or the key 3."""
        leg = store.leg_of_call(connection, call.sid)
        if leg is not None:
            self.ringing.lose(connection, leg.id, effect.reason, call.at)

    # --- hooks

    def accepted(self, connection: Connection, origin: CallOrigin, at: datetime) -> None:
        """Somebody whom a caller's call dialled has pressed 1: an officer takes the incident.

        Only where the caller is at the emergency desk: whoever is rung for a person of a department
        does not know of it.
        """
        incident_id = store.id_of_call(connection, origin.parent_sid)
        if incident_id is not None and self._is_at_the_desk(connection, origin.parent_sid):
            (officer,) = numbered(connection, [origin.caller])
            self._charge.take(connection, incident_id, Taker("officer", officer.staff_id), at)

    def _is_at_the_desk(self, connection: Connection, call_sid: str) -> bool:
        node = connection.execute(select(Call.node).where(Call.sid == call_sid)).scalar_one()
        desk = self._directory().entries.emergency
        return bool(node.partition(".")[0] == desk.partition(".")[0])

    def call_ended(self, connection: Connection, ended: CallEnded) -> None:
        """A call of ours is over, or a caller's: nobody is left alone on the floor."""
        self.ringing.call_ended(connection, ended)
        query = select(Incident.id, Incident.floor).where(
            Incident.call_sid == ended.sid, Incident.taken_at.is_not(None)
        )
        for row in connection.execute(query).all():
            payload = {"floor": row.floor}
            enqueue(connection, END_FLOOR, f"{END_FLOOR}:{row.id}", payload, ended.at)

    # --- what staff do on the console

    def take_on_console(
        self, connection: Connection, incident_id: int, staff_id: int, at: datetime
    ) -> None:
        """A member of staff takes charge. Raises RefusedError when somebody else is."""
        if not self._charge.take(connection, incident_id, Taker("supervisor", staff_id), at):
            raise RefusedError(
                "已经有人接手，或者已经结束。", "Somebody is in charge already, or it is over."
            )

    def close(
        self, connection: Connection, incident_id: int, staff_id: int, outcome: str, at: datetime
    ) -> None:
        """Say how it ended: all reports of it are closed, and their tickets resolved with that.

        Raises RefusedError without an outcome, or when it is closed.
        """
        if not outcome.strip():
            raise RefusedError("请写明处置结果。", "Say how it ended.")
        reports = [
            one for one in store.lock_all_reports(connection, incident_id) if not one.is_closed
        ]
        if all(one.id != incident_id for one in reports):
            raise RefusedError("已经结束。", "It is closed already.")
        actor = staff_actor(staff_id)
        self._charge.take(connection, incident_id, Taker("supervisor", staff_id), at)
        for report in reports:
            store.change(
                connection, report.id, closed_at=at, closed_by=staff_id, outcome=outcome.strip()
            )
            note(connection, report.ticket_id, at, "closed", {}, actor=actor, words=outcome.strip())
            self._resolve(connection, report.ticket_id, actor, outcome, at, report.is_drill)

    def end_with_tickets(self, connection: Connection, at: datetime) -> None:
        """End those whose tickets were settled on their own pages, with the outcomes given there.

        What nobody is in charge of goes on: a settled ticket tells nobody who was to come.
        """
        for incident_id, owner_id, outcome in store.ended_with_tickets(connection):
            incident = store.lock(connection, incident_id)
            if incident.is_closed:
                continue
            store.change(connection, incident_id, closed_at=at, closed_by=owner_id, outcome=outcome)
            actor = SYSTEM if owner_id is None else staff_actor(owner_id)
            note(connection, incident.ticket_id, at, "closed", {}, actor=actor, words=outcome)

    def start_drill(
        self,
        connection: Connection,
        *,
        ticket_number: str,
        category: str,
        place: str,
        people: int | None,
        staff_id: int,
        language: str,
        at: datetime,
    ) -> str:
        """Begin a drill: everybody is told and rung as in an emergency, and told that it is none.

        Returns the number of its ticket.
        """
        source = f"drill:{self._random_hex()}"
        appeal = Appeal(
            number=ticket_number,
            source=source,
            kind="incident",
            category=category,
            channel="console",
            language=language,
            subject="演练 Drill",
            words="演练 Drill",
            opened_by=staff_actor(staff_id),
        )
        open_ticket(connection, appeal, routing_of(self._directory(), category), at)
        self._open(
            connection, source, f"e-{self._random_hex()}", at,
            is_drill=True, place=place, people=people,
        )  # fmt: skip
        return ticket_number

    def _open(
        self,
        connection: Connection,
        source: str,
        floor: str,
        at: datetime,
        *,
        is_drill: bool,
        call_sid: str = "",
        place: str = "",
        people: int | None = None,
    ) -> None:
        ticket_id = connection.execute(
            select(Ticket.id).where(Ticket.source == source)
        ).scalar_one()
        is_new = insert_once(
            connection,
            Incident,
            source=source,
            ticket_id=ticket_id,
            call_sid=call_sid,
            floor=floor,
            is_drill=is_drill,
            reported_at=at,
            place=place,
            place_words="",
            people=people,
            round=0,
            step=0,
            taken_rung="",
            outcome="",
        )
        if not is_new:
            return
        incident = store.lock_by_ticket(connection, ticket_id)
        assert incident is not None
        note(connection, ticket_id, at, "reported", {"drill": is_drill})
        log.warning("incident.reported", incident=incident.id, drill=is_drill)
        self.ringing.begin(connection, incident, at)

    def _resolve(
        self,
        connection: Connection,
        ticket_id: int,
        actor: str,
        outcome: str,
        at: datetime,
        is_drill: bool,
    ) -> None:
        """The ticket goes its usual way: its caller is asked for their word; a drill ends."""
        number = lock_by_id(connection, ticket_id).number
        if lock_by_id(connection, ticket_id).state == "acknowledged":
            transition(connection, number, "in_progress", actor, "", at)
        if lock_by_id(connection, ticket_id).state in ("in_progress", "waiting"):
            transition(connection, number, "resolved", actor, outcome, at)
            if is_drill:
                transition(connection, number, "closed", SYSTEM, "drill", at)
        settle_ticket(connection, ticket_id, at)


def is_looked_for(connection: Connection, ticket_id: int) -> bool:
    """Whether the line of an incident is asked about a ticket: no other need be."""
    query = select(Incident.id).where(
        Incident.ticket_id == ticket_id, Incident.closed_at.is_(None), Incident.taken_at.is_(None)
    )
    return connection.execute(query).first() is not None


def caller_is_there(connection: Connection, call_sid: str) -> bool:
    """Whether the caller of an incident is still on the line."""
    query = select(Call.id).where(Call.sid == call_sid, Call.status_rank < FINAL_RANK)
    return bool(call_sid) and connection.execute(query).first() is not None
