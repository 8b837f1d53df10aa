"""Telephones and those who hold them: they hear, press and hang up as their schedule says."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from app.bench.mediation.schedule import Character
from app.exchange.exchange import Exchange
from app.exchange.legs import Leg
from app.exchange.phones.phone import Ended, Listening, Notice, Ringing, Text, Utterance

GREETING = "您好，现在没有人，请留言。"
DRAFT_MARK = "以田埂为界"


@dataclass(frozen=True, slots=True)
class Agreed:
    """Somebody has pressed the key of consent at the notice."""

    leg: str
    at: datetime
    records: bool


@dataclass(eq=False)
class Telephone:
    """A telephone whose owner behaves as its characters say, one for each time it rings."""

    exchange: Exchange
    number: str
    characters: list[Character]
    leads: bool = False
    hurried: bool = False
    greeting: str = ""
    agreed: dict[str, Agreed] = field(default_factory=dict)
    machines: set[str] = field(default_factory=set)
    legs: list[Leg] = field(default_factory=list)
    listening: Listening = field(default_factory=lambda: Listening(""))
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    hears_draft: bool = False

    def __post_init__(self) -> None:
        self.exchange.attach(self)

    @property
    def character(self) -> Character:
        """How it is answered this time."""
        return self.characters[min(max(len(self.legs) - 1, 0), len(self.characters) - 1)]

    @property
    def leg(self) -> Leg | None:
        """The present call."""
        return self.legs[-1] if self.legs and not self.legs[-1].is_final else None

    def notice(self, leg: Leg, event: Notice) -> None:
        """Something happens to the telephone's call."""
        match event:
            case Ringing():
                self.legs.append(leg)
                self.greeting = GREETING if self.character.temper == "machine" else ""
                self.exchange.spawn(self._take(leg, self.character))
            case Utterance(text=text) if DRAFT_MARK in text:
                self.hears_draft = True
            case Listening():
                self.listening = event
                self.turn.clear()
                if event.ready:
                    self.turn.set()
            case Ended():
                self.turn.set()

    def text(self, text: Text) -> bool:
        """It lies unread."""
        return True

    async def _take(self, leg: Leg, character: Character) -> None:
        clock = self.exchange.clock
        await clock.sleep(character.answers_after)
        match character.temper:
            case "ignores":
                return
            case "busy":
                leg.reject("busy")
                return
            case "machine":
                self.machines.add(leg.sid)
        leg.answer()
        if character.hangs_up_after is not None:
            self.exchange.spawn(self._hang_up(leg, character.hangs_up_after))
        if character.temper == "human":
            await self._converse(leg, character)

    async def _hang_up(self, leg: Leg, after: float) -> None:
        await self.exchange.clock.sleep(after)
        leg.hang_up()

    async def _converse(self, leg: Leg, character: Character) -> None:
        """Agree at the notice, then wait, vote when a draft is read, perhaps play with keys."""
        clock = self.exchange.clock
        if not await self.its_turn(leg, 60):
            return
        await clock.sleep(character.thinks)
        if leg.press(character.agrees) and character.agrees in "13":
            records = character.agrees == "1"
            self.agreed[leg.sid] = Agreed(leg.sid, clock.now(), records)
        elif character.agrees in "27":
            return
        while not self.leads and await self.its_turn(leg, 600):
            if self.hears_draft:
                self.hears_draft = False
                await clock.sleep(0.5)
                if character.vote:
                    leg.press(character.vote)
            elif character.plays_with_keys:
                await clock.sleep(character.thinks / 3)
                leg.press("5")
            await clock.sleep(1)

    async def its_turn(self, leg: Leg, patience: float) -> bool:
        """Wait until the prompts are over and keys are listened for; False when that is in vain."""
        clock = self.exchange.clock
        deadline = clock.monotonic() + patience
        while not leg.is_final and clock.monotonic() < deadline:
            if self.turn.is_set() and self.listening.keys and self.listening.ready:
                return True
            await clock.sleep(0.7)
        return False
