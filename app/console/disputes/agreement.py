"""The agreement of a case: its editor with versions, the page to print, the PDF."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app.console.disputes.form import (
    AGREED,
    RIGHTS,
    SEAL,
    SIGNATURES,
    TITLE,
    WIDE,
    AgreementForm,
    form_of,
    name_of,
    paragraphs,
)
from app.console.disputes.forms import Fields, Written
from app.console.disputes.pdf import agreement_pdf
from app.console.disputes.sight import may_work, whole, workable
from app.console.naming import names_for
from app.mediation.cases import agreements, queries
from app.mediation.cases.agreements import Draft
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.queries import AgreementView, CaseView, PartyView
from app.mediation.cases.states import SIGNING
from app.people.access.visitor import Visitor
from app.people.audit.service import record
from app.tickets.changes import staff_of
from app.web.access import LeadMediations, ViewDisputes
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter(prefix="/console/disputes/{number}/agreement", include_in_schema=False)

PARTS = ("facts", "matters", "terms", "performance")


@router.get("")
def editor(request: Request, visitor: ViewDisputes, number: str) -> Response:
    """The version that counts, to be changed; another one by `version`."""
    return _editor(request, visitor, number, None)


@router.post("")
def write(request: Request, visitor: LeadMediations, number: str, written: Written) -> Response:
    """Keep a new version."""
    site = site_of(request)
    draft = Draft(
        **{part: written[part] for part in PARTS},
        copies=written.number("copies") or 0,
        recorder=written["recorder"],
    )
    try:
        with site.database.writing() as connection:
            case = workable(connection, visitor, number)
            seen = written.number("seen") or 0
            agreements.write_draft(
                connection, case.id, draft, seen, visitor.actor, site.clock.now()
            )
    except DisputeError as error:
        said = error.said(language_of(request, visitor))
        return _editor(request, visitor, number, written, said)
    return RedirectResponse(f"/console/disputes/{number}/agreement", 303)


@router.get("/print")
def sheet(request: Request, visitor: ViewDisputes, number: str) -> Response:
    """The form on a page that prints on A4."""
    form = _form(request, visitor, number, "dispute.agreement_printed")
    return render(
        request,
        "disputes/agreement_sheet.html",
        visitor=visitor,
        form=form,
        paragraphs=paragraphs,
        title=TITLE,
        agreed=AGREED,
        rights=RIGHTS,
        signatures=SIGNATURES,
        seal=SEAL,
        wide=WIDE,
    )


@router.get(".pdf")
def pdf(request: Request, visitor: ViewDisputes, number: str) -> Response:
    """The form as a file."""
    form = _form(request, visitor, number, "dispute.agreement_exported")
    name = f"huixiang-agreement-{form.number}-v{form.version}.pdf"
    return Response(
        agreement_pdf(form),
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _editor(
    request: Request, visitor: Visitor, number: str, written: Fields | None, error: str = ""
) -> Response:
    site = site_of(request)
    with site.database.reading() as connection:
        case = whole(connection, visitor, number)
        versions = queries.agreements_of(connection, case.id)
        parties = queries.parties_of(connection, case.id)
        people = [staff_of(one.made_by) for one in versions]
        names = names_for(request, visitor, connection, people)
    asked = request.query_params.get("version", "")
    shown = next((one for one in versions if str(one.version) == asked), None)
    shown = shown or (versions[0] if versions else None)
    return render(
        request,
        "disputes/agreement.html",
        visitor=visitor,
        status=422 if error else 200,
        error=error,
        case=case,
        versions=versions,
        shown=shown,
        fields=written or _fields(case, parties, shown),
        seen=written["seen"] if written else str(versions[0].version if versions else 0),
        may_write=may_work(visitor, case) and case.effective_on is None
        and case.state not in ("failed", "withdrawn"),
        names=names,
        incomplete=[one for one in parties if one.removed_at is None and _lacks(one)],
    )  # fmt: skip


def _fields(case: CaseView, parties: Sequence[PartyView], shown: AgreementView | None) -> Fields:
    """What the editor begins with: the version, or what the case knows already."""
    if shown is not None:
        kept = {part: getattr(shown, part) for part in PARTS}
        return Fields(kept | {"copies": str(shown.copies), "recorder": shown.recorder})
    signing = [one for one in parties if one.role in SIGNING and one.removed_at is None]
    return Fields({"matters": case.subject, "copies": str(len(signing) + 1)})


def _lacks(party: PartyView) -> bool:
    """Whether the form will have blanks where a party's identity belongs."""
    return party.role in SIGNING and not (name_of(party) and party.address and party.id_number)


def _form(request: Request, visitor: Visitor, number: str, act: str) -> AgreementForm:
    """The form of the version that counts; that it was taken is recorded in the audit."""
    site = site_of(request)
    with site.database.reading() as connection:
        case = whole(connection, visitor, number)
        versions = queries.agreements_of(connection, case.id)
        parties = queries.parties_of(connection, case.id)
        names = names_for(request, visitor, connection, [case.mediator_id])
    if not versions:
        raise HTTPException(404)
    with site.database.writing() as connection:
        _record(connection, visitor, case, act, versions[0].version, request)
    mediator = names.person(case.mediator_id)
    return form_of(case, parties, versions[0], mediator)


def _record(
    connection: Connection,
    visitor: Visitor,
    case: CaseView,
    act: str,
    version: int,
    request: Request,
) -> None:
    record(
        connection,
        actor=visitor.actor,
        act=act,
        target=f"dispute:{case.number}",
        detail={"version": version},
        at=site_of(request).clock.now(),
    )
