"""`/follow/ticket`: how it stands, what was told; add a word or a photo; say if it is settled."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.flows.satisfaction import Satisfaction
from app.messages.codes.limits import admit
from app.portal import fields
from app.portal.follow import opened
from app.portal.form import FormToken, read_token
from app.portal.limits import additions
from app.portal.page import composer_of, say, show
from app.tickets.attachments.service import attach
from app.tickets.attachments.store import attachments_store
from app.tickets.changes import CALLER
from app.tickets.closing.service import say as say_word
from app.tickets.errors import TicketError
from app.tickets.notes.service import add_note
from app.tickets.told.queries import OwnTicket, lines, own_ticket
from app.web.access import Public
from app.web.pages import language_of
from app.web.site import site_of

router = APIRouter(prefix="/follow/ticket")

Text = Annotated[str, Form()]
WORDS: dict[str, Satisfaction] = {
    "satisfied": "satisfied",
    "not_satisfied": "not_satisfied",
    "not_settled": "not_settled",
}
DONE = frozenset({"added", "satisfied", "not_satisfied", "not_settled"})


@router.get("")
def page(request: Request, _anybody: Public, done: str = "") -> Response:
    """The ticket."""
    ticket_id = opened(request)
    if ticket_id is None:
        return RedirectResponse("/follow", 303)
    return _page(request, ticket_id, done=done if done in DONE else "")


@router.post("/words")
def add(
    request: Request,
    _anybody: Public,
    form: Text = "",
    words: Text = "",
    photos: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Add a word, photos, or both."""
    ticket_id, token = opened(request), read_token(request, form)
    if ticket_id is None:
        return RedirectResponse("/follow", 303)
    text = fields.words(words, 2_000)
    if token is None:
        return _page(request, ticket_id, words=text, problem=say(request, "once_more"))
    chosen = fields.photos(photos or (), language_of(request))
    problem = chosen.problem
    if problem == "too_many":
        problem = say(request, "appeal.too_many_photos", most=fields.MOST_PHOTOS)
    if not text and not chosen.uploads:
        problem = problem or say(request, "ticket.nothing_added")
    problem = problem or _add(request, ticket_id, token, text, chosen)
    if problem:
        return _page(request, ticket_id, words=text, problem=problem)
    return RedirectResponse("/follow/ticket?done=added", 303)


@router.post("/word")
def say_if_settled(
    request: Request, _anybody: Public, word: Text = "", words: Text = "", form: Text = ""
) -> Response:
    """Say satisfied, not satisfied, or not settled; with a reason, if there is one."""
    ticket_id, token = opened(request), read_token(request, form)
    if ticket_id is None:
        return RedirectResponse("/follow", 303)
    if word not in WORDS or token is None:
        return _page(request, ticket_id, problem=say(request, "once_more"))
    site, reason = site_of(request), fields.words(words, 2_000)
    with site.database.writing() as connection:
        ticket, at = own_ticket(connection, ticket_id), site.clock.now()
        if reason:
            add_note(connection, ticket.own_number, reason, CALLER, at, key=f"portal:{token.key}")
        is_asked = not ticket.is_anothers and _say(connection, ticket.number, word, at)
    site.wake_jobs()
    if not is_asked:
        return _page(request, ticket_id, problem=say(request, "ticket.not_asked"))
    return RedirectResponse(f"/follow/ticket?done={word}", 303)


def _say(connection: Connection, number: str, word: str, at: datetime) -> bool:
    """The caller's word; False when the ticket does not ask for one."""
    return say_word(connection, number, WORDS[word], "portal", at).result != "not_asked"


def _add(
    request: Request, ticket_id: int, token: FormToken, text: str, chosen: fields.Photos
) -> str:
    """Add to the ticket; returns what is wrong, or nothing."""
    site = site_of(request)
    store = attachments_store(site.settings)
    for upload in chosen.uploads:
        store.put(upload.blob, upload.data)
    try:
        with site.database.writing() as connection:
            return _added(connection, request, ticket_id, token, text, chosen)
    except TicketError as error:
        return error.said(language_of(request))


def _added(
    connection: Connection,
    request: Request,
    ticket_id: int,
    token: FormToken,
    text: str,
    chosen: fields.Photos,
) -> str:
    at = site_of(request).clock.now()
    ticket = own_ticket(connection, ticket_id)
    if not ticket.takes_words:
        return say(request, "ticket.closed_already")
    if admit(connection, additions(ticket.id), at) is not None:
        return say(request, "too_often_here")
    if text:
        add_note(connection, ticket.own_number, text, CALLER, at, key=f"portal:{token.key}")
    for upload in chosen.uploads:
        attach(connection, ticket.own_number, upload, CALLER, at)
    return ""


def _page(
    request: Request, ticket_id: int, *, words: str = "", problem: str = "", done: str = ""
) -> Response:
    with site_of(request).database.reading() as connection:
        ticket = own_ticket(connection, ticket_id)
        happened = lines(connection, ticket)
    composer, language = composer_of(site_of(request)), language_of(request)
    shown: dict[str, Any] = {
        "ticket": ticket,
        "lines": happened,
        "category": composer.category(ticket.category, language),
        "state": composer.state(ticket.state, language),
        "steps": steps(ticket),
        "words": words,
        "problem": problem,
        "done": done,
    }
    return show(request, "ticket.html", status=422 if problem else 200, **shown)


def steps(ticket: OwnTicket) -> list[tuple[str, str]]:
    """The way of every ticket, and how far this one is: `done`, `now` or `ahead`."""
    order = ("opened", "acknowledged", "resolved", "closed")
    reached = {
        "new": 0,
        "reopened": 0,
        "acknowledged": 1,
        "in_progress": 1,
        "waiting": 1,
        "resolved": 2,
        "closed": 3,
    }[ticket.state]
    marks = ["done" if place < reached else "ahead" for place in range(len(order))]
    marks[reached] = "done" if ticket.state == "closed" else "now"
    return list(zip(order, marks, strict=True))
