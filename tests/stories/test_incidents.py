"""Emergencies: officers at once, those in charge until one presses 1, and the caller never alone."""

from collections import Counter
from typing import Any

from app.exchange.phones.scripted import ScriptedCall
from app.incidents.models import Incident, IncidentCall
from app.incidents.service import Incidents
from app.messages.models import Message
from app.people.alerts.models import Alert
from app.rehearsal.outage import Outage
from app.tickets.links.models import TicketLink
from tests.stories.conftest import Teller
from tests.stories.county import HOTLINE, OFFICERS, County
from tests.stories.desk import CHEN, DIRECTOR, HEAD, WANG, employ

NEIGHBOUR = "+8613800138777"


async def in_danger(county: County, phone: str = "") -> ScriptedCall:
    """Somebody dials the hotline and presses 9."""
    phones = county.exchange.phone(phone) if phone else county.caller
    call = await phones.dial(HOTLINE)
    await call.waits_for_prompt()
    await call.presses("9")
    await call.hears("危险时先离开")
    return call


async def rung(county: County, number: str, patience: float = 60) -> ScriptedCall:
    """The telephone of somebody in charge rings, and they hear all of it."""
    call = await county.exchange.phone(number).rung(patience=patience)
    while call.leg.is_final:  # it rang before, and nobody came
        call = await county.exchange.phone(number).rung(patience=patience)
    await call.waits_for_prompt()
    return call


def asked(county: County) -> list[tuple[int, str, str]]:
    """Who was rung in which round, and how that was left."""
    rows = sorted(
        county.rows(IncidentCall), key=lambda one: (one["round"], one["step"], one["position"])
    )
    return [(row["round"], row["rung"], row["state"]) for row in rows]


def verbs(county: County) -> Incidents:
    """What the console does."""
    service = county.service
    return Incidents(lambda: service.library.current.directory, service.identities.random_id)


def incident(county: County, **where: Any) -> Any:
    """The only incident there is."""
    (one,) = county.rows(Incident, **where)
    return one


def test_officers_do_not_come_so_place_and_people_are_asked_and_a_supervisor_meets_the_caller(
    tell: Teller,
) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG, role="supervisor")
        employ(county, "chen", CHEN, role="supervisor")
        county.exchange.phone(WANG).answers(after=22)
        county.exchange.phone(CHEN).ignores()
        call = await in_danger(county)
        await call.hears("119", patience=60)
        assert set(OFFICERS) <= set(county.exchange.ledger.rung())
        await call.waits_for_prompt()
        await call.presses("1")
        await call.hears("有几个人")
        await call.waits_for_prompt()
        await call.presses("3#")
        told = await rung(county, WANG)
        await told.hears("来电人还在线上")
        await told.presses("1")
        await told.hears("通话会录音")
        await told.is_connected()
        await call.hears("负责人来了")
        await call.is_connected()
        await call.talks(20)
        await call.hangs_up()
        await county.quiet()

        one = incident(county)
        assert (one["place"], one["people"], one["taken_by"]) == ("longtan", 3, wang)
        assert [who for who in asked(county) if who[2] == "taken"] == [(0, "supervisor", "taken")]
        (ticket,) = [one for one in county.tickets if one["kind"] == "incident"]
        assert (ticket["state"], ticket["owner_id"]) == ("acknowledged", wang)
        kinds = Counter(alert["kind"] for alert in county.rows(Alert))
        assert kinds == {"incident.alarm": 2, "incident.taken": 1}
        texts = [text["body"] for text in county.rows(Message, direction="out")]
        assert any("已由Wang接手" in text for text in texts)
        assert not county.exchange.ledger.application_errors

    tell(story)


def test_an_officer_who_accepts_is_in_charge_and_the_supervisors_telephones_stop(
    tell: Teller,
) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG, role="supervisor")
        zhou = employ(county, "zhou", OFFICERS[0])
        county.exchange.phone(WANG).ignores()
        county.officer.answers(after=4)
        call = await in_danger(county)
        officer = await county.officer.rung()
        await officer.hears("1")
        await officer.presses("1")
        await officer.is_connected()
        await call.talks(30)
        await call.hangs_up()
        await county.quiet(200)
        assert (incident(county)["taken_by"], incident(county)["taken_rung"]) == (zhou, "officer")
        assert asked(county) == [(0, "supervisor", "cancelled")]
        assert HEAD not in county.exchange.ledger.rung()
        told = [a["kind"] for a in county.rows(Alert) if a["staff_id"] == wang]
        assert told == ["incident.alarm", "incident.taken"]

    tell(story)


