"""Text messages (contract, section 4.5)."""

import pytest
from app.exchange.errors import RestError
from app.exchange.faults import FaultPlan
from app.exchange.messages import MessageOrder
from app.exchange.signature import signed_url
from starlette.responses import Response
from tests.exchange.conftest import CALLER, HOTLINE, World
from twilio.request_validator import RequestValidator


def order(**options: str) -> MessageOrder:
    return MessageOrder(**{"to": CALLER, "from_": HOTLINE, "body": "您的工单号是1024", **options})


def test_a_message_is_delivered_step_by_step(world: World) -> None:
    world.service.on("/sms", Response(status_code=204))

    async def story() -> None:
        message = world.exchange.messages.send(order(status_callback=world.url("/sms")))
        assert message.status == "queued"
        await world.exchange.settle()
        assert message.status == "delivered"
        with pytest.raises(RestError):
            world.exchange.messages.update(message.sid, status="canceled")
        assert world.exchange.messages.update(message.sid, body="").body == ""

    world.play(story)
    steps = [hook.get("MessageStatus") for hook in world.exchange.ledger.webhooks("/sms")]
    assert steps == ["sending", "sent", "delivered"]


def test_a_canceled_message_stays_so(world: World) -> None:
    async def story() -> None:
        message = world.exchange.messages.send(order())
        world.exchange.messages.update(message.sid, status="canceled")
        await world.exchange.settle()
        assert message.status == "canceled"

    world.play(story)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": "138"}, 21211),
        ({"from_": CALLER}, 21606),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
    ],
)
def test_refused_messages(world: World, options: dict[str, str], code: int) -> None:
    with pytest.raises(RestError) as refusal:
        world.exchange.messages.send(order(**options))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("body", "segments"), [("x" * 160, 1), ("x" * 161, 2), ("好" * 70, 1), ("好" * 71, 2)]
)
def test_segments(world: World, body: str, segments: int) -> None:
    async def story() -> int:
        return world.exchange.messages.send(order(body=body)).segments

    assert world.play(story) == segments


def test_a_text_is_taken_to_the_service_signed_and_answered(world: World) -> None:
    world.exchange.numbers[HOTLINE].settings.sms_url = world.url("/incoming")
    world.service.on("/incoming", "<Message>收到\n好的</Message><Message><Body>二</Body></Message>")

    async def story() -> list[str]:
        phone = world.exchange.phone(CALLER)
        await phone.texts(HOTLINE, "你好 & <再见>\x00")
        await phone.receives("二")
        await world.exchange.settle()
        return [text.body for text in phone.received]

    assert world.play(story) == ["收到\n好的", "二"]
    (hook,) = world.exchange.ledger.webhooks("/incoming", "text")
    assert hook.get("MessageSid") == hook.get("SmsSid") == hook.get("SmsMessageSid")
    told = {name: hook.get(name) for name in ("From", "To", "Body", "NumMedia", "NumSegments")}
    assert told == {
        "From": CALLER,
        "To": HOTLINE,
        "Body": "你好 & <再见>\x00",
        "NumMedia": "0",
        "NumSegments": "1",
    }
    assert hook.get("SmsStatus") == "received"
    assert ("FromCountry", "") in hook.parameters
    signature = world.service.headers["/incoming"]["x-twilio-signature"]
    assert RequestValidator("12345").validate(hook.url, dict(hook.parameters), signature)
    assert world.exchange.debugger.codes == []
    directions = [message.direction for message in world.exchange.messages.newest_first()]
    assert directions == ["outbound-reply", "outbound-reply", "inbound"]


def test_a_text_is_taken_elsewhere_when_its_url_fails(world: World) -> None:
    settings = world.exchange.numbers[HOTLINE].settings
    settings.sms_url, settings.sms_fallback_url = world.url("/broken"), world.url("/second")
    world.service.on("/broken", Response(status_code=500))
    world.service.on("/second", "<Redirect>/third</Redirect>")
    world.service.on("/third", "<Message>这里</Message>")

    async def story() -> None:
        phone = world.exchange.phone(CALLER)
        await phone.texts(HOTLINE, "在吗")
        await phone.receives("这里")

    world.play(story)
    (second,) = world.exchange.ledger.webhooks("/second")
    assert second.get("ErrorCode") == "11200"
    assert second.get("ErrorUrl") == world.url("/broken")


@pytest.mark.parametrize(
    ("answer", "code"), [("<Say>你好</Say>", 12200), ("no xml <", 12100), ("<Message/>", 21602)]
)
def test_an_answer_that_is_no_messaging_twiml(world: World, answer: str, code: int) -> None:
    world.exchange.numbers[HOTLINE].settings.sms_url = world.url("/incoming")
    world.service.on("/incoming", answer)

    async def story() -> None:
        await world.exchange.phone(CALLER).texts(HOTLINE, "在吗")
        await world.exchange.settle()

    world.play(story)
    assert world.exchange.debugger.codes == [code]
    assert world.exchange.ledger.texted(CALLER) == []


def test_a_duplicated_text_is_answered_once(world: World) -> None:
    world.exchange.numbers[HOTLINE].settings.sms_url = world.url("/incoming")
    world.exchange.faults = FaultPlan(duplicate_actions=1.0)
    world.service.on("/incoming", "<Message>好</Message>")

    async def story() -> None:
        await world.exchange.phone(CALLER).texts(HOTLINE, "在吗")
        await world.exchange.settle()

    world.play(story)
    assert len(world.exchange.ledger.webhooks("/incoming")) == 2
    assert world.exchange.ledger.texted(CALLER) == ["好"]


def test_a_long_text_arrives_in_pieces_and_one_without_a_home_is_lost(world: World) -> None:
    async def story() -> None:
        phone = world.exchange.phone(CALLER)
        await phone.texts(HOTLINE, "x" * 3_300)
        await phone.texts(HOTLINE, "")
        await phone.texts("+8675500000000", "谁在")
        await world.exchange.settle()

    world.play(story)
    kept = [len(message.body) for message in world.exchange.messages.newest_first()]
    assert kept == [0, 100, 1600, 1600]
    assert [text.arrived for text in world.exchange.ledger.texts][-1] is False


def test_a_telephone_that_is_off_and_one_that_wants_no_texts(world: World) -> None:
    world.service.on("/sms", Response(status_code=204))

    async def story() -> None:
        world.exchange.phone(CALLER).is_off()
        world.exchange.messages.send(order(status_callback=world.url("/sms")))
        await world.exchange.settle()
        world.exchange.messages.blocked.add(CALLER)
        with pytest.raises(RestError) as refusal:
            world.exchange.messages.send(order())
        assert refusal.value.code == 21610

    world.play(story)
    last = world.exchange.ledger.webhooks("/sms")[-1]
    assert (last.get("MessageStatus"), last.get("ErrorCode")) == ("undelivered", "30003")


def test_texts_keep_the_port_in_their_signature() -> None:
    assert signed_url("https://h:8443/x", keep_port=True) == "https://h:8443/x"
    assert signed_url("https://h:8443/x") == "https://h/x"
