"""What callers said and nothing understood: searched, grouped, exported."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.flow_graph.naming import FlowNames
from app.console.flow_numbers.span import DAYS_OFFERED, AskedSpan
from app.flows.show import flow_names
from app.insight.not_understood.queries import Asked, all_phrases, phrases
from app.people.access.rights import Right
from app.web.access import ReadFlowWords
from app.web.exports import AskedFormat, Column, Kind, Row, Sheet, export
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter()

USUAL_DAYS = 30
_COLUMNS: Sequence[tuple[str, Kind, int]] = (
    ("words", "text", 44),
    ("count", "number", 8),
    ("node", "text", 24),
    ("language", "text", 10),
    ("last_at", "instant", 20),
    ("calls", "text", 40),
)


@router.get("/console/flows/words")
def words(request: Request, visitor: ReadFlowWords) -> Response:
    """The phrases, the most frequent first."""
    site = site_of(request)
    span, asked = _asked(request)
    with site.database.reading() as connection:
        found = phrases(connection, asked)
    return render(
        request,
        "flow_numbers/words.html",
        visitor=visitor,
        found=found,
        asked=asked,
        span=span,
        days_offered=DAYS_OFFERED,
        flows=flow_names(site.library.current),
        languages=list(site.library.current.languages),
        has_node=site.library.current.has_node,
        filters=_filters(span, asked),
        names=FlowNames(site.library.current.directory, language_of(request, visitor)),
        may_see_calls=visitor.may(Right.calls_view),
    )


@router.get("/console/flows/words/export")
def export_words(
    request: Request, visitor: ReadFlowWords, file_format: AskedFormat = "xlsx"
) -> Response:
    """All phrases of the span as a file."""
    site, (span, asked) = site_of(request), _asked(request)
    names = FlowNames(site.library.current.directory, language_of(request, visitor))
    columns = [
        Column(names.say(f"flow_numbers.words.{key}"), kind, width) for key, kind, width in _COLUMNS
    ]

    def rows(connection: Connection) -> Iterator[Row]:
        for phrase in all_phrases(connection, replace(asked, before=None)):
            yield (
                phrase.words, phrase.count, phrase.node, phrase.language, phrase.last_at,
                " ".join(phrase.calls),
            )  # fmt: skip

    title = names.say("flow_numbers.words.title")
    sheet = Sheet("flow-words", title, columns, rows, _filters(span, asked))
    return export(request, visitor, sheet, file_format)


def _asked(request: Request) -> tuple[AskedSpan, Asked]:
    """What the address asks for; what cannot be read is left out."""
    given = {"days": str(USUAL_DAYS)} | dict(request.query_params)
    span, now = AskedSpan.parse(given), site_of(request).clock.now()
    before = given.get("before", "")
    return span, Asked(
        since=now - timedelta(days=span.days),
        until=now + timedelta(seconds=1),
        node=given.get("node", "").strip()[:128],
        language=given.get("language", "")[:16],
        words=given.get("q", "").strip()[:100],
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )


def _filters(span: AskedSpan, asked: Asked) -> dict[str, str]:
    """The filters in force, by their names in the address."""
    return {
        "q": asked.words, "days": str(span.days), "node": asked.node, "language": asked.language
    }  # fmt: skip
