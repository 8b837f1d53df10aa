"""`set`: change the language or set variables, and go on."""

from typing import ClassVar

from pydantic import Field

from app.flows.node import Go, Node, Outcome
from app.flows.references import LanguageRef, NodeRef
from app.flows.scene import Scene


class SetNode(Node):
    """Set the language, variables, or both.

    ```yaml
    english:
      set: {language: en-US, next: menu}
    ```
    """

    key: ClassVar[str] = "set"
    waits: ClassVar[bool] = False

    language: LanguageRef | None = None
    variables: dict[str, str] = Field(default_factory=dict)
    next: NodeRef

    def enter(self, scene: Scene) -> Outcome:
        """Set and go on."""
        return Go(self.next, variables=self.variables, language=self.language or "")
