"""Deadlines by virtual time: who is told when, who is rung, and that nothing happens twice."""

from pathlib import Path
from typing import Any

import pytest
from app.exchange.faults import FaultPlan
from app.exchange.phones.scripted import ScriptedCall
from app.jobs.models import Job
from app.main import assemble
from app.people.alerts.models import Alert
from app.tickets.clocks.escalation.models import Escalation, EscalationCall
from app.tickets.models import Ticket
from tests.stories.callers import call_hotline, leave_appeal
from tests.stories.conftest import Teller
from tests.stories.county import NIGHT, County, play
from tests.stories.desk import (
    CHEN,
    DIRECTOR,
    HEAD,
    RESETTLEMENT,
    WANG,
    alarms,
    appeal,
    employ,
    flows_with,
    happened,
    move,
    on_duty,
    spoken_number,
)

HALF_HOUR = 1_800


def rung(county: County) -> list[str]:
    """Whose telephones were rung, in order, the hotline's own aside."""
    return [
        number
        for number in county.exchange.ledger.rung()
        if number.startswith("+86745100") or "139" in number
    ]


def states(county: County) -> list[tuple[str, str]]:
    """How each telephone of the line was left."""
    calls = sorted(county.rows(EscalationCall), key=lambda call: call["position"])
    return [(call["rung"], call["state"]) for call in calls]


async def asked(county: County, number: str, patience: float = 120) -> ScriptedCall:
    """Somebody's telephone rings, and they hear all of it."""
    call = await county.exchange.phone(number).rung(patience=patience)
    await call.waits_for_prompt()
    return call


