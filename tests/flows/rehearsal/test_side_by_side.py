"""What is expected and what is heard, side by side, at 80 columns and in both languages."""

import json
from xml.etree import ElementTree

from app.flows.rehearsal.columns import width_of
from app.flows.rehearsal.formats import as_json, as_junit, text_lines
from app.flows.rehearsal.side_by_side import side_by_side
from tests.flows.rehearsal.county_of_tests import played, steps

WORDS = steps(
    "{presses: 2}", "{presses: 1, hears: 您要反映的是土地纠纷。听到嘀声后，请说出您的名字}"
)

VIEW = """\
A call [zh-CN]
  tests/some.yaml:5:29: This was not heard.
  before   at appeal.leave: 请选择您要反映的事情。 后期扶持资金，请按 1。 住房…
  then     presses 1, now at appeal.leave
  expected                              │ heard
  ──────────────────────────────────────┼──────────────────────────────────────
  您要反映的是土地纠纷。听到嘀声后，请  │ · 您要反映的是后期扶持资金。听到嘀声
              ~~~~~~~~                  │               ~~~~~~~~~~~~
  说出您的名字                          │ 后，请说出您的姓名、住在哪里、是什么
            ~~                          │               ~~  ~~~~~~~~~~~~~~~~~~
                                        │ 事。说完按任意键。
                                        │ ~~~~~~~~~~~~~~~~~~"""


def test_the_view_at_eighty_columns() -> None:
    (failed,) = played(WORDS).failures
    assert side_by_side(failed, 80) == VIEW
    assert max(width_of(line) for line in VIEW.splitlines()) <= 80


def test_a_narrow_and_a_wide_terminal() -> None:
    (failed,) = played(WORDS).failures
    for width in (60, 100, 200):
        assert max(width_of(line) for line in side_by_side(failed, width).splitlines()) <= width


def test_words_are_marked_in_english_and_no_line_begins_with_a_mark() -> None:
    text = steps("{hears: 'For policies, press 2. For a complaint, press 2.'}")
    text = text.replace("steps:", "languages: en-US\n    steps:")
    (failed,) = played(text).failures
    lines = side_by_side(failed, 80).splitlines()
    left = [line.partition(" │ ")[0] for line in lines[5:9]]
    assert [line.rstrip() for line in left] == [
        "  For policies, press 2. For a",
        "                             ~",
        "  complaint, press 2.",
        "  ~~~~~~~~~        ~",
    ]
    assert not any(line.strip().startswith(("，", "。")) for line in lines)


def test_a_prompt_is_shown_with_its_key_and_what_is_quite_different_is_not_marked() -> None:
    (failed,) = played(steps("{presses: 2, hears: status.ask}")).failures
    shown = side_by_side(failed, 80)
    assert "status.ask:" in shown
    assert "~" not in shown


def test_what_there_is_afterwards_is_shown_too() -> None:
    text = steps("{presses: 21}", "{records: 9}")
    text += "    afterwards: {happened: [{open_ticket: {category: land}}]}\n"
    shown = side_by_side(played(text).failures[0], 80)
    assert "what there is" in shown
    assert "open_ticket: {category: land}" in shown


def test_the_report_as_text_json_and_junit() -> None:
    report = played(WORDS + steps("{presses: 2}").replace("calls:\n", "").replace("A call", "Good"))
    lines = list(text_lines(report, 80))
    assert lines[0] == "tests/some.yaml"
    assert lines[1].startswith("  ✗ A call  zh-CN")
    assert lines[2].startswith("  ✓ Good  zh-CN")
    assert lines[-1] == "1 as written, 1 failed, in 0.0 ms."
    told = json.loads(json.dumps(as_json(report)))
    assert [result["outcome"] for result in told["results"]] == ["failed", "passed"]
    assert told["results"][0]["place"] == "tests/some.yaml:5:29"
    assert told["coverage"][0]["nodes"] == {"covered": 1, "all": 1}
    suite = ElementTree.fromstring(as_junit(report))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.get("message") == "tests/some.yaml:5:29: This was not heard."
