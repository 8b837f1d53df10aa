"""Flows as pictures: the graph, its text for Mermaid, its layout and its drawing. Pure."""
