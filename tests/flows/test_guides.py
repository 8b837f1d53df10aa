"""The ways for newcomers of docs/flows.md, each followed step by step as it is written."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from app.flows.compiler import check_folder, compile_folder
from app.flows.files import read_folder
from app.flows.guides import CATEGORY, GUIDES, LANGUAGE, MENU_OPTION, Edit, Guide, Run
from app.flows.inputs import Input, Pressed, Recorded
from app.flows.library import FlowLibrary
from app.gates import GATES
from tests.flows.folders import SHELF, SHIPPED
from tests.flows.test_languages import play, spoken

ROOT = Path(__file__).resolve().parents[2]


def followed(guide: Guide, folder: Path) -> FlowLibrary:
    """The flows after every step of a guide."""
    shutil.copytree(SHIPPED, folder)
    for step in guide.steps:
        if isinstance(step, Edit):
            step.apply(folder)
    findings = check_folder(folder, SHELF)
    assert not [finding for finding in findings if finding.severity == "error"]
    return compile_folder(folder, SHELF)


def pressed(guide: Guide) -> list[Input]:
    """The keys of the call that a guide ends with."""
    command = next(step.command for step in guide.steps[::-1] if isinstance(step, Run))
    keys = shlex.split(command)[-1].split(",")
    return [Recorded("RE1", 9, "#") if key == "#" else Pressed(key) for key in keys]


def test_a_menu_option_is_added(tmp_path: Path) -> None:
    step = play(*pressed(MENU_OPTION), library=followed(MENU_OPTION, tmp_path / "flows"))
    assert spoken(step.directives)[0] == ("zh-CN", "办公室的地址，请向村委会询问。")


def test_a_category_with_its_department_is_added(tmp_path: Path) -> None:
    library = followed(CATEGORY, tmp_path / "flows")
    step = play(*pressed(CATEGORY), library=library)
    (ticket,) = step.effects
    assert getattr(ticket, "category", "") == "roads"
    assert library.directory.categories["roads"].department == "transport"


def test_a_language_is_added(tmp_path: Path) -> None:
    step = play(*pressed(LANGUAGE), library=followed(LANGUAGE, tmp_path / "flows"))
    assert step.state.language == "vi-VN"
    assert spoken(step.directives)[0][0] == "vi-VN"


def test_after_all_of_them_the_service_takes_the_folder_into_force(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "flows")
    for guide in GUIDES:
        for step in guide.steps:
            if isinstance(step, Edit):
                step.apply(tmp_path / "flows")
        examined = GATES.examine(read_folder(tmp_path / "flows")[0])
        assert (examined.errors, list(examined.failed or ())) == ([], []), guide.title


@pytest.mark.parametrize("guide", GUIDES, ids=[guide.title for guide in GUIDES])
def test_the_page_shows_every_step(guide: Guide) -> None:
    page = (ROOT / "docs/flows.md").read_text()
    assert f"### {guide.title}" in page
    for step in guide.steps:
        assert str(step) in page
    commands = [step.command for step in guide.steps if isinstance(step, Run)]
    assert all(re.fullmatch(r"\.venv/bin/hotline [\w ./\",#-]+", command) for command in commands)


def test_a_step_that_does_not_fit_says_so(tmp_path: Path) -> None:
    (tmp_path / "main.yaml").write_text("nodes:\n")
    with pytest.raises(ValueError, match="must have the line `menu:` once"):
        Edit("main.yaml", "x", below="menu:").apply(tmp_path)
