"""Prompts are recorded by telephone, and the next caller hears them."""

import io
import wave

import numpy as np
from app.database import table_of
from app.exchange.phones.scripted import ScriptedCall
from app.people.access.rights import Role
from app.people.credentials.passwords import hash_password
from app.people.pins.models import StaffPin
from app.people.staff.models import Staff, StaffGrant
from app.prompt_audio.models import PromptNumber, PromptTake
from sqlalchemy import insert
from tests.stories.conftest import Teller
from tests.stories.county import HOTLINE, County

PIN = "736152"
STAFF_PHONE = "+8613900139000"
GREETING = "main.greeting"
WORDS = "您好，这里是水库移民服务热线"
IN_FORCE = 3  # seconds until every worker plays what was kept


def voice(seconds: float = 3.0, loudness: float = 0.05) -> bytes:
    """Somebody speaking: a sound that comes and goes, between silences."""
    at = np.arange(int(8000 * (seconds + 1))) / 8000
    is_on = (at > 0.5) & (at < seconds + 0.5)
    samples = loudness * np.sin(2 * np.pi * 220 * at) * is_on
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    return file.getvalue()


def hire(county: County, role: Role = Role.ops, pin: str = PIN) -> str:
    """Somebody who may record prompts, and has set a PIN; returns their number."""
    with county.service.database.writing() as connection:
        at = county.clock.now()
        person = {"login": "ops1", "name": "李娟", "created_at": at}
        staff_id = connection.execute(
            insert(table_of(Staff)).values(person).returning(table_of(Staff).c.id)
        ).scalar_one()
        connection.execute(insert(StaffGrant).values(staff_id=staff_id, role=role, granted_at=at))
        connection.execute(
            insert(StaffPin).values(staff_id=staff_id, pin_hash=hash_password(pin), set_at=at)
        )
    return str(staff_id)


def number_of(county: County, prompt: str) -> str:
    """The number of a prompt on the telephone."""
    (row,) = county.rows(PromptNumber, prompt=prompt)
    return str(row["number"])


def played(county: County) -> list[str]:
    """The files that telephones were played, in order."""
    return [request.path for request in county.exchange.ledger.webhooks(kind="media")]


async def at_the_door(county: County, staff: str, pin: str) -> ScriptedCall:
    """Call, press #, give number and PIN."""
    call = await county.exchange.phone(STAFF_PHONE).dial(HOTLINE)
    await call.hears("查询政策，请按 1")
    await call.presses("#")
    await call.hears("提示音录制")
    await claim(call, staff, pin)
    return call


async def claim(call: ScriptedCall, staff: str, pin: str) -> None:
    """Give number and PIN."""
    await call.presses(f"{staff}#")
    await call.hears("电话密码")
    await call.presses(f"{pin}#")


def test_a_prompt_recorded_by_telephone_is_what_the_next_caller_hears(tell: Teller) -> None:
    async def story(county: County) -> None:
        staff = hire(county)
        await county.quiet(IN_FORCE)
        call = await at_the_door(county, staff, PIN)
        await call.hears("录普通话，请按 1")
        await call.presses("1")
        await call.hears("提示音编号")
        await call.presses(f"{number_of(county, GREETING)}#")
        await call.hears(WORDS)
        await call.hears("录新的，请按 1")
        await call.presses("1")
        await call.hears("念完按井号键")
        await call.waits_for_prompt()
        await call.talks(4, audio=voice())
        await call.presses("#")
        await call.hears("您录的是")
        await call.hears(WORDS)
        assert len(played(county)) == 1
        await call.hears("启用，请按 1")
        await call.presses("1")
        await call.hears("已经启用")
        await call.hangs_up()
        await county.quiet(IN_FORCE)

        caller = await county.caller.dial(HOTLINE)
        await caller.hears(WORDS)
        await caller.hears("查询政策，请按 1")
        await caller.hangs_up()
        (row,) = county.rows(PromptTake)
        assert (row["state"], row["made_by"]) == ("in_force", f"staff:{staff}")
        assert played(county) == [f"/voice/audio/{row['sha256']}.wav"] * 2
        kept = [event["detail"] for event in county.events(call.leg.sid)]
        assert len(kept) > 5
        assert not any(PIN in detail for detail in kept)

    tell(story)
