import json
import threading

import pytest
from app.calls.wiring import Invitation
from app.database import Database
from app.flows.context import MediationFound
from tests.fixtures.databases import empty
from tests.mediation.world import (
    CALLER,
    FARMER,
    MEDIATORS,
    OFFICES,
    SESSION,
    World,
)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def told(world: World) -> list[str]:
    """The calls that were interrupted to look how the session stands."""
    return [sid for sid, _ in world.network.done("resume_call")]


def test_a_mediator_and_the_department_are_rung(world: World) -> None:
    world.convene()
    assert world.states() == {
        "caller": "held",
        "mediator": "dialing",
        "department": "dialing",
    }
    assert world.outcome() == ("inviting", "")
    world.work()
    assert world.network.rung() == [MEDIATORS[0], OFFICES[0]]


def test_convening_twice_is_convening_once(world: World) -> None:
    world.convene()
    world.convene()
    world.work()
    assert len(world.legs()) == 3
    assert len(world.network.rung()) == 2


def test_nobody_is_brought_together_before_everybody_has_consented(world: World) -> None:
    world.convene()
    world.work()
    mediator = world.consents("mediator")
    world.work(5)
    assert world.outcome() == ("waiting", "")
    assert told(world) == []
    department = world.consents("department")
    world.work()
    assert world.outcome() == ("waiting", "")
    assert told(world) == [mediator]
    world.controls_do("open_floor", SESSION)
    world.work()
    assert world.outcome() == ("open", "")
    assert told(world) == [mediator, CALLER, mediator, department]


def test_consenting_twice_changes_nothing(world: World) -> None:
    world.all_consent()
    world.answers(world.leg("mediator").call_sid, "consented")
    world.work()
    assert len(world.network.done("resume_call")) == 1
    assert [event.to_state for event in world.events("session")] == ["inviting", "waiting"]


def test_an_invitation_says_what_the_call_is_for(world: World) -> None:
    world.convene()
    world.work()
    leg = world.leg("mediator")
    assert world.invited(leg.token, "CAnew") is None  # the network told us its call
    expected = {
        "session": SESSION,
        "leg": leg.id,
        "role": "mediator",
        "department": "agriculture",
    }
    sid = f"CA{leg.token}"
    assert world.invited(leg.token, sid) == Invitation(expected, "zh-CN", "mediator")
    assert world.invited(leg.token, sid) == Invitation(expected, "zh-CN", "mediator")
    assert world.states()["mediator"] == "notice"


def test_a_token_shown_by_another_call_opens_nothing(world: World) -> None:
    world.convene()
    world.work()
    world.picks_up("mediator")
    assert world.invited(world.leg("mediator").token, "CAthief") is None
    world.answers("CAthief", "consented")
    assert world.states()["mediator"] == "notice"
    assert [json.loads(event.detail) for event in world.events("token_reused")] == [
        {"call": "CAthief"}
    ]
    assert world.found("CAthief") is None


@pytest.mark.parametrize("token", ["", "0" * 32, CALLER])
def test_an_unknown_token_opens_nothing(world: World, token: str) -> None:
    world.convene()
    assert world.invited(token, "CAnew") is None


def test_the_callers_own_token_is_of_no_use_to_another_call(world: World) -> None:
    world.convene()
    assert world.invited(world.leg("caller").token, "CAnew") is None


def test_the_department_refuses(world: World) -> None:
    world.convene()
    world.work()
    mediator = world.consents("mediator")
    world.answers(world.picks_up("department"), "refused")
    world.work()
    assert world.outcome() == ("failed", "refused")
    assert told(world) == [CALLER, mediator]
    assert world.network.rung() == [MEDIATORS[0], OFFICES[0]]


@pytest.mark.parametrize(("answer", "reason"), [("silent", "no_answer"), ("machine", "machine")])
def test_every_number_of_the_department_is_tried(world: World, answer: str, reason: str) -> None:
    world.convene()
    world.work()
    for number in OFFICES:
        assert world.leg("department").number == number
        world.answers(world.picks_up("department"), answer)
        world.work()
    assert world.network.rung() == [MEDIATORS[0], *OFFICES]
    assert world.outcome() == ("failed", reason)


@pytest.mark.parametrize("answer", ["silent", "machine", "refused"])
def test_the_next_mediator_is_tried(world: World, answer: str) -> None:
    world.convene()
    world.work()
    for _ in MEDIATORS:
        world.answers(world.picks_up("mediator"), answer)
        world.work()
    assert world.network.rung() == [MEDIATORS[0], OFFICES[0], MEDIATORS[1]]
    assert world.outcome() == ("failed", "mediator_unavailable")


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "completed"])
def test_a_telephone_that_is_not_answered_gives_way_to_the_next(world: World, status: str) -> None:
    world.convene()
    world.work()
    for number in OFFICES:
        leg = world.leg("department")
        assert leg.number == number
        world.ends(leg.call_sid, status, leg.token)
        world.ends(leg.call_sid, status, leg.token)
        world.work()
    assert world.outcome() == ("failed", "no_answer")
    assert world.network.rung() == [MEDIATORS[0], *OFFICES]


