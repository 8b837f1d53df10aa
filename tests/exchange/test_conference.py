"""Conferences: who hears whom, when they start and end, and what is reported."""

from typing import Any

import pytest
from app.exchange.calls import CallOrder
from app.exchange.conference import Entry
from app.exchange.conferences import ParticipantUpdate
from app.exchange.errors import RestError
from app.exchange.phones.scripted import ScriptedCall
from starlette.responses import Response
from tests.exchange.conftest import CALLER, HOTLINE, World

MEDIATOR = "+867451000201"
JUSTICE = "+867451000301"
EVENTS = "start end join leave mute hold modify announcement"


def conference(attributes: str = "", name: str = "case-42") -> str:
    return (
        f'<Dial action="/left"><Conference statusCallback="/conference" '
        f'statusCallbackEvent="{EVENTS}" {attributes}>{name}</Conference></Dial>'
    )


@pytest.fixture(autouse=True)
def service(world: World) -> None:
    world.service.on("/conference", Response(status_code=204))
    world.service.on("/recording", Response(status_code=204))
    world.service.on("/left", "<Say>Goodbye</Say>")


def events(world: World) -> list[str]:
    return [hook.get("StatusCallbackEvent") for hook in world.exchange.ledger.webhooks("/conf")]


async def calls_in(world: World, number: str, twiml: str) -> ScriptedCall:
    world.service.on("/voice", twiml)
    call = await world.exchange.phone(number).dial(HOTLINE)
    await call.answered()
    return call


def order(world: World, to: str, **options: Any) -> CallOrder:
    return CallOrder(to=to, from_=HOTLINE, **options)


def test_two_meet_and_the_last_one_out_ends_it(world: World) -> None:
    async def story() -> None:
        first = await calls_in(world, CALLER, conference('participantLabel="caller"'))
        await first.waits(5)
        second = await calls_in(world, MEDIATOR, conference())
        await second.is_connected()
        await first.says("您好")
        await second.hears("您好")
        await second.hangs_up()
        await first.waits(1)
        await first.hangs_up()
        await world.exchange.settle()

    world.play(story)
    assert events(world) == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]
    hooks = world.exchange.ledger.webhooks("/conference")
    assert [hook.get("SequenceNumber") for hook in hooks] == list("123456")
    assert hooks[0].get("ParticipantLabel") == "caller"
    assert hooks[3].get("ReasonParticipantLeft") == "participant_hung_up"
    assert hooks[-1].get("ReasonConferenceEnded") == "last-participant-left"


def test_it_waits_for_someone_who_may_start_it(world: World) -> None:
    waiting = conference('startConferenceOnEnter="false" waitUrl="/wait"')
    world.service.on("/wait", "<Say>Please wait</Say><Redirect/>")

    async def story() -> None:
        first = await calls_in(world, CALLER, waiting)
        await first.hears("Please wait")
        second = await calls_in(world, JUSTICE, waiting)
        await second.hears("Please wait")
        await first.hears("Please wait")
        assert world.exchange.ledger.audible_pairs() == set()
        staff = await calls_in(world, MEDIATOR, conference('endConferenceOnExit="true"'))
        await staff.is_connected()
        assert len(world.exchange.ledger.audible_pairs()) == 6
        await staff.hangs_up()
        await first.hears("Goodbye")
        await second.ended()

    world.play(story)
    end = world.exchange.ledger.webhooks("/conference", StatusCallbackEvent="conference-end")[0]
    assert end.get("ReasonConferenceEnded") == "participant-with-end-conference-on-exit-left"
    action = world.exchange.ledger.webhooks("/left")[-1]
    assert action.get("DialCallStatus") == "answered"
    assert action.get("DialCallSid") == action.get("DialCallDuration") == ""


def test_wait_twiml_that_runs_out_is_followed_by_silence(world: World) -> None:
    world.service.on("/wait", "<Say>Once only</Say>")

    async def story() -> None:
        call = await calls_in(world, CALLER, conference('waitUrl="/wait"'))
        await call.waits(300)
        assert call.texts() == ["Once only"]

    world.play(story)


def test_mute_hold_and_coach_decide_who_hears_whom(world: World) -> None:
    def pairs() -> set[tuple[str, str]]:
        return world.exchange.ledger.audible_pairs(world.clock.now())

    async def story() -> None:
        await calls_in(world, CALLER, conference())
        await calls_in(world, MEDIATOR, conference('participantLabel="staff"'))
        justice = await calls_in(world, JUSTICE, conference())
        conferences = world.exchange.conferences

        def update(**change: Any) -> None:
            conferences.update_participant("case-42", "staff", ParticipantUpdate(**change))

        assert len(pairs()) == 6
        update(muted=True)
        assert {speaker for speaker, _ in pairs()} == {CALLER, JUSTICE}
        update(muted=False, hold=True)
        assert pairs() == {(CALLER, JUSTICE), (JUSTICE, CALLER)}
        update(hold=False, coaching=True, call_sid_to_coach=justice.leg.sid)
        assert {listener for speaker, listener in pairs() if speaker == MEDIATOR} == {JUSTICE}
        update(coaching=False, end_on_exit=True)
        assert len(pairs()) == 6
        await world.clock.sleep(1)

    world.play(story)
    assert events(world)[4:10] == [
        "participant-mute",
        "participant-unmute",
        "participant-hold",
        "participant-unhold",
        "participant-modify",
        "participant-modify",
    ]


