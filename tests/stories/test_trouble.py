"""Duplicated and reordered webhooks, a database that goes away, a restart in mid-call."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from app.calls.models import CallEvent
from app.exchange.faults import FaultPlan
from app.flows.files import write_folder
from app.mediation.models import MediationSession
from app.tickets.models import Ticket
from sqlalchemy import URL, create_engine
from tests.publishing.sets import greeting
from tests.stories.callers import call_hotline, leave_appeal, walk
from tests.stories.conftest import Teller
from tests.stories.county import FLOWS, HOTLINE, County
from tests.stories.test_mediations import ask_for_mediation, audible, consent, open_floor


@contextmanager
def database_gone(county: County) -> Iterator[None]:
    """Nobody can write, and new connections fail: as if the database server were stopped."""
    database = county.service.database
    if database.is_sqlite:
        blocker = sqlite3.connect(database.url.database or "", isolation_level=None)
        blocker.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            blocker.execute("ROLLBACK")
            blocker.close()
        return
    name = database.url.database
    admin = database.url.set(database="postgres")
    with _administrator(admin) as execute:
        execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            yield
        finally:
            execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextmanager
def _administrator(url: URL) -> Iterator[Callable[[str], object]]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection.exec_driver_sql
    engine.dispose()


@pytest.mark.parametrize("seed", range(3))
def test_duplicated_webhooks_change_nothing(tell: Teller, seed: int) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await leave_appeal(call)
        await call.hears("您的诉求已经登记")
        await call.hangs_up()
        await county.quiet()
        assert len(county.tickets) == len(county.calls) == 1
        keys = [event["key"] for event in county.rows(CallEvent)]
        assert len(keys) == len(set(keys))
        steps = county.exchange.ledger.webhooks("/voice/step")
        answers: dict[str, set[str]] = {}
        for request in steps:
            answers.setdefault(request.url, set()).add(request.body)
        assert all(len(bodies) == 1 for bodies in answers.values())
        assert len(steps) > len(answers)

    tell(story, faults=FaultPlan(seed, duplicate=1.0, duplicate_actions=1.0))


@pytest.mark.parametrize("seed", range(3))
def test_reordered_and_late_callbacks_never_move_a_call_back(tell: Teller, seed: int) -> None:
    async def story(county: County) -> None:
        county.mediator.answers(after=4)
        county.department.answers(after=6)
        call = await ask_for_mediation(county)
        mediator = await consent(county.mediator)
        department = await consent(county.department)
        await open_floor(mediator)
        for party in (call, mediator, department):
            await party.is_connected()
        await mediator.waits(5)
        await mediator.hangs_up()
        await call.hears("调解通话已经结束")
        await call.hangs_up()
        await county.quiet(180)
        assert {row["status"] for row in county.calls} == {"completed"}
        assert [row["state"] for row in county.rows(MediationSession)] == ["closed"]

    plan = FaultPlan(seed, duplicate=0.5, reorder=0.7, delay=0.3, delay_seconds=30.0)
    tell(story, faults=plan)


def test_the_mediators_leaving_is_noticed_though_its_callbacks_are_lost(tell: Teller) -> None:
    async def story(county: County) -> None:
        county.mediator.answers(after=3)
        county.department.answers(after=3)
        call = await ask_for_mediation(county)
        mediator = await consent(county.mediator)
        await consent(county.department)
        await open_floor(mediator)
        await mediator.is_connected()
        await mediator.waits(5)
        await mediator.hangs_up()
        await call.hears("调解通话已经结束")
        await call.hangs_up()
        await county.quiet(300)
        assert [row["state"] for row in county.rows(MediationSession)] == ["closed"]
        assert len(audible(county)) <= 3

    tell(story, faults=FaultPlan(1, drop=1.0))


def test_with_the_database_gone_a_message_is_kept_and_becomes_one_ticket(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await walk(call, "")
        with database_gone(county):
            await walk(call, "11")
            await call.hears("每人每年六百元")
            await call.hangs_up()
            second = await call_hotline(county)
            await walk(second, "22")
            await second.talks(6)
            await second.presses("#")
            await second.hears("您的留言已经录下，不会丢失")
            await second.hangs_up()
            await county.clock.sleep(4)
        await county.quiet(60)
        (ticket,) = county.rows(Ticket)
        assert (ticket["kind"], ticket["category"]) == ("appeal", "housing")
        assert len(county.calls) == 2
        assert {row["status"] for row in county.calls} == {"completed"}
        heard = " ".join(county.exchange.ledger.heard())
        assert " ".join(ticket["number"]) not in heard
        assert not county.exchange.ledger.application_errors

    tell(story)


def test_a_call_that_went_on_without_the_database_comes_back_into_it(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await walk(call, "")
        with database_gone(county):
            await walk(call, "1")
        await county.clock.sleep(5)
        await walk(call, "1")
        await call.hears("每人每年六百元")
        await call.hangs_up()
        await county.quiet(60)
        (row,) = county.calls
        assert (row["status"], row["node"], row["step"]) == ("completed", "policy.ask", 3)
        keys = {event["key"] for event in county.events(row["sid"]) if event["kind"] == "step"}
        assert keys == {"step:0", "step:1", "step:2"}

    tell(story)


def test_another_worker_takes_the_next_step_after_a_restart(tell: Teller) -> None:
    async def story(county: County) -> None:
        call = await call_hotline(county)
        await walk(call, "1")
        async with county.restarted():
            await walk(call, "1")
            await call.hears("每人每年六百元")
            await call.hangs_up()
            await county.quiet()
        assert county.calls[0]["step"] == 3

    tell(story)


def test_a_bad_flow_file_leaves_the_last_good_one_in_force(
    tell_briefly: Teller, tmp_path: Path
) -> None:
    flows = tmp_path / "flows"
    shutil.copytree(FLOWS, flows)

    async def story(county: County) -> None:
        menu = flows / "main.yaml"
        good = menu.read_text()
        for bad in ("nodes: {menu: {menue: {}}}", "nodes: [", "", "a: &x b\nc: *x", "\x00"):
            menu.write_text(bad)
            await county.clock.sleep(5)
            assert county.service.library.findings
            call = await call_hotline(county)
            await call.hears("查询政策，请按 1")
            await call.hangs_up()
        menu.write_text(good)
        write_folder(flows, greeting("汛期热线"))
        os.utime(flows / "prompts/zh-CN.yaml", (1, 1))
        await county.clock.sleep(5)
        assert not county.service.library.findings
        call = await county.caller.dial(HOTLINE)
        await call.hears("您好，汛期热线")
        await call.hangs_up()

    tell_briefly(story, flows=flows)


def test_an_unknown_call_gets_a_polite_ending_and_a_forged_one_nothing(tell: Teller) -> None:
    async def story(county: County) -> None:
        signed = county.signed("/voice/step?node=main.menu&step=3", CallSid="CA" + "f" * 32)
        async with httpx2.AsyncClient() as client:
            with county.clock.working():
                polite = await client.post(**signed)
                forged = await client.post(**signed | {"headers": {"X-Twilio-Signature": "x"}})
        assert "感谢来电" in polite.text
        assert "<Hangup/>" in polite.text
        assert (forged.status_code, forged.text) == (403, "")
        assert county.calls == []

    tell(story)
