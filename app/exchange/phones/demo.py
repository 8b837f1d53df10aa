"""The cast of the demonstration: telephones that answer by script, so that one person can play."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from app.exchange.phones.script import Script
from app.exchange.phones.scripted import NotHeardError, ScriptedPhone

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

CAST_FILE = Path(__file__).with_name("demo.yaml")


@dataclass(frozen=True, slots=True)
class CastMember:
    """Whose telephone it is, and the script it follows; None for one that only people use."""

    number: str
    zh: str
    en: str
    script: Script | None


def read_cast(path: Path = CAST_FILE) -> list[CastMember]:
    """The cast of a file. Raises ScriptError for a script no telephone can follow."""
    source: dict[str, Any] = YAML(typ="safe").load(path)
    scripts = {name: Script.read(steps) for name, steps in source["scripts"].items()}
    return [
        CastMember(one["number"], one["zh"], one["en"], scripts.get(one.get("script", "")))
        for one in source["phones"]
    ]


def seat(exchange: "Exchange", cast: Sequence[CastMember]) -> None:
    """Connect the telephones of the cast and let them answer. Needs a running event loop."""
    for member in cast:
        if member.script is not None:
            phone = exchange.phone(member.number)
            member.script.prepare(phone)
            exchange.spawn(_play(phone, member.script, exchange))


async def _play(phone: ScriptedPhone, script: Script, exchange: "Exchange") -> None:
    """Play the script in each call that rings, for ever."""

    async def one_call() -> None:
        try:
            await script.play(call)
        except NotHeardError:
            call.leg.hang_up()  # the call went another way than the script: put the phone down

    while True:
        try:
            call = await phone.rung(patience=3_600)
        except NotHeardError:
            continue
        exchange.spawn(one_call())
