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
