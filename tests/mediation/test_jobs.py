import pytest
from app.calls.telephony import OutcomeUnknownError, RefusedError, TryAgainLaterError
from app.database import Database
from app.flows.effects import OpenTicket
from app.jobs.models import Job
from app.mediation.summoning import Summoned
from app.tickets.errors import NumberTakenError
from app.tickets.numbers import fresh_number
from app.tickets.routing import Routing
from app.tickets.service import appeal_of_call, open_ticket
from sqlalchemy import select
from tests.mediation.world import CALLER, MEDIATORS, OFFICES, SESSION, World

BUSY = TryAgainLaterError("429")
REFUSED = RefusedError("21211")
SILENT = OutcomeUnknownError("no answer within 5 s")


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_a_call_that_was_certainly_not_placed_is_placed_again(world: World) -> None:
    world.network.trouble = [BUSY, None, BUSY, None]
    world.convene()
    world.work()
    assert world.network.rung() == [MEDIATORS[0], OFFICES[0]]
    world.work(10)
    assert world.network.rung().count(MEDIATORS[0]) == 3
    assert world.leg("mediator").call_sid is not None
    assert world.states()["mediator"] == "dialing"


def test_it_is_not_tried_again_after_the_end(world: World) -> None:
    world.network.trouble = [BUSY] * 1000
    world.convene()
    world.clock.pass_seconds(70)
    world.work(5)
    tries = len(world.network.orders)
    world.network.trouble = []
    world.work(60)
    assert world.outcome() == ("failed", "no_answer")
    assert len(world.network.orders) == tries
    assert world.states()["mediator"] == "failed"


def test_a_number_that_the_network_refuses_gives_way_to_the_next(world: World) -> None:
    world.network.trouble = [REFUSED]
    world.convene()
    world.work()
    assert world.network.rung() == [MEDIATORS[0], OFFICES[0], MEDIATORS[1]]


def test_a_call_that_may_ring_is_never_placed_again(world: World) -> None:
    world.network.trouble = [None, SILENT]
    world.convene()
    world.work()
    assert world.states()["department"] == "unknown"
    world.work(74)
    assert world.network.rung() == [MEDIATORS[0], OFFICES[0]]
    world.work(1)
    assert world.outcome() == ("failed", "unknown")
    assert world.network.rung() == [MEDIATORS[0], OFFICES[0]]


def test_an_unknown_call_that_is_answered_goes_on(world: World) -> None:
    world.network.trouble = [SILENT, SILENT]
    world.convene()
    world.work()
    mediator = world.consents("mediator")
    world.consents("department")
    assert world.found(mediator).may_open


def test_an_unknown_call_that_ends_gives_way_to_the_next(world: World) -> None:
    world.network.trouble = [None, SILENT]
    world.convene()
    world.work()
    world.ends("CAlate", "busy", world.leg("department").token)
    world.work()
    assert world.network.rung() == [MEDIATORS[0], *OFFICES]


def test_the_webhook_may_be_here_before_the_reply(world: World) -> None:
    def answer_at_once(sid: str) -> None:
        token = world.network.orders[-1].leg
        assert world.invited(token, sid) is not None
        world.answers(sid, "consented")

    world.network.before_reply = answer_at_once
    world.convene()
    world.work()
    assert world.states() == dict.fromkeys(["caller", "mediator", "department"], "held")


def test_a_call_placed_while_the_session_ended_is_hung_up(world: World) -> None:
    world.network.before_reply = lambda _sid: world.ends(CALLER, "completed")
    world.convene()
    world.work()
    mediator = world.leg("mediator")
    assert world.network.rung() == [MEDIATORS[0]]
    assert world.network.done("hang_up") == [(mediator.call_sid,)]


def test_a_worker_that_died_while_it_dialled_leaves_the_call_unknown(world: World) -> None:
    world.convene()
    leg = world.leg("mediator")
    # What the dead worker had done: marked the leg, and perhaps asked the network.
    order = world.write(lambda c: world.mediation.begin_dialling(c, leg.id, world.clock.now()))
    assert order.to == MEDIATORS[0]
    world.work()
    assert world.states()["mediator"] == "unknown"
    assert world.network.rung() == [OFFICES[0]]


def test_an_invitation_done_twice_rings_once(world: World) -> None:
    world.convene()
    world.work()
    for role in ("mediator", "department"):
        world.handlers["mediation.invite"]({"leg": world.leg(role).id}, world.tools)
    assert len(world.network.rung()) == 2


def test_a_leg_that_is_on_the_floor_is_not_torn_from_it(world: World) -> None:
    _, mediator, _ = world.all_consent()
    world.controls_do("open_floor", SESSION)
    before = len(world.network.done("resume_call"))
    world.enters(mediator)  # it looked by itself
    world.work()
    moved = [sid for sid, _ in world.network.done("resume_call")[before:]]
    assert len(moved) == 2
    assert mediator not in moved


