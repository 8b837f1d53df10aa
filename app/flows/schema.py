"""What a flow file may contain, and the JSON Schema of it for editors."""

from typing import Any

from pydantic import ValidationError

from app.flows.findings import Finding
from app.flows.node import Node
from app.flows.nodes import NODE_TYPES
from app.flows.source import Document, nearest, validation_findings

FLOW_KEYS = ("audience", "nodes")
AUDIENCES = ("callers", "staff")


class FlowFile:
    """One flow: its nodes by name, and who hears it."""

    def __init__(self, name: str, document: Document) -> None:
        self.name = name
        self.document = document
        self.audience = "callers"
        self.nodes: dict[str, Node] = {}

    def read(self) -> list[Finding]:
        """Read the document into nodes; returns what is wrong with it."""
        value = self.document.value
        if not isinstance(value, dict):
            return [self.document.finding((), "shape", "A flow file is a mapping with `nodes`.")]
        findings = [
            self.document.key_finding(
                (key,),
                "unknown-key",
                f"Unknown key `{key}`.",
                nearest(key, FLOW_KEYS),
            )
            for key in value
            if key not in FLOW_KEYS
        ]
        self.audience = value.get("audience", "callers")
        if self.audience not in AUDIENCES:
            findings.append(
                self.document.finding(
                    ("audience",),
                    "value",
                    f"Unknown audience `{self.audience}`.",
                    f"Known are {' and '.join(AUDIENCES)}.",
                )
            )
        nodes = value.get("nodes")
        if not isinstance(nodes, dict) or not nodes:
            return [*findings, self.document.finding(("nodes",), "missing", "`nodes` is missing.")]
        for name, body in nodes.items():
            findings += self._read_node(name, body)
        return findings

    def _read_node(self, name: str, body: Any) -> list[Finding]:
        path = ("nodes", name)
        if not isinstance(body, dict) or len(body) != 1:
            return [
                self.document.finding(
                    path,
                    "node",
                    f"Node `{name}` must have exactly one key, its type.",
                    f"Indent one of these below its name: {', '.join(NODE_TYPES)}.",
                )
            ]
        key, fields = next(iter(body.items()))
        if key not in NODE_TYPES:
            return [
                self.document.key_finding(
                    (*path, key),
                    "node-type",
                    f"Unknown node type `{key}`.",
                    nearest(key, NODE_TYPES),
                )
            ]
        model = NODE_TYPES[key]
        try:
            self.nodes[name] = model.model_validate(fields, context={"flow": self.name})
        except ValidationError as error:
            return validation_findings(self.document, (*path, key), error, model)
        return []

    def path(self, node: str) -> tuple[str | int, ...]:
        """The path of a node's body in the document."""
        return ("nodes", node, self.nodes[node].key)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a flow file (draft 2020-12), for completion and checks in editors."""
    definitions: dict[str, Any] = {}
    choices = []
    for key, model in NODE_TYPES.items():
        schema = model.model_json_schema(ref_template="#/$defs/{model}")
        definitions |= schema.pop("$defs", {})
        definitions[f"node_{key}"] = schema
        choices.append(
            {
                "type": "object",
                "properties": {key: {"$ref": f"#/$defs/node_{key}"}},
                "required": [key],
                "additionalProperties": False,
            }
        )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Huixiang flow",
        "type": "object",
        "properties": {
            "audience": {"enum": list(AUDIENCES)},
            "nodes": {"type": "object", "additionalProperties": {"oneOf": choices}},
        },
        "required": ["nodes"],
        "additionalProperties": False,
        "$defs": definitions,
    }
