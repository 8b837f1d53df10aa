"""Forms about one ticket: shown in a dialog or as a page, carried out, given back when refused.

A form carries the ticket's `version` and the instant at which its reader had `seen` it. When it was
changed meanwhile nothing is done: the form comes back with what was written and what happened.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from app.console.naming import Names, names_for
from app.console.tickets.history import happened_since
from app.console.tickets.lines import title_of
from app.console.tickets.sight import visible, workable
from app.keys import key_of
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets.changes import lock
from app.tickets.errors import (
    OwnershipError,
    RefusedError,
    StaleError,
    TicketError,
    UnknownTicketError,
)
from app.tickets.lists.rows import WholeTicket
from app.web import times
from app.web.onward import local_path
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of
from app.web.words import all_words


class Fields(dict[str, str]):
    """What was written into a form, by field; "" for what was not."""

    def __missing__(self, name: str) -> str:
        return ""


async def _fields(request: Request) -> Fields:
    form = await request.form()
    return Fields({name: value for name, value in form.items() if isinstance(value, str)})


Written = Annotated[Fields, Depends(_fields)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor asked for: a form about a ticket, and what was written into it."""

    request: Request
    visitor: Visitor
    number: str
    form: str
    written: Fields = field(default_factory=Fields)
    right: Right = Right.tickets_work
    path: str = ""  # below the ticket's address, when it is not the form's name

    @property
    def in_dialog(self) -> bool:
        """Whether the answer goes into the page's dialog."""
        return self.request.headers.get("hx-target") == "dialog#dialog"

    @property
    def by_htmx(self) -> bool:
        """Whether a page asks, which stays as it is."""
        return "hx-request" in self.request.headers

    def say(self, key: str, **fields: object) -> str:
        """A text in the visitor's language."""
        return all_words().say(key, language_of(self.request, self.visitor), **fields)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is being done to a ticket, within one transaction."""

    connection: Connection
    ticket: WholeTicket
    visitor: Visitor
    at: datetime
    written: Fields

    @property
    def number(self) -> str:
        """The ticket's number."""
        return self.ticket.number

    @property
    def actor(self) -> str:
        """Who does it, as events name them."""
        return self.visitor.actor

    @property
    def staff_id(self) -> int:
        """The person of the staff who does it."""
        assert self.visitor.staff_id is not None
        return self.visitor.staff_id

    def insist_on_sight(self) -> None:
        """Raise RefusedError when a seal hides the caller from whoever does it."""
        if self.ticket.hidden:
            raise RefusedError(
                "来电人保密，您不能这样做。", "The caller is sealed: you may not do this."
            )


Extras = Mapping[str, Any]
More = Callable[[Connection, WholeTicket, Names, Asked], Extras]


def nothing_more(
    _connection: Connection, _ticket: WholeTicket, _names: Names, _asked: Asked
) -> Extras:
    """What most forms need besides the ticket."""
    return {}


def show(asked: Asked, more: More = nothing_more, error: str = "", status: int = 200) -> Response:
    """A form: as a fragment for the dialog, otherwise as a page. Raises 404, or ForbiddenError."""
    with site_of(asked.request).database.reading() as connection:
        ticket = _ticket(connection, asked)
        names = names_for(asked.request, asked.visitor, connection, [ticket.owner_id])
        seen = asked.written["seen"]
        happened = happened_since(asked.request, asked.visitor, connection, ticket, seen)
        context = {
            "ticket": ticket,
            "title": title_of(ticket, names),
            "names": names,
            "form": asked.form,
            "path": asked.path or asked.form,
            "in_dialog": asked.in_dialog,
            "written": asked.written,
            "error": error,
            "happened": happened if status == 409 else [],
            "seen": times.iso(site_of(asked.request).clock.now()),
            **more(connection, ticket, names, asked),
        }
    template = "ticket/form.html" if asked.in_dialog else "ticket/form_page.html"
    return render(asked.request, template, visitor=asked.visitor, status=status, **context)


def carry_out(asked: Asked, do: Callable[[Deed], None], more: More = nothing_more) -> Response:
    """Do what a form asks in one transaction; give the form back when it is refused."""
    try:
        perform(asked, do)
    except TicketError as error:
        said = error.said(language_of(asked.request, asked.visitor))
        is_late = isinstance(error, StaleError)
        said = asked.say("ticket.conflict") if is_late else said
        status = 409 if isinstance(error, StaleError | OwnershipError) else 422
        return show(asked, more, said, status)
    return finished(asked)


def at_once(asked: Asked, do: Callable[[Deed], None]) -> Response:
    """Do what a button asks; when somebody else was first, say who and when."""
    try:
        perform(asked, do)
    except (StaleError, OwnershipError) as error:
        raise ProblemError(409, _first(asked, error)) from error
    except TicketError as error:
        raise ProblemError(422, error.said(language_of(asked.request, asked.visitor))) from error
    return finished(asked)


def perform(asked: Asked, do: Callable[[Deed], None]) -> None:
    """One transaction: the ticket as it was shown, and the deed. Raises TicketError, or 404."""
    site = site_of(asked.request)
    with site.database.writing() as connection:
        ticket = _ticket(connection, asked)
        version = asked.written["version"]
        if version:
            lock(connection, asked.number, key_of(version) or 0)
        do(Deed(connection, ticket, asked.visitor, site.clock.now(), asked.written))
    site.wake_jobs()


def tried(asked: Asked, do: Callable[[Deed], None], look_at: str = "") -> WholeTicket:
    """The ticket (or another) as it would be: the deed is done, looked at and undone.

    Raises TicketError.
    """
    site = site_of(asked.request)
    with site.database.writing() as connection:
        ticket = _ticket(connection, asked)
        trial = connection.begin_nested()
        try:
            do(Deed(connection, ticket, asked.visitor, site.clock.now(), asked.written))
            return visible(connection, asked.visitor, look_at or asked.number)[0]
        finally:
            trial.rollback()


def finished(asked: Asked, said: str = "") -> Response:
    """The page again: by htmx its parts are told to look anew, otherwise by going there.

    A form with `go` leads there by htmx, too.
    """
    text = said or asked.say(f"ticket.done.{asked.form}", number=asked.number)
    back = local_path(asked.written["back"], f"/console/tickets/{asked.number}")
    if not asked.by_htmx:
        return RedirectResponse(back, 303)
    if asked.written["go"]:
        return Response(status_code=204, headers={"HX-Redirect": back})
    told = {"done": {"target": "body"}, "toast": {"target": "body", "text": text}}
    return Response(status_code=204, headers={"HX-Trigger": json.dumps(told)})


def _ticket(connection: Connection, asked: Asked) -> WholeTicket:
    try:
        if asked.right is Right.tickets_view:
            return visible(connection, asked.visitor, asked.number)[0]
        return workable(connection, asked.visitor, asked.number, asked.right)
    except UnknownTicketError as error:
        raise HTTPException(404) from error


def _first(asked: Asked, error: TicketError) -> str:
    """Who was first, when somebody else took the ticket; otherwise what the error says."""
    site = site_of(asked.request)
    language = language_of(asked.request, asked.visitor)
    with site.database.reading() as connection:
        ticket = _ticket(connection, asked)
        names = names_for(asked.request, asked.visitor, connection, [ticket.owner_id])
    if ticket.owner_id in (None, asked.visitor.staff_id) or ticket.acknowledged_at is None:
        return error.said(language)
    at = times.when(ticket.acknowledged_at, site.clock.now(), language)
    return asked.say("ticket.first", name=names.person(ticket.owner_id), at=at)
