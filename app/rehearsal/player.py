"""Plays one call by telephones of the simulated exchange: every deed is what people do."""

from dataclasses import dataclass, replace

from app.exchange.ledger import Rung
from app.exchange.phones.scripted import NotHeardError, ScriptedCall
from app.flows.rehearsal.transcript import Recording, Step
from app.flows.rehearsal.turns import Aftermath, CannotError, Turn, Utterance
from app.flows.rehearsal.written import each_key, in_language
from app.rehearsal.county import Joined
from app.rehearsal.entries import Stage
from app.rehearsal.parties import Parties
from app.rehearsal.records import Records

PATIENCE_SECONDS = 180.0  # within which the hotline says or does something next
LOOK_SECONDS = 0.2
KEY_SECONDS = 0.05  # within which a key that completes an answer is taken
QUIET_SECONDS = 100.0  # until all that a call leads to is done
ACCEPT_KEY = "1"


class ExchangeCall:
    """One call of a scene, in one language, through the whole service."""

    def __init__(self, county: Joined, language: str, stage: Stage, call: ScriptedCall) -> None:
        self._county = county
        self._language = language
        self._stage = stage
        self._call = call
        self._records = Records(county, call.leg.sid)
        self._parties = Parties(county, self._records, stage.inviting)
        self._outage = stage.outage
        languages = county.service.library.current.languages
        self._said_as = languages[language].say
        self._tags = {spoken.say: tag for tag, spoken in languages.items()}
        self._marked = _Moment(0, 0, 0, company=False)

    # What the transcript asks for

    async def begin(self, choice: str) -> Turn:
        """Hear how the call begins; the keys of `choice` are pressed before anything else."""
        await self._settled()
        if choice:
            await self._press_all(list(choice))
        return self._turn()

    async def do(self, step: Step) -> Turn:
        """Do what a step says. Raises CannotError when that is not possible here."""
        self._mark()
        if step.database is not None:
            (self._outage.begin if step.database == "away" else self._outage.end)()
            return self._turn()
        if self._call.leg.is_final:
            raise CannotError("The call is over: nothing more can be done.")
        try:
            await self._do(step)
        except NotHeardError as error:
            raise CannotError(str(error)) from error
        return self._turn()

    async def aftermath(self) -> Aftermath:
        """What there is when it is over and everything has come to rest."""
        rung = tuple(ring.number for ring in self._rung())
        if not self._call.leg.is_final:
            await self._call.hangs_up()
        self._outage.end()
        await self._county.clock.sleep(QUIET_SECONDS)
        return Aftermath(self._records.happened(self._stage.ticket), rung, self._records.language())

    def close(self) -> None:
        """Nothing more is asked of this call."""
        self._outage.end()
        self._records.close()

    async def _do(self, step: Step) -> None:
        match step.deed:
            case "presses":
                await self._press_all(self._keys(step))
            case "says":
                await self._say(in_language(step.says or {}, self._language) or "")
            case "stays":
                await self._stay_silent()
            case "records" if step.records:
                await self._record(step.records)
            case "talks":
                await self._talk(step.talks or 0)
            case "nobody":
                await self._ring_in_vain()
            case "others":
                await self._others(str(step.others))
            case "hangs":
                await self._call.hangs_up()

    # What the caller does

    def _keys(self, step: Step) -> list[str]:
        keys: list[str] = []
        for part in each_key(in_language(step.presses or {}, self._language) or ""):
            keys += self._known(part) if part.startswith("{") else part
        return keys

    def _known(self, part: str) -> str:
        value = self._records.fields(self._stage.ticket).get(part.strip("{}"))
        if value is None:
            raise CannotError(f"Nothing is known of {part} here.")
        return value

    async def _press_all(self, keys: list[str]) -> None:
        """Each key at the question it belongs to."""
        for number, key in enumerate(keys, start=1):
            if not self._call.listening.keys:
                raise CannotError(f"Nobody listens for the key {key} here.")
            self._mark()
            await self._call.presses(key)
            await self._county.clock.sleep(KEY_SECONDS)
            if number == len(keys) or not self._call.listening.ready:
                await self._settled()

    async def _say(self, words: str) -> None:
        if self._call.listening.kind != "gather" or not self._call.listening.speech:
            raise CannotError("The hotline does not listen for words here.")
        await self._call.says(words, language=self._said_as)
        await self._settled()

    async def _stay_silent(self) -> None:
        if not self._call.listening.ready:
            raise CannotError("Nothing is asked here: others are being rung.")
        await self._settled()

    async def _record(self, recording: Recording) -> None:
        if self._call.listening.kind != "record":
            raise CannotError("Nothing is recorded here.")
        if recording.seconds:
            await self._call.talks(recording.seconds)
        if recording.ends_with == "hanging_up":
            await self._call.hangs_up()
        elif recording.ends_with != "silence":
            await self._call.presses(recording.ends_with)
        await self._settled()

    async def _talk(self, seconds: int) -> None:
        """Somebody takes the call, or the floor is open; in the end they hang up."""
        other = self._parties.mediator if self._has_company() else await self._taken()
        if other is None:
            raise CannotError("Nobody can close this floor.")
        await self._county.clock.sleep(seconds)
        self._mark()
        await other.hangs_up()
        await self._settled()

    async def _taken(self) -> ScriptedCall:
        """The telephone that rings for this call is picked up, and the call accepted."""
        dialled = self._dialled()
        calls = self._county.exchange.phone(dialled[-1].number).calls if dialled else []
        if not calls or calls[-1].leg.is_final:
            raise CannotError("Nobody is being rung here, and no floor is open.")
        other = calls[-1]
        await other.answers()
        while not self._has_company() and not other.leg.is_final:
            if other.listening.ready:
                await other.presses(ACCEPT_KEY)
            await self._county.clock.sleep(LOOK_SECONDS)
        return other

    async def _ring_in_vain(self) -> None:
        if not self._dialled():
            raise CannotError("Nobody is being rung here.")
        await self._settled(though_ringing=True)

    async def _others(self, do: str) -> None:
        waits_at = self._records.node()
        await self._parties.do(do)
        await self._told(waits_at)
        self._marked = replace(self._marked, turns=self._call.turns)
        await self._settled()

    async def _told(self, waits_at: str) -> None:
        """Until this call has the news: its waiting may go round once more before they come."""
        clock = self._county.clock
        deadline = clock.monotonic() + PATIENCE_SECONDS
        while self._records.node() == waits_at and not self._is_done():
            if clock.monotonic() > deadline:
                raise CannotError("The caller was not told what became of it.")
            await clock.sleep(LOOK_SECONDS)

    def _is_done(self) -> bool:
        return self._call.leg.is_final or self._has_company()

    # How the hotline goes on

    def _mark(self) -> None:
        """What comes from now on belongs to the turn that is judged."""
        self._marked = self._moment()

    def _moment(self) -> "_Moment":
        return _Moment(
            heard=len(self._call.transcript),
            turns=self._call.turns,
            rings=len(self._dialled()),
            company=self._has_company(),
        )

    async def _settled(self, *, though_ringing: bool = False) -> None:
        """Until the hotline asks, rings somebody for this call, connects it, or hangs up."""
        clock = self._county.clock
        deadline = clock.monotonic() + PATIENCE_SECONDS
        while not self._is_settled(though_ringing):
            if clock.monotonic() > deadline:
                raise CannotError(f"Nothing came of it within {PATIENCE_SECONDS:g} seconds.")
            await clock.sleep(LOOK_SECONDS)

    def _is_settled(self, though_ringing: bool) -> bool:
        now, then = self._moment(), self._marked
        return (
            self._call.leg.is_final
            or now.turns > then.turns
            or (now.rings > then.rings and not though_ringing)
            or (now.company and not then.company)
        )

    def _turn(self) -> Turn:
        heard = tuple(
            Utterance(line.text, self._tags.get(line.language, ""))
            for line in self._call.transcript[self._marked.heard :]
            if line.what == "heard" and not line.speaker
        )
        fields = self._records.fields(self._stage.ticket)
        return Turn(heard, self._records.node(), self._call.leg.is_final, fields)

    def _has_company(self) -> bool:
        room = self._call.leg.room
        return room is not None and bool(room.audience(self._call.leg))

    def _rung(self) -> list[Rung]:
        """The telephones that were rung, the call's own aside."""
        rings = self._county.exchange.ledger.rings
        return [ring for ring in rings if ring.leg != self._call.leg.sid]

    def _dialled(self) -> list[Rung]:
        """Those of them that this call itself rings."""
        get = self._county.exchange.calls.get
        return [ring for ring in self._rung() if get(ring.leg).parent is self._call.leg]


@dataclass(frozen=True, slots=True)
class _Moment:
    """How far a call has come: what tells that something new has happened."""

    heard: int
    turns: int
    rings: int
    company: bool
