"""The only way out, and what the provider's lists tell of calls whose callbacks were lost."""

from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

from app.calls.gateway.models import OutboundLeg
from app.calls.models import Call
from app.calls.outbound.models import OutboundCall
from app.calls.outbound.test_calls import ask_for_test_call
from app.exchange.calls import CallOrder
from app.exchange.faults import FaultPlan
from app.people.alerts.models import Alert
from app.people.audit.models import AuditEntry
from app.queueing.models import QueuedCaller, StaffRing
from tests.stories.callers import call_hotline, walk
from tests.stories.conftest import Teller
from tests.stories.county import CALLER, FLOWS, HOTLINE, OFFICERS, County
from tests.stories.desk import WANG, employ

QUARTER = 16 * 60  # seconds: everything unknown is settled by then


def ask(county: County, staff_id: int) -> None:
    """Somebody wants a test call on their telephone."""
    with county.service.database.writing() as connection:
        token = county.service.identities.random_id()
        ask_for_test_call(connection, staff_id, f"staff:{staff_id}", county.clock.now(), token)


def legs(county: County) -> list[tuple[str, str, str]]:
    """All legs as the gateway keeps them: what for, state, and how it ended or why not."""
    rows = county.rows(OutboundLeg)
    return [(row["purpose"], row["state"], row["rule"] or row["status"]) for row in rows]


def told(county: County) -> set[str]:
    """What kinds of alerts there are."""
    return {alert["kind"] for alert in county.rows(Alert)}


def capped(folder: Path, caps: str) -> Path:
    """The shipped flows with other caps."""
    flows = folder / "flows"
    copytree(FLOWS, flows)
    directory = flows / "directory.yaml"
    text = directory.read_text()
    directory.write_text(
        text.replace(
            'dialling: {prefixes: ["+86"]}', f'dialling: {{prefixes: ["+86"], caps: {caps}}}'
        )
    )
    return flows


