"""The page of the audit."""

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.flows.hours import COUNTY_TIME
from app.keys import key_of
from app.people.access.visitor import Visitor
from app.people.audit import queries
from app.people.audit.queries import PAGE, Entry, Filters
from app.people.staff.queries import names_of
from app.web.access import ViewAudit
from app.web.pages import language_of, render
from app.web.site import site_of
from app.web.words import all_words

router = APIRouter(prefix="/console/audit")


@router.get("")
def page(
    request: Request,
    visitor: ViewAudit,
    actor: str = "",
    act: str = "",
    target: str = "",
    since: str = "",
    until: str = "",
    before: int | None = None,
) -> Response:
    """Who did what, the newest first; filtered by the address of the page."""
    filters = Filters(actor.strip(), act.strip(), target.strip(), _day(since), _day(until, after=1))
    with site_of(request).database.reading() as connection:
        found = queries.entries(connection, filters, before, PAGE + 1)
        shown, more = found[:PAGE], len(found) > PAGE
        names = _names(connection, shown)
    asked = {
        "actor": actor, "act": act, "target": target, "since": since, "until": until,
    }  # fmt: skip
    older = urlencode({**asked, "before": shown[-1].id}) if more else ""
    return render(
        request, "people/audit.html", visitor=visitor, entries=shown, older=older,
        names=names, acts=_acts(request, visitor, shown), before=before, asked=asked,
    )  # fmt: skip


@router.get("/verify")
def verify(request: Request, visitor: ViewAudit) -> Response:
    """Follow the whole chain and say whether it holds."""
    with site_of(request).database.reading() as connection:
        broken, head = queries.verify(connection), queries.head(connection)
    return render(request, "people/audit_verified.html", visitor=visitor, broken=broken, head=head)


def _acts(request: Request, visitor: Visitor, shown: list[Entry]) -> dict[str, str]:
    """The acts as people say them; those without words by their own names."""
    words, language = all_words(), language_of(request, visitor)
    return {
        act: words.say(f"people.act.{act}", language) if words.has(f"people.act.{act}") else act
        for act in {entry.act for entry in shown}
    }


def _names(connection: Connection, shown: list[Entry]) -> dict[str, str]:
    """The people among actors and targets, by how the audit writes them: `staff:7`."""
    written = {who for entry in shown for who in (entry.actor, entry.target)}
    ids = {key_of(who.removeprefix("staff:")) for who in written if who.startswith("staff:")}
    known = {one for one in ids if one is not None}
    names = names_of(connection, known) if known else {}
    return {f"staff:{staff_id}": name for staff_id, name in names.items()}


def _day(text: str, after: int = 0) -> datetime | None:
    """Midnight in the county at the beginning of a day, or of the one after."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date() + timedelta(days=after)  # noqa: DTZ007
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time(), COUNTY_TIME)
