"""Every mistake in a transcript, at its place and in a sentence."""

import shutil
from pathlib import Path

import pytest
from app.flows.findings import FlowError
from app.flows.rehearsal.reading import read_transcripts
from tests.flows.folders import SHIPPED
from tests.flows.rehearsal.county_of_tests import FILE, LIBRARY, read, steps

HEAD = "calls:\n  A call:\n"
STEP = "    steps: [{hangs: up}]\n"

MISTAKES = [
    ("- one", "1:1: error: A file of transcripts is a mapping with `calls`: each by its title."),
    ("calls: []", "1:8: error: A file of transcripts is a mapping"),
    (f"{HEAD}{STEP}call: {{}}\n", "4:1: error: Unknown key `call`. (Did you mean `calls`?)"),
    (f"{HEAD}    when: night\n", "3:5: error: `steps` is missing."),
    (f"{HEAD}{STEP}    calller: withheld\n", "4:5: error: Unknown key `calller`. (Did you mean `caller`?)"),
    (f"{HEAD}{STEP}    caller: '138'\n", "4:13: error: `caller`: write a telephone with its country"),
    (f"{HEAD}{STEP}    when: noon\n", "4:11: error: `when`: write working_hours, night, weekend, holiday, or a day and time as 2026-11-23 02:30 (here: `noon`)."),
    (f"{HEAD}{STEP}    entry: person\n", "4:12: error: `entry`: write one of 'inbound'"),
    (f"{HEAD}{STEP}    languages: [zh-CN, de-DE]\n", "4:24: error: There is no language `de-DE`. (Known here: zh-CN, en-US, yue-HK, all.)"),
    (f"{HEAD}{STEP}    entry: banned\n    languages: en-US\n", "5:16: error: A call with `entry: banned` begins in the default language."),
    (f"{HEAD}{STEP}    department: waterr\n", "4:17: error: There is no department `waterr`. (Did you mean `water`?)"),
    (f"{HEAD}{STEP}    ticket: {{category: lnad}}\n", "4:24: error: There is no category `lnad`. (Did you mean `land`?)"),
    (f"{HEAD}{STEP}    only: engine\n", "4:11: error: `only: engine` and `because`, which says why, belong together."),
    (f"{HEAD}{STEP}    afterwards: {{never: open_tickets}}\n", "4:25: error: There is no effect `open_tickets`. (Did you mean `open_ticket`?)"),
    (f"{HEAD}{STEP}    afterwards: {{rings: oficers}}\n", "4:25: error: There is no department or duty `oficers`. (Did you mean `officers`?)"),
    (f"{HEAD}{STEP}    afterwards: {{happened: [{{open_ticket: {{kynd: appeal}}}}]}}\n", "4:44: error: Unknown key `kynd`. (Did you mean `kind`?)"),
    (f"{HEAD}{STEP}    afterwards: {{happened: [{{open_tickt: {{}}}}]}}\n", "4:30: error: Unknown key `open_tickt`. (Did you mean `open_ticket`?)"),
    (steps("{presses: x}"), "4:19: error: `steps.0.presses`: write the keys that are pressed, such as 2 or \"#\" (here: `x`)."),
    (steps("{press: 1}"), "4:10: error: Unknown key `press`. (Did you mean `presses`?)"),
    (steps("{presses: 1, says: 好}"), "4:22: error: A step has one thing that is done; here are `presses` and `says`. (Make each a step of its own.)"),
    (steps("{hears: main.menue}"), "4:17: error: There is no prompt `main.menue`. (Did you mean `main.menu`?)"),
    (steps("{hears: [main.menu, main.menue]}"), "4:29: error: There is no prompt `main.menue`."),
    (steps("{hears: {zh-TW: 您好}}"), "4:25: error: There is no language `zh-TW`. (Known here: zh-CN, en-US, yue-HK.)"),
    (steps("{presses: 1, goes_to: policy.aks}"), "4:31: error: There is no node `policy.aks`. (Did you mean `policy.ask`?)"),
    (steps("{says: {en-US: policy}}"), "4:16: error: `says` is not written for zh-CN."),
    (steps("{records: {seconds: 9, ends_with: hangup}}"), "4:43: error: `steps.0.records.ends_with`:"),
    (steps("{others: agree}"), "4:18: error: `steps.0.others`: write one of 'consent'"),
    (steps("{presses: *}"), "4:19: error: A text cannot begin with `*`."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "finding"), MISTAKES)
def test_a_mistake_is_told_where_it_stands(text: str, finding: str) -> None:
    try:
        found = read(text)[1]
    except FlowError as error:  # YAML itself cannot be read
        found = error.findings
    assert str(found[0]).startswith(f"{FILE}:{finding}"), [str(one) for one in found]


def test_every_mistake_of_a_folder_is_told_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    shutil.copytree(SHIPPED, folder)
    (folder / "tests" / "a.yaml").write_text("calls: {A: {steps: [{press: 1}]}}\n")
    (folder / "tests" / "languages.yaml").write_text("en-US: five\nde-DE: 6\n")
    (folder / "tests" / "zz.yaml").write_text("calls:\n\t- one\n")
    with pytest.raises(FlowError) as refused:
        read_transcripts(folder, LIBRARY)
    told = [(Path(f.file).name, f.line, f.column) for f in refused.value.findings]
    assert told == [
        ("a.yaml", 1, 22),
        ("languages.yaml", 1, 8),
        ("languages.yaml", 2, 8),
        ("zz.yaml", 2, 1),
    ]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "passwd.yaml").symlink_to("/etc/passwd")
    with pytest.raises(FlowError) as refused:
        read_transcripts(folder, LIBRARY)
    (finding,) = refused.value.findings
    assert (Path(finding.file).name, finding.rule) == ("passwd.yaml", "link")