def test_from_an_appeal_by_telephone_to_the_one_who_takes_it(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        on_duty(county, wang)
        phone = county.exchange.phone(WANG)
        phone.answers(after=4)
        call = await call_hotline(county)
        await leave_appeal(call)
        await call.hears("工单编号")
        await call.hangs_up()
        (ticket,) = county.tickets
        await county.clock.sleep(0.5 * HALF_HOUR + 15)
        assert alarms(county) == ["respond 50"]
        text = await phone.receives("80%", patience=0.5 * HALF_HOUR)
        assert ticket["number"] in text.body
        assert county.exchange.phone(WANG).calls == []
        asked_call = await asked(county, WANG, patience=HALF_HOUR)
        await asked_call.hears(" ".join(ticket["number"]))
        await asked_call.hears("由您接手办理，请按 1")
        assert not any("补助三个月" in line for line in asked_call.texts())
        await asked_call.presses("1")
        await asked_call.hears("已经记在您的名下")
        await county.quiet(600)

        (ticket,) = county.tickets
        assert (ticket["state"], ticket["owner_id"]) == ("acknowledged", wang)
        assert states(county) == [
            ("person", "taken"),
            ("head", "cancelled"),
            ("director", "cancelled"),
        ]
        assert alarms(county) == ["respond 50", "respond 80", "respond 100"]
        assert rung(county) == [WANG]
        assert all(alert["acknowledged_at"] for alert in county.rows(Alert))

    tell(story)


def test_what_is_read_and_what_a_seal_keeps(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        on_duty(county, wang, "emergency")
        county.exchange.phone(WANG).answers()
        open_one = appeal(county, "danger", words="后山塌方了。", place="龙潭镇三组")
        call = await asked(county, WANG, patience=400)
        await call.hears(spoken_number(open_one))
        await call.hears("险情灾情")
        await call.hears("龙潭镇三组")
        await call.hears("后山塌方了")
        await call.presses("2")
        await call.hears("后山塌方了")
        await call.presses("1")
        await call.hears("已经记在您的名下")
        sealed = appeal(county, "danger", words="后山塌方了。", confidential=True)
        call = await asked(county, WANG, patience=400)
        await call.hears(spoken_number(sealed))
        await call.presses("1")
        await call.hears("已经记在您的名下")
        assert not any("塌方" in text for text in call.texts())

    tell_briefly(story)


def test_person_head_director(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        on_duty(county, wang)
        county.exchange.phone(WANG).is_machine("您好，我现在不在。")
        county.exchange.phone(HEAD).answers(after=5)
        county.exchange.phone(DIRECTOR).answers(after=5)
        ticket = appeal(county)
        head = await asked(county, HEAD, patience=HALF_HOUR + 120)
        await head.presses("3")
        await head.hears("马上转给下一位")
        director = await asked(county, DIRECTOR, patience=30)
        await director.hears("时限已经超过")
        await director.presses("1")
        await director.hears("已经记在您的名下")
        await county.quiet(600)

        assert states(county) == [("person", "machine"), ("head", "passed"), ("director", "taken")]
        assert rung(county) == [WANG, HEAD, DIRECTOR]
        (row,) = county.tickets
        assert (row["state"], row["owner_id"]) == ("acknowledged", None)
        moves = [event for event in happened(county, ticket) if event["to_state"] == "acknowledged"]
        assert [event["actor"] for event in moves] == ["phone:director"]

    tell(story)


def test_nobody_takes_it(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        boss = employ(county, "boss", role="supervisor")
        on_duty(county, wang)
        county.exchange.phone(WANG).is_busy()
        county.exchange.phone(HEAD).ignores()
        county.exchange.phone(DIRECTOR).answers()  # and says nothing
        appeal(county)
        await county.quiet(HALF_HOUR + 600)

        assert states(county) == [("person", "busy"), ("head", "no_answer"), ("director", "silent")]
        assert rung(county) == [WANG, HEAD, DIRECTOR]
        (escalation,) = county.rows(Escalation)
        assert escalation["state"] == "exhausted"
        told = [alert["kind"] for alert in county.rows(Alert) if alert["staff_id"] == boss]
        assert told == ["ticket.nobody_took_it"]

    tell(story)


def test_an_empty_roster_at_night_rings_the_telephones_of_the_directory(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.exchange.phone(RESETTLEMENT).answers()
        ticket = appeal(county)
        call = await asked(county, RESETTLEMENT, patience=HALF_HOUR + 60)
        await call.presses("1")
        await call.hears("已经记在您的名下")
        await county.quiet(120)
        assert rung(county) == [RESETTLEMENT]
        moves = [event for event in happened(county, ticket) if event["to_state"] == "acknowledged"]
        assert [event["actor"] for event in moves] == ["phone:person"]

    tell(story, start=NIGHT)


def test_who_presses_1_too_late_is_told_so(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang, chen = employ(county, "wang", WANG), employ(county, "chen", CHEN)
        on_duty(county, wang)
        county.exchange.phone(WANG).answers()
        ticket = appeal(county)
        call = await asked(county, WANG, patience=HALF_HOUR + 60)
        move(county, ticket, "acknowledged", f"staff:{chen}")
        await call.presses("1")
        await call.hears("已经有人接手")
        await county.quiet(300)
        (row,) = county.tickets
        assert row["owner_id"] == chen
        assert rung(county) == [WANG]
        assert [escalation["state"] for escalation in county.rows(Escalation)] == ["cancelled"]

    tell(story)


def test_answered_on_the_console_meanwhile_rings_nobody_else(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        wang, chen = employ(county, "wang", WANG), employ(county, "chen", CHEN)
        on_duty(county, wang)
        ticket = appeal(county)
        await county.exchange.phone(WANG).rung(patience=HALF_HOUR + 60)
        move(county, ticket, "acknowledged", f"staff:{chen}")
        await county.quiet(300)
        assert rung(county) == [WANG]

    tell_briefly(story)


def test_the_complete_clock_rings_too_and_the_taker_becomes_the_owner(
    tell_briefly: Teller, tmp_path: Path
) -> None:
    flows = flows_with(
        tmp_path,
        ("    department: resettlement\n", "    department: resettlement\n    complete_hours: 1\n"),
    )

    async def story(county: County) -> None:
        wang, chen = employ(county, "wang", WANG), employ(county, "chen", CHEN)
        on_duty(county, chen)
        county.exchange.phone(WANG).ignores()
        county.exchange.phone(CHEN).answers()
        ticket = appeal(county)
        move(county, ticket, "acknowledged", f"staff:{wang}")
        call = await asked(county, CHEN, patience=3_800)
        await call.presses("1")
        await call.hears("已经记在您的名下")
        await county.quiet(60)
        (row,) = county.tickets
        assert (row["state"], row["owner_id"]) == ("acknowledged", chen)
        assert rung(county) == [WANG, CHEN]
        assert alarms(county) == ["complete 50", "complete 80", "complete 100"]

    tell_briefly(story, flows=flows)


def test_restarts_in_between_and_two_workers_at_once(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        on_duty(county, wang)
        phone = county.exchange.phone(WANG)
        phone.answers()
        appeal(county)
        await county.clock.sleep(0.4 * HALF_HOUR)
        async with county.restarted():
            await county.clock.sleep(0.3 * HALF_HOUR)
            other = assemble(county.service.settings, county.clock)
            async with other.running():
                await county.clock.sleep(0.25 * HALF_HOUR)
                call = await asked(county, WANG, patience=300)
                await call.presses("1")
                await call.hears("已经记在您的名下")
                await county.clock.sleep(60)
        await county.quiet(300)
        assert alarms(county) == ["respond 50", "respond 80", "respond 100"]
        assert len(phone.calls) == 1
        assert len(phone.received) == 2  # at 80 %, and when it was their turn
        assert len(county.rows(Escalation)) == 1

    tell(story)


def test_a_weekend_lies_in_between_and_the_service_was_off(
    database_url: str, tmp_path: Path
) -> None:
    flows = flows_with(
        tmp_path,
        ("    department: resettlement\n", "    department: resettlement\n    clock: working\n"),
    )

    async def friday(county: County) -> None:
        on_duty(county, employ(county, "wang", WANG))
        appeal(county)
        await county.clock.sleep(1_200)  # twenty past five until closing and ten minutes beyond
        assert alarms(county) == []

    async def monday(county: County) -> None:
        county.exchange.phone(WANG).ignores()
        assert alarms(county) == []
        await county.clock.sleep(360)  # half past eight and a little
        assert alarms(county) == ["respond 50"]
        await county.clock.sleep(1_000)
        assert alarms(county) == ["respond 50", "respond 80", "respond 100"]

    play_at(friday, database_url, tmp_path / "1", "2026-11-20T09:20:00+00:00", flows)
    play_at(monday, database_url, tmp_path / "2", "2026-11-23T00:30:00+00:00", flows)


def play_at(story: Any, database_url: str, folder: Path, start: str, flows: Path) -> None:
    """Play a story that begins at an instant."""
    from datetime import datetime

    folder.mkdir()
    play(story, database_url, folder, start=datetime.fromisoformat(start), flows=flows)


@pytest.mark.parametrize("seed", range(3))
def test_a_call_whose_outcome_is_unknown_is_never_placed_again(
    tell_briefly: Teller, seed: int
) -> None:
    async def story(county: County) -> None:
        on_duty(county, employ(county, "wang", WANG), "emergency")
        appeal(county, "danger")
        await county.quiet(900)
        numbers = rung(county)
        assert len(numbers) == len(set(numbers))
        assert [call["state"] for call in county.rows(EscalationCall)].count("planned") == 0
        assert [
            job["last_error"] for job in county.rows(Job, kind="escalation.ring", state="failed")
        ] == []

    tell_briefly(story, faults=FaultPlan(seed, rest_lose=0.5, rest_too_many=0.2))


def test_duplicated_and_late_webhooks_change_nothing(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        on_duty(county, wang, "emergency")
        county.exchange.phone(WANG).answers()
        appeal(county, "danger")
        call = await asked(county, WANG, patience=400)
        await call.presses("1")
        await call.hears("已经记在您的名下")
        await county.quiet(400)
        (row,) = county.rows(Ticket)
        assert (row["state"], row["owner_id"]) == ("acknowledged", wang)
        assert rung(county) == [WANG]

    tell_briefly(story, faults=FaultPlan(1, duplicate=1.0, duplicate_actions=1.0, reorder=0.5))
