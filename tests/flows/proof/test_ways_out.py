"""What no call may come to: traps, circles, nodes too far away or never reached."""

from pathlib import Path
from shutil import copytree

import pytest
from app.flows.proof import exploration, prove
from app.flows.proof.exploration import explore
from app.flows.whole_check import check_whole
from tests.flows.folders import SHELF, SHIPPED, shipped
from tests.flows.spoiling import Flows


def test_the_shipped_flows_are_proved_without_a_waiver() -> None:
    library = shipped()
    assert prove(library, SHELF) == []
    assert library.origins.waivers == ()


def test_the_walk_comes_to_every_node_in_every_language() -> None:
    library = shipped()
    walk = explore(library, SHELF)
    reached = {(node, turn.target.language) for turn in walk.turns if turn.target
               for node in turn.trail}  # fmt: skip
    by_language = {tag: {node for node, other in reached if other == tag}
                   for tag in library.directory.languages}  # fmt: skip
    waiting = {address for address, node in library.nodes.items() if node.waits}
    for tag, nodes in by_language.items():
        assert waiting <= nodes, (tag, waiting - nodes)


def test_a_person_who_is_only_a_menu_again_traps_whoever_fails(small: Flows) -> None:
    small.change("directory.yaml", "person: person.ring", "person: main.menu")
    sentences = [finding.sentence for finding in small.found("trapped")]
    for words in ("only stays silent", "only presses keys", "only says words", "only presses 0"):
        assert any(words in sentence for sentence in sentences), words


def test_the_shortest_way_into_a_trap_is_written_out(small: Flows) -> None:
    small.change("directory.yaml", "person: person.ring", "person: main.menu")
    (silent,) = [f for f in small.found("trapped") if "stays silent at" in f.sentence]
    assert (Path(silent.file).name, silent.line, silent.column) == ("main.yaml", 6, 3)
    assert "main.greeting → main.menu, silence → again, silence → main.menu" in silent.hint


def test_a_telephone_off_the_hook_does_not_hold_a_line_for_ever(small: Flows) -> None:
    small.change("main.yaml", "end: {prompt: common.goodbye}", "go: {to: menu}")
    (trap,) = small.found("trapped")
    assert "stays silent while nobody answers" in trap.sentence


def test_ringing_again_and_again_is_a_trap(small: Flows) -> None:
    small.change("person.yaml", "unanswered: by_hours", "unanswered: ring")
    assert {Path(f.file).name for f in small.found("trapped")} == {"person.yaml"}


def test_a_branch_that_never_holds_leads_to_nodes_nobody_reaches(small: Flows) -> None:
    small.change("person.yaml", "when: {hours: open}", "when: {variables: {never: set}}")
    (finding,) = small.found("unreachable")
    assert "person.message`" in finding.sentence


def test_a_branch_on_what_an_earlier_node_asked_is_followed(small: Flows) -> None:
    small.offer(5, "old")
    small.add("main.yaml", """
  old:
    ask: {prompt: main.menu, into: age, next: by_age}
  by_age:
    branch:
      cases:
        - when: {variables: {age: "7"}}
          go: seven
      otherwise: farewell
  seven:
    end: {prompt: common.goodbye}
""")  # fmt: skip
    assert small.found("unreachable") == []


def test_a_branch_on_the_caller_keeps_callers_apart(small: Flows) -> None:
    """Only a hidden number comes to the first branch, so the second never sees a known one."""
    small.offer(5, "hidden")
    small.add("main.yaml", """
  hidden:
    branch:
      cases:
        - when: {caller: withheld}
          go: asked
      otherwise: farewell
  asked:
    menu: {prompt: main.menu, options: {1: {go: known}}}
  known:
    branch:
      cases:
        - when: {caller: known}
          go: never
      otherwise: farewell
  never:
    end: {prompt: common.goodbye}
""")  # fmt: skip
    (finding,) = small.found("unreachable")
    assert "main.never" in finding.sentence


def test_the_ninth_menu_in_a_row_is_too_far(small: Flows) -> None:
    menus = "".join(
        f"\n  deep{n}:\n    menu: {{prompt: main.menu, options: {{1: {{go: deep{n + 1}}}}}}}\n"
        for n in range(9)
    )
    small.add("main.yaml", menus + "\n  deep9:\n    end: {prompt: common.goodbye}\n")
    small.offer(5, "deep0")
    (finding,) = small.found("too-far")
    assert "main.deep8" in finding.sentence
    assert "after 9 turns" in finding.sentence


def test_flows_too_large_to_be_walked_are_not_called_proved(
    small: Flows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exploration, "MOST_VISITS", 100)
    (finding,) = small.found("too-large")
    assert "not all is proved" in finding.sentence
    assert Path(finding.file).name == "main.yaml"


def test_a_step_that_only_goes_round_is_told_with_the_way_to_it(tmp_path: Path) -> None:
    """The studio is left at once while the database is away; here it leads back to itself."""
    folder = copytree(SHIPPED, tmp_path / "flows")
    studio = folder / "studio.yaml"
    studio.write_text(studio.read_text().replace("{next: main.menu}", "{next: door}"))
    (finding,) = check_whole(folder, SHELF).findings
    assert finding.rule == "endless"
    assert "at `studio.door`" in finding.sentence
    assert finding.hint.endswith("database away → studio.door → studio.door.")
