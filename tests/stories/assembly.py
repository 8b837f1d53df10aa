"""A phone hearing in a story: planned as the console does, attended by scripted telephones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.exchange.phones.scripted import ScriptedCall
from app.hearings import conduct, floor, service, store
from app.hearings.changing import Changing
from app.hearings.conduct import Conductor
from app.hearings.models import HearingEvent, HearingLeg, HearingMember, HearingVote
from app.hearings.service import HearingWish, MemberWish, VoteWish
from app.hearings.store import Session
from app.hearings.telling import Telling
from app.messages.composing import Composer
from sqlalchemy import Connection
from tests.stories.county import HOTLINE, County

OFFICE = "staff:1"
QUESTION = VoteWish(
    {"zh-CN": "同意这份评标结果吗？", "en-US": "Do you agree with the award?"},
    {"zh-CN": ["同意", "反对", "弃权"], "en-US": ["Agree", "Disagree", "Abstain"]},
)


@dataclass
class Assembly:
    """A hearing of so many representatives, and a moderator when one is wanted."""

    county: County
    representatives: int = 3
    quorum: tuple[service.QuorumKind, int] = ("number", 2)
    floor_seconds: int = 60
    languages: Sequence[str] = ("zh-CN",)
    moderated: bool = False
    observers: int = 0
    hours_ahead: float = 1 / 30
    calls: dict[int, ScriptedCall] = field(default_factory=dict)
    id: int = 0
    vote: int = 0

    def __post_init__(self) -> None:
        self._ids = self.county.service.identities.random_id
        self.conductor = Conductor(self._ids)
        now = self.county.clock.now()
        wish = self._planned(now + timedelta(hours=self.hours_ahead))
        self.id = self.write(lambda c: service.plan(c, wish, OFFICE, now, self._ids))
        people = [self._wish(n, "representative") for n in range(1, self.representatives + 1)]
        first = self.representatives + 1
        people += [self._wish(n, "observer") for n in range(first, first + self.observers)]
        if self.moderated:
            people.append(self._wish(first + self.observers, "moderator"))
        dialling = self.county.service.library.current.directory.dialling
        self.write(
            lambda c: service.add_members(c, self.id, people, dialling, OFFICE, now, self._ids)
        )
        self.vote = self.write(lambda c: service.prepare_vote(c, self.id, QUESTION, OFFICE, now))
        for number in range(1, len(people) + 1):
            self.county.exchange.phone(phone(number)).answers(after=2)

    def _planned(self, starts_at: datetime) -> HearingWish:
        agenda = (("方案说明", 10), ("代表发言", 30))
        return HearingWish(
            "征地补偿方案听证会", starts_at, *self.quorum, self.floor_seconds, agenda
        )

    def _wish(self, number: int, role: Any) -> MemberWish:
        language = self.languages[(number - 1) % len(self.languages)]
        return MemberWish(f"代表{number}", phone(number), role, language)

    # --- telephones

    async def consents(self, number: int) -> ScriptedCall:
        """A member is rung, hears the notice and presses 1."""
        call = await self.county.exchange.phone(phone(number)).rung(patience=400)
        await call.waits_for_prompt()
        await call.presses("1")
        self.calls[number] = call
        return call

    async def all_consent(self) -> None:
        """Everybody is rung and consents."""
        for number in range(1, len(self.rows(HearingMember)) + 1):
            await self.consents(number)

    # --- the console

    def does(self, act: Any) -> None:
        """The moderator presses a button."""
        now = self.county.clock.now()
        self.on(lambda c, s: self.conductor.conduct(c, s, act, now, OFFICE))

    def gives_floor(self, number: int) -> None:
        """The moderator gives a member the floor."""
        now = self.county.clock.now()
        member = self.member(number)["id"]
        self.on(lambda c, s: floor.give(c, s, member, now, OFFICE))

    def announces(self, words: str) -> None:
        """The moderator has a text spoken."""
        now = self.county.clock.now()
        self.on(lambda c, s: conduct.announce(c, s, words, now, OFFICE))

    def moves(self, minutes: float, *members: int) -> None:
        """The office moves it to so many minutes from now, with these members on its list."""
        now = self.county.clock.now()
        library = self.county.service.library
        telling = Telling(Composer(lambda: library.current, HOTLINE))
        changing = Changing(telling, library.current.directory.dialling, self._ids)
        people = [self._wish(number, "representative") for number in members]
        wish = self._planned(now + timedelta(minutes=minutes))
        self.on(lambda c, s: changing.change(c, s, wish, people, OFFICE, now))

    def on(self, work: Callable[[Connection, Session], Any]) -> Any:
        """Do something to the hearing, locked."""
        return self.write(lambda c: work(c, store.need(c, self.id)))

    def write(self, work: Callable[[Connection], Any]) -> Any:
        with self.county.service.database.writing() as connection:
            done = work(connection)
        self.county.service.jobs.wake()
        return done

    # --- what stands in SQL

    def rows(self, table: Any, **where: Any) -> list[Any]:
        return list(self.county.rows(table, **where))

    def member(self, number: int) -> Any:
        return self.rows(HearingMember, position=number)[0]

    def legs(self, number: int) -> list[str]:
        """The states of a member's legs, in their order."""
        legs = self.rows(HearingLeg, member_id=self.member(number)["id"])
        return [leg["state"] for leg in sorted(legs, key=lambda leg: leg["created_at"])]

    def events(self, *kinds: str) -> list[str]:
        """What happened, of these kinds."""
        happened = [row["event"] for row in self.rows(HearingEvent, hearing_id=self.id)]
        return [event for event in happened if not kinds or event in kinds]

    @property
    def session(self) -> Session:
        """The hearing as it stands."""
        with self.county.service.database.reading() as connection:
            session = store.load(connection, self.id, lock=False)
        assert session is not None
        return session

    @property
    def voted(self) -> Any:
        """The row of its vote."""
        return self.rows(HearingVote, id=self.vote)[0]


def phone(number: int) -> str:
    """The telephone of a member."""
    return f"+8613700{number:06d}"
