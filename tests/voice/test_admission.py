"""Who is served when more call than can be: places, patience, and emergencies past all of them."""

import asyncio
from collections.abc import Mapping

import pytest
from app.flows.inputs import OFFICER_WAITS
from app.voice.admission import Admission
from app.voice.fallback import safe_documents
from app.voice.gate import judge
from app.voice.urgency import Urgency, urgency_of
from tests.flows.folders import shipped

LIBRARY = shipped()


def urgency(path: str, form: Mapping[str, str], **query: str) -> Urgency:
    return urgency_of(path, form, query, lambda: LIBRARY)


@pytest.mark.parametrize(
    ("path", "form", "query", "expected"),
    [
        ("/voice/incoming", {}, {}, Urgency.ordinary),
        ("/voice/incoming", {"Digits": "9"}, {}, Urgency.emergency),
        ("/voice/step", {"Digits": "1"}, {"node": "main.menu"}, Urgency.ordinary),
        ("/voice/step", {"Digits": "9"}, {"node": "main.menu"}, Urgency.emergency),
        ("/voice/step", {"Digits": "90"}, {"node": "status.ask"}, Urgency.ordinary),
        ("/voice/step", {"SpeechResult": "着火了"}, {"node": "main.menu"}, Urgency.emergency),
        ("/voice/step", {"SpeechResult": "a fire"}, {"node": "main.menu"}, Urgency.emergency),
        ("/voice/step", {"SpeechResult": "补贴"}, {"node": "main.menu"}, Urgency.ordinary),
        ("/voice/step", {"Digits": "1"}, {"node": "emergency.start"}, Urgency.emergency),
        ("/voice/step", {"Digits": "1"}, {"node": "incident.answer"}, Urgency.emergency),
        ("/voice/step", {"RecordingSid": "RE1"}, {"node": "appeal.leave"}, Urgency.kept),
        ("/voice/step", {"DialCallStatus": "busy"}, {"node": "person.ring"}, Urgency.kept),
        ("/voice/outbound", {}, {"leg": "x"}, Urgency.emergency),
        ("/voice/whisper/accept", {"Digits": "1"}, {}, Urgency.emergency),
        ("/voice/resume", {}, {"key": OFFICER_WAITS}, Urgency.emergency),
        ("/voice/fallback", {}, {}, Urgency.kept),
    ],
)
def test_how_urgent_a_webhook_is(
    path: str, form: dict[str, str], query: dict[str, str], expected: Urgency
) -> None:
    assert urgency(path, form, **query) is expected


@pytest.mark.anyio
async def test_first_come_first_served_and_nobody_waits_longer_than_patience() -> None:
    admission = Admission(places=1, patience=0.05)
    assert await admission.enter()
    first, second = (asyncio.ensure_future(admission.enter()) for _ in range(2))
    await asyncio.sleep(0)
    admission.leave()
    assert await first
    assert not await second
    admission.leave()
    assert await admission.enter()


@pytest.mark.anyio
async def test_a_place_that_comes_to_somebody_who_has_left_is_not_lost() -> None:
    admission = Admission(places=1, patience=5)
    assert await admission.enter()
    gone = asyncio.ensure_future(admission.enter())
    await asyncio.sleep(0)
    admission.leave()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await asyncio.wait_for(admission.enter(), 1)


def test_who_is_told_to_wait_asks_the_same_again_and_can_press_9() -> None:
    busy = safe_documents(LIBRARY, "+867451012345").busy("/voice/step?node=main.menu&step=3")
    judge(busy)
    assert 'action="/voice/step?node=main.menu&amp;step=3"' in busy
    assert 'actionOnEmptyResult="true"' in busy
    assert "紧急情况，请按 9" in busy
