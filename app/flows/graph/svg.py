"""A graph as an SVG picture that stands alone: no font, script or style from elsewhere."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from app.flows.graph.lettering import shortened, width_of
from app.flows.graph.model import Graph, GraphEdge, GraphNode
from app.flows.graph.packing import lay_out_parts
from app.flows.graph.placing import Place, Route, Size

NAME, SMALL = 14.0, 12.0  # font sizes
BOLD = 1.1  # how much wider a name is for being bold
LINE, PADDING = 19.0, 12.0
WIDEST_SAYS, WIDEST_IN_A_CROWD, CROWD = 190.0, 100.0, 30  # of so many nodes
MARGIN = 24.0
FOOT = 30.0

STYLE = """
  text { font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
         fill: #1f2a27; font-size: 12px }
  .name { font-size: 14px; font-weight: 600 } .soft { fill: #55625d }
  .entry { fill: #085445; font-weight: 600 }
  .box { fill: #fffdf8; stroke: #8d978f; stroke-width: 1.2 }
  .begins { stroke: #0b6b57; stroke-width: 2.2 } .outside { fill: #f4f1ea; stroke-dasharray: 5 4 }
  .way { fill: none; stroke: #7b857f; stroke-width: 1.4 } .head { fill: #7b857f }
  .plate { fill: #f4f1ea }
"""


def svg(graph: Graph) -> str:
    """The picture of a graph. The same graph always gives the same picture."""
    numbers = {node.address: number for number, node in enumerate(graph.nodes)}
    room = WIDEST_SAYS if len(graph.nodes) <= CROWD else WIDEST_IN_A_CROWD
    drawn = [_Box(node, room, with_flow=not graph.flow or node.outside) for node in graph.nodes]
    links = [(numbers[edge.source], numbers[edge.target]) for edge in graph.edges]
    labels = [_label_size(edge) for edge in graph.edges]
    layout = lay_out_parts([box.size for box in drawn], links, labels)
    foot = _foot(graph)
    width = max(layout.size.width, width_of(foot, SMALL)) + 2 * MARGIN
    height = layout.size.height + 2 * MARGIN + (FOOT if foot else 0)
    title = graph.flow or "all flows"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
        f'<title id="title">{escape(title)}</title>',
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#f4f1ea"/>',
        f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">',
        *(_way(route) for route in layout.routes),
        *(
            line
            for edge, route, size in zip(graph.edges, layout.routes, labels, strict=True)
            for line in _label(edge, route.label, size)
        ),
        *(
            line
            for box, place in zip(drawn, layout.boxes, strict=True)
            for line in box.lines(place)
        ),
        "</g>",
    ]
    if foot:
        below = height - MARGIN + SMALL / 2
        parts.append(f'<text class="soft" x="{MARGIN:.0f}" y="{below:.0f}">{escape(foot)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Box:
    """A node as lines of text in a box."""

    def __init__(self, node: GraphNode, room: float, *, with_flow: bool) -> None:
        self._node = node
        name = node.address if with_flow else node.name
        said = shortened(node.says, room, SMALL) if not node.outside else ""
        loops = f"↻ {' / '.join(node.loops)}" if node.loops else ""
        entry = "▶ " + " · ".join(node.entries) if node.entries else ""
        texts = ((entry, "entry", SMALL), (name, "name", NAME), (node.kind, "soft", SMALL),
                 (said, "", SMALL), (loops, "soft", SMALL))  # fmt: skip
        self._texts = [line for line in texts if line[0]]
        widest = max(
            width_of(text, size) * (BOLD if kind in ("name", "entry") else 1)
            for text, kind, size in self._texts
        )
        height = LINE * len(self._texts) + PADDING
        self.size = Size(widest + (height / 2 if node.ends else 2 * PADDING), height)

    def lines(self, place: Place) -> Iterator[str]:
        """The elements of the box at a place."""
        node, (width, height) = self._node, (self.size.width, self.size.height)
        left, top = place.x - width / 2, place.y - height / 2
        kinds = [
            "box",
            *(["begins"] if node.entries else []),
            *(["outside"] if node.outside else []),
        ]
        rounded = min(height / 2, 30) if node.ends else 8
        yield (
            f'<rect class="{" ".join(kinds)}" x="{left:.1f}" y="{top:.1f}" '
            f'width="{width:.1f}" height="{height:.1f}" rx="{rounded:.0f}"/>'
        )
        for number, (text, kind, size) in enumerate(self._texts):
            middle = top + PADDING / 2 + LINE * number + LINE / 2 + size * 0.36
            named = f' class="{kind}"' if kind else ""
            yield (
                f'<text{named} x="{place.x:.1f}" y="{middle:.1f}" text-anchor="middle">'
                f"{escape(text)}</text>"
            )


def _label_size(edge: GraphEdge) -> Size:
    return Size(width_of(_labelled(edge), SMALL) + 10, LINE)


def _labelled(edge: GraphEdge) -> str:
    return " / ".join(edge.labels)


def _label(edge: GraphEdge, place: Place, size: Size) -> Iterator[str]:
    left, top = place.x - size.width / 2, place.y - size.height / 2
    yield (
        f'<rect class="plate" x="{left:.1f}" y="{top:.1f}" '
        f'width="{size.width:.1f}" height="{size.height:.1f}" rx="6"/>'
    )
    yield (
        f'<text class="soft" x="{place.x:.1f}" y="{place.y + SMALL * 0.36:.1f}" '
        f'text-anchor="middle">{escape(_labelled(edge))}</text>'
    )


def _way(route: Route) -> str:
    """Upright pieces, joined by curves that leave and arrive upright."""
    x, begin, end = route.pieces[0]
    path = [f"M{x:.1f} {begin:.1f}", f"V{end:.1f}"]
    for next_x, next_begin, next_end in route.pieces[1:]:
        middle = (end + next_begin) / 2
        path.append(
            f"C{x:.1f} {middle:.1f} {next_x:.1f} {middle:.1f} {next_x:.1f} {next_begin:.1f}"
        )
        if next_end != next_begin:  # an arrow at a piece of no length would point nowhere
            path.append(f"V{next_end:.1f}")
        x, end = next_x, next_end
    return f'<path class="way" d="{" ".join(path)}" marker-end="url(#head)"/>'


def _foot(graph: Graph) -> str:
    """What callers may press everywhere."""
    return "  ·  ".join(f"{key} → {target}" for key, target in graph.anywhere)
