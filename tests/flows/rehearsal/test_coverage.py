"""What transcripts go through is counted: nodes, ways, languages."""

from pathlib import Path

from app.flows.compiler import compile_folder
from app.flows.edges import Edge
from app.flows.library import FlowLibrary
from app.flows.rehearsal.coverage import Share
from app.flows.rehearsal.formats import coverage_table
from app.flows.rehearsal.reading import read_documents
from app.flows.rehearsal.rehearse import rehearse
from app.flows.rehearsal.report import Report
from app.flows.rehearsal.uncovered import uncovered
from app.flows.source import parse
from tests.flows.folders import SHELF, SHIPPED
from tests.flows.rehearsal.county_of_tests import played, steps

TWINS = """
nodes:
  greeting:
    menu:
      prompt: main.menu
      options:
        1: {go: farewell}
        2: {go: farewell}
        3: {go: by_hours}
        4: {go: person.ring}
  by_hours:
    branch:
      cases:
        - when: {hours: open}
          go: farewell
      otherwise: farewell
  farewell:
    end: {prompt: common.goodbye}
"""


def twins(tmp_path: Path) -> tuple[Path, FlowLibrary]:
    """Flows with several ways between the same two nodes."""
    folder = tmp_path / "flows"
    folder.mkdir()
    for name in ("prompts", "texts", "directory.yaml", "person.yaml", "emergency.yaml"):
        (folder / name).symlink_to(SHIPPED / name)
    (folder / "main.yaml").write_text(TWINS)
    for name in ("directory.yaml", "person.yaml", "emergency.yaml"):
        text = (SHIPPED / name).read_text()
        (folder / name).unlink()
        if name == "directory.yaml":
            start, end = text.index("entries:"), text.index("hours:")
            entries = "entries: {inbound: main.greeting, invitation: main.greeting, person: person.ring, emergency: emergency.start}\n\n"
            text = text[:start] + entries + text[end:]
        (folder / name).write_text(text)
    for name in ("prompts", "texts"):
        (folder / name).unlink()
        (folder / name).mkdir()
        for file in (SHIPPED / name).iterdir():
            (folder / name / file.name).write_text(file.read_text())
    return folder, compile_folder(folder, SHELF)


def goes(library: FlowLibrary, *lines: str) -> Report:
    """A call of these steps."""
    documents = {"some.yaml": parse(steps(*lines).encode(), "some.yaml")}
    return rehearse(library, SHELF, read_documents(documents, library, []))


def ways(report: Report) -> set[tuple[str, str]]:
    """The edges that were taken, by source and label."""
    assert report.coverage is not None
    return {(edge.source, edge.label) for edge in report.coverage.edges}


def test_two_ways_to_the_same_node_are_told_apart(tmp_path: Path) -> None:
    _, library = twins(tmp_path)
    menu, hours = "main.greeting", "main.by_hours"
    assert ways(goes(library, "{presses: 1}")) == {(menu, "1")}
    assert ways(goes(library, "{presses: 2}")) == {(menu, "2")}
    assert ways(goes(library, "{presses: 3}")) == {(menu, "3"), (hours, "cases.1")}
    night = "{presses: 3}\n    when: night"
    assert ways(goes(library, night)) == {(menu, "3"), (hours, "otherwise")}


def test_a_way_of_the_engine_is_none_of_the_files(tmp_path: Path) -> None:
    _, library = twins(tmp_path)
    assert ways(goes(library, "{presses: 4}")) == {("main.greeting", "4")}
    by_zero = goes(library, "{presses: 0}")
    assert ways(by_zero) == set()
    assert by_zero.coverage is not None
    assert by_zero.coverage.tried == {("main.greeting", "0")}


def test_what_is_missing_stands_in_the_flow_files(tmp_path: Path) -> None:
    folder, library = twins(tmp_path)
    report = goes(library, "{presses: 3}")
    assert report.coverage is not None
    told = [
        str(one).removeprefix(f"{folder}/").removesuffix(" [uncovered]")
        for one in uncovered(folder, report.coverage)
    ]
    assert "main.yaml:7:17: warning: No transcript goes from `main.greeting` by `1`." in told
    assert (
        "main.yaml:16:18: warning: No transcript goes from `main.by_hours` by `otherwise`." in told
    )
    assert "main.yaml:3:3: warning: No transcript hears `main.greeting` in en-US." in told
    assert "person.yaml:3:3: warning: No transcript comes to `person.ring`." in told
    assert not any("`main.by_hours` by `cases.1`" in line for line in told)


def test_shares_are_counted_by_flow() -> None:
    report = played(steps("{presses: 21}", "{records: 9}", "{presses: 2}", "{stays: silent}"))
    assert report.coverage is not None
    flows = {flow.flow: flow for flow in report.coverage.flows()}
    assert flows["appeal"].nodes == flows["appeal"].edges == Share(1, 1)
    assert flows["appeal"].languages == {
        "zh-CN": Share(1, 1), "en-US": Share(0, 1), "yue-HK": Share(0, 1)
    }  # fmt: skip
    assert flows["main"].nodes == Share(4, 7)
    # The menu offers the other languages in their voices: that is not the menu in them.
    assert flows["main"].languages["en-US"] == Share(0, 5)
    assert Edge("main.greeting", "next", "main.news") in report.coverage.edges
    assert flows["main"].engine_ways == Share(1, 3)
    assert report.coverage.total().nodes == Share(5, 36)
    assert (flows["appeal"].least, Share(0, 0).percent) == (0, 100)
    table = coverage_table(report.coverage)
    assert table[0].split() == [
        "flow", "nodes", "edges", "zh-CN", "en-US", "yue-HK", "silence,", "0,", "9"
    ]  # fmt: skip
    assert table[1].split() == ["appeal", "1/1", "1/1", "1/1", "0/1", "0/1", "0/3"]
    assert table[-1].split()[:3] == ["all", "5/36", "5/41"]