def test_the_line_is_asked_again_until_one_presses_1(tell: Teller) -> None:
    async def story(county: County) -> None:
        employ(county, "wang", WANG, role="supervisor")
        county.exchange.phone(WANG).is_machine("您好，请留言。")
        county.exchange.phone(HEAD).is_busy()
        county.exchange.phone(DIRECTOR).ignores()
        call = await in_danger(county)
        await call.hangs_up()
        await county.quiet(140)  # three steps, and the pause
        assert asked(county) == [
            (0, "supervisor", "machine"),
            (0, "head", "busy"),
            (0, "director", "no_answer"),
        ]
        county.exchange.phone(HEAD).answers()
        head = await rung(county, HEAD, patience=120)
        await head.hears("按 1")
        await head.presses("1")
        await head.hears("由您负责")
        await county.quiet(700)
        assert [one for one in asked(county) if one[2] == "taken"] == [(1, "head", "taken")]
        assert incident(county)["taken_rung"] == "head"
        rung_in_round_two = [rung for number, rung, _ in asked(county) if number == 1]
        assert rung_in_round_two == ["supervisor", "officer", "officer", "head"]

    tell(story)


def test_two_reports_of_one_place_are_linked_and_taken_together(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG, role="supervisor")
        county.exchange.phone(WANG).ignores()
        for phone in ("", NEIGHBOUR):
            call = await in_danger(county, phone)
            await call.hears("119", patience=60)
            await call.waits_for_prompt()
            await call.presses("2")
            await call.hears("有几个人")
            await call.hangs_up()
        county.exchange.phone(WANG).answers()
        told = await rung(county, WANG, patience=400)
        await told.presses("1")
        await county.quiet(100)
        first, second = county.rows(Incident)
        assert (second["linked_to_id"], first["linked_to_id"]) == (first["id"], None)
        assert [one["taken_by"] for one in (first, second)] == [wang, wang]
        assert len(county.rows(TicketLink)) == 1

    tell(story)


def test_two_workers_and_a_restart_ask_each_step_once(tell: Teller) -> None:
    async def story(county: County) -> None:
        employ(county, "wang", WANG, role="supervisor")
        for number in (WANG, HEAD, DIRECTOR):
            county.exchange.phone(number).ignores()
        call = await in_danger(county)
        async with county.restarted():  # both processes do jobs now
            await call.hangs_up()
            await county.quiet(55)
        await county.quiet(60)
        rings = Counter(county.exchange.ledger.rung())
        assert [rings[number] for number in (WANG, HEAD, DIRECTOR)] == [1, 1, 1]
        assert Counter(a["kind"] for a in county.rows(Alert)) == {"incident.alarm": 1}

    tell(story)


def test_without_the_database_officers_ring_and_the_report_is_made_up_for(tell: Teller) -> None:
    async def story(county: County) -> None:
        employ(county, "wang", WANG, role="supervisor")
        county.exchange.phone(WANG).answers()
        outage = Outage(county.service.database)
        outage.begin()
        call = await in_danger(county)
        await call.hears("119", patience=60)
        assert set(OFFICERS) <= set(county.exchange.ledger.rung())
        await call.waits_for_prompt()
        await call.presses("3")
        await call.hears("有几个人")
        await call.hangs_up()
        await county.quiet(30)
        assert county.exchange.phone(WANG).calls == []
        outage.end()
        told = await rung(county, WANG, patience=120)
        await told.hears("白水乡")
        await told.presses("1")
        await told.hears("由您负责")
        assert incident(county)["place"] == "baishui"

    tell(story)


def test_a_drill_is_announced_as_one_on_every_way(tell: Teller) -> None:
    async def story(county: County) -> None:
        wang = employ(county, "wang", WANG, role="supervisor")
        county.exchange.phone(WANG).answers()
        with county.service.database.writing() as connection:
            verbs(county).start_drill(
                connection,
                ticket_number=county.service.identities.ticket_number(),
                category="danger",
                place="dam",
                people=5,
                staff_id=wang,
                language="zh-CN",
                at=county.clock.now(),
            )
        county.service.jobs.wake()
        told = await rung(county, WANG)
        assert told.texts()[0].startswith("演练，演练")
        await told.presses("1")
        await county.quiet(60)
        texts = [text["body"] for text in county.rows(Message, direction="out")]
        assert len(texts) == 5
        assert all("【演练】" in text for text in texts)
        assert set(OFFICERS) <= set(county.exchange.ledger.rung())  # they practise too
        one = incident(county)
        with county.service.database.writing() as connection:
            verbs(county).close(connection, one["id"], wang, "演练结束", county.clock.now())
        (ticket,) = county.tickets
        assert ticket["state"] == "closed"

    tell(story)
