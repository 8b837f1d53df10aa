"""An event of a call as it is read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """A row of `call_events`: what happened at a node, and what was answered to it.

    `told` is its detail: `given` and what belongs to it for a step, `status` and `seconds` for a
    status. Empty when there is none, or none that can be read.
    """

    key: str
    kind: str
    at: datetime
    node: str
    told: Mapping[str, Any]
    words: str | None = None
    answer: str | None = None

    @property
    def given(self) -> str:
        """What a step was taken for: `started`, `pressed`, `spoke`, …; empty for other events."""
        return str(self.told.get("given", "")) if self.kind == "step" else ""


def told_in(detail: str) -> Mapping[str, Any]:
    """The detail of an event as a mapping."""
    try:
        read = json.loads(detail) if detail else {}
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
