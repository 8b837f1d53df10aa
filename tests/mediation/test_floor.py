"""The floor: who is on it, what ends it, and what is made good when events are lost."""

import json

import pytest
from app.calls.telephony import OutcomeUnknownError
from app.database import Database
from app.jobs.models import Job
from app.mediation.controls.errors import ControlError
from sqlalchemy import func, select
from tests.mediation.world import CALLER, FARMER, NOON, SESSION, World


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_a_mediation_that_was_held_leaves_no_ticket(world: World) -> None:
    calls = world.all_join()
    assert set(world.states().values()) == {"on_floor"}
    world.work(300)
    for sid in reversed(calls):
        world.ends(sid, "completed")
    assert world.outcome() == ("closed", "")
    assert set(world.states().values()) == {"left"}
    world.work(60)
    assert world.tickets() == []
    assert world.found().state == "closed"


def test_nobody_but_the_mediator_opens_the_floor(world: World) -> None:
    world.all_consent()
    world.work(30)
    assert world.outcome() == ("waiting", "")
    assert set(world.states().values()) == {"held"}
    assert world.found().conference == ""
    world.controls_do("open_floor", SESSION)
    assert world.outcome() == ("open", "")
    assert world.found().conference == world.floor != ""


def test_the_floor_is_not_opened_before_everybody_has_agreed(world: World) -> None:
    world.convene()
    world.work()
    world.consents("mediator")
    with pytest.raises(ControlError, match="Not yet"):
        world.controls_do("open_floor", SESSION)
    assert world.floor == ""


def test_the_parties_have_spoken_when_the_network_says_so(world: World) -> None:
    world.all_join()
    assert world.session().floor_at == NOON
    assert world.floors()[0].conference_sid == "CF1"


def test_conference_events_told_twice_and_late_move_nobody(world: World) -> None:
    calls = world.all_join()
    for event in ("participant-leave", "participant-join", "participant-leave"):
        for sid in calls:
            world.conference(event, sid, 3)
    world.work()
    assert set(world.states().values()) == {"on_floor"}
    assert world.network.done("remove_participant") == []
    assert world.network.done("resume_call") == [
        (sid, key) for sid, key in world.network.done("resume_call") if sid == calls[1]
    ]  # only the mediator was told that everybody is there


def test_a_stranger_is_removed_and_noted(world: World) -> None:
    world.all_join()
    world.conference("participant-join", "CAstranger", 9)
    world.conference("participant-join", "CAstranger", 9)
    world.work()
    assert world.network.done("remove_participant") == [(world.floor, "CAstranger")]
    told = [json.loads(event.detail) for event in world.events("unknown_joined")]
    assert told == [{"call": "CAstranger"}]
    assert world.outcome() == ("open", "")


def test_a_stranger_of_whom_nobody_told_is_found_by_the_next_look(world: World) -> None:
    world.all_join()
    world.network.present[world.floor].append("CAstranger")
    world.work(16)
    assert world.network.done("remove_participant") == [(world.floor, "CAstranger")]


def test_the_mediator_who_steps_out_closes_the_floor(world: World) -> None:
    _, mediator, department = world.all_join()
    first = world.floor
    world.comes_back(mediator, steps_out=True)
    world.work()
    assert set(world.network.done("end_conference")) == {(first,)}
    assert world.outcome() == ("open", "")
    assert world.found(department).conference == ""
    world.controls_do("open_floor", SESSION)
    assert world.floor not in ("", first)


def test_the_others_talk_on_if_that_was_chosen(world: World) -> None:
    _, mediator, department = world.all_join()
    world.controls_do("let_talk_on", SESSION, True)
    world.work()
    assert world.network.adjusted[-1]["closes"] is False
    first = world.floor
    world.comes_back(mediator, steps_out=True)
    world.work()
    assert world.floor == first
    assert world.network.done("end_conference") == []
    assert world.found(department).conference == first


@pytest.mark.parametrize("how", ["call ended", "own flow", "looked at"])
def test_when_the_mediator_is_gone_the_conference_is_ended(world: World, how: str) -> None:
    _, mediator, _ = world.all_join()
    floor = world.floor
    match how:
        case "call ended":
            world.ends(mediator, "completed")
        case "own flow":
            world.leaves(mediator, "ended")
        case "looked at":
            world.network.present[floor].remove(mediator)
            world.network.over[mediator] = "completed"
    world.work(16)
    assert set(world.network.done("end_conference")) == {(floor,)}
    assert world.outcome() == ("closed", "")


def test_an_end_that_the_network_refuses_is_insisted_on(world: World) -> None:
    _, mediator, _ = world.all_join()
    floor = world.floor
    world.network.refuse = {"end_conference": OutcomeUnknownError("500")}
    world.ends(mediator, "completed")
    world.work(45)
    assert world.floors()[0].ended_at is None
    world.network.refuse = {}
    world.work(16)
    assert world.network.done("end_conference")[-1] == (floor,)
    assert world.floors()[0].ended_at is not None


def test_no_session_lasts_for_ever(world: World) -> None:
    world.all_join()
    floor = world.floor
    world.clock.pass_seconds(7_200)
    world.work(30)
    assert set(world.network.done("end_conference")) == {(floor,)}
    assert world.outcome() == ("closed", "")


def test_an_extended_session_lasts_longer(world: World) -> None:
    world.all_join()
    world.controls_do("extend", SESSION, 30)
    world.clock.pass_seconds(7_200)
    world.work(30)
    assert world.outcome() == ("open", "")
    world.clock.pass_seconds(1_800)
    world.work(30)
    assert world.outcome() == ("closed", "")


def test_the_looks_end_with_the_session(world: World) -> None:
    calls = world.all_join()
    world.work(120)
    for sid in reversed(calls):
        world.ends(sid, "completed")
    world.work(60)
    with world.database.reading() as connection:
        waiting = select(func.count()).select_from(Job).where(Job.state == "waiting")
        assert connection.execute(waiting).scalar_one() == 0


def test_a_failed_mediation_becomes_a_ticket_once(world: World) -> None:
    world.convene()
    world.work()
    world.ends(CALLER, "completed")
    world.work(29)
    assert world.tickets() == []
    world.work(1)
    world.work(600)
    [ticket] = world.tickets()
    assert (ticket.source, ticket.kind) == (f"mediation:{SESSION}", "mediation")
    assert (ticket.caller, ticket.call_sid, ticket.department) == (FARMER, CALLER, "agriculture")
    assert ticket.note == "mediation: caller_left"
    assert world.found().ticket == ticket.number


def test_a_mediator_who_does_not_open_the_floor_keeps_nobody_waiting(world: World) -> None:
    world.all_consent()
    world.work(61)
    assert world.outcome() == ("failed", "mediator_unavailable")


@pytest.mark.parametrize(("seconds", "reason"), [(8, ""), (2, "mediator_unavailable")])
def test_they_have_spoken_though_the_network_never_says_so(
    world: World, seconds: int, reason: str
) -> None:
    calls = world.all_consent()
    world.controls_do("open_floor", SESSION)
    for sid in calls:
        world.enters(sid)
    world.clock.pass_seconds(seconds)
    world.ends(calls[1], "completed")
    assert world.outcome() == ("closed", reason)
    assert (world.session().floor_at is None) is bool(reason)
