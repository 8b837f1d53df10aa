"""`/policies`: find an article and read it, with its source and the day it was reviewed."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from app.portal import fields
from app.portal.page import notices_on, show
from app.web.access import Public
from app.web.pages import language_of
from app.web.site import Site, site_of

router = APIRouter(prefix="/policies")

LONGEST_QUESTION = 200
MOST_FOUND = 8
# Sentences that only help at the telephone: which key to press.
_AT_THE_TELEPHONE = re.compile(
    r"[^。！？.!?]*(?:按 ?\d|[Pp]ress \d|key \d)[^。！？.!?]*[。！？.!?]\s*"
)


@router.get("")
def search(request: Request, _anybody: Public, q: str = "") -> Response:
    """All articles by subject, or those that answer a question."""
    question, site, language = (
        fields.line(q, LONGEST_QUESTION),
        site_of(request),
        language_of(request),
    )
    found = site.shelf.search(question, language, MOST_FOUND) if question else []
    return show(
        request,
        "policies.html",
        question=question,
        found=[site.shelf.read(key, language) for key in found],
        subjects=_by_subject(site, language),
        notices=notices_on(request),
    )


@router.get("/{key}")
def article(request: Request, _anybody: Public, key: str) -> Response:
    """One article."""
    site, language = site_of(request), language_of(request)
    try:
        text = site.shelf.read(key, language)
    except KeyError as error:
        raise HTTPException(404) from error
    whole = site.shelf.article(key)
    return show(
        request,
        "article.html",
        article=text,
        category=whole.category,
        short=for_reading(text.short),
        full=for_reading(text.full),
        reviewed=whole.reviewed,
    )


def for_reading(text: str) -> str:
    """An article's text without the sentences that only help at the telephone."""
    return _AT_THE_TELEPHONE.sub("", text).strip() or text


def _by_subject(site: Site, language: str) -> dict[str, list[tuple[str, str]]]:
    """The titles of all articles, by the name of their category."""
    directory, keys = site.library.current.directory, site.shelf.keys()
    subjects: dict[str, list[tuple[str, str]]] = {}
    for key in keys:
        name = directory.category_name(site.shelf.article(key).category, language)
        subjects.setdefault(name, []).append((key, site.shelf.read(key, language).title))
    return subjects
