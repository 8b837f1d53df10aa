"""Reload after reload while many people are in the menus; nobody hears a word of another version.

Every prompt and every article of version number n says so at its beginning (第n版), so that what a
caller heard tells which versions it came from. `pytest tests/stories/test_versions.py --reloads 100`
plays the whole of it.
"""

import asyncio
import re
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from app.exchange.phones.scripted import ScriptedCall, ScriptedPhone
from app.flows.files import read_folder, write_folder
from tests.stories.county import FLOWS, HOTLINE, County

MARK = re.compile(r"第(\d+)版")
# From the main menu: an article, once more, its full text, another question, back to the menu …
WAY = "1121131252115"
SHORTEST_WAY = 1
SECONDS_BETWEEN = 6
SECONDS_BEFORE_A_KEY = 4
BAD = ("nodes: [", "", "nodes: {menu: {menue: {}}}", "a: &x b\nc: *x", "\x00")


@dataclass(slots=True)
class Heard:
    """What came of it all."""

    calls: int = 0
    steps: int = 0
    versions: set[int] = field(default_factory=set)
    mixed: list[list[int]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def marked(number: int) -> dict[str, bytes]:
    """The shipped files as version number n: everything in Chinese that is spoken says so."""
    files = read_folder(FLOWS)[0]
    prompts = files["prompts/zh-CN.yaml"].decode()
    spoken = re.sub(r'(?m)^([a-z_.]+): ("?)', rf"\1: \2第{number}版，", prompts)
    files["prompts/zh-CN.yaml"] = spoken.encode()
    for name in files:
        if name.startswith("policies/"):
            article = files[name].decode()
            read = re.sub(r"(?m)^    zh-CN: (?!\[)", f"    zh-CN: 第{number}版，", article)
            files[name] = read.encode()
    return files


async def reload_under_load(
    county: County, flows: Path, *, reloads: int, bad: int, callers: int
) -> Heard:
    """Change the folder `reloads` times, `bad` of them badly, while `callers` are in the menus."""
    heard, over = Heard(), asyncio.Event()
    phones = [county.exchange.phone(f"+86138001{number:05}") for number in range(callers)]
    calling = [
        asyncio.ensure_future(_calls(county, phone, number, heard, over))
        for number, phone in enumerate(phones)
    ]
    every = max(2, reloads // bad)
    for number in range(1, reloads + 1):
        await county.clock.sleep(SECONDS_BETWEEN)
        if number % every == 0:
            (flows / "main.yaml").write_text(BAD[number // every % len(BAD)])
        else:
            write_folder(flows, marked(number))
    await county.clock.sleep(SECONDS_BETWEEN)
    over.set()
    await asyncio.gather(*calling)
    return heard


async def _calls(
    county: County, phone: ScriptedPhone, number: int, heard: Heard, over: asyncio.Event
) -> None:
    """Call again and again until the reloads are over, each time for longer or shorter."""
    lengths = cycle(range(SHORTEST_WAY, len(WAY) + 1, 2))
    for _ in range(number % len(WAY)):
        next(lengths)
    while not over.is_set():
        call = await phone.dial(HOTLINE)
        try:
            for key in WAY[: next(lengths)]:
                await county.clock.sleep(SECONDS_BEFORE_A_KEY)
                await call.presses(key)
                heard.steps += 1
            await county.clock.sleep(SECONDS_BEFORE_A_KEY)
            await call.hangs_up()
        except AssertionError as error:
            heard.broken.append(str(error))
        _note(call, heard)


def _note(call: ScriptedCall, heard: Heard) -> None:
    heard.calls += 1
    numbers = [int(found) for text in call.texts() for found in MARK.findall(text)]
    heard.versions |= set(numbers)
    if len(set(numbers)) != 1:
        heard.mixed.append(numbers)