def test_the_second_mediator_may_save_it(world: World) -> None:
    world.convene()
    world.work()
    world.consents("department")
    leg = world.leg("mediator")
    world.ends(leg.call_sid, "no-answer", leg.token)
    world.work()
    world.consents("mediator")
    assert world.outcome() == ("waiting", "")
    assert world.found(world.leg("mediator").call_sid).may_open
    assert [leg.number for leg in world.legs() if leg.role == "mediator"] == MEDIATORS


def test_who_puts_the_telephone_down_while_waiting_gives_way_to_the_next(world: World) -> None:
    world.convene()
    world.work()
    sid = world.consents("department")
    world.ends(sid, "completed")
    assert [leg.state for leg in world.legs()] == ["held", "dialing", "left", "dialing"]
    assert world.outcome() == ("inviting", "")


@pytest.mark.parametrize("how", ["hangs up", "gives up"])
def test_the_caller_goes_while_waiting(world: World, how: str) -> None:
    world.convene()
    world.work()
    mediator = world.consents("mediator")
    if how == "hangs up":
        world.ends(CALLER, "completed")
    else:
        world.leaves(CALLER, "gave_up")
    world.work()
    assert world.outcome() == ("failed", "caller_left")
    assert told(world) == [mediator]
    assert world.network.done("hang_up") == [(world.leg("department").call_sid,)]


def test_a_department_nobody_knows_any_more_fails_at_once(world: World) -> None:
    world.convene(department="abolished")
    world.work()
    assert world.outcome() == ("failed", "no_answer")
    assert told(world) == [CALLER]
    assert world.network.rung() == []  # the mediator's call was asked for and taken back


def test_the_time_for_gathering_is_limited(world: World) -> None:
    world.convene()
    world.work()
    mediator = world.consents("mediator")
    world.work(74)
    assert world.outcome() == ("waiting", "")
    world.work(1)
    assert world.outcome() == ("failed", "no_answer")
    assert set(told(world)) == {CALLER, mediator}
    assert world.network.done("hang_up") == [(world.leg("department").call_sid,)]


def test_a_telephone_answered_too_late_is_told_nothing_and_joins_nothing(world: World) -> None:
    world.convene()
    world.work(75)
    leg = world.leg("department")
    assert world.invited(leg.token, str(leg.call_sid)) is None
    world.answers(str(leg.call_sid), "consented")
    assert world.states()["department"] == "dialing"


def test_a_consent_after_the_end_does_not_open_it(world: World) -> None:
    world.convene()
    world.work()
    world.consents("mediator")
    department = world.picks_up("department")
    world.work(75)
    world.answers(department, "consented")
    assert world.outcome() == ("failed", "no_answer")


def test_no_telephone_rings_for_a_session_that_is_over(world: World) -> None:
    world.convene()
    world.ends(CALLER, "completed")
    world.work(200)
    assert world.network.rung() == []


def test_what_each_leg_may_learn(world: World) -> None:
    world.convene()
    world.work()
    assert world.found() == MediationFound("inviting", "")
    mediator = world.consents("mediator")
    assert world.found() == MediationFound("waiting", "")
    assert not world.found(mediator).may_open
    assert world.found("CAstranger") is None
    department = world.consents("department")
    found = world.found(mediator)
    assert found.may_open
    assert [(party.role, party.state) for party in found.parties] == [
        ("caller", "held"),
        ("department", "held"),
    ]
    world.controls_do("open_floor", SESSION)
    for sid in (CALLER, mediator, department):
        assert world.found(sid).conference == world.floor
    assert world.found().parties == ()


def test_numbers_are_unreadable_in_the_tables(world: World) -> None:
    world.convene()
    with world.database.reading() as connection:
        stored = repr(connection.exec_driver_sql("SELECT * FROM mediation_legs").all())
    for number in (FARMER, MEDIATORS[0], OFFICES[0]):
        assert number not in stored


def test_two_consents_in_the_same_instant_are_both_seen(database: Database) -> None:
    for _ in range(5):
        empty(database)
        world = World(database)
        world.convene()
        world.work()
        calls = [world.picks_up("mediator"), world.picks_up("department")]
        together = threading.Barrier(2)

        def consent(sid: str, world: World = world, together: threading.Barrier = together) -> None:
            together.wait()
            world.answers(sid, "consented")

        threads = [threading.Thread(target=consent, args=(sid,)) for sid in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert world.found(calls[0]).may_open
