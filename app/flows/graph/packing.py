"""Parts of a graph that nothing connects are laid out alone and put side by side."""

from collections.abc import Sequence
from dataclasses import replace

from app.flows.graph.layers import Link
from app.flows.graph.placing import Layout, Place, Route, Size, lay_out

BETWEEN_PARTS = 40.0
NARROWEST = 720.0  # a row of small parts may be as wide as this, or as the widest part


def lay_out_parts(boxes: Sequence[Size], links: Sequence[Link], labels: Sequence[Size]) -> Layout:
    """Like `lay_out`; the largest part first, the others in rows below it."""
    parts = sorted(_parts(len(boxes), links), key=lambda part: (-len(part), part[0]))
    places: list[Place] = [Place(0, 0)] * len(boxes)
    routes: dict[int, Route] = {}
    laid = [_lay_out_one(part, boxes, links, labels) for part in parts]
    widest = max([NARROWEST, *(layout.size.width for layout, _ in laid)])
    x = y = row = right = 0.0
    for part, (layout, numbers) in zip(parts, laid, strict=True):
        if x and x + layout.size.width > widest:
            x, y, row = 0.0, y + row + BETWEEN_PARTS, 0.0
        for node, place in zip(part, layout.boxes, strict=True):
            places[node] = Place(place.x + x, place.y + y)
        for number, route in zip(numbers, layout.routes, strict=True):
            routes[number] = _moved(route, x, y)
        right, row = max(right, x + layout.size.width), max(row, layout.size.height)
        x += layout.size.width + BETWEEN_PARTS
    return Layout(
        tuple(places), tuple(routes[number] for number in range(len(links))), Size(right, y + row)
    )


def _parts(count: int, links: Sequence[Link]) -> list[list[int]]:
    """The nodes of each connected part, in their order."""
    part_of = list(range(count))

    def root(node: int) -> int:
        while part_of[node] != node:
            node = part_of[node]
        return node

    for source, target in links:
        first, second = sorted((root(source), root(target)))
        part_of[second] = first
    found: dict[int, list[int]] = {}
    for node in range(count):
        found.setdefault(root(node), []).append(node)
    return list(found.values())


def _lay_out_one(
    part: Sequence[int], boxes: Sequence[Size], links: Sequence[Link], labels: Sequence[Size]
) -> tuple[Layout, list[int]]:
    """A part's layout and the numbers of its links."""
    place_of = {node: place for place, node in enumerate(part)}
    numbers = [number for number, (source, _) in enumerate(links) if source in place_of]
    inner = [(place_of[links[number][0]], place_of[links[number][1]]) for number in numbers]
    layout = lay_out([boxes[node] for node in part], inner, [labels[one] for one in numbers])
    return layout, numbers


def _moved(route: Route, x: float, y: float) -> Route:
    pieces = tuple((left + x, top + y, bottom + y) for left, top, bottom in route.pieces)
    return replace(route, pieces=pieces, label=Place(route.label.x + x, route.label.y + y))
