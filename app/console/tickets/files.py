"""Attachments of a ticket: adding, opening and removing them."""

from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from app.blobs import BlobMissingError
from app.console.tickets.forms import Asked, Deed, Fields, Written, carry_out, show
from app.console.tickets.sight import visible
from app.people.access.visitor import Visitor
from app.tickets.attachments.files import LARGEST, Upload, read_upload
from app.tickets.attachments.queries import Attachment, find_attachment
from app.tickets.attachments.service import attach, remove
from app.tickets.attachments.store import attachments_store
from app.tickets.errors import RefusedError, TicketError, UnknownTicketError
from app.tickets.links.queries import family
from app.web.access import ViewTickets, WorkTickets
from app.web.pages import language_of
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/{number}", include_in_schema=False)


@router.get("/attach")
def attach_form(request: Request, visitor: WorkTickets, number: str) -> Response:
    """Choose a file."""
    return show(Asked(request, visitor, number, "attach"))


@router.post("/attach")
def add_file(
    request: Request,
    visitor: WorkTickets,
    number: str,
    written: Written,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Keep a file: its bytes first, so that a row never names bytes that are not there.

    They are written before the transaction begins: a slow store must not hold the database.
    """
    asked = Asked(request, visitor, number, "attach", written)
    show(asked)  # who may not see it learns so before anything is kept
    try:
        upload = _read(file)
    except TicketError as error:
        return show(asked, error=error.said(language_of(request, visitor)), status=422)
    attachments_store(site_of(request).settings).put(upload.blob, upload.data)

    def do(deed: Deed) -> None:
        deed.insist_on_sight()
        attach(deed.connection, deed.number, upload, deed.actor, deed.at)

    return carry_out(asked, do)


@router.get("/files/{file_id}")
def open_file(request: Request, visitor: ViewTickets, number: str, file_id: int) -> Response:
    """A file, to be kept; photos may be shown in place (`<img>`), never as a page of ours."""
    found = _find(request, visitor, number, file_id)
    try:
        data = attachments_store(site_of(request).settings).open(found.blob)
    except BlobMissingError as error:
        raise HTTPException(404) from error
    return Response(data, headers=dict(found.headers))


@router.get("/files/{file_id}/remove")
def remove_form(request: Request, visitor: WorkTickets, number: str, file_id: int) -> Response:
    """Remove a file: why."""
    _find(request, visitor, number, file_id)
    return show(_removal(request, visitor, number, file_id, Fields()))


@router.post("/files/{file_id}/remove")
def remove_file(
    request: Request, visitor: WorkTickets, number: str, file_id: int, written: Written
) -> Response:
    """Take it away."""
    _find(request, visitor, number, file_id)
    gone: list[str] = []

    def do(deed: Deed) -> None:
        blob = remove(deed.connection, file_id, deed.actor, deed.written["why"], deed.at)
        gone.extend([blob] if blob else [])

    answer = carry_out(_removal(request, visitor, number, file_id, written), do)
    for blob in gone:
        attachments_store(site_of(request).settings).delete(blob)
    return answer


def _removal(
    request: Request, visitor: Visitor, number: str, file_id: int, written: Fields
) -> Asked:
    path = f"files/{file_id}/remove"
    return Asked(request, visitor, number, "remove", written, path=path)


def _read(file: UploadFile | None) -> Upload:
    if file is None or not file.filename:
        raise RefusedError("请选择一个文件。", "Choose a file.")
    return read_upload(file.filename, file.file.read(LARGEST + 1))


def _find(request: Request, visitor: Visitor, number: str, file_id: int) -> Attachment:
    """A file of a ticket whose caller the visitor may see. Raises 404."""
    with site_of(request).database.reading() as connection:
        try:
            ticket, _ = visible(connection, visitor, number)
        except UnknownTicketError as error:
            raise HTTPException(404) from error
        found = find_attachment(connection, file_id)
        ids = family(connection, ticket.id)
    if found is None or found.ticket_id not in ids or ticket.hidden:
        raise HTTPException(404)
    return found
