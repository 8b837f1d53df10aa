"""Where a call is in its flow: small, serialisable, and all that is kept between two steps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FLOOR_OPEN = "floor_open"  # the variable: who took the caller's emergency waits on the floor

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class State:
    """The state of one call.

    `node` is a full address such as `main.menu`; `phase` is the node's own sub-state.
    `silences` and `wrongs` count consecutive failures at this node. `variables` are strings set by
    nodes (`category`, `session` …). `ended` is True after the final directive.
    """

    node: str
    language: str
    phase: str = ""
    silences: int = 0
    wrongs: int = 0
    variables: Mapping[str, str] = field(default_factory=dict)
    ended: bool = False

    def to_json(self) -> str:
        """The state as compact JSON with short ASCII keys; absent means default."""
        kept: dict[str, Any] = {"n": self.node, "l": self.language}
        if self.phase:
            kept["p"] = self.phase
        if self.silences:
            kept["s"] = self.silences
        if self.wrongs:
            kept["w"] = self.wrongs
        if self.variables:
            kept["v"] = dict(self.variables)
        if self.ended:
            kept["e"] = 1
        return _encode(kept)

    @classmethod
    def from_json(cls, text: str) -> "State":
        """The inverse of `to_json`. Raises ValueError or KeyError on anything else."""
        kept = json.loads(text)
        return cls(
            node=kept["n"],
            language=kept["l"],
            phase=kept.get("p", ""),
            silences=kept.get("s", 0),
            wrongs=kept.get("w", 0),
            variables=kept.get("v", {}),
            ended=bool(kept.get("e")),
        )

    def at(
        self, node: str, language: str = "", variables: Mapping[str, str] | None = None
    ) -> "State":
        """This state moved to a node, its counters and phase cleared; `variables` replace all."""
        kept = self.variables if variables is None else variables
        return State(node, language or self.language, variables=kept, ended=self.ended)

    def failing(self, silences: int, wrongs: int) -> "State":
        """This state with other failures."""
        return State(
            self.node, self.language, self.phase, silences, wrongs, self.variables, self.ended
        )

    def waiting(self, phase: str, variables: Mapping[str, str]) -> "State":
        """This state waiting at its node, with more variables."""
        return State(
            self.node,
            self.language,
            phase,
            self.silences,
            self.wrongs,
            {**self.variables, **variables} if variables else self.variables,
            self.ended,
        )
