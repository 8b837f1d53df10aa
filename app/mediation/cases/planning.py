"""Planning a session of a case: who has a seat in it, when, and what its parties are told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, or_, select

from app.flows.directory import Directory
from app.jobs.service import enqueue
from app.mediation.cases.alerting import Alerting
from app.mediation.cases.changes import SYSTEM, Happened, Standing, change, lock_open
from app.mediation.cases.door import Pin
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.models import DisputeParty, DisputeSeat, DisputeSitting
from app.mediation.cases.reminders import may_be_planned, reminders
from app.mediation.cases.seats import (
    Sitting,
    change_seat,
    change_sitting,
    find_seat,
    find_sitting,
    seats_of,
)
from app.mediation.cases.states import Mode
from app.mediation.cases.telling import Reached, Telling
from app.mediation.models import MediationSession
from app.mediation.states import ENDED as SESSION_ENDED
from app.people.staff.models import Staff

SUMMON, REMIND = "dispute.summon", "dispute.remind"  # kinds of jobs
SOONEST = timedelta(minutes=10)  # for texts to be read
LATEST = timedelta(days=90)
FEWEST = 2  # parties, besides mediator and interpreter
PARTIES = frozenset({"applicant", "respondent", "department", "other"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A session to be: by whom, with which parties (`pins` by the party's id), and when."""

    case_id: int
    pins: Mapping[int, Pin | None]
    planned_at: datetime
    actor: str


