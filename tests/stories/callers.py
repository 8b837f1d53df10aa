"""What callers do again and again."""

from app.exchange.phones.scripted import ScriptedCall
from tests.stories.county import HOTLINE, County

# How to get to each place where the hotline waits for a caller, by keys from the main menu.
PLACES = {
    "main menu": "",
    "policy question": "1",
    "policy, short form": "11",
    "policy, full clause": "111",
    "subject of an appeal": "2",
    "ticket number": "3",
    "department for a mediation": "4",
    "consent to a mediation": "41",
}
LANGUAGES = ("zh-CN", "en-US")
# The keys that lead from the main menu to each language.
TO_LANGUAGE = {"zh-CN": "", "en-US": "52", "yue-HK": "53"}


async def call_hotline(county: County, language: str = "zh-CN") -> ScriptedCall:
    """Dial the hotline and choose a language."""
    call = await county.caller.dial(HOTLINE)
    for key in TO_LANGUAGE[language]:
        await call.waits_for_prompt()
        await call.presses(key)
    return call


async def walk(call: ScriptedCall, keys: str) -> ScriptedCall:
    """Press each key after the prompts of its question have been heard."""
    for key in keys:
        await call.waits_for_prompt()
        await call.presses(key)
    await call.waits_for_prompt()
    return call


async def call_and_walk(county: County, place: str, language: str = "zh-CN") -> ScriptedCall:
    """Dial the hotline and go to a place."""
    return await walk(await call_hotline(county, language), PLACES[place])


async def leave_appeal(call: ScriptedCall, seconds: float = 7, end_key: str = "#") -> None:
    """From the main menu: choose the first subject, speak after the beep, end with a key."""
    await walk(call, "21")
    await call.talks(seconds)
    if end_key:
        await call.presses(end_key)
