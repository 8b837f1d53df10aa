import pytest
from app.database import Database
from app.jobs.models import Job
from sqlalchemy import func, select
from tests.mediation.world import CALLER, CONFERENCE, FARMER, NOON, SESSION, World


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_a_mediation_that_was_held_leaves_no_ticket(world: World) -> None:
    _, mediator, department = world.all_join()
    assert set(world.states().values()) == {"on_floor"}
    world.work(300)
    for sequence, sid in enumerate((mediator, CALLER, department), start=10):
        world.conference("participant-leave", sid, sequence)
    world.conference("conference-end", sequence=20)
    assert world.outcome() == ("closed", "")
    assert set(world.states().values()) == {"left"}
    world.work(60)
    assert world.tickets() == []
    assert world.found().state == "closed"


def test_the_floor_begins_with_the_mediator_and_one_more(world: World) -> None:
    _, mediator, department = world.all_consent()
    world.conference("participant-join", CALLER, 1)
    world.conference("participant-join", department, 2)
    assert world.session().floor_at is None
    world.work(4)
    world.conference("participant-join", mediator, 3)
    assert world.session().floor_at == world.clock.now()
    world.work(4)
    world.conference("conference-start", sequence=4)
    assert len(world.events("floor")) == 1


def test_the_floor_begins_when_the_network_says_so(world: World) -> None:
    world.all_consent()
    world.conference("conference-start")
    assert world.session().floor_at == NOON
    assert world.session().conference_sid == "CF1"


def test_events_told_twice_and_late_change_nothing(world: World) -> None:
    _, mediator, _ = world.all_join()
    world.conference("participant-leave", CALLER, 5)
    world.conference("participant-join", CALLER, 1)
    world.conference("participant-leave", CALLER, 5)
    assert world.states()["caller"] == "left"
    world.conference("participant-leave", mediator, 6)
    world.conference("conference-end", sequence=7)
    world.conference("participant-join", mediator, 2)
    world.conference("conference-start", sequence=4)
    world.conference("conference-end", sequence=7)
    world.work(60)
    assert world.outcome() == ("closed", "")
    assert world.network.done("remove_participant") == []
    assert [event.to_state for event in world.events("session")].count("closed") == 1


def test_a_leave_told_before_its_join(world: World) -> None:
    _, _, department = world.all_consent()
    world.conference("participant-leave", department, 5)
    world.conference("participant-join", department, 1)
    assert world.states()["department"] == "left"
    assert world.network.done("remove_participant") == []


def test_a_stranger_is_removed_and_noted(world: World) -> None:
    world.all_join()
    world.conference("participant-join", "CAstranger", 9)
    world.conference("participant-join", "CAstranger", 9)
    world.work()
    assert world.network.done("remove_participant") == [(CONFERENCE, "CAstranger")]
    assert [event.detail for event in world.events("unknown_joined")] == ["CAstranger"]
    assert world.outcome() == ("open", "")


def test_a_party_that_has_not_consented_is_removed(world: World) -> None:
    world.convene()
    world.work()
    mediator = world.picks_up("mediator")
    world.conference("participant-join", mediator)
    world.work()
    assert world.network.done("remove_participant") == [(CONFERENCE, mediator)]
    assert world.states()["mediator"] == "notice"


def test_nobody_sits_alone_in_a_conference_that_is_over(world: World) -> None:
    _, mediator, department = world.all_consent()
    world.conference("participant-join", CALLER, 1)
    world.conference("participant-join", mediator, 2)
    world.conference("conference-end", sequence=3)
    world.conference("participant-join", department, 1)
    world.work()
    assert world.network.done("remove_participant") == [(CONFERENCE, department)]


def test_another_conference_is_none_of_ours(world: World) -> None:
    world.all_join()
    world.conference("participant-join", "CAother", 9, name="a hearing")
    world.conference("conference-end", name="a hearing")
    world.work()
    assert world.outcome() == ("open", "")
    assert world.network.done("remove_participant") == []


@pytest.mark.parametrize("how", ["leave event", "call ended", "own flow"])
def test_when_the_mediator_leaves_the_conference_is_ended_at_once(world: World, how: str) -> None:
    _, mediator, _ = world.all_join()
    match how:
        case "leave event":
            world.conference("participant-leave", mediator, 9)
        case "call ended":
            world.ends(mediator, "completed")
        case "own flow":
            world.leaves(mediator, "ended")
    world.work()
    assert world.network.done("end_conference") == [(CONFERENCE,)]
    assert world.outcome() == ("closed", "")
    assert set(world.states().values()) == {"left"}


def test_an_open_floor_without_a_mediator_is_ended_within_a_minute(world: World) -> None:
    _, _, department = world.all_consent()
    world.conference("participant-join", CALLER, 1)
    world.conference("participant-join", department, 2)
    world.work(59)
    assert world.network.done("end_conference") == []
    world.work(1)
    assert world.network.done("end_conference") == [(CONFERENCE,)]
    assert world.outcome() == ("closed", "mediator_unavailable")
    world.work(30)
    assert [ticket.note for ticket in world.tickets()] == ["mediation: mediator_unavailable"]


def test_a_close_that_was_given_up_is_made_good_by_the_watch(world: World) -> None:
    _, mediator, _ = world.all_join()
    world.work(600)
    world.conference("participant-leave", mediator, 9)
    with world.database.writing() as connection:
        closing = Job.__table__.c.kind == "mediation.close"
        connection.execute(Job.__table__.delete().where(closing))
    world.work(60)
    assert world.network.done("end_conference") == [(CONFERENCE,)]
    assert world.outcome() == ("closed", "")


def test_no_session_lasts_for_ever(world: World) -> None:
    world.all_join()
    world.clock.pass_seconds(7_200)
    world.work(30)
    assert world.network.done("end_conference") == [(CONFERENCE,)]
    assert world.outcome() == ("closed", "")


def test_the_watch_ends_with_the_session(world: World) -> None:
    world.all_join()
    world.work(120)
    world.conference("conference-end")
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