class Planning:
    """Plans sessions, by the directory in force; parties are told by text, mediators by alert."""

    def __init__(
        self, directory: Callable[[], Directory], telling: Telling, alerting: Alerting
    ) -> None:
        self._directory = directory
        self._telling = telling
        self._alerting = alerting

    def plan(self, connection: Connection, wish: Wish, at: datetime) -> int:
        """Plan a session by appointment; its parties are told at once. Returns its id.

        Raises DisputeError for an hour at which nobody may be rung, too few parties who can be
        reached, or when another one is planned already.
        """
        self._check_hour(wish.planned_at, at)
        case = lock_open(connection, wish.case_id)
        sitting_id = self._add(connection, case, wish, "appointment", at)
        self._ask_for_jobs(connection, sitting_id, wish.planned_at, 0, at)
        for seat in seats_of(connection, sitting_id):
            pin = wish.pins.get(seat.party_id) if seat.party_id is not None else None
            if pin is not None:
                key = Reached(f"{seat.id}", seat.number, seat.language)
                self._telling.hour(
                    connection, "invited", case.number, key, wish.planned_at, at, pin.digits
                )
        detail = {"sitting": sitting_id, "at": wish.planned_at.isoformat()}
        change(connection, case, Happened(at, wish.actor, "planned", detail=detail))
        mark = f"{sitting_id}"
        self._alerting.arranged(
            connection, case.id, "planned", mark, wish.planned_at, wish.actor, at
        )
        return sitting_id

    def begin(self, connection: Connection, wish: Wish, at: datetime) -> int:
        """A session at once: the same seats, without texts; `Summons.summon` is to follow."""
        case = lock_open(connection, wish.case_id)
        return self._add(connection, case, wish, "at_once", at)

    def move(
        self,
        connection: Connection,
        sitting_id: int,
        planned_at: datetime,
        actor: str,
        at: datetime,
    ) -> None:
        """Move a planned session; the PINs stay, and all are told. Raises DisputeError."""
        self._check_hour(planned_at, at)
        case, sitting = self._planned(connection, sitting_id)
        moves = sitting.moves + 1
        change_sitting(connection, sitting, planned_at=planned_at, moves=moves)
        self._ask_for_jobs(connection, sitting_id, planned_at, moves, at)
        self._tell(connection, "moved", case, sitting, planned_at, at, f"{moves}")
        detail = {"sitting": sitting_id, "at": planned_at.isoformat()}
        change(connection, case, Happened(at, actor, "moved", detail=detail))
        mark = f"{sitting_id}:{moves}"
        self._alerting.arranged(connection, case.id, "moved", mark, planned_at, actor, at)

    def cancel(
        self, connection: Connection, sitting_id: int, why: str, actor: str, at: datetime
    ) -> None:
        """Cancel a planned session; all are told. Raises DisputeError without a reason."""
        if not why.strip():
            raise DisputeError("请写明取消的原因。", "Say why it is cancelled.")
        case, sitting = self._planned(connection, sitting_id)
        change_sitting(connection, sitting, state="cancelled", why=why.strip()[:400])
        hour = sitting.planned_at
        self._tell(connection, "cancelled", case, sitting, hour, at)
        self._alerting.arranged(connection, case.id, "cancelled", f"{sitting_id}", hour, actor, at)
        happened = Happened(at, actor, "cancelled", why.strip()[:400], {"sitting": sitting_id})
        change(connection, case, happened)

    def renew_pin(
        self, connection: Connection, seat_id: int, pin: Pin, actor: str, at: datetime
    ) -> bool:
        """A party has lost their text: a fresh PIN; the former one opens nothing any more.

        Returns whether a text could be sent.
        """
        seat = find_seat(connection, seat_id)
        if seat is None or seat.party_id is None:
            raise DisputeError("没有这个席位。", "There is no such seat.")
        case, sitting = self._planned(connection, seat.sitting_id)
        change_seat(connection, seat_id, pin_hash=pin.kept)
        detail = {"seat": seat_id, "party": seat.party_id}
        change(connection, case, Happened(at, actor, "pin_renewed", detail=detail))
        to = Reached(f"{seat.id}:{case.version}", seat.number, seat.language)
        return self._telling.hour(
            connection, "invited", case.number, to, sitting.planned_at, at, pin.digits
        )

    def remind(
        self, connection: Connection, sitting_id: int, moves: int, lead: str, at: datetime
    ) -> None:
        """Remind everybody of a session, unless it was moved or cancelled meanwhile."""
        sitting = find_sitting(connection, sitting_id)
        if sitting.state == "planned" and sitting.moves == moves and at < sitting.planned_at:
            case, sitting = self._planned(connection, sitting_id)
            mark = f"{moves}:{lead}"
            hour = sitting.planned_at
            self._tell(connection, "reminder", case, sitting, hour, at, mark)
            self._alerting.arranged(
                connection, case.id, "reminder", f"{sitting_id}:{mark}", hour, SYSTEM, at
            )

    # --- how

    def _check_hour(self, planned_at: datetime, at: datetime) -> None:
        if not at + SOONEST <= planned_at <= at + LATEST:
            raise DisputeError(
                "时间要在 10 分钟以后、90 天以内。",
                "Choose a time at least 10 minutes and at most 90 days away.",
            )
        hours = self._directory().calling_hours
        if not may_be_planned(planned_at, hours):
            raise DisputeError(
                f"只能约在 {hours.opens:%H:%M} 到 {hours.closes:%H:%M} 之间：不在夜里打扰群众。",
                f"Choose a time between {hours.opens:%H:%M} and {hours.closes:%H:%M}: "
                "nobody is rung at night.",
            )

    def _planned(self, connection: Connection, sitting_id: int) -> tuple[Standing, Sitting]:
        """A planned sitting and its case, both locked, the case first."""
        case = lock_open(connection, find_sitting(connection, sitting_id).case_id)
        sitting = find_sitting(connection, sitting_id, lock=True)
        if sitting.state != "planned":
            raise DisputeError(
                "这次调解已经开始或者取消了。", "This session has begun or was cancelled."
            )
        return case, sitting

    def _add(
        self, connection: Connection, case: Standing, wish: Wish, mode: Mode, at: datetime
    ) -> int:
        _refuse_second(connection, case.id)
        parties = self._reachable(connection, case, list(wish.pins))
        mediator = self._mediator(connection, case)
        sitting_id: int = connection.execute(
            insert(DisputeSitting)
            .values(
                case_id=case.id,
                position=_next_position(connection, case.id),
                mode=mode,
                state="planned",
                planned_at=wish.planned_at,
                moves=0,
                made_by=wish.actor,
                made_at=at,
            )
            .returning(DisputeSitting.id)
        ).scalar_one()
        _take_seat(connection, sitting_id, 0, mediator, None)
        for position, (party, pin) in enumerate(zip(parties, wish.pins.values(), strict=True), 1):
            _take_seat(connection, sitting_id, position, party, pin)
        return sitting_id

    def _reachable(
        self, connection: Connection, case: Standing, chosen: Sequence[int]
    ) -> list[dict[str, object]]:
        """The chosen parties in the order their PINs were made, each with a telephone."""
        rows = connection.execute(
            select(DisputeParty.__table__).where(
                DisputeParty.case_id == case.id,
                DisputeParty.id.in_(chosen),
                DisputeParty.removed_at.is_(None),
            )
        ).mappings()
        found = {row["id"]: row for row in rows}
        if set(found) != set(chosen):
            raise DisputeError("有一方已经不在本案里。", "One of the parties is no longer here.")
        if sum(row["role"] in PARTIES for row in found.values()) < FEWEST:
            raise DisputeError("至少要有两方参加。", "At least two parties must take part.")
        parties: list[dict[str, object]] = []
        for party_id in chosen:
            row = found[party_id]
            number = row["phone"] or self._office(row["department"])
            if not number:
                raise DisputeError(
                    f"{row['name']}还没有电话号码。", f"{row['name']} has no telephone number."
                )
            parties.append(
                {
                    "party_id": party_id,
                    "role": row["role"],
                    "number": number,
                    "language": row["language"],
                }
            )
        if len({party["number"] for party in parties}) < len(parties):
            raise DisputeError("两方用的是同一个电话。", "Two parties have the same telephone.")
        return parties

    def _office(self, department: str) -> str:
        known = self._directory().departments.get(department)
        return next(iter(known.numbers), "") if known else ""

    def _mediator(self, connection: Connection, case: Standing) -> dict[str, object]:
        """The case's mediator by their own telephone, or else the first one on duty."""
        query = select(Staff.phone).where(Staff.id == case.mediator_id, Staff.active)
        phone = connection.execute(query).scalar_one_or_none() or ""
        number = phone or next(iter(self._directory().duty.mediators), "")
        if not number:
            raise DisputeError(
                "调解员没有电话：请先选定一位有电话的调解员。",
                "There is no mediator with a telephone: choose one first.",
            )
        return {
            "role": "mediator",
            "staff_id": case.mediator_id if phone else None,
            "number": number,
            "language": self._directory().default_language,
        }

    def _ask_for_jobs(
        self,
        connection: Connection,
        sitting_id: int,
        planned_at: datetime,
        moves: int,
        at: datetime,
    ) -> None:
        payload = {"sitting": sitting_id, "moves": moves}
        enqueue(connection, SUMMON, f"{SUMMON}:{sitting_id}:{moves}", payload, planned_at)
        hours = self._directory().calling_hours
        for lead, due in reminders(planned_at, at, hours).items():
            key = f"{REMIND}:{sitting_id}:{moves}:{lead}"
            enqueue(connection, REMIND, key, payload | {"lead": lead}, due)

    def _tell(
        self,
        connection: Connection,
        what: str,
        case: Standing,
        sitting: Sitting,
        planned_at: datetime,
        at: datetime,
        mark: str = "",
    ) -> None:
        for seat in seats_of(connection, sitting.id):
            if seat.party_id is not None:
                to = Reached(f"{seat.id}:{mark}", seat.number, seat.language)
                self._telling.hour(connection, what, case.number, to, planned_at, at)


