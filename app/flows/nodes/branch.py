"""`branch`: go one way or another, by plain conditions."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.flows.node import Go, Node, Outcome
from app.flows.references import LanguageRef, NodeRef
from app.flows.scene import Scene


class Condition(BaseModel):
    """What must all be true. `caller` is `withheld` when the caller hides the number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: LanguageRef | None = None
    hours: Literal["open", "closed"] | None = None
    caller: Literal["known", "withheld"] | None = None
    variables: dict[str, str] = Field(default_factory=dict)

    def holds(self, scene: Scene) -> bool:
        """Whether all of it is true now; looks at nothing that it does not ask for."""
        return (
            self.language in (None, scene.state.language)
            and (self.hours is None or self.hours == _hours(scene))
            and (self.caller is None or self.caller == _caller(scene))
            and all(scene.variable(name) == value for name, value in self.variables.items())
        )


def _hours(scene: Scene) -> str:
    return "open" if scene.library.directory.is_open(scene.context.now) else "closed"


def _caller(scene: Scene) -> str:
    return "known" if scene.context.caller.startswith("+") else "withheld"


class Case(BaseModel):
    """A condition and where it leads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: Condition
    go: NodeRef


class BranchNode(Node):
    """Go to the first case whose condition holds, otherwise to `otherwise`.

    ```yaml
    by_hours:
      branch:
        cases:
          - when: {hours: open}
            go: ring_office
        otherwise: ring_duty
    ```
    """

    key: ClassVar[str] = "branch"
    waits: ClassVar[bool] = False

    cases: list[Case] = Field(min_length=1)
    otherwise: NodeRef

    def enter(self, scene: Scene) -> Outcome:
        """Decide."""
        for case in self.cases:
            if case.when.holds(scene):
                return Go(case.go)
        return Go(self.otherwise)
