"""Prompts are recorded by telephone, and the next caller hears them."""

import io
import wave
from pathlib import Path
from shutil import copytree

import numpy as np
from app.calls.recordings.store import recordings_store
from app.database import table_of
from app.exchange.phones.scripted import ScriptedCall
from app.people.access.rights import Role
from app.people.credentials.passwords import hash_password
from app.people.pins.models import StaffPin
from app.people.staff.models import Staff, StaffGrant
from app.prompt_audio import store
from app.prompt_audio.conversion import converted
from app.prompt_audio.models import PromptNumber, PromptTake
from app.prompt_audio.service import Spoken, keep_file
from sqlalchemy import insert
from tests.stories.conftest import Teller
from tests.stories.county import FLOWS, HOTLINE, County

PIN = "736152"
STAFF_PHONE = "+8613900139000"
GREETING = "main.greeting"
WORDS = "您好，这里是水库移民服务热线"
IN_FORCE = 6  # seconds until every worker plays what was kept


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


def test_a_prompt_recorded_by_telephone_is_what_the_next_caller_hears(tell_briefly: Teller) -> None:
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

    tell_briefly(story)


def test_a_wrong_pin_is_answered_alike_counted_and_locked(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        staff = hire(county)
        await county.quiet(IN_FORCE)
        for who in (staff, "4711"):
            call = await at_the_door(county, who, "111222")
            for pin in ("222333", "333444"):
                await call.hears("工号或密码不对")
                await call.hears("请输入您的工号")
                await claim(call, who, pin)
            await call.hears("现在不能再试了")
            assert await call.ended() == "completed"
        call = await at_the_door(county, staff, "444555")
        await call.hears("工号或密码不对")
        await claim(call, staff, "555666")
        await call.hears("工号或密码不对")
        await claim(call, staff, PIN)
        await call.hears("现在不能再试了")
        assert await call.ended() == "completed"

    tell_briefly(story)


def test_whoever_has_no_right_is_as_wrong_as_anybody(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        staff = hire(county, Role.agent)
        await county.quiet(IN_FORCE)
        call = await at_the_door(county, staff, PIN)
        await call.hears("工号或密码不对")
        await call.waits_for_prompt()
        await call.hears("我没有听到您的选择")
        await call.hears("查询政策，请按 1")
        await call.hangs_up()

    tell_briefly(story)


def test_what_cannot_be_recorded_is_said_and_nothing_changes(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        staff = hire(county)
        await county.quiet(IN_FORCE)
        call = await at_the_door(county, staff, PIN)
        await call.hears("To record in English, press 2")
        await call.presses("1")
        for number, answer in (
            ("99999", "没有这个编号"),
            (number_of(county, "ticket.opened"), "不能录成录音"),
        ):
            await call.hears("请输入提示音编号")
            await call.presses(f"{number}#")
            await call.hears(answer)
        await call.hears("请输入提示音编号")
        await call.presses(f"{number_of(county, GREETING)}#")
        await call.hears("录新的，请按 1")
        await call.presses("1")
        await call.hears("念完按井号键")
        await call.waits_for_prompt()
        await call.talks(4, audio=voice(loudness=0.0))
        await call.presses("#")
        await call.hears("没有录到声音")
        await call.presses("1")
        await call.hears("念完按井号键")  # and not a word: the network keeps nothing of it
        await call.hears("没有录到声音")
        await call.presses("2")
        await call.hears("请输入提示音编号")
        await call.hangs_up()
        for row in county.rows(PromptTake):
            assert (row["state"], row["trouble"]) == ("refused", "silent")
        assert len(county.rows(PromptTake)) == 2
        caller = await county.caller.dial(HOTLINE)
        await caller.hears(WORDS)
        await caller.hangs_up()
        assert played(county) == []

    tell_briefly(story)


def test_a_recording_is_played_only_while_it_says_the_text_and_can_be_had(
    tell_briefly: Teller, tmp_path: Path
) -> None:
    flows = copytree(FLOWS, tmp_path / "flows")
    prompts = flows / "prompts" / "zh-CN.yaml"
    text = prompts.read_text()

    async def story(county: County) -> None:
        library = county.service.library.current
        words = library.prompts.text(GREETING, "zh-CN", {})[0]
        made = converted(voice(), words)
        files = recordings_store(county.service.settings)
        store.put(files, made.facts.sha256, made.content)
        with county.service.database.writing() as connection:
            spoken = Spoken(GREETING, "zh-CN", words)
            keep_file(connection, spoken, made.facts, "staff:1", county.clock.now())
        await county.quiet(IN_FORCE)
        assert await greeted(county) == 1

        prompts.write_text(text.replace("回响，二十四小时", "回响，全天"))
        await county.quiet(IN_FORCE)
        assert await greeted(county) == 0

        prompts.write_text(text)
        await county.quiet(IN_FORCE)
        assert await greeted(county) == 1

        files.delete(f"prompts/{made.facts.sha256}.wav")
        assert await greeted(county) == 1  # it is at hand
        async with county.restarted():
            await county.quiet(IN_FORCE)
            assert await greeted(county) == 0

    tell_briefly(story, flows=flows)


async def greeted(county: County) -> int:
    """How many files a caller is played who listens to the greeting."""
    before = len(played(county))
    caller = await county.caller.dial(HOTLINE)
    await caller.hears(WORDS)
    await caller.hears("查询政策，请按 1")
    await caller.hangs_up()
    return len(played(county)) - before
