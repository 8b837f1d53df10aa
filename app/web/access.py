"""Who may use a route: declared in its signature, checked at each request and at the start.

    @router.get("/console/tickets")
    def tickets(visitor: ViewTickets) -> Response: ...

A right is had somewhere, not everywhere: the handler still asks `visitor.scope(right)` for a query
and `visitor.insist(right, department=…, region=…)` for one thing.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Request

from app.people.access.rights import Right
from app.people.access.visitor import PUBLIC, ForbiddenError, Visitor
from app.people.sessions import queries as session_queries
from app.people.sessions import service as session_service
from app.people.sessions.queries import Pending, Seen
from app.people.tokens import queries as token_queries
from app.people.tokens import service as token_service
from app.web.csrf import CsrfToken, refuse_forged
from app.web.sessions import browser_of, fresh_token
from app.web.site import Site, site_of


class Way(StrEnum):
    """How visitors of a route show who they are."""

    session = "session"  # by signing in with a browser
    half = "half"  # the same, also while something is pending
    token = "token"  # by an API token  # noqa: S105
    public = "public"  # not at all


class SignInNeededError(Exception):
    """Nobody has signed in, and the route is not for everybody."""


class PendingError(Exception):
    """Somebody has not quite signed in yet."""

    def __init__(self, pending: Pending) -> None:
        super().__init__(pending)
        self.pending = pending


@dataclass(frozen=True, slots=True)
class Access:
    """The dependency that lets a visitor in; found in the routes by `check_routes`.

    `passive` is for what a page fetches by itself: it does not count as somebody being there.
    """

    way: Way
    right: Right | None = None
    passive: bool = False

    async def __call__(self, request: Request) -> Visitor:
        """The visitor. Raises what says why not; `refusals.py` and `problems.py` answer it."""
        match self.way:
            case Way.public:
                await _guard(request, lambda: browser_of(request).token)
                return PUBLIC
            case Way.token:
                visitor = await _system(request)
            case Way.session | Way.half:
                visitor = await self._person(request)
        if self.right is not None and not visitor.may(self.right):
            raise ForbiddenError(self.right)
        return visitor

    async def _person(self, request: Request) -> Visitor:
        seen = await _session(request, passive=self.passive)
        await _guard(request, lambda: seen.visitor.session)
        if seen.pending and self.way is not Way.half:
            raise PendingError(seen.pending)
        return seen.visitor


def requires(right: Right, *, passive: bool = False) -> Any:
    """A dependency: the visitor has signed in and has the right somewhere."""
    return Depends(Access(Way.session, right, passive))


def requires_token(right: Right) -> Any:
    """A dependency: the visitor is a system whose API token has the right somewhere."""
    return Depends(Access(Way.token, right))


async def _guard(request: Request, bound_to: Any) -> None:
    token = CsrfToken(bound_to)
    request.state.csrf = token
    await refuse_forged(request, token)


async def _session(request: Request, *, passive: bool) -> Seen:
    """Whose session this is, found once per request."""
    seen: Seen | None = getattr(request.state, "seen", None)
    if seen is None:
        seen = await asyncio.to_thread(_find_session, request, passive=passive)
        if seen is None:
            raise SignInNeededError
        request.state.seen = seen
    return seen


async def is_signed_in(request: Request) -> bool:
    """Whether the session of a request still stands: asked by answers that go on for long."""
    return await asyncio.to_thread(_find_session, request, passive=True) is not None


def _find_session(request: Request, *, passive: bool) -> Seen | None:
    site, browser = site_of(request), browser_of(request)
    if not browser.sent:
        return None
    at = site.clock.now()
    with site.database.reading() as connection:
        seen = session_queries.find_session(
            connection, browser.sent, at, frozenset(site.settings.totp_roles)
        )
    if seen is None or passive or not (seen.renew or seen.touch):
        return seen
    with site.database.writing() as connection:
        if seen.renew:
            fresh = fresh_token()
            if session_service.renew(connection, seen.visitor.session, browser.sent, fresh, at):
                browser.keep(fresh)
        else:
            session_service.touch(connection, seen.visitor.session, at)
    return seen


async def _system(request: Request) -> Visitor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise SignInNeededError
    visitor = await asyncio.to_thread(_find_token, site_of(request), token.strip())
    if visitor is None:
        raise SignInNeededError
    return visitor


def _find_token(site: Site, token: str) -> Visitor | None:
    at = site.clock.now()
    with site.database.reading() as connection:
        known = token_queries.find_token(connection, token, at)
    if known is None:
        return None
    if known.note:
        with site.database.writing() as connection:
            token_service.note_use(connection, known.visitor.id, at)
    return known.visitor


# The aliases that routes use, one per right; see the table in app/people/access/rights.py.
Public = Annotated[Visitor, Depends(Access(Way.public))]
HalfSignedIn = Annotated[Visitor, Depends(Access(Way.half))]
UseAccount = Annotated[Visitor, requires(Right.account)]
UsePassively = Annotated[Visitor, requires(Right.account, passive=True)]
# For what an open page fetches by itself: it keeps nobody signed in who has left the desk.
ViewTicketsPassively = Annotated[Visitor, requires(Right.tickets_view, passive=True)]
ViewTickets = Annotated[Visitor, requires(Right.tickets_view)]
WorkTickets = Annotated[Visitor, requires(Right.tickets_work)]
AssignTickets = Annotated[Visitor, requires(Right.tickets_assign)]
UnsealTickets = Annotated[Visitor, requires(Right.tickets_unseal)]
ExportTickets = Annotated[Visitor, requires(Right.tickets_export)]
ViewCalls = Annotated[Visitor, requires(Right.calls_view)]
ViewCallsPassively = Annotated[Visitor, requires(Right.calls_view, passive=True)]
ExportCalls = Annotated[Visitor, requires(Right.calls_export)]
WatchCalls = Annotated[Visitor, requires(Right.calls_live)]
TakeCalls = Annotated[Visitor, requires(Right.calls_take)]
TakeCallsPassively = Annotated[Visitor, requires(Right.calls_take, passive=True)]
SuperviseCalls = Annotated[Visitor, requires(Right.calls_supervise)]
WatchCallsPassively = Annotated[Visitor, requires(Right.calls_live, passive=True)]
ListenRecordings = Annotated[Visitor, requires(Right.recordings_listen)]
ListenRecordingsPassively = Annotated[Visitor, requires(Right.recordings_listen, passive=True)]
RedactRecordings = Annotated[Visitor, requires(Right.recordings_redact)]
HoldRecordings = Annotated[Visitor, requires(Right.recordings_hold)]
ViewDisputes = Annotated[Visitor, requires(Right.disputes_view)]
ViewDisputesPassively = Annotated[Visitor, requires(Right.disputes_view, passive=True)]
ExportDisputes = Annotated[Visitor, requires(Right.disputes_export)]
LeadMediations = Annotated[Visitor, requires(Right.mediations_lead)]
ViewIncidents = Annotated[Visitor, requires(Right.incidents_view)]
ViewIncidentsPassively = Annotated[Visitor, requires(Right.incidents_view, passive=True)]
HandleIncidents = Annotated[Visitor, requires(Right.incidents_handle)]
StartDrills = Annotated[Visitor, requires(Right.incidents_drill)]
ViewHearings = Annotated[Visitor, requires(Right.hearings_view)]
ViewHearingsPassively = Annotated[Visitor, requires(Right.hearings_view, passive=True)]
LeadHearings = Annotated[Visitor, requires(Right.hearings_lead)]
ExportHearings = Annotated[Visitor, requires(Right.hearings_export)]
LeadMediationsPassively = Annotated[Visitor, requires(Right.mediations_lead, passive=True)]
ViewRoster = Annotated[Visitor, requires(Right.roster_view)]
EditRoster = Annotated[Visitor, requires(Right.roster_edit)]
ViewDepartments = Annotated[Visitor, requires(Right.departments_view)]
EditDepartments = Annotated[Visitor, requires(Right.departments_edit)]
ViewStaff = Annotated[Visitor, requires(Right.staff_view)]
EditStaff = Annotated[Visitor, requires(Right.staff_edit)]
ViewAudit = Annotated[Visitor, requires(Right.audit_view)]
SetUpSite = Annotated[Visitor, requires(Right.site_setup)]
SetUpSitePassively = Annotated[Visitor, requires(Right.site_setup, passive=True)]
EditBans = Annotated[Visitor, requires(Right.bans_edit)]
EditApiTokens = Annotated[Visitor, requires(Right.api_tokens_edit)]
SwitchNotices = Annotated[Visitor, requires(Right.notices_switch)]
ViewFlows = Annotated[Visitor, requires(Right.flows_view)]
ReadFlowWords = Annotated[Visitor, requires(Right.flows_words)]
EditFlows = Annotated[Visitor, requires(Right.flows_edit)]
PublishFlows = Annotated[Visitor, requires(Right.flows_publish)]
ViewOutbound = Annotated[Visitor, requires(Right.outbound_view)]
EditPrompts = Annotated[Visitor, requires(Right.prompts_edit)]

ApiViewTickets = Annotated[Visitor, requires_token(Right.tickets_view)]
ApiWorkTickets = Annotated[Visitor, requires_token(Right.tickets_work)]
ApiExportTickets = Annotated[Visitor, requires_token(Right.tickets_export)]
ApiViewCalls = Annotated[Visitor, requires_token(Right.calls_view)]
ApiViewDepartments = Annotated[Visitor, requires_token(Right.departments_view)]