def test_who_has_left_by_themselves_hears_the_end_of_it(world: World) -> None:
    world.all_consent()
    world.work()
    before = len(world.network.done("resume_call"))
    world.controls_do("open_floor", SESSION)
    world.leaves(CALLER, "gave_up")  # just before the interruption is carried out
    world.work()
    moved = [sid for sid, _ in world.network.done("resume_call")[before:]]
    assert moved
    assert CALLER not in moved


def test_who_is_sent_away_is_interrupted(world: World) -> None:
    world.all_join()
    before = len(world.network.done("resume_call"))
    world.controls_do("remove", world.leg("caller").id)
    world.work()
    assert [sid for sid, _ in world.network.done("resume_call")[before:]] == [CALLER]


@pytest.mark.parametrize("trouble", [REFUSED, SILENT])
def test_a_leg_that_cannot_be_moved_is_left_to_look_by_itself(
    world: World, trouble: Exception
) -> None:
    world.all_consent()
    world.network.trouble = [trouble] * 3
    world.controls_do("open_floor", SESSION)
    world.work(14)
    assert len(world.network.done("resume_call")) == 1 + 3


def test_a_leg_that_was_not_moved_for_certain_is_moved_again(world: World) -> None:
    world.all_consent()
    world.network.trouble = [BUSY] * 3
    world.controls_do("open_floor", SESSION)
    world.work(3)
    moved = world.network.done("resume_call")[1:]
    assert len(moved) == 6
    assert set(moved[:3]) == set(moved[3:])


@pytest.mark.parametrize("trouble", [BUSY, SILENT, REFUSED])
def test_ending_a_conference_is_insisted_on(world: World, trouble: Exception) -> None:
    _, mediator, _ = world.all_join()
    floor = world.floor
    world.network.trouble = [trouble, trouble]
    world.ends(mediator, "completed")
    world.work(5)
    assert world.network.done("end_conference") == [(floor,)] * 3
    assert world.outcome() == ("closed", "")


def test_the_ticket_of_the_callers_own_flow_is_the_only_one(world: World) -> None:
    world.convene()
    world.work()
    world.answers(world.picks_up("department"), "refused")
    effect = OpenTicket(
        number=fresh_number(lambda _limit: 5),
        source=f"mediation:{SESSION}",
        kind="mediation",
        category="land",
        language="zh-CN",
    )
    call = world.facts(CALLER)
    world.write(lambda c: open_ticket(c, appeal_of_call(c, effect, call), Routing(), call.at))
    assert world.found().ticket == effect.number
    world.work(60)
    assert [ticket.number for ticket in world.tickets()] == [effect.number]


def test_a_number_that_is_taken_is_not_the_end_of_the_follow_up(world: World) -> None:
    world.convene()
    world.work()
    session = world.session()
    number = fresh_number(lambda _limit: 106)  # what the follow-up is about to draw
    other = OpenTicket(number, "CA9:appeal:RE9", "appeal", "land", "zh-CN")
    ninth = world.facts("CA9")
    world.write(lambda c: open_ticket(c, appeal_of_call(c, other, ninth), Routing(), ninth.at))
    world.ends(CALLER, "completed")
    at = world.clock.now()
    taken = 0
    while len(world.tickets()) < 2:
        try:
            world.write(lambda c: world.mediation.follow_up(c, session.id, at))
        except NumberTakenError:
            taken += 1
    assert taken == 1
    sources = {ticket.source for ticket in world.tickets()}
    assert sources == {"CA9:appeal:RE9", f"mediation:{SESSION}"}


def test_handlers_of_sessions_that_are_over_do_nothing(world: World) -> None:
    calls = world.all_join()
    for sid in reversed(calls):
        world.ends(sid, "completed")
    world.work(120)
    before = world.session(), world.legs(), list(world.network.asked)
    session = {"session": SESSION, "look": 100}
    for kind in ("expire", "look"):
        world.handlers[f"mediation.{kind}"](session, world.tools)
    for kind in ("invite", "adjust"):
        world.handlers[f"mediation.{kind}"]({"leg": world.leg("mediator").id}, world.tools)
    assert (world.session(), world.legs(), list(world.network.asked)) == before


def test_every_job_that_is_asked_for_has_a_handler(world: World) -> None:
    calls = world.all_join()
    world.conference("participant-join", "CAstranger", 9)
    world.controls_do("mute_all", SESSION, True)
    world.controls_do("add", SESSION, Summoned("interpreter", "+8613800138009"))
    world.work()
    world.controls_do("remove", world.leg("interpreter").id)
    world.work()
    for sid in calls:
        world.ends(sid, "completed")
    world.work(120)
    asked = {kind for (kind,) in world.rows(select(Job.kind).distinct())}
    assert asked == set(world.handlers)


def test_who_hears_an_invitation_to_what_is_over_is_told_by_a_later_look(world: World) -> None:
    world.convene()
    world.work()
    department = world.picks_up("department")
    world.network.refuse = {"resume_call": SILENT}
    world.ends(CALLER, "completed")
    world.work()
    tried = len(world.network.done("resume_call"))
    world.network.refuse = {}
    world.work(16)
    assert world.outcome() == ("failed", "caller_left")
    assert [sid for sid, _ in world.network.done("resume_call")[tried:]] == [department]
