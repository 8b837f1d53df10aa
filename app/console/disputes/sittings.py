"""Sessions of a case: planned, moved, cancelled, begun at once; a fresh PIN for a lost one."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app.console.disputes.forms import Written
from app.console.disputes.page import Typed, carry_out, show
from app.console.disputes.sight import workable
from app.mediation.cases import queries
from app.mediation.cases.door import Pin, make_pin
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.planning import Wish, seat_positions
from app.mediation.cases.queries import CaseView
from app.people.access.visitor import Visitor
from app.web.access import LeadMediations
from app.web.pages import language_of
from app.web.site import site_of

router = APIRouter(prefix="/console/disputes/{number}/sessions", include_in_schema=False)

MOST_SEATS = 8


@router.post("")
def plan(request: Request, visitor: LeadMediations, number: str, written: Written) -> Response:
    """Plan a session by appointment, or begin one at once (`now`)."""
    chosen = written.numbers("party")
    if len(chosen) > MOST_SEATS:
        raise HTTPException(422)
    if written["now"]:
        return _begin(request, visitor, number, chosen)
    typed = Typed("plan", written)
    try:
        planned_at = written.hour("planned_at")
    except DisputeError as error:
        return show(request, visitor, number, error.said(language_of(request, visitor)), typed)
    site = site_of(request)
    pins = _pins(request, chosen)  # hashing takes long: before the transaction

    def work(connection: Connection, case: CaseView) -> None:
        wish = Wish(case_id=case.id, pins=pins, planned_at=planned_at, actor=visitor.actor)
        site.disputes.planning.plan(connection, wish, site.clock.now())

    return carry_out(request, visitor, number, work, "#sessions", typed)


@router.post("/{position}/move")
def move(
    request: Request, visitor: LeadMediations, number: str, position: int, written: Written
) -> Response:
    """Move a planned session; everybody is told."""
    site = site_of(request)

    def work(connection: Connection, case: CaseView) -> None:
        sitting, planned_at = _of(connection, case, position), written.hour("planned_at")
        now = site.clock.now()
        site.disputes.planning.move(connection, sitting, planned_at, visitor.actor, now)

    typed = Typed(f"move-{position}", written)
    return carry_out(request, visitor, number, work, "#sessions", typed)


@router.post("/{position}/cancel")
def cancel(
    request: Request, visitor: LeadMediations, number: str, position: int, written: Written
) -> Response:
    """Cancel a planned session; everybody is told."""
    site = site_of(request)

    def work(connection: Connection, case: CaseView) -> None:
        sitting, now = _of(connection, case, position), site.clock.now()
        site.disputes.planning.cancel(connection, sitting, written["why"], visitor.actor, now)

    return carry_out(request, visitor, number, work, "#sessions")


@router.post("/{position}/pins/{seat}")
def renew_pin(
    request: Request, visitor: LeadMediations, number: str, position: int, seat: int
) -> Response:
    """A fresh PIN by text for a party who has lost theirs."""
    site = site_of(request)
    with site.database.reading() as connection:
        found = workable(connection, visitor, number)
        seats = queries.seats_of(connection, _of(connection, found, position))
    whose = next((one for one in seats if one.id == seat), None)
    if whose is None:
        raise HTTPException(404)
    pin = make_pin(whose.position, site.identities.random_id)

    def work(connection: Connection, case: CaseView) -> None:
        _of(connection, case, position)
        site.disputes.planning.renew_pin(connection, seat, pin, visitor.actor, site.clock.now())

    return carry_out(request, visitor, number, work, "#sessions")


def _begin(request: Request, visitor: Visitor, number: str, chosen: Sequence[int]) -> Response:
    site = site_of(request)
    now = site.clock.now()

    def work(connection: Connection, case: CaseView) -> None:
        pins = dict.fromkeys(chosen)
        wish = Wish(case_id=case.id, pins=pins, planned_at=now, actor=visitor.actor)
        sitting = site.disputes.planning.begin(connection, wish, now)
        site.disputes.summons.summon(connection, sitting, 0, visitor.actor, now)

    return carry_out(request, visitor, number, work, "#sessions")


def _pins(request: Request, chosen: Sequence[int]) -> Mapping[int, Pin | None]:
    random_id = site_of(request).identities.random_id
    positions = seat_positions(chosen)
    return {party: make_pin(position, random_id) for party, position in positions.items()}


def _of(connection: Connection, case: CaseView, position: int) -> int:
    """The id of a session by its place in the case."""
    for sitting in queries.sittings_of(connection, case.id):
        if sitting.position == position:
            return sitting.id
    raise HTTPException(404)
