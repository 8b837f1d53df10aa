"""The versions of the menus: what is in force, what was, what changed, and going back."""

from itertools import pairwise
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.console.flows.changes import line_diff, told
from app.console.flows.naming import makers_for
from app.console.flows.sets import FileSet, library_of
from app.flows.diff import differences
from app.people.access.visitor import Visitor
from app.publishing import queries
from app.publishing.drafts import service as drafts
from app.publishing.errors import PublishingError
from app.publishing.queries import Release
from app.publishing.service import LONGEST_WHY, roll_back
from app.site_settings.queries import site_settings
from app.site_settings.service import change_setting
from app.web.access import PublishFlows, SetUpSite, ViewFlows
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/flows")

HERE = "/console/flows/versions"
Why = Annotated[str, Form(min_length=1, max_length=LONGEST_WHY)]


@router.get("/versions")
def page(request: Request, visitor: ViewFlows, before: int | None = None) -> Response:
    """What is in force, what waits, and what was in force before, a page at a time."""
    return _page(request, visitor, before=before)


@router.post("/versions/second-person")
def second_person(request: Request, visitor: SetUpSite, on: Annotated[bool, Form()]) -> Response:
    """Switch whether a change of the menus needs a second person."""
    site = site_of(request)
    with site.database.writing() as connection:
        change_setting(connection, "flows_need_second_person", on, visitor.actor, site.clock.now())
    return RedirectResponse(HERE, 303)


@router.get("/versions/{version}")
def one(request: Request, visitor: ViewFlows, version: str, file: str = "") -> Response:
    """One version: where it came from, when it was in force, and its files."""
    site = site_of(request)
    with site.database.reading() as connection:
        try:
            made = queries.made(connection, version)
        except queries.UnknownVersionError as error:
            raise ProblemError(404) from error
        files = queries.files_of(connection, version)
        released = queries.releases_of(connection, version)
        actors = [made.by, *(release.by for release in released)]
        shown = file if file in files else next(iter(files), "")
        return render(
            request,
            "flows/version.html",
            visitor=visitor,
            made=made,
            released=released,
            is_in_force=version == queries.in_force(connection),
            files=files,
            shown=shown,
            lines=files[shown].decode("utf-8-sig", "replace").splitlines() if shown else [],
            makers=makers_for(request, visitor, connection, actors),
            longest_why=LONGEST_WHY,
        )


@router.get("/versions/{version}/changes")
def changes(request: Request, visitor: ViewFlows, version: str, since: str = "") -> Response:
    """What changed since another version, in words and line by line; since the one in force."""
    site, language = site_of(request), language_of(request, visitor)
    with site.database.reading() as connection:
        since = since or queries.in_force(connection)
        sets = [FileSet.of(queries.files_of(connection, key)) for key in (since, version)]
        if not all(one.files for one in sets):
            raise ProblemError(404)
    old, new = (library_of(site, one) for one in sets)
    known = old is not None and new is not None
    return render(
        request,
        "flows/changes.html",
        visitor=visitor,
        version=version,
        since=since,
        told=told(differences(old, new), language) if old and new else [],
        is_told=known,
        files=list(line_diff(sets[0].files, sets[1].files)),
    )


@router.post("/versions/{version}/roll-back")
def go_back(request: Request, visitor: PublishFlows, version: str, why: Why) -> Response:
    """Put a version in force again."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            at = site.clock.now()
            roll_back(connection, version, actor=visitor.actor, why=why.strip(), at=at)
    except PublishingError as error:
        return _page(request, visitor, error=error.said(language_of(request, visitor)))
    site.follow_releases()
    return RedirectResponse(HERE, 303)


@router.post("/proposals/{proposal_id}/approve")
def approve(request: Request, visitor: PublishFlows, proposal_id: int) -> Response:
    """Put what a colleague proposed in force."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            drafts.approve(connection, proposal_id, actor=visitor.actor, at=site.clock.now())
    except PublishingError as error:
        return _page(request, visitor, error=error.said(language_of(request, visitor)))
    site.follow_releases()
    return RedirectResponse(HERE, 303)


@router.post("/proposals/{proposal_id}/decline")
def decline(
    request: Request,
    visitor: PublishFlows,
    proposal_id: int,
    remark: Annotated[str, Form(max_length=LONGEST_WHY)] = "",
) -> Response:
    """Turn a proposal down, or take one's own back."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            at = site.clock.now()
            drafts.decline(connection, proposal_id, actor=visitor.actor, remark=remark, at=at)
    except PublishingError as error:
        return _page(request, visitor, error=error.said(language_of(request, visitor)))
    return RedirectResponse(HERE, 303)


def _page(
    request: Request, visitor: Visitor, *, before: int | None = None, error: str = ""
) -> Response:
    site = site_of(request)
    with site.database.reading() as connection:
        released = queries.releases(connection, before)
        waiting = queries.waiting(connection)
        actors = {one.by for one in released} | {one.by for one in waiting}
        actors |= {author for one in waiting for author in one.authors}
        return render(
            request,
            "flows/versions.html",
            visitor=visitor,
            status=422 if error else 200,
            error=error,
            released=released,
            former=_former(released),
            current=queries.in_force(connection),
            is_first_page=before is None,
            more=released[-1].id if len(released) == queries.PAGE else None,
            waiting=waiting,
            refused=site.library.findings,
            folder=queries.folder_seen(connection),
            settings=site_settings(connection),
            makers=makers_for(request, visitor, connection, actors),
            longest_why=LONGEST_WHY,
        )


def _former(released: list[Release]) -> dict[int, str]:
    """The version that each release took the place of, as far as this page knows."""
    return {later.id: earlier.version for later, earlier in pairwise(released)}
