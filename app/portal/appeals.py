"""`/appeal`: say what it is about, with photos, and get a number."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from app.messages.codes.limits import admit
from app.messages.numbers import can_be_texted
from app.portal import fields
from app.portal.form import FormToken, is_hasty, read_token
from app.portal.limits import appeals
from app.portal.page import address_of, composer_of, say, show
from app.portal.submission import Submission, source_of, submit
from app.tickets.models import Ticket
from app.web.access import Public
from app.web.pages import language_of
from app.web.site import site_of

router = APIRouter(prefix="/appeal")


class Filled(BaseModel):
    """The form as it was filled in; nothing is refused here, so that it can come back."""

    form: str = ""
    website: str = ""  # a field nobody sees
    category: str = ""
    words: str = ""
    place: str = ""
    name: str = ""
    phone: str = ""
    confidential: bool = False
    photos: list[UploadFile] = Field(default_factory=list)

    def plain(self) -> "Filled":
        """The same without what cannot be kept."""
        return self.model_copy(
            update={
                "words": fields.words(self.words),
                "place": fields.line(self.place, fields.LONGEST_PLACE),
                "name": fields.line(self.name, fields.LONGEST_NAME),
                "phone": fields.line(self.phone, 40),
            }
        )


@router.get("")
def form(request: Request, _anybody: Public, category: str = "") -> Response:
    """The empty form."""
    return _page(request, Filled(category=category))


@router.post("")
def hand_in(request: Request, _anybody: Public, written: Annotated[Filled, Form()]) -> Response:
    """Register the appeal; whatever is wrong, the form comes back as it was filled in."""
    filled = written.plain()
    token = read_token(request, filled.form)
    if token is None or is_hasty(request, token, filled.website):
        return _page(request, filled, notice="once_more", status=422)
    if _ticket(request, token) is not None:
        return _done(filled)
    chosen = fields.photos(filled.photos, language_of(request))
    problems = _problems(request, filled, chosen)
    if problems:
        return _page(request, filled, problems=problems, status=422)
    if not _admitted(request):
        return _page(request, filled, notice="too_often", status=429)
    site = site_of(request)
    submit(site, composer_of(site), _submission(request, token, filled, chosen))
    site.wake_jobs()
    return _done(filled)


@router.get("/done")
def done(request: Request, _anybody: Public, form: str = "") -> Response:
    """The number of what this browser has just handed in."""
    token = read_token(request, form)
    ticket = _ticket(request, token) if token else None
    if ticket is None:
        return RedirectResponse("/follow", 303)
    composer, language = composer_of(site_of(request)), language_of(request)
    return show(
        request,
        "appeal_done.html",
        ticket=ticket,
        category=composer.category(ticket.category, language),
        is_texted=can_be_texted(ticket.caller),
    )


def _page(
    request: Request,
    filled: Filled,
    *,
    problems: Mapping[str, str] | None = None,
    notice: str = "",
    status: int = 200,
) -> Response:
    directory, language = site_of(request).library.current.directory, language_of(request)
    return show(
        request,
        "appeal.html",
        status=status,
        filled=filled,
        problems=problems or {},
        notice=notice,
        categories={key: directory.category_name(key, language) for key in directory.categories},
        most_photos=fields.MOST_PHOTOS,
    )


def _submission(
    request: Request, token: FormToken, filled: Filled, chosen: fields.Photos
) -> Submission:
    return Submission(
        key=token.key,
        category=filled.category,
        words=filled.words,
        place=filled.place,
        name=filled.name,
        telephone=fields.telephone(filled.phone),
        confidential=filled.confidential,
        language=language_of(request),
        uploads=chosen.uploads,
    )


def _problems(request: Request, filled: Filled, chosen: fields.Photos) -> dict[str, str]:
    problems = {}
    if filled.category not in site_of(request).library.current.directory.categories:
        problems["category"] = say(request, "appeal.choose_category")
    if not fields.has_something_to_say(filled.words):
        problems["words"] = say(request, "appeal.say_something")
    if filled.phone and not fields.telephone(filled.phone):
        problems["phone"] = say(request, "bad_phone")
    if chosen.problem:
        many = say(request, "appeal.too_many_photos", most=fields.MOST_PHOTOS)
        problems["photos"] = many if chosen.problem == "too_many" else chosen.problem
    return problems


def _admitted(request: Request) -> bool:
    site = site_of(request)
    with site.database.writing() as connection:
        limits = appeals(address_of(request))
        return admit(connection, limits, site.clock.now()) is None


def _ticket(request: Request, token: FormToken) -> Any:
    with site_of(request).database.reading() as connection:
        columns = (Ticket.number, Ticket.category, Ticket.caller, Ticket.confidential)
        due = (Ticket.respond_due_at, Ticket.complete_due_at)
        return connection.execute(
            select(*columns, *due).where(Ticket.source == source_of(token.key))
        ).one_or_none()


def _done(filled: Filled) -> Response:
    return RedirectResponse(f"/appeal/done?form={filled.form}", 303)
