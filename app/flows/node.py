"""What every node type has in common, and what it may answer."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

from app.flows.context import Lookup
from app.flows.directives import Directive
from app.flows.effects import Effect
from app.flows.inputs import Input, Started
from app.flows.state import State

if TYPE_CHECKING:
    from app.flows.scene import Scene


@dataclass(frozen=True, slots=True)
class Wait:
    """Stay at this node: the last directive waits for the next input."""

    directives: tuple[Directive, ...]
    phase: str = ""
    effects: tuple[Effect, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Go:
    """Go on to another node."""

    to: str
    directives: tuple[Directive, ...] = ()
    effects: tuple[Effect, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    language: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the call after these directives."""

    directives: tuple[Directive, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class NotValid:
    """The input is no answer to what was asked: the engine says so, or why, and asks again."""

    prompt: str = ""


Outcome = Wait | Go | Stop | NotValid


class Node(BaseModel):
    """A node of a flow. Subclasses live in `nodes/`, one file each.

    `key` is the word in the YAML file. A node is a value: it holds no state of any call.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: ClassVar[str]
    waits: ClassVar[bool] = True  # False for nodes that always go on at once
    leads_to_person: ClassVar[bool] = True  # False where the key 0 is not for this caller
    # Variables by which the node ends what goes in circles: it looks at them when something is
    # answered, not when a call arrives, and no other node does.
    counters: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def enter(self, scene: "Scene") -> Outcome:
        """What happens when the call arrives here."""

    def start(self, scene: "Scene", given: Started) -> Outcome:
        """What happens when a call begins here."""
        return self.enter(scene)

    def receive(self, scene: "Scene", given: Input) -> Outcome:
        """What happens with an input. Nodes that never wait never receive one."""
        return self.enter(scene)

    def again(self, scene: "Scene") -> Outcome:
        """Ask again what was asked last (after silence, a wrong key, or the repeat key `*`)."""
        return self.enter(scene)

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """What must be looked up in the database before `receive`."""
        return ()

    def lookups_on_arrival(self, state: State) -> tuple[Lookup, ...]:
        """What `enter` would like looked up: without it, it does what needs no database."""
        return ()

    def collects_number(self, state: State) -> bool:
        """Whether several digits are being collected, so that 0 and 9 count only when alone."""
        return False

    def owns_answers(self, state: State) -> bool:
        """Whether also 0, 9, `*` and words of alarm are answers to what is asked here."""
        return False

    def hides_keys(self, state: State) -> bool:
        """Whether what is pressed here is a secret that must be kept nowhere."""
        return False

    def leaving(self, scene: "Scene") -> tuple[Effect, ...]:
        """Effects when the caller leaves by 0 or 9, or is taken to a person."""
        return ()

    def on_silence(self, scene: "Scene") -> Outcome | None:
        """What repeated silence leads to, when it is not the person."""
        return None

    def minds_silence(self, state: State) -> bool:
        """Whether silence is an answer here (a caller waiting for others), not a failure."""
        return False
