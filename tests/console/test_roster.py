"""The roster: who is on duty, who may change it, and swaps between colleagues."""

import re
from datetime import timedelta

from app.people.access.rights import Role
from app.people.roster.queries import open_swaps, shifts_between
from tests.console.cases import post
from tests.fixtures.office import NOON, Office

HERE = "/console/roster"
WEEK = (NOON - timedelta(days=3), NOON + timedelta(days=9))


def shifts(office: Office) -> list[tuple[int, str, str]]:
    with office.database.reading() as connection:
        found = shifts_between(connection, *WEEK)
    return [(shift.staff_id, shift.department, shift.role) for shift in found]


def add_shift(office: Office, client: object, staff: int, department: str = "", day: int = 25):
    return post(client, f"{HERE}/shifts", staff=staff, department=department,
                role="officer", rank="primary", key=f"k{day}{department}",
                starts=f"2026-11-{day}T08:00", ends=f"2026-11-{day}T20:00")  # fmt: skip


def test_an_empty_week_says_that_nobody_is_on_duty(office: Office) -> None:
    page = office.client("agent").get(HERE).text
    assert page.count("无人值班") == 7
    assert "农业农村局" in page
    assert "临时加一班" not in page


def test_a_supervisor_puts_somebody_on_duty_once(office: Office) -> None:
    person, boss = office.hire("agent", name="田小华"), office.client("supervisor")
    for _ in range(2):
        assert add_shift(office, boss, person).status_code == 303
    assert shifts(office) == [(person, "", "officer")]
    page = boss.get(HERE).text
    assert "田小华" in page
    assert "08:00–20:00" in page


def test_a_supervisor_of_one_department_changes_that_one_only(office: Office) -> None:
    person = office.hire("agent")
    boss = office.client("supervisor", "agriculture")
    assert add_shift(office, boss, person).status_code == 403
    assert add_shift(office, boss, person, "agriculture").status_code == 303
    assert shifts(office) == [(person, "agriculture", "officer")]


def test_a_shift_that_cannot_be_is_refused_with_a_sentence(office: Office) -> None:
    boss, person = office.client("supervisor"), office.hire("agent")
    answer = post(boss, f"{HERE}/shifts", staff=person, department="", key="x",
                  starts="2026-11-25T20:00", ends="2026-11-25T08:00")  # fmt: skip
    assert answer.status_code == 422
    assert "值班结束要晚于开始" in answer.text


def test_weekly_duties_are_laid_out_and_end(office: Office) -> None:
    person, boss = office.hire("agent"), office.client("ops")
    answer = post(boss, f"{HERE}/weekly", staff=person, department="",
                  weekdays=["2", "3"], starts="08:30", hours="9", on_holidays="true")  # fmt: skip
    assert answer.status_code == 303
    assert [who for who, _, _ in shifts(office)] == [person] * 4
    page = boss.get(HERE).text
    duty = re.search(r"/weekly/(\d+)/end", page)
    assert duty is not None
    for number in re.findall(r"/weekly/(\d+)/end", page):
        assert post(boss, f"{HERE}/weekly/{number}/end").status_code == 303
    assert shifts(office) == []


def test_colleagues_swap_a_shift(office: Office) -> None:
    mine, theirs = office.hire("agent", name="张三"), office.hire("agent", name="李四")
    add_shift(office, office.client("supervisor"), mine)
    me, colleague = office.client_of(mine), office.client_of(theirs)
    with office.database.reading() as connection:
        (shift,) = shifts_between(connection, *WEEK)
    ask = post(me, f"{HERE}/shifts/{shift.id}/swap", colleague=theirs,
               day="2026-11-25", why="带孩子看病")  # fmt: skip
    assert ask.status_code == 303
    assert "带孩子看病" in colleague.get(HERE).text
    with office.database.reading() as connection:
        (swap,) = open_swaps(connection)
    assert post(me, f"{HERE}/swaps/{swap.id}/accept").status_code == 422
    assert post(me, f"{HERE}/swaps/{swap.id}/force").status_code == 403
    assert post(colleague, f"{HERE}/swaps/{swap.id}/accept").status_code == 303
    assert shifts(office) == [(theirs, "", "officer")]


def test_nobody_swaps_what_is_not_theirs(office: Office) -> None:
    mine, other = office.hire("agent"), office.hire("agent")
    add_shift(office, office.client("supervisor"), mine)
    with office.database.reading() as connection:
        (shift,) = shifts_between(connection, *WEEK)
    answer = post(office.client_of(other), f"{HERE}/shifts/{shift.id}/swap",
                  colleague=mine, day="2026-11-25")  # fmt: skip
    assert answer.status_code == 422


def test_a_shift_is_taken_off(office: Office) -> None:
    person, boss = office.hire("agent"), office.client("supervisor")
    add_shift(office, boss, person)
    with office.database.reading() as connection:
        (shift,) = shifts_between(connection, *WEEK)
    assert post(boss, f"{HERE}/shifts/{shift.id}/cancel",
                day="2026-11-25").status_code == 303  # fmt: skip
    assert shifts(office) == []
    assert post(office.client(Role.agent), f"{HERE}/shifts/{shift.id}/cancel",
                day="2026-11-25").status_code == 403  # fmt: skip
