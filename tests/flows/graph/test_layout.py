"""The layout: boxes and labels never overlap, ways end at their boxes, and chance has no part."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from app.flows.graph.layers import crossings, layered
from app.flows.graph.lettering import shortened, width_of
from app.flows.graph.model import Graph, GraphEdge, GraphNode, graph_of
from app.flows.graph.packing import lay_out_parts
from app.flows.graph.placing import Layout, Place, Size, nearest_apart
from app.flows.graph.svg import svg
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flows.folders import shipped

LIBRARY = shipped()
BOX, LABEL = Size(120, 50), Size(40, 19)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """Up to 24 nodes with any ways between them, circles included."""
    count = draw(st.integers(1, 24))
    node = st.integers(0, count - 1)
    ways = draw(st.lists(st.tuples(node, node), max_size=40, unique=True))
    return count, [(source, target) for source, target in ways if source != target]


def overlap(one: tuple[Place, Size], other: tuple[Place, Size]) -> bool:
    (here, size), (there, measure) = one, other
    across = abs(here.x - there.x) < (size.width + measure.width) / 2 - 0.01
    return across and abs(here.y - there.y) < (size.height + measure.height) / 2 - 0.01


def problems(count: int, links: list[tuple[int, int]], layout: Layout) -> list[str]:
    drawn = [(place, BOX) for place in layout.boxes]
    drawn += [(route.label, LABEL) for route in layout.routes]
    found = [f"{a} overlaps {b}" for a, b in combinations(drawn, 2) if overlap(a, b)]
    for (source, target), route in zip(links, layout.routes, strict=True):
        begin, end = route.pieces[0], route.pieces[-1]
        for box, x, y in ((source, begin[0], begin[1]), (target, end[0], end[2])):
            place = layout.boxes[box]
            if abs(x - place.x) > BOX.width / 2 or abs(abs(y - place.y) - BOX.height / 2) > 0.01:
                found.append(f"the way {source} to {target} does not touch box {box}")
        downwards = route.pieces[-1][2] > route.pieces[0][1]
        for (_, _, left), (_, arrived, _) in pairwise(route.pieces):
            if (arrived > left) != downwards:
                found.append(f"the way {source} to {target} turns round")
    return found


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_nothing_overlaps_and_every_way_touches_its_boxes(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    count, links = graph
    boxes, labels = [BOX] * count, [LABEL] * len(links)
    layout = lay_out_parts(boxes, links, labels)
    assert problems(count, links, layout) == []
    assert lay_out_parts(boxes, links, labels) == layout


def test_crossings_are_undone() -> None:
    # Two pairs that cross as they are written.
    found = layered(4, [(0, 3), (1, 2)])
    assert crossings(found) == 0


@pytest.mark.parametrize(
    ("wished", "placed"),
    [
        ([0, 100], [0, 100]),
        ([50, 50], [45, 55]),
        ([60, 40, 50], [40, 50, 60]),
        ([0, 0, 100], [-5, 5, 100]),
    ],
)
def test_places_are_as_near_to_the_wished_ones_as_can_be(
    wished: list[float], placed: list[float]
) -> None:
    apart = [10.0] * (len(wished) - 1)
    assert nearest_apart(wished, [1.0] * len(wished), apart) == pytest.approx(placed)


def test_the_same_graph_gives_the_same_picture_and_nothing_of_it_overlaps() -> None:
    graph = graph_of(LIBRARY)
    picture = svg(graph)
    assert picture == svg(graph_of(shipped()))
    root = ElementTree.fromstring(picture)
    space = "{http://www.w3.org/2000/svg}"
    rects = [
        tuple(float(rect.get(name, "0")) for name in ("x", "y", "width", "height"))
        for rect in root.iter(f"{space}rect")
        if rect.get("class")
    ]
    assert len(rects) == len(graph.nodes) + len(graph.edges)
    placed = [(Place(x + w / 2, y + h / 2), Size(w, h)) for x, y, w, h in rects]
    assert not any(overlap(*pair) for pair in combinations(placed, 2))
    assert all(node.address in picture for node in graph.nodes)
    assert "→ person.ring" in picture


def test_a_picture_is_sound_whatever_a_node_says() -> None:
    node = GraphNode("a.b", "say", "<script>&\"'" + "长" * 400, loops=("1", "<2>"))
    other = GraphNode("a.c", "end", "", ends=True)
    drawn = Graph("a", (node, other), (GraphEdge("a.b", "a.c", ("<1>",)),), ())
    picture = svg(drawn)
    assert ElementTree.fromstring(picture) is not None
    assert "<script>" not in picture
    assert max(map(len, re.findall(r">([^<]+)</text>", picture))) < 40


def test_a_text_is_shortened_to_its_room() -> None:
    assert shortened("短", 100, 12) == "短"
    cut = shortened("您好，这里是水库移民服务热线", 100, 12)
    assert cut.endswith("…")
    assert width_of(cut, 12) <= 100
