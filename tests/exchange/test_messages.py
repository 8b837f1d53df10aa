"""Text messages (contract, section 4.5)."""

import pytest
from app.exchange.errors import RestError
from app.exchange.messages import MessageOrder
from starlette.responses import Response
from tests.exchange.conftest import CALLER, HOTLINE, World


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
