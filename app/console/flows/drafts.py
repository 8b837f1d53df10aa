"""Drafts of the menus: edited, checked, rehearsed, and published."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.console.flows.changes import line_diff, told
from app.console.flows.naming import makers_for
from app.console.flows.sets import FileSet, examined, library_of
from app.flows.diff import differences
from app.flows.files import LONGEST_NAME, belongs
from app.flows.findings import Finding
from app.people.access.visitor import Visitor
from app.publishing import queries
from app.publishing.drafts import service
from app.publishing.drafts.queries import (
    Draft,
    changes_of,
    drafts,
    files_of_draft,
    find_draft,
    laid_over,
)
from app.publishing.drafts.service import OutOfDateError, StaleError
from app.publishing.errors import PublishingError
from app.publishing.service import LONGEST_WHY
from app.site_settings.queries import site_settings
from app.web.access import EditFlows, PublishFlows, ViewFlows
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/flows/drafts")

HERE = "/console/flows/drafts"
Name = Annotated[str, Form(max_length=LONGEST_NAME)]
LONGEST_TEXT = 300_000


@router.get("")
def page(request: Request, visitor: ViewFlows) -> Response:
    """The drafts that are going on."""
    return _list(request, visitor)


@router.post("")
def begin(
    request: Request, visitor: EditFlows, title: Annotated[str, Form(min_length=1, max_length=200)]
) -> Response:
    """Begin a draft of what is in force."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            at = site.clock.now()
            draft_id = service.begin(connection, title, actor=visitor.actor, at=at)
    except PublishingError as error:
        return _list(request, visitor, error=error.said(language_of(request, visitor)))
    return RedirectResponse(f"{HERE}/{draft_id}", 303)


@router.get("/{draft_id}")
def one(request: Request, visitor: ViewFlows, draft_id: int) -> Response:
    """One draft: what it changes, what is wrong with it, and what may be done with it."""
    return _draft_page(request, visitor, draft_id)


@router.get("/{draft_id}/file")
def edit(request: Request, visitor: EditFlows, draft_id: int, name: str) -> Response:
    """One file of a draft, to be written in."""
    return _editor(request, visitor, draft_id, name)


@router.post("/{draft_id}/file")
def save(
    request: Request,
    visitor: EditFlows,
    draft_id: int,
    name: Name,
    text: Annotated[str, Form(max_length=LONGEST_TEXT)],
    revision: Annotated[int, Form()] = 0,
) -> Response:
    """Save a file; when a colleague has saved it since, both texts are shown."""
    site, language = site_of(request), language_of(request, visitor)
    data = text.replace("\r\n", "\n").encode()
    try:
        with site.database.writing() as connection:
            _find(connection, draft_id)
            service.save(connection, draft_id, name, data, revision=revision,
                         actor=visitor.actor, at=site.clock.now())  # fmt: skip
    except StaleError as error:
        said = error.said(language)
        return _editor(request, visitor, draft_id, name, error=said, mine=data, status=409)
    except PublishingError as error:
        return _draft_page(request, visitor, draft_id, error=error.said(language))
    return _editor(request, visitor, draft_id, name, is_saved=True)


