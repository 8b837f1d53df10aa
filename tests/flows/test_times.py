"""Hours, lines of escalation and the calendar in the flow files: what is accepted and refused."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from app.flows import engine
from app.flows.compiler import check_folder, compile_folder
from app.flows.inputs import Pressed, Started
from app.flows.working import ROUND_THE_CLOCK, WorkingTime
from app.people.roster.calendar import ChineseHolidays
from tests.flows.folders import SHELF, SHIPPED, context

CHINA = ChineseHolidays()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped flows, to be changed."""
    copy = tmp_path / "flows"
    shutil.copytree(SHIPPED, copy)
    return copy


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


WATER = "names: {zh-CN: 水利局, en-US: Water Bureau, yue-HK: 水利局}\n"
JOBS = "    department: employment\n"

MISTAKES = [
    ("years: {}", "years: {'27': {}}", "calendar.yaml:13:", "years.27"),
    (
        "years: {}",
        'years:\n  "2027":\n    holidays: ["5 Feb"]',
        "calendar.yaml:15:16",
        "2027-02-05",
    ),
    ("years: {}", 'years:\n  "2027":\n    workdays: ["2026-02-14"]', "calendar.yaml:", "2027"),
    (
        "years: {}",
        'years:\n  "2027":\n    holiday: []',
        "calendar.yaml:15:5",
        "Unknown key `holiday`",
    ),
    (
        "years: {}",
        'years:\n  "2027":\n    closures:\n      - {days: "2027-03-01", departments: [watr]}',
        "calendar.yaml:16:44",
        "no department `watr`",
    ),
    (
        "years: {}",
        'years:\n  "2027":\n    holidays: ["2027-02-11/2027-02-05"]',
        "calendar.yaml:15:16",
        "goes forward",
    ),
    (
        "years: {}",
        'years:\n  "2027":\n    holidays: ["2027-02-05/2027-02-11"]\n    workdays: ["2027-02-11"]',
        "calendar.yaml:15:5",
        "2027-02-11 is a holiday and a workday",
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "words"), MISTAKES)
def test_mistakes_in_the_calendar(folder: Path, old: str, new: str, place: str, words: str) -> None:
    change(folder, "calendar.yaml", old, new)
    (finding,) = check_folder(folder, SHELF)
    assert place in str(finding)
    assert words in str(finding)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (WATER, WATER + "    head: {}\n", "name at least one login"),
        (WATER, WATER + "    head: {numbers: ['110']}\n", "head.numbers"),
        (WATER, WATER + "    boss: {staff: [li]}\n", "Unknown key `boss`"),
        (WATER, WATER + "    hours: []\n", "hours"),
        (WATER, WATER + "    hours: [{days: [mon], opens: '17:00', closes: '08:00'}]\n", "later"),
        (JOBS, JOBS + "    clock: worktime\n", "clock"),
        (
            "  escalation: escalation.answer\n",
            "  escalation: escalation.ask\n",
            "no node `escalation.ask`",
        ),
    ],
)
def test_mistakes_in_the_directory(folder: Path, old: str, new: str, words: str) -> None:
    change(folder, "directory.yaml", old, new)
    findings = [
        str(finding) for finding in check_folder(folder, SHELF) if finding.severity == "error"
    ]
    assert any(words in finding and "directory.yaml:" in finding for finding in findings)


def test_a_working_clock_needs_an_office_that_opens(folder: Path) -> None:
    change(folder, "directory.yaml", JOBS, JOBS + "    clock: working\n")
    change(folder, "directory.yaml", "days: [mon, tue, wed, thu, fri]", "days: []")
    (finding,) = check_folder(folder, SHELF)
    assert "never runs" in str(finding)


def test_the_calendar_may_be_left_out(folder: Path) -> None:
    (folder / "calendar.yaml").unlink()
    assert compile_folder(folder, SHELF).directory.calendar.overlay == {}


def test_a_department_with_hours_and_a_line_of_its_own(folder: Path) -> None:
    change(
        folder,
        "directory.yaml",
        WATER,
        WATER
        + "    hours: [{days: [sat, sun], opens: '00:00', closes: '24:00', holidays: true}]\n"
        + "    head: {staff: [li], numbers: ['+867451000501']}\n",
    )
    change(folder, "directory.yaml", JOBS, JOBS + "    clock: working\n")
    directory = compile_folder(folder, SHELF, CHINA).directory
    sunday = datetime(2026, 11, 22, 15, 59, 59, 999_999, UTC)
    assert directory.is_open(sunday, "water")
    assert not directory.is_open(sunday)
    assert directory.timepiece("utilities", "water") is ROUND_THE_CLOCK
    assert isinstance(directory.timepiece("jobs", "employment"), WorkingTime)
    head = directory.departments["water"].head
    assert head is not None
    assert (head.staff, head.numbers) == (["li"], ["+867451000501"])


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        ("2026-11-23T01:00", True),  # Monday
        ("2026-11-22T01:00", False),  # Sunday
        ("2026-10-01T01:00", False),  # National Day, a Thursday
        ("2026-10-10T01:00", True),  # a Saturday that is worked
    ],
)
def test_the_hotline_knows_holidays_when_it_says_that_it_is_closed(
    instant: str, is_open: bool
) -> None:
    library = compile_folder(SHIPPED, SHELF, CHINA)
    at = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert library.directory.is_open(at) is is_open
    assert compile_folder(SHIPPED, SHELF).directory.is_open(
        datetime(2026, 10, 1, 1, tzinfo=UTC)
    )  # without a source every week is like the other


def test_a_branch_by_hours_takes_the_holiday_into_account() -> None:
    """Nobody answers on National Day: the caller hears what is said when the office is closed."""
    from app.flows.inputs import DialEnded

    library = compile_folder(SHIPPED, SHELF, CHINA)
    heard = {}
    for name, at in (("workday", "2026-10-09T01:00"), ("holiday", "2026-10-01T01:00")):
        now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        state = engine.begin(library, "inbound", "zh-CN")
        for given in (Started(), Pressed("0"), DialEnded("no-answer", bridged=False)):
            taken = engine.step(library, state, given, context(now=now))
            state = taken.state
        heard[name] = repr(taken.directives)
    assert heard["workday"] != heard["holiday"]
