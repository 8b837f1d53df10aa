"""What is done to a case on its page: corrected, noted, settled, given up, followed up."""

from typing import Literal, cast

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.disputes.forms import Fields, Written
from app.console.disputes.page import Typed, carry_out
from app.flows.dialling import may_ring
from app.mediation.cases import parties, service
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.parties import Party
from app.mediation.cases.queries import CaseView
from app.mediation.cases.states import PartyRole
from app.people.staff.queries import find_person
from app.tickets.phones import e164
from app.web.access import LeadMediations
from app.web.site import site_of

router = APIRouter(prefix="/console/disputes/{number}", include_in_schema=False)


@router.post("/facts")
def amend(request: Request, visitor: LeadMediations, number: str, written: Written) -> Response:
    """Correct what it is about and who mediates it."""
    site = site_of(request)
    directory = site.library.current.directory

    def work(connection: Connection, case: CaseView) -> None:
        if written["kind"] not in directory.categories:
            raise DisputeError("请选择类别。", "Choose a category.")
        if written["department"] not in ("", *directory.departments):
            raise DisputeError("请选择部门。", "Choose a department.")
        mediator = written.number("mediator")
        if mediator is not None and find_person(connection, mediator) is None:
            raise DisputeError("请选择调解员。", "Choose a mediator.")
        facts = service.Facts(written["subject"], written["kind"], written["department"], mediator)
        service.amend(connection, case.id, facts, visitor.actor, site.clock.now())

    return carry_out(request, visitor, number, work)


@router.post("/notes")
def note(request: Request, visitor: LeadMediations, number: str, written: Written) -> Response:
    """Write a note."""
    at = site_of(request).clock.now()
    return carry_out(
        request, visitor, number,
        lambda connection, case: service.note(
            connection, case.id, written["words"], visitor.actor, at
        ),
        "#history",
    )  # fmt: skip


@router.post("/parties")
def add_party(request: Request, visitor: LeadMediations, number: str, written: Written) -> Response:
    """Add a party."""
    at = site_of(request).clock.now()

    def work(connection: Connection, case: CaseView) -> None:
        parties.add_party(connection, case.id, _party(request, written), visitor.actor, at)

    typed = Typed("new-party", written)
    return carry_out(request, visitor, number, work, "#parties", typed)


@router.post("/parties/{party}")
def amend_party(
    request: Request, visitor: LeadMediations, number: str, party: int, written: Written
) -> Response:
    """Correct a party."""
    at = site_of(request).clock.now()

    def work(connection: Connection, case: CaseView) -> None:
        wish = _party(request, written)
        parties.amend_party(connection, case.id, party, wish, visitor.actor, at)

    typed = Typed(f"party-{party}", written)
    return carry_out(request, visitor, number, work, "#parties", typed)


@router.post("/parties/{party}/remove")
def remove_party(request: Request, visitor: LeadMediations, number: str, party: int) -> Response:
    """Take a party out of what is to come."""
    at = site_of(request).clock.now()

    def work(connection: Connection, case: CaseView) -> None:
        parties.remove_party(connection, case.id, party, visitor.actor, at)

    return carry_out(request, visitor, number, work, "#parties")


@router.post("/settle")
def settle(request: Request, visitor: LeadMediations, number: str, written: Written) -> Response:
    """The parties have agreed."""
    at = site_of(request).clock.now()

    def work(connection: Connection, case: CaseView) -> None:
        day = written.day("follow_up_on")
        service.settle(connection, case.id, written["words"], day, visitor.actor, at)

    return carry_out(request, visitor, number, work)


@router.post("/give-up")
def give_up(request: Request, visitor: LeadMediations, number: str, written: Written) -> Response:
    """Mediation has failed, or a party has withdrawn: `how` says which."""
    at = site_of(request).clock.now()

    def work(connection: Connection, case: CaseView) -> None:
        how: Literal["failed", "withdrawn"] = (
            "withdrawn" if written["how"] == "withdrawn" else "failed"
        )
        service.give_up(connection, case.id, how, written["words"], visitor.actor, at)

    return carry_out(request, visitor, number, work)


@router.post("/effect")
def take_effect(
    request: Request, visitor: LeadMediations, number: str, written: Written
) -> Response:
    """All have signed: the agreement is in effect."""
    at = site_of(request).clock.now()

    def work(connection: Connection, case: CaseView) -> None:
        service.take_effect(connection, case.id, written.day("day"), visitor.actor, at)

    return carry_out(request, visitor, number, work, "#agreement")


@router.post("/follow-up")
def follow_up(request: Request, visitor: LeadMediations, number: str, written: Written) -> Response:
    """Somebody has asked whether the agreement is kept."""
    at = site_of(request).clock.now()

    def work(connection: Connection, case: CaseView) -> None:
        kept = written["kept"] == "yes"
        service.followed_up(connection, case.id, kept, written["words"], visitor.actor, at)

    return carry_out(request, visitor, number, work)


def _party(request: Request, written: Fields) -> Party:
    """A party as the form sends it; what the directory does not know is left out.

    Raises DisputeError for a telephone that is never rung: no session could bring it in.
    """
    directory = site_of(request).library.current.directory
    if (number := e164(written["phone"])) and not may_ring(directory, number):
        raise DisputeError(
            "这个号码不在允许拨打的范围内，请核对。",
            "This number may not be rung from here; check it.",
        )
    language, department = written["language"], written["department"]
    return Party(
        role=cast("PartyRole", written["role"]),
        name=written["name"],
        phone=written["phone"],
        language=language if language in directory.languages else directory.default_language,
        department=department if department in directory.departments else "",
        gender=written["gender"],
        ethnicity=written["ethnicity"],
        age=written["age"],
        occupation=written["occupation"],
        id_number=written["id_number"],
        address=written["address"],
    )
