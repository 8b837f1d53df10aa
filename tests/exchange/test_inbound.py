import asyncio

from app.exchange.numbers import VoiceSettings
from tests.exchange.conftest import CALLER, HOTLINE, World


def test_a_caller_hears_presses_records_and_is_hung_up(world: World) -> None:
    world.service.on(
        "/voice",
        '<Gather numDigits="1" action="/menu"><Say language="cmn-CN" voice="Polly.Zhiyu-Neural">'
        "您好，请按1</Say></Gather>",
    )
    world.service.on("/menu", '<Say language="cmn-CN">请留言</Say><Record action="/done"/>')
    world.service.on("/done", '<Say language="cmn-CN">再见</Say><Hangup/>')

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.hears("请按1")
        await call.presses("1")
        await call.hears("请留言")
        await call.talks(7)
        await call.hears("再见")
        assert await call.ended() == "completed"
        await world.exchange.settle()

    world.play(story)
    ledger = world.exchange.ledger
    assert ledger.heard() == ["您好，请按1", "请留言", "再见"]
    (menu,) = ledger.webhooks("/menu")
    assert menu.get("Digits") == "1"
    (done,) = ledger.webhooks("/done")
    assert (done.get("RecordingDuration"), done.get("Digits")) == ("12", "")
    (status,) = ledger.webhooks("/status")
    assert status.get("CallStatus") == "completed"
    assert world.exchange.debugger.codes == []


def test_a_number_nobody_has(world: World) -> None:
    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial("+867450000000")
        assert await call.ended() == "failed"

    world.play(story)
    assert world.exchange.ledger.requests == []


def test_a_browser_client_calls_an_application(world: World) -> None:
    world.service.on("/app", "<Say>Hello staff</Say>")
    settings = VoiceSettings(voice_url=world.url("/app"))
    application = world.exchange.add_application("console", settings)

    async def story() -> None:
        phone = world.exchange.phone("client:staff_7")
        call = await phone.dial("", application_sid=application.sid, parameters=(("Case", "42"),))
        await call.hears("Hello staff")

    world.play(story)
    (request,) = world.exchange.ledger.webhooks("/app")
    assert (request.get("From"), request.get("Case")) == ("client:staff_7", "42")


def test_closing_ends_everything(world: World) -> None:
    world.service.on("/voice", "<Enqueue>desk</Enqueue>")

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.answered()
        await world.exchange.close()
        assert len(asyncio.all_tasks()) == 3, "the story, its watcher and the server"

    world.play(story)
