"""Scripted phones say clearly what they waited for; scripts in YAML operate them."""

from typing import Any

import pytest
from app.exchange.phones.script import Script, ScriptError
from app.exchange.phones.scripted import NotHeardError
from tests.exchange.conftest import CALLER, HOTLINE, World

DESK = "+867451000201"


def test_what_was_not_heard_shows_what_was(world: World) -> None:
    world.service.on("/voice", '<Say language="cmn-CN">您好</Say>')

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.hears("再见")

    with pytest.raises(NotHeardError) as failure:
        world.play(story)
    text = str(failure.value)
    assert "waited to hear “再见”, but the call ended" in text
    assert "heard    您好 [cmn-CN]" in text
    assert "ended    completed" in text


def test_patience_ends(world: World) -> None:
    world.service.on("/voice", "<Pause length='500'/>")

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        await call.presses("1", patience=30)

    with pytest.raises(NotHeardError, match="to press a key, but 30 seconds passed"):
        world.play(story)
    assert world.clock.monotonic() == pytest.approx(30)


def test_nobody_rings(world: World) -> None:
    with pytest.raises(NotHeardError, match="rung were: nobody"):
        world.play(world.exchange.phone(DESK).rung)


def test_each_utterance_is_found_once(world: World) -> None:
    world.service.on("/voice", "<Say>same</Say><Say>same</Say>")

    async def story() -> None:
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        first = await call.hears("same")
        second = await call.hears("same")
        assert second.at > first.at
        with pytest.raises(NotHeardError):
            await call.hears("same")

    world.play(story)


def test_scripts_operate_both_ends(world: World) -> None:
    world.service.on(
        "/voice",
        '<Gather numDigits="1" action="/dial"><Say>Press one</Say></Gather>',
    )
    world.service.on("/dial", f"<Dial>{DESK}</Dial>")
    desk_script = Script.read(
        {
            "answers": 4,
            "steps": [{"connected": True}, {"says": "您好"}, {"waits": 5}, {"hangs_up": True}],
        }
    )
    caller_script = Script.read(
        [{"hears": "Press one"}, {"presses": 1}, {"hears": "您好"}, {"ended": True}]
    )

    async def story() -> None:
        desk = world.exchange.phone(DESK)
        desk_script.prepare(desk)
        call = await world.exchange.phone(CALLER).dial(HOTLINE)
        playing = world.exchange.spawn(caller_script.play(call))
        await desk_script.play(await desk.rung())
        await playing

    world.play(story)
    assert world.exchange.ledger.heard(CALLER) == ["Press one", "您好"]


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("hears", "are a list"),
        ([{"sings": "la"}], "Step 1 must have exactly one of"),
        ([{"waits": 1}, {"hears": "a", "says": "b"}], "Step 2 must have exactly one of"),
        ([{"hears": "a", "loudly": True}], "Step 1 has loudly"),
        ({"answers": 3, "ignores": True}, "one of"),
        ({"reacts": 3}, "reacts"),
    ],
)
def test_scripts_that_make_no_sense(script: Any, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        Script.read(script)
