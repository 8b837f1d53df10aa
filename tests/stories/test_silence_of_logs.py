"""Nothing of a caller stands in the log, whatever happens; every line of a webhook has its call."""

import json
import re
from collections.abc import Iterator

import httpx2
import pytest
from app.logs import LogFormat, configure_logs
from tests.stories.callers import leave_appeal
from tests.stories.conftest import Teller
from tests.stories.county import AGRICULTURE, HOTLINE, MEDIATORS, OFFICERS, County
from tests.stories.test_trouble import database_gone

CANARY = "+8613900004711"
WORDS = "金丝雀家的房子漏水了"
NAME = "黄雀儿"
NEVER = re.compile(
    "|".join([r"139\D*0000\D*4711", WORDS, WORDS[:3], NAME, *(re.escape(one[3:]) for one in
              (*OFFICERS, *MEDIATORS, AGRICULTURE))])
)  # fmt: skip


async def everything_goes_wrong(county: County) -> None:
    """An appeal, words, a person who is rung, texts, forgeries, and no database for a while."""
    configure_logs("DEBUG", LogFormat.json)
    canary = county.exchange.phone(CANARY)
    county.officer.answers(after=2)
    call = await canary.dial(HOTLINE)
    await leave_appeal(call)
    await call.hears("您的诉求已经登记")
    await call.hangs_up()
    person = await canary.dial(HOTLINE)
    await person.presses("0")
    await county.clock.sleep(20)
    await person.hangs_up()
    await canary.texts(HOTLINE, f"{NAME}：{WORDS}")
    await county.quiet()
    await strangers_knock(county)
    with database_gone(county):
        offline = await canary.dial(HOTLINE)
        await offline.presses("2")
        await county.clock.sleep(5)
        await offline.hangs_up()
    await county.quiet()


async def strangers_knock(county: County) -> None:
    """A forged webhook, a call nobody knows, a callback without what it should have."""
    forged = county.signed("/voice/step?node=main.menu&step=1", CallSid="CA1", From=CANARY)
    unknown = county.signed("/voice/step?node=main.menu&step=9", CallSid="CA2", From=CANARY,
                            SpeechResult=WORDS)  # fmt: skip
    malformed = county.signed("/voice/recording", CallSid="CA3", From=CANARY)
    fallback = county.signed("/voice/fallback", CallSid="CA4", From=CANARY, ErrorCode="11200")
    async with httpx2.AsyncClient() as client:
        for request in (forged | {"headers": {}}, unknown, malformed, fallback):
            await client.post(**request)


def lines(text: str) -> Iterator[dict[str, object]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def test_no_log_holds_a_telephone_a_name_or_a_word(
    tell: Teller, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(everything_goes_wrong)
    told = capsys.readouterr().err
    found = list(lines(told))
    events = {str(line["event"]) for line in found}
    assert {"voice.webhook", "voice.forged", "voice.fallback", "voice.malformed_callback"} <= events
    assert events & {"journal.database_away", "call.unknown", "replay.done"}
    assert not NEVER.search(told.replace("%2B", "+")), NEVER.search(told)
    for line in found:
        of_a_call = str(line["event"]).startswith(("voice.", "call.", "offline."))
        if of_a_call and line["event"] != "voice.forged" and line.get("status") != 403:
            assert line.get("call") or line.get("conference") or line.get("text"), line
    webhooks = [line for line in found if line["event"] == "voice.webhook"]
    assert all({"route", "node", "status", "ms"} <= line.keys() for line in webhooks)
    assert all(isinstance(line["ms"], float) for line in webhooks)