def test_people_are_called_in_announced_to_and_removed(world: World) -> None:
    world.service.on("/hello", "<Say>Welcome all</Say>")
    world.service.on("/hold", "<Say>Hold on</Say>")

    async def story() -> None:
        justice = world.exchange.phone(JUSTICE)
        justice.answers()
        caller = await calls_in(world, CALLER, conference())
        conferences = world.exchange.conferences
        room, participant = conferences.add_participant(
            "case-42", order(world, JUSTICE), Entry("", label="justice")
        )
        assert participant.status == "queued"
        call = await justice.rung()
        await call.is_connected()
        assert participant.status == "connected"
        conferences.announce(room.sid, world.url("/hello"))
        await call.hears("Welcome all")
        await caller.hears("Welcome all")
        change = ParticipantUpdate(hold=True, hold_url=world.url("/hold"))
        conferences.update_participant(room.sid, "justice", change)
        await call.hears("Hold on")
        await call.waits(2)
        conferences.remove_participant("case-42", "justice")
        assert await call.ended() == "completed"
        with pytest.raises(RestError) as refusal:
            conferences.participant("case-42", "justice")
        assert refusal.value.code == 20404
        conferences.end(room.sid)
        await caller.hears("Goodbye")
        await world.exchange.settle()

    world.play(story)
    assert events(world)[-3:] == ["participant-leave", "participant-leave", "conference-end"]
    assert len(world.exchange.ledger.webhooks("/hello")) == 1


def test_somebody_who_is_called_in_and_does_not_come(world: World) -> None:
    async def story() -> None:
        await calls_in(world, CALLER, conference())
        world.exchange.conferences.add_participant(
            "case-42", order(world, JUSTICE, timeout=20), Entry("", label="justice")
        )
        await world.clock.sleep(30)

    world.play(story)
    (left,) = world.exchange.ledger.webhooks("/conf", StatusCallbackEvent="participant-leave")
    assert left.get("ReasonParticipantLeft") == "participant_add_failed"
    assert left.get("ParticipantCallStatus") == "no-answer"


def test_a_label_can_be_used_only_once(world: World) -> None:
    async def story() -> None:
        await calls_in(world, CALLER, conference('participantLabel="x"'))
        second = await calls_in(
            world, MEDIATOR, conference('participantLabel="x"') + "<Say>Next verb</Say>"
        )
        await second.hears("Next verb")

    world.play(story)
    assert world.exchange.debugger.codes == [16025]
    assert world.exchange.ledger.webhooks("/left") == []


def test_nobody_to_coach(world: World) -> None:
    async def story() -> None:
        call = await calls_in(world, CALLER, conference('coach="CA' + "0" * 32 + '"'))
        await call.hears("Goodbye")

    world.play(story)
    assert world.exchange.debugger.codes == [13240]


def test_wait_twiml_may_not_gather(world: World) -> None:
    world.service.on("/wait", "<Gather/>")

    async def story() -> None:
        call = await calls_in(world, CALLER, conference('waitUrl="/wait"'))
        await call.hears("Goodbye")

    world.play(story)
    assert world.exchange.debugger.codes == [13238]


def test_what_is_said_on_the_floor_is_recorded(world: World) -> None:
    recorded = conference(
        'record="record-from-start" recordingStatusCallback="/recording" '
        'recordingStatusCallbackEvent="in-progress completed absent"'
    )

    async def story() -> None:
        first = await calls_in(world, CALLER, recorded)
        await first.waits(10)
        second = await calls_in(world, MEDIATOR, recorded)
        await second.says("现在开始调解")
        await first.talks(6)
        await first.hangs_up()
        await second.hangs_up()
        await world.exchange.settle()

    world.play(story)
    begun, done = world.exchange.ledger.webhooks("/recording")
    assert begun.get("RecordingStatus") == "in-progress"
    assert done.get("RecordingStatus") == "completed"
    assert done.get("RecordingSource") == "Conference"
    assert done.get("CallSid") == ""
    recording = world.exchange.recordings.get(done.get("RecordingSid"))
    assert recording.media[:4] == b"RIFF"
    assert recording.duration == 7
