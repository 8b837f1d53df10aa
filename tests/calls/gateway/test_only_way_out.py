"""No purpose, present or future, reaches a telephone but by the outbound gateway."""

import ast
import dataclasses
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import app
from app.calls import clearing
from app.calls.telephony import CallOrder
from app.flows import directives
from app.flows.directives import WAITING, Dial

ROOT = Path(app.__file__).parent
RENDERERS = {
    "calls/turn.py",
    "calls/conversation.py",
    "calls/offline.py",
    "seed/calls.py",
}
OURS = [path for path in ROOT.rglob("*.py") if "node_modules" not in path.parts]


@cache
def nodes() -> list[tuple[str, ast.Attribute | ast.Call]]:
    """What modules of the service call and reach for; the exchange is no part of it."""
    return [
        (str(path.relative_to(ROOT)), node)
        for path in OURS
        if path.relative_to(ROOT).parts[0] != "exchange"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute | ast.Call)
    ]


def users(name: str, *owners: str) -> set[str]:
    """The modules that use an attribute of this name, of these owners or of any."""
    return {
        module
        for module, node in nodes()
        if isinstance(node, ast.Attribute)
        and node.attr == name
        and ast.unparse(node.value).endswith(owners or "")
    }


def test_only_the_retry_law_asks_the_network_for_a_call_and_the_gateway_before_it() -> None:
    assert users("place_call") == {"calls/retry_law.py"}
    law = (ROOT / "calls/retry_law.py").read_text("utf-8")
    assert law.index("gateway.reserve(") < law.index("telephony.place_call(")


def test_only_the_edge_creates_calls_and_participants_at_the_provider() -> None:
    owners = (".calls", ".participants", ".messages")
    assert users("create", *owners) == {"voice/gateway.py"}


def test_numbers_are_dialled_by_directives_that_are_cleared() -> None:
    """A new directive that carries numbers must be let out by `clearing.let_out` too."""

    def carriers() -> Iterator[type]:
        for thing in vars(directives).values():
            if dataclasses.is_dataclass(thing) and isinstance(thing, type):
                names = {field.name for field in dataclasses.fields(thing)}
                if names & {"number", "numbers", "to", "phone", "phones"}:
                    yield thing

    assert list(carriers()) == [Dial]
    assert Dial in WAITING  # it comes last in a step: `let_out` looks there
    assert "isinstance(dial, Dial)" in Path(clearing.__file__).read_text("utf-8")


def test_a_turn_is_rendered_by_who_clears_it_or_by_who_cannot() -> None:
    """Without the database nothing can be booked; the last gate still judges every number."""
    renderers = {
        module
        for module, node in nodes()
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("take_turn", "turn_of_step")
    }
    assert renderers == RENDERERS


def test_no_order_goes_without_a_purpose_of_its_own() -> None:
    """What is not named would be counted under another name."""
    orders = [
        (module, {keyword.arg for keyword in node.keywords})
        for module, node in nodes()
        if isinstance(node, ast.Call) and ast.unparse(node.func) == CallOrder.__name__
    ]
    assert len(orders) >= 3
    assert [module for module, given in orders if "purpose" not in given] == []
