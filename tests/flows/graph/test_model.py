"""The graph of the shipped flows, and its text for Mermaid."""

from collections import Counter

import pytest
from app.flows.edges import edges
from app.flows.graph.mermaid import mermaid
from app.flows.graph.model import graph_of
from tests.flows.folders import shipped

LIBRARY = shipped()


def test_every_node_and_every_edge_is_in_the_whole_graph() -> None:
    graph = graph_of(LIBRARY)
    assert [node.address for node in graph.nodes] == list(LIBRARY.nodes)
    assert not any(node.outside for node in graph.nodes)
    drawn = Counter((e.source, label, e.target) for e in graph.edges for label in e.labels)
    assert drawn == Counter((e.source, e.label, e.target) for e in edges(LIBRARY))


def test_a_flow_is_drawn_with_its_neighbours_in_others() -> None:
    graph = graph_of(LIBRARY, "person")
    inside = {node.name for node in graph.nodes if not node.outside}
    outside = {node.address for node in graph.nodes if node.outside}
    assert inside == {"ring", "by_hours", "hours", "message", "message_after_hours"}
    assert outside == {"main.farewell", "screening.challenge"}
    ring = next(node for node in graph.nodes if node.address == "person.ring")
    assert ring.entries == ("person",)
    assert graph.anywhere == (("0", "person.ring"), ("9", "emergency.start"))


def test_what_a_node_says_is_told_in_a_language_with_its_fields() -> None:
    said = {node.address: node.says for node in graph_of(LIBRARY, language="en-US").nodes}
    assert said["main.greeting"].startswith("Hello")
    assert "〔ticket_number〕" in said["call_back.ask"]
    assert said["main.news"] == ""


def test_staff_have_no_keys_that_work_everywhere() -> None:
    assert graph_of(LIBRARY, "escalation").anywhere == ()


def test_there_is_no_graph_of_an_unknown_flow() -> None:
    with pytest.raises(KeyError):
        graph_of(LIBRARY, "nowhere")


def test_mermaid_names_every_node_and_every_way_once() -> None:
    graph = graph_of(LIBRARY)
    lines = mermaid(graph).splitlines()
    assert lines[0] == "flowchart TD"
    assert sum(" -->|" in line for line in lines) == len(graph.edges)
    assert sum(line.strip().startswith("subgraph ") for line in lines) == len(
        {node.flow for node in graph.nodes}
    )
    assert '  entry_inbound(["inbound"]) --> ' in mermaid(graph)
    assert '  key_0(("0")) -.-> ' in mermaid(graph)