@router.post("/{draft_id}/remove")
def remove(
    request: Request,
    visitor: EditFlows,
    draft_id: int,
    name: Name,
    revision: Annotated[int, Form()] = 0,
) -> Response:
    """Take a file out of the set."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            _find(connection, draft_id)
            service.save(connection, draft_id, name, None, revision=revision,
                         actor=visitor.actor, at=site.clock.now())  # fmt: skip
    except PublishingError as error:
        said = error.said(language_of(request, visitor))
        return _draft_page(request, visitor, draft_id, error=said)
    return RedirectResponse(f"{HERE}/{draft_id}", 303)


@router.post("/{draft_id}/bring-up-to-date")
def bring_up_to_date(
    request: Request, visitor: EditFlows, draft_id: int, keep: Annotated[bool, Form()] = False
) -> Response:
    """Lay the changes over what is in force now."""
    site, language = site_of(request), language_of(request, visitor)
    try:
        with site.database.writing() as connection:
            _find(connection, draft_id)
            at = site.clock.now()
            service.bring_up_to_date(connection, draft_id, keep=keep, actor=visitor.actor, at=at)
    except OutOfDateError as error:
        said, both = error.said(language), error.names
        return _draft_page(request, visitor, draft_id, error=said, both=both)
    except PublishingError as error:
        return _draft_page(request, visitor, draft_id, error=error.said(language))
    return RedirectResponse(f"{HERE}/{draft_id}", 303)


@router.post("/{draft_id}/publish")
def publish(
    request: Request,
    visitor: PublishFlows,
    draft_id: int,
    why: Annotated[str, Form(min_length=1, max_length=LONGEST_WHY)],
) -> Response:
    """Put a draft in force, or propose it to a second person; only one without any error."""
    site, language = site_of(request), language_of(request, visitor)
    with site.database.reading() as connection:
        draft = _find(connection, draft_id)
        files = FileSet.of(files_of_draft(connection, draft))
    if examined(site, files).errors:
        return _draft_page(request, visitor, draft_id)
    try:
        with site.database.writing() as connection:
            at = site.clock.now()
            service.publish(connection, draft, files.files, why=why.strip(),
                            actor=visitor.actor, at=at)  # fmt: skip
    except PublishingError as error:
        return _draft_page(request, visitor, draft_id, error=error.said(language))
    site.follow_releases()
    return RedirectResponse("/console/flows/versions", 303)


@router.post("/{draft_id}/give-up")
def give_up(request: Request, visitor: EditFlows, draft_id: int) -> Response:
    """Give a draft up."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            _find(connection, draft_id)
            service.give_up(connection, draft_id, actor=visitor.actor, at=site.clock.now())
    except PublishingError as error:
        said = error.said(language_of(request, visitor))
        return _draft_page(request, visitor, draft_id, error=said)
    return RedirectResponse(HERE, 303)


def _find(connection: Connection, draft_id: int) -> Draft:
    draft = find_draft(connection, draft_id)
    if draft is None:
        raise ProblemError(404)
    return draft


def _list(request: Request, visitor: Visitor, error: str = "") -> Response:
    site = site_of(request)
    with site.database.reading() as connection:
        going_on = drafts(connection)
        actors = {author for draft in going_on for author in draft.authors}
        return render(
            request,
            "flows/drafts.html",
            visitor=visitor,
            status=422 if error else 200,
            error=error,
            drafts=going_on,
            current=queries.in_force(connection),
            makers=makers_for(request, visitor, connection, actors),
        )


def _draft_page(
    request: Request,
    visitor: Visitor,
    draft_id: int,
    *,
    error: str = "",
    both: Sequence[str] = (),
) -> Response:
    site, language = site_of(request), language_of(request, visitor)
    with site.database.reading() as connection:
        draft = _find(connection, draft_id)
        changed = changes_of(connection, draft_id)
        base = FileSet.of(queries.files_of(connection, draft.base))
        current = queries.in_force(connection)
        asked = queries.proposals_of(connection, draft_id)
        makers = makers_for(request, visitor, connection, draft.authors)
        settings = site_settings(connection)
    files = FileSet.of(laid_over(base.files, changed))
    result = examined(site, files)
    old = library_of(site, base)
    new = result.edition.library if result.edition else None
    return render(
        request,
        "flows/draft.html",
        visitor=visitor,
        status=422 if error else 200,
        error=error,
        both=both,
        draft=draft,
        changed=changed,
        names=sorted({*base.files, *files.files}),
        files=files.files,
        base=base.files,
        is_current=draft.base == current,
        result=result,
        told=told(differences(old, new), language) if old and new else [],
        diff=list(line_diff(base.files, files.files)),
        remark=asked[0] if asked and asked[0].decision == "declined" else None,
        settings=settings,
        makers=makers,
        longest_why=LONGEST_WHY,
    )


def _editor(
    request: Request,
    visitor: Visitor,
    draft_id: int,
    name: str,
    *,
    error: str = "",
    mine: bytes | None = None,
    status: int = 200,
    is_saved: bool = False,
) -> Response:
    """The editor; with `mine` the text that could not be saved, and how the kept one differs."""
    site = site_of(request)
    if not belongs(name):
        raise ProblemError(404)
    with site.database.reading() as connection:
        draft = _find(connection, draft_id)
        change = changes_of(connection, draft_id).get(name)
        files = files_of_draft(connection, draft)
    kept = files.get(name, b"")
    return render(
        request,
        "flows/editor.html",
        visitor=visitor,
        status=status,
        error=error,
        draft=draft,
        name=name,
        is_new=name not in files,
        revision=change.revision if change else 0,
        text=(kept if mine is None else mine).decode("utf-8-sig", "replace"),
        theirs=[] if mine is None else list(line_diff({name: mine}, {name: kept})),
        findings=_findings_in(name, examined(site, FileSet.of(files)).findings),
        is_saved=is_saved,
    )


def _findings_in(name: str, findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.file == name]
