"""`go`: go to another node, in this flow or another."""

from typing import ClassVar

from app.flows.node import Go, Node, Outcome
from app.flows.references import NodeRef
from app.flows.scene import Scene


class GoNode(Node):
    """Go somewhere else.

    ```yaml
    back:
      go: {to: main.menu}
    ```
    """

    key: ClassVar[str] = "go"
    waits: ClassVar[bool] = False

    to: NodeRef

    def enter(self, scene: Scene) -> Outcome:
        """Go."""
        return Go(self.to)