def test_every_leg_is_booked_and_settled_by_what_it_took(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        county.exchange.phone(OFFICERS[1]).answers(after=3)
        call = await walk(await call_hotline(county), "")
        await call.presses("0")
        officer = await county.exchange.phone(OFFICERS[1]).rung()
        await officer.hears("接听请按 1")
        await officer.presses("1")
        await call.is_connected()
        await county.clock.sleep(60)
        booked = county.rows(OutboundLeg)[1]["booked_seconds"]
        await call.hangs_up()
        await county.quiet(20)
        first, second = county.rows(OutboundLeg)
        assert [one["purpose"] for one in (first, second)] == ["connect", "connect"]
        assert (first["status"], first["booked_seconds"]) == ("no-answer", 0)
        assert second["status"] == "completed"
        assert 60 <= second["booked_seconds"] <= 90 < first["booked_seconds"] + booked + 90
        # Whoever is dialled sees the hotline's own number, not the caller's.
        assert {ring.caller for ring in county.exchange.ledger.rings} == {HOTLINE}

    tell_briefly(story)


def test_a_number_that_costs_extra_is_never_rung(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        employ(county, "he", role="supervisor")
        ask(county, employ(county, "wang", "+8616812345"))
        await county.quiet(60)
        assert county.exchange.ledger.rung() == []
        assert legs(county) == [("test_call", "refused", "premium")]
        assert told(county) == {"outbound.forbidden_number"}
        assert county.rows(OutboundCall)[0]["state"] == "failed"

    tell_briefly(story)


def test_with_a_cap_reached_a_caller_is_offered_something_else_at_once(
    tell_briefly: Teller, tmp_path: Path
) -> None:
    async def story(county: County) -> None:
        employ(county, "he", role="supervisor")
        for _ in range(2):
            call = await walk(await call_hotline(county), "")
            await call.presses("0")
            asked = county.clock.now()
            await call.hears("现在没有工作人员能接电话")
            await call.presses("2")
            await call.hears("值班人员暂时接不了电话")
            await call.hangs_up()
            await county.quiet(20)
        assert (county.clock.now() - asked).total_seconds() < 60
        assert county.exchange.ledger.rung() == [*OFFICERS]
        assert {row["result"] for row in county.rows(StaffRing)} == {"no_answer"}
        assert {row["outcome"] for row in county.rows(QueuedCaller)} == {"message"}
        assert {leg[1:] for leg in legs(county)[2:]} == {("refused", "calls_per_hour")}
        assert told(county) == {"outbound.cap_reached"}

    tell_briefly(story, flows=capped(tmp_path, "{calls_per_hour: 2}"))


def test_a_telephone_that_has_rung_enough_is_passed_over(
    tell_briefly: Teller, tmp_path: Path
) -> None:
    async def story(county: County) -> None:
        for officer in OFFICERS:
            phone = county.exchange.phone(officer)
            phone.answers(after=2)
            call = await walk(await call_hotline(county), "")
            await call.presses("0")
            rung = await phone.rung()
            await rung.presses("1")
            await call.is_connected()
            await rung.hangs_up()
            await county.quiet(20)
        assert county.exchange.ledger.rung() == [*OFFICERS]
        assert [row["result"] for row in county.rows(StaffRing)] == ["accepted", "accepted"]
        assert [leg[1] for leg in legs(county)] == ["ended", "refused", "ended"]

    tell_briefly(story, flows=capped(tmp_path, "{own_number_per_hour: 1}"))


def test_a_place_for_which_there_is_no_room_stays_kept(
    tell_briefly: Teller, tmp_path: Path
) -> None:
    async def story(county: County) -> None:
        talks = []
        for number, officer in enumerate(OFFICERS):
            phone = county.exchange.phone(officer)
            phone.answers(after=2)
            call = await county.exchange.phone(f"+861380013800{number}").dial(HOTLINE)
            await (await walk(call, "")).presses("0")
            talks.append(await phone.rung())
            await talks[-1].presses("1")
            await call.is_connected()
        patient = county.exchange.phone("+8613800138005")
        call = await patient.dial(HOTLINE)
        await (await walk(call, "")).presses("0")
        await call.hears("请按 1")
        await call.presses("1")
        await call.hears("您的位置已经保留")
        await talks[0].hangs_up()
        await county.quiet(100)
        kept = county.rows(QueuedCaller)[-1]
        assert (kept["state"], kept["tries"]) == ("kept", 0)
        placed = [row["state"] for row in county.rows(OutboundCall)]
        assert placed == ["cancelled", "cancelled"]  # a minute apart
        again = await patient.dial(HOTLINE)
        await (await walk(again, "")).presses("0")
        await again.hears("现在没有工作人员能接电话")
        assert county.rows(QueuedCaller)[2]["outcome"] == "came_back"
        assert county.exchange.ledger.rung() == [*OFFICERS]

    tell_briefly(story, flows=capped(tmp_path, "{own_number_per_hour: 1}"))


def test_no_cap_refuses_an_emergency_and_that_is_audited(
    tell_briefly: Teller, tmp_path: Path
) -> None:
    async def story(county: County) -> None:
        employ(county, "he", role="supervisor")
        for _ in range(2):
            call = await walk(await call_hotline(county), "")
            await call.presses("9")
            await county.officer.rung()
            await county.clock.sleep(5)
            await call.hangs_up()
            await county.quiet(60)
        rung = county.exchange.ledger.rung()  # besides the officers, those in charge of the line
        assert rung[:2] == [*OFFICERS]
        assert all(rung.count(number) >= 2 for number in OFFICERS)
        assert told(county) == {"incident.alarm", "outbound.emergency_over_cap"}
        audited = [row["target"] for row in county.rows(AuditEntry)]
        let_out = [row["key"] for row in county.rows(OutboundLeg) if row["over_cap"]]
        assert set(audited) >= {f"leg:{key}" for key in let_out}
        over = [row["over_cap"] for row in county.rows(OutboundLeg)]
        assert over[0] == ""
        assert set(over[1:]) == {"calls_per_hour"}

    tell_briefly(story, flows=capped(tmp_path, "{calls_per_hour: 1}"))


def test_a_callback_lost_for_ever(tell_briefly: Teller) -> None:
    """Neither that it rang nor that nobody answered is ever told: the provider's list does."""

    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        county.exchange.phone(WANG).is_busy()
        ask(county, wang)
        await county.quiet(QUARTER)
        assert county.exchange.ledger.rung() == [WANG]
        assert legs(county) == [("test_call", "ended", "busy")]
        (call,) = county.rows(OutboundCall)
        assert (call["state"], call["settled_at"] is not None) == ("busy", True)

    tell_briefly(story, faults=FaultPlan(drop=1.0))


def test_an_inbound_call_whose_end_is_never_told(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await walk(await call_hotline(county), "")
        await call.hangs_up()
        await county.quiet(5 * 60)
        (row,) = county.calls
        assert (row["status"], row["ended_at"] is not None) == ("completed", True)

    tell_briefly(story, faults=FaultPlan(drop=1.0))


def test_a_call_that_the_provider_knows_no_more_is_over(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        call = await walk(await call_hotline(county), "")
        await call.hangs_up()
        for leg in county.exchange.calls.newest_first():
            county.exchange.calls.delete(leg.sid)
        await county.quiet(5 * 60)
        (row,) = county.calls
        assert (row["status"], row["ended_at"] is not None) == ("failed", True)

    tell_briefly(story, faults=FaultPlan(drop=1.0))


def test_an_unknown_call_that_did_ring(tell_briefly: Teller) -> None:
    """The provider took it, its answer was lost, and so were all its callbacks."""

    async def story(county: County) -> None:
        county.exchange.phone(WANG).is_busy()
        ask(county, employ(county, "wang", WANG))
        await county.quiet(20)
        assert legs(county) == [("test_call", "unknown", "")]
        county.exchange.faults = FaultPlan(drop=1.0)
        await county.quiet(QUARTER)
        assert county.exchange.ledger.rung() == [WANG]
        assert legs(county) == [("test_call", "ended", "busy")]
        assert county.rows(OutboundCall)[0]["state"] == "busy"

    tell_briefly(story, faults=FaultPlan(drop=1.0, rest_lose=1.0))


def test_who_calls_us_settles_no_call_to_them(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        ask(county, employ(county, "wang", WANG))
        await county.quiet(5)
        county.exchange.faults = FaultPlan()
        call = await county.exchange.phone(WANG).dial(HOTLINE)
        await call.waits_for_prompt()
        await call.hangs_up()
        await county.quiet(20)
        assert legs(county) == [("test_call", "unknown", "")]

    tell_briefly(story, faults=FaultPlan(rest_server_error=1.0))


def test_an_unknown_call_that_never_rang(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        ask(county, employ(county, "wang", WANG))
        await county.quiet(20)
        assert legs(county) == [("test_call", "unknown", "")]
        county.exchange.faults = FaultPlan()
        await county.quiet(QUARTER + 180)
        assert county.exchange.ledger.rung() == []
        assert legs(county) == [("test_call", "released", "never rang")]
        assert county.rows(OutboundCall)[0]["state"] == "unknown"

    tell_briefly(story, faults=FaultPlan(rest_server_error=1.0))


def test_calls_that_came_while_the_service_was_away_are_found(tell_briefly: Teller) -> None:
    """They stand in the log as calls that led to nothing: somebody calls back."""

    async def story(county: County) -> None:
        async def away(*_: Any) -> None:
            raise ConnectionError

        running, county.front.app = county.front.app, away
        call = await county.caller.dial(HOTLINE)
        await county.clock.sleep(20)
        await call.hangs_up()
        county.front.app = running
        await county.quiet(QUARTER)
        (row,) = county.calls
        assert (row["direction"], row["ended_at"] is not None) == ("inbound", True)
        assert [ticket["kind"] for ticket in county.tickets] == ["callback"]

    tell_briefly(story)


def test_a_call_that_nobody_here_placed_is_reported(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        employ(county, "he", role="admin")
        county.caller.answers(after=2)
        stolen = CallOrder(CALLER, HOTLINE, twiml="<Response><Pause length='20'/></Response>")
        county.exchange.calls.place(stolen)
        await county.quiet(QUARTER)
        assert legs(county) == [("stranger", "stranger", "completed")]
        assert told(county) == {"outbound.stranger"}
        assert len(county.rows(Alert)) == 1
        assert county.rows(Call) == []

    tell_briefly(story)


def test_a_call_planned_against_a_full_cap_waits_for_room(
    tell_briefly: Teller, tmp_path: Path
) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG)
        for _ in range(2):
            ask(county, wang)
            await county.quiet(30)
        first, second = county.rows(OutboundCall)
        assert (first["state"], second["state"]) == ("no_answer", "planned")
        assert second["due_at"] - first["placed_at"] == timedelta(hours=1)

    tell_briefly(story, flows=capped(tmp_path, "{own_number_per_hour: 1}"))
