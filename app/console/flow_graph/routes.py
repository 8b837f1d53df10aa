"""Pages of the flows: the list of them, the graph of one or all, and a node of it."""

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.flow_graph.files import about, excerpts, of_flow
from app.console.flow_graph.naming import FlowNames
from app.console.flow_graph.node import NodeView, node_view
from app.console.flow_graph.picture import NodeLine, Picture, findings_by_node
from app.console.flow_numbers.span import DAYS_OFFERED, AskedSpan
from app.console.flows.sets import findings_of, set_of
from app.flows.findings import Finding
from app.flows.graph.model import Graph, graph_of
from app.flows.library import FlowLibrary
from app.flows.show import flow_names
from app.insight.flow_numbers import queries
from app.people.access.visitor import Visitor
from app.web.access import ViewFlows
from app.web.pages import language_of, render
from app.web.site import Site, site_of

router = APIRouter()

ALL = "all"


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A flow in the list of flows."""

    name: str
    about: str
    nodes: int
    for_staff: bool
    callers: int
    errors: int
    warnings: int


@router.get("/console/flows")
def flows(request: Request, visitor: ViewFlows) -> Response:
    """All flows, with the callers of the last days and what is wrong."""
    site = site_of(request)
    library = site.library.current
    files = set_of(site, library.version)
    span = AskedSpan().at(site.clock.now())
    with site.database.reading() as connection:
        numbers = queries.node_numbers(connection, span)
    found = [*site.library.findings, *findings_of(site, files)]
    names = flow_names(library)
    lines = [
        FlowLine(
            flow,
            about(files, flow),
            sum(address.startswith(f"{flow}.") for address in library.nodes),
            flow in library.staff_flows,
            numbers[flow].callers if flow in numbers else 0,
            *_severities(of_flow(found, flow)),
        )
        for flow in names
    ]
    in_flows = {finding for flow in names for finding in of_flow(found, flow)}
    return render(
        request,
        "flow_graph/flows.html",
        visitor=visitor,
        lines=sorted(lines, key=lambda line: (line.for_staff, -line.callers, line.name)),
        others=[finding for finding in found if finding not in in_flows],
        nodes=len(library.nodes),
        days=AskedSpan().days,
    )


@router.get("/console/flows/{flow}")
def graph(request: Request, flow: str, visitor: ViewFlows, node: str = "") -> Response:
    """The graph of a flow, or of all; with `node` also that node."""
    page = _Page(request, flow, visitor)
    with page.site.database.reading() as connection:
        picture = page.picture(connection)
        versions = queries.versions(connection, AskedSpan(max(DAYS_OFFERED)).at(page.now))
    lines = picture.lines()
    shown = {line.node.address: line for line in lines}
    return render(
        request,
        "flow_graph/graph.html",
        visitor=visitor,
        flow=flow,
        flows=flow_names(page.library),
        lines=lines,
        drawing=picture.drawing(lines),
        asked=page.asked,
        days_offered=DAYS_OFFERED,
        versions=versions,
        current=page.site.library.current.version,
        is_other_version=page.is_other_version,
        about="" if flow == ALL else about(page.files, flow),
        anywhere=page.graph.anywhere,
        names=page.names,
        shown=page.view(shown[node]) if node in shown else None,
    )


@router.get("/console/flows/{flow}/nodes/{address}")
def node(request: Request, flow: str, address: str, visitor: ViewFlows) -> Response:
    """One node: its numbers, prompts, findings and lines in the file."""
    page = _Page(request, flow, visitor)
    found = next((one for one in page.graph.nodes if one.address == address), None)
    if found is None:
        raise HTTPException(404)
    with page.site.database.reading() as connection:
        line = page.picture(connection, address).line(found)
    return render(
        request,
        "flow_graph/node.html",
        visitor=visitor,
        flow=flow,
        shown=page.view(line),
        asked=page.asked,
        names=page.names,
    )


class _Page:
    """What the pages of a graph have in common. Raises HTTPException for an unknown flow."""

    def __init__(self, request: Request, flow: str, visitor: Visitor) -> None:
        self.site: Site = site_of(request)
        self.now = self.site.clock.now()
        self.asked = AskedSpan.parse(request.query_params)
        asked_for = self.site.library.version(self.asked.version)
        self.is_other_version = bool(self.asked.version) and asked_for is None
        self.library: FlowLibrary = asked_for or self.site.library.current
        self.names = FlowNames(self.library.directory, language_of(request, visitor))
        self.files = set_of(self.site, self.library.version)
        try:
            self.graph: Graph = graph_of(self.library, "" if flow == ALL else flow)
        except KeyError as error:
            raise HTTPException(404) from error

    def picture(self, connection: Connection, node: str = "") -> Picture:
        """The graph with what was counted, perhaps only at a node, and what was found."""
        span = self.asked.at(self.now)
        numbers = queries.node_numbers(connection, span, node)
        ways = queries.ways(connection, span, node)
        return Picture(self.graph, self.names, numbers, ways, self._findings())

    def view(self, line: NodeLine) -> NodeView:
        """A node with all that belongs to it."""
        return node_view(self.library, self.files, line)

    def _findings(self) -> dict[str, list[Finding]]:
        flows = {node.flow for node in self.graph.nodes}
        read = {flow: excerpts(self.files, flow) for flow in flows}
        return findings_by_node(findings_of(self.site, self.files), read)


def _severities(found: list[Finding]) -> tuple[int, int]:
    """How many errors and how many warnings."""
    errors = sum(finding.severity == "error" for finding in found)
    return errors, len(found) - errors
