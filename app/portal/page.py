"""What the pages of the portal have in common."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.messages.composing import Composer
from app.portal.form import fresh_token
from app.web.pages import language_of, render
from app.web.site import Site, site_of
from app.web.telephones import telephone
from app.web.words import all_words


def show(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page of the portal.

    Besides what all templates know: `phone` is the hotline's number as people write it,
    `phone_link` the same for a link, `is_demo` whether a simulated exchange answers at this very
    address, and `form` a fresh token for a form.
    """
    settings = site_of(request).settings
    return render(
        request,
        f"portal/{template}",
        status=status,
        phone=telephone(settings.phone_number),
        phone_link=settings.phone_number,
        is_demo=settings.twilio_api_base_url.rstrip("/") == settings.base_url,
        form=fresh_token(request),
        **context,
    )


def notices_on(request: Request) -> list[tuple[str, bool]]:
    """The temporary notices that are on, in the visitor's language, and whether each is urgent."""
    site = site_of(request)
    language, default = language_of(request), site.library.current.default_language
    on = site.notices.on(site.clock.now())
    return [(notice.in_language(language, default), notice.urgent) for notice in on]


def say(request: Request, key: str, **fields: object) -> str:
    """A text of the portal in the visitor's language."""
    return all_words().say(f"portal.{key}", language_of(request), **fields)


def address_of(request: Request) -> str:
    """The network address a request came from; of an IPv6 one the network, which one person has."""
    host = request.client.host if request.client else ""
    return ":".join(host.split(":")[:4]) if ":" in host else host


def composer_of(site: Site) -> Composer:
    """Composes texts from the files in force."""
    return Composer(lambda: site.library.current, site.settings.phone_number)
