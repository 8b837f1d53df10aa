"""Pages from templates: Jinja with autoescape, the words in the visitor's language, times."""

import hashlib
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from app.people.access.visitor import Visitor
from app.web import times
from app.web.navigation import navigation, place_of
from app.web.onward import form_page, page_address
from app.web.site import site_of
from app.web.telephones import telephone
from app.web.words import APP, CHINESE, LANGUAGES, all_words

STATIC = APP / "web" / "static"
LANGUAGE_COOKIE = "hotline_language"


def render(
    request: Request,
    template: str,
    *,
    visitor: Visitor | None = None,
    status: int = 200,
    **context: Any,
) -> HTMLResponse:
    """A page (or a fragment of one) as an answer.

    Templates know: `t(key, **fields)`, `has_words(key)`, `language`, `visitor`, `now`, `csrf`,
    `form_page`, `page_address`, `navigation`, `here_in_navigation`, `static(name)`, `icon(name)`,
    and the filters `exact`, `day_of_year`, `iso`, `span`, `countdown`, `countdown_tone`,
    `clock_span`, `telephone`, `capital`.
    """
    language = language_of(request, visitor)
    now = site_of(request).clock.now()
    words = all_words()
    page = environment().get_template(template).render(
        request=request,
        visitor=visitor,
        language=language,
        now=now,
        csrf=getattr(request.state, "csrf", ""),
        form_page=form_page(request),
        page_address=page_address(request),
        t=partial(_say, words, language),
        has_words=words.has,
        when=partial(_when, now=now, language=language),
        navigation=navigation(visitor) if visitor else (),
        here_in_navigation=place_of(request.url.path),
        **context,
    )  # fmt: skip
    return HTMLResponse(page, status_code=status)


def language_of(request: Request, visitor: Visitor | None = None) -> str:
    """The language of a page: as switched on this device, as in the profile, or Chinese."""
    wished = request.cookies.get(LANGUAGE_COOKIE) or (visitor.language if visitor else "")
    return wished if wished in LANGUAGES else CHINESE


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of console and portal."""
    folders = [str(APP / "console" / "templates"), str(APP / "portal" / "templates")]
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(static=static_url, icon=icon)
    made.filters.update(
        exact=times.exact,
        day_of_year=times.day_of_year,
        iso=times.iso,
        span=times.span,
        countdown=times.countdown,
        countdown_tone=times.countdown_tone,
        clock_span=times.clock_span,
        telephone=telephone,
        capital=capital,
    )
    return made


def static_url(name: str) -> str:
    """The address of a static file; it changes with the file, so that it may be kept for long."""
    return f"/static/{name}?v={_fingerprint(name)}"


@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; without a label it is decoration and hidden from screen readers."""
    hint = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    source = escape(f"{static_url('vendor/icons.svg')}#{name}")
    return Markup(f'<svg class="icon" {hint}><use href="{source}"/></svg>')  # noqa: S704 - escaped


def capital(text: str) -> str:
    """A text as it stands at the beginning of a line."""
    return text[:1].upper() + text[1:]


def _say(words: Any, language: str, key: str, **fields: object) -> str:
    """A text; what of its fields is markup stays so, and all else is escaped."""
    if any(isinstance(value, Markup) for value in fields.values()):
        return escape(words.unfilled(key, language, fields)).format(**fields)
    text: str = words.say(key, language, **fields)
    return text


def _when(instant: datetime, now: datetime, language: str) -> Markup:
    """`<time>` as people say it, exact on hover."""
    # `Markup.format` would take four times as long, and a list has a hundred of these.
    machine, exact = escape(times.iso(instant)), escape(times.exact(instant))
    said = escape(times.when(instant, now, language))
    return Markup(f'<time datetime="{machine}" title="{exact}">{said}</time>')  # noqa: S704


@lru_cache(maxsize=256)
def _fingerprint(name: str) -> str:
    path: Path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"