def seat_positions(parties: Sequence[int]) -> Mapping[int, int]:
    """The position that each party's seat will have, by which its PIN begins."""
    return {party: position for position, party in enumerate(parties, start=1)}


def _refuse_second(connection: Connection, case_id: int) -> None:
    """Nobody is rung for two sessions: the one planned or going on comes first."""
    standing = (
        select(DisputeSitting.id)
        .outerjoin(MediationSession, MediationSession.id == DisputeSitting.session_id)
        .where(
            DisputeSitting.case_id == case_id,
            or_(
                DisputeSitting.state == "planned",
                MediationSession.state.not_in(sorted(SESSION_ENDED)),
            ),
        )
    )
    if connection.execute(standing.limit(1)).first() is not None:
        raise DisputeError(
            "已经有一次约好或正在进行的调解。", "A session is planned or going on already."
        )


def _next_position(connection: Connection, case_id: int) -> int:
    newest = select(func.coalesce(func.max(DisputeSitting.position), 0))
    return int(connection.execute(newest.where(DisputeSitting.case_id == case_id)).scalar_one()) + 1


def _take_seat(
    connection: Connection,
    sitting_id: int,
    position: int,
    values: Mapping[str, object],
    pin: Pin | None,
) -> None:
    connection.execute(
        insert(DisputeSeat).values(
            sitting_id=sitting_id,
            position=position,
            pin_hash=pin.kept if pin else None,
            call_sid="",
            **values,
        )
    )
