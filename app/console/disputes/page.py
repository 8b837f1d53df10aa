"""The page of one case: how it stands, what is next, its parties, sessions, agreement, history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.console.disputes.forms import Fields
from app.console.disputes.sight import may_work, visible, workable
from app.console.disputes.steps import Situation, next_step
from app.console.disputes.story import story_of
from app.console.naming import Names, names_for
from app.mediation.cases import queries
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.queries import CaseView, PartyView, SeatView, SittingView
from app.mediation.cases.states import (
    PARTY_ROLES,
    USUAL_FOLLOW_UP,
    county_day,
    days_between,
)
from app.messages.numbers import can_be_texted
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.staff.queries import all_people
from app.tickets.changes import staff_of
from app.tickets.households.queries import find_household
from app.web.access import ViewDisputes, ViewDisputesPassively
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter(prefix="/console/disputes/{number}", include_in_schema=False)

Work = Callable[[Connection, CaseView], None]


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the form of this name, and is not to type again."""

    form: str
    fields: Fields


UNTYPED = Typed("", Fields())


@dataclass(frozen=True, slots=True)
class Sat:
    """A session with its seats, each with the party whose it is (None: the mediator's)."""

    sitting: SittingView
    seats: Sequence[tuple[SeatView, PartyView | None]]


@router.get("")
def case_page(request: Request, visitor: ViewDisputes, number: str) -> Response:
    """The page."""
    return show(request, visitor, number)


@router.get("/live")
def live(request: Request, visitor: ViewDisputesPassively, number: str) -> Response:
    """The same, fetched by an open page for what changes by itself."""
    return show(request, visitor, number)


def carry_out(
    request: Request,
    visitor: Visitor,
    number: str,
    work: Work,
    onward: str = "",
    typed: Typed = UNTYPED,
) -> Response:
    """Change a case and go on to its page, or to the part `onward`.

    What was refused is said there, with what was `typed` still in its form.
    """
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            work(connection, workable(connection, visitor, number))
    except DisputeError as error:
        said = error.said(language_of(request, visitor))
        return show(request, visitor, number, said, typed)
    site.wake_jobs()
    return RedirectResponse(f"/console/disputes/{number}{onward}", 303)


def show(
    request: Request, visitor: Visitor, number: str, error: str = "", typed: Typed = UNTYPED
) -> Response:
    """The page, with what could not be done above it."""
    site = site_of(request)
    now = site.clock.now()
    with site.database.reading() as connection:
        case = visible(connection, visitor, number)
        context = _context(request, visitor, connection, case)
    return render(
        request,
        "disputes/page.html",
        visitor=visitor,
        status=422 if error else 200,
        error=error,
        typed=typed,
        case=case,
        days_so_far=days_between(case.first_call_at, case.ended_at or now),
        today=county_day(now),
        usual_follow_up=county_day(now) + USUAL_FOLLOW_UP,
        may_work=may_work(visitor, case),
        may_see_tickets=visitor.may(Right.tickets_view),
        may_see_calls=visitor.may(Right.calls_view),
        can_be_texted=can_be_texted,
        roles=PARTY_ROLES,
        **context,
    )


def _context(
    request: Request, visitor: Visitor, connection: Connection, case: CaseView
) -> dict[str, Any]:
    hidden = case.hidden
    parties = [] if hidden else queries.parties_of(connection, case.id)
    sittings = queries.sittings_of(connection, case.id)
    agreements = [] if hidden else queries.agreements_of(connection, case.id)
    history = [] if hidden else queries.history_of(connection, case.id)
    people = [person for person in all_people(connection) if person.active]
    actors = {staff_of(entry.actor) for entry in history} | {case.mediator_id}
    names = names_for(request, visitor, connection, actors | {staff_of(case.opened_by)})
    by_id = {party.id: party for party in parties}
    party_names = {party.id: party.name for party in parties}
    story = story_of(request, visitor, connection, case, history, names, party_names)
    homes = {party.household_id for party in parties} - {None}
    households = {home: find_household(connection, household_id=home) for home in homes}
    site = site_of(request)
    situation = Situation(case, parties, sittings, agreements)
    return {
        "step": next_step(situation, site.clock.now()),
        "parties": [party for party in parties if party.removed_at is None],
        "former": [party for party in parties if party.removed_at is not None],
        "sat": [_sat(connection, sitting, by_id) for sitting in sittings],
        "running": next((one.session_id for one in sittings if one.is_running), None),
        "unsigned": next((one.position for one in sittings if one.lacks_signature), None),
        "agreement": agreements[0] if agreements else None,
        "assents": [] if hidden else queries.assents_of(connection, case.id),
        "party_names": party_names,
        "story": story,
        "households": households,
        "names": names,
        "mediators": [one for one in people if _mediates(one.grants)],
        "kinds": [(key, names.category(key)) for key in names.directory.categories],
        "departments": [(key, names.department(key)) for key in names.directory.departments],
        "languages": [(tag, names.spoken_language(tag)) for tag in names.directory.languages],
        "hours": names.directory.calling_hours,
    }


def _sat(connection: Connection, sitting: SittingView, parties: dict[int, PartyView]) -> Sat:
    seats = queries.seats_of(connection, sitting.id)
    return Sat(sitting, [(seat, parties.get(seat.party_id or 0)) for seat in seats])


def _mediates(grants: Sequence[Any]) -> bool:
    return any(grant.gives(Right.mediations_lead) for grant in grants)


def mediator_name(names: Names, case: CaseView) -> str:
    """The mediator's name, or what stands in its place."""
    return names.person(case.mediator_id) or names.say("disputes.no_mediator")
