"""The door as a web request shows it."""

import secrets

from fastapi import Request

from app.people.sessions.service import Door
from app.web.sessions import browser_of, fresh_token
from app.web.site import site_of


def door_of(request: Request) -> Door:
    """A fresh session's name and cookie, for somebody who signs in by this request."""
    return Door(
        address=request.client.host if request.client else "",
        browser=request.headers.get("user-agent", ""),
        key=secrets.token_hex(16),
        token=fresh_token(),
        at=site_of(request).clock.now(),
        former=browser_of(request).sent,
    )
