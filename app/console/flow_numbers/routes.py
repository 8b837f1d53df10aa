"""The numbers of the flows: a funnel, where callers leave, and every node."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.flow_graph.naming import FlowNames
from app.console.flow_numbers import words
from app.console.flow_numbers.funnel import funnel_of
from app.console.flow_numbers.span import DAYS_OFFERED, AskedSpan
from app.flows.library import FlowLibrary
from app.flows.show import flow_names
from app.insight.flow_numbers import queries
from app.insight.flow_numbers.queries import NodeNumbers
from app.people.access.rights import Right
from app.web.access import ViewFlows
from app.web.exports import AskedFormat, Column, Kind, Row, Sheet, export
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter(include_in_schema=False)
router.include_router(words.router)

MOST_LEAVING = 10
_COLUMNS: Sequence[tuple[str, Kind, int]] = (
    ("node", "text", 26), ("kind", "text", 14), ("visits", "number", 10),
    ("callers", "number", 10), ("average_seconds", "number", 10), ("silences", "number", 10),
    ("wrongs", "number", 10), ("not_understood", "number", 10), ("repeats", "number", 10),
    ("hang_ups", "number", 10), ("lost", "number", 10), ("ends", "number", 10),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumbersLine:
    """A node of the table; one that this version no longer has cannot be gone to."""

    node: str
    kind: str
    numbers: NodeNumbers
    is_known: bool

    @property
    def flow(self) -> str:
        """The flow it belongs to."""
        return self.node.partition(".")[0]

    @property
    def lost_share(self) -> float:
        """The share of its callers who left here without anything."""
        return self.numbers.lost / self.numbers.callers if self.numbers.callers else 0.0


@router.get("/console/flows/numbers")
def numbers(request: Request, visitor: ViewFlows, flow: str = "") -> Response:
    """The numbers of a span of days and a version."""
    site = site_of(request)
    asked, now = AskedSpan.parse(request.query_params), site.clock.now()
    names = FlowNames(site.library.current.directory, language_of(request, visitor))
    with site.database.reading() as connection:
        counted = queries.node_numbers(connection, asked.at(now))
        funnel = funnel_of(queries.journeys(connection, asked.at(now)))
        versions = queries.versions(connection, AskedSpan(max(DAYS_OFFERED)).at(now))
    lines = _lines(counted, site.library.current, names, flow)
    leaving = sorted(
        (line for line in lines if line.numbers.lost), key=lambda line: -line.numbers.lost
    )
    return render(
        request,
        "flow_numbers/numbers.html",
        visitor=visitor,
        lines=lines,
        leaving=leaving[:MOST_LEAVING],
        funnel=funnel,
        asked=asked,
        days_offered=DAYS_OFFERED,
        versions=versions,
        current=site.library.current.version,
        flow=flow,
        flows=flow_names(site.library.current),
        names=names,
        may_read_words=visitor.may(Right.flows_words),
    )


@router.get("/console/flows/numbers/export")
def export_numbers(
    request: Request, visitor: ViewFlows, flow: str = "", file_format: AskedFormat = "xlsx"
) -> Response:
    """The table of nodes as a file."""
    site = site_of(request)
    asked, now = AskedSpan.parse(request.query_params), site.clock.now()
    names = FlowNames(site.library.current.directory, language_of(request, visitor))
    columns = [
        Column(names.say(f"flow_numbers.column.{key}"), kind, width)
        for key, kind, width in _COLUMNS
    ]

    def rows(connection: Connection) -> Iterator[Row]:
        counted = queries.node_numbers(connection, asked.at(now))
        for line in _lines(counted, site.library.current, names, flow):
            yield (line.node, line.kind, *_measured(line.numbers))

    filters = {"days": str(asked.days), "version": asked.version, "flow": flow}
    sheet = Sheet("flow-numbers", names.say("flow_numbers.title"), columns, rows, filters)
    return export(request, visitor, sheet, file_format)


def _measured(numbers: NodeNumbers) -> Iterator[float]:
    for key, _, _ in _COLUMNS[2:]:
        yield round(getattr(numbers, key), 1)


def _lines(
    counted: Mapping[str, NodeNumbers], library: FlowLibrary, names: FlowNames, flow: str
) -> list[NumbersLine]:
    """The nodes that anybody came to, the most visited first; flows as wholes are left out."""
    lines = [
        NumbersLine(
            node,
            names.kind(library.node(node).key) if library.has_node(node) else "",
            numbers,
            library.has_node(node),
        )
        for node, numbers in counted.items()
        if "." in node and flow in ("", node.partition(".")[0])
    ]
    return sorted(lines, key=lambda line: (-line.numbers.visits, line.node))
