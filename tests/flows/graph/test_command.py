"""`hotline flows graph`, as somebody types it."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from app.commands.flows import flows
from click.testing import Result
from tests.flows.folders import SHIPPED
from typer.testing import CliRunner

Draw = Callable[..., Result]


@pytest.fixture
def draw() -> Draw:
    return lambda *given: CliRunner().invoke(flows, ["graph", *given, "--folder", str(SHIPPED)])


def test_all_flows_as_svg(draw: Draw) -> None:
    drawn = draw()
    assert drawn.exit_code == 0
    assert ElementTree.fromstring(drawn.stdout).tag.endswith("svg")


def test_one_flow_as_mermaid_in_english_into_a_file(draw: Draw, tmp_path: Path) -> None:
    path = tmp_path / "main.mmd"
    drawn = draw("main", "--format", "mermaid", "--language", "en-US", "--output", str(path))
    assert drawn.exit_code == 0
    assert drawn.stdout.strip() == f"{path}: 21 nodes, 28 ways."
    assert "Hello" in path.read_text(encoding="utf-8")


def test_one_way_is_one(draw: Draw, tmp_path: Path) -> None:
    assert ", 1 way." in draw("test_call", "--output", str(tmp_path / "call.svg")).stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("nowhere",), "there is no flow `nowhere`"),
        (("main", "--language", "fr"), "there is no language `fr`"),
        (("main", "--output", "/nowhere/main.svg"), "cannot be written"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_sentence(
    draw: Draw, given: tuple[str, ...], said: str
) -> None:
    drawn = draw(*given)
    assert drawn.exit_code == 1
    assert said in drawn.output
