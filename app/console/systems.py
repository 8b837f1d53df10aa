"""The county's other systems: their API tokens and webhooks."""

import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.console.naming import names_for
from app.people.access.rights import FOR_SYSTEMS, Right
from app.people.access.scope import ALL
from app.people.access.visitor import Visitor
from app.people.tokens import queries as tokens
from app.people.tokens.service import TokenError, TokenWish, make_token, revoke_token
from app.web.access import EditApiTokens
from app.web.pages import render
from app.web.problems import ProblemError
from app.web.site import site_of
from app.webhooks import queries as webhooks
from app.webhooks.service import disable_endpoint, disable_endpoints_of

router = APIRouter(prefix="/console/systems")

HERE = "/console/systems"
TOKEN_BYTES = 32


@router.get("")
def page(request: Request, visitor: EditApiTokens) -> Response:
    """All tokens and webhooks."""
    return _page(request, visitor)


@router.post("/tokens")
def make(
    request: Request,
    visitor: EditApiTokens,
    name: Annotated[str, Form(max_length=64)],
    rights: Annotated[list[Right], Form()],
    days: Annotated[int, Form(ge=1, le=366)],
    department: Annotated[str, Form(max_length=64)] = ALL,
) -> Response:
    """Make a token and show it, this once."""
    site = site_of(request)
    at = site.clock.now()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    wish = TokenWish(name.strip(), frozenset(rights), at + timedelta(days=days), department)
    try:
        with site.database.writing() as connection:
            make_token(connection, wish, token=token, by=visitor, at=at)
    except TokenError as error:
        return _page(request, visitor, status=422, error=str(error))
    return _page(request, visitor, made=token, made_name=wish.name)


@router.post("/tokens/{token_id}/revoke")
def revoke(request: Request, visitor: EditApiTokens, token_id: int) -> Response:
    """End a token."""
    site = site_of(request)
    with site.database.writing() as connection:
        at = site.clock.now()
        name = revoke_token(connection, token_id, visitor, at)
        if name is None:
            raise ProblemError(404)
        disable_endpoints_of(connection, f"api:{name}", "its token was revoked", visitor.actor, at)
    return RedirectResponse(HERE, 303)


@router.post("/webhooks/{webhook}/disable")
def disable(request: Request, visitor: EditApiTokens, webhook: int) -> Response:
    """Send nothing more to a webhook."""
    site = site_of(request)
    with site.database.writing() as connection:
        why, at = "ended on the console", site.clock.now()
        if not disable_endpoint(connection, webhook, why, visitor.actor, at):
            raise ProblemError(404)
    return RedirectResponse(HERE, 303)


def _page(
    request: Request,
    visitor: Visitor,
    *,
    status: int = 200,
    error: str = "",
    made: str = "",
    made_name: str = "",
) -> Response:
    site = site_of(request)
    with site.database.reading() as connection:
        return render(
            request,
            "systems/page.html",
            visitor=visitor,
            status=status,
            error=error,
            made=made,
            made_name=made_name,
            tokens=tokens.all_tokens(connection),
            endpoints=webhooks.endpoints(connection),
            rights=sorted(FOR_SYSTEMS),
            departments=list(site.library.current.directory.departments),
            names=names_for(request, visitor, connection),
        )
