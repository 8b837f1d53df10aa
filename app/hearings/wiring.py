"""Which function of a hearing does what a call, a callback or a job asks for."""

from collections.abc import Callable, Mapping

from app.calls.wiring import EffectHandler, LookupHandler
from app.flows.directory import Directory
from app.flows.hearing import (
    AnswerHearing,
    AnswerRoll,
    AskToSpeak,
    CastBallot,
    ConductHearing,
    EnterHearing,
    HearingDoorLookup,
    HearingLookup,
    LeaveHearing,
    YieldFloor,
)
from app.hearings import floor, looking, voting
from app.hearings.attendance import AttendanceDesk
from app.hearings.conduct import Conductor
from app.hearings.jobs import HearingJobs
from app.hearings.telling import Telling
from app.jobs.runner import Handler
from app.messages.composing import Composer


class HearingWiring:
    """The handlers of hearings, by the directory in force and a source of chance."""

    def __init__(
        self,
        directory: Callable[[], Directory],
        composer: Composer,
        random_hex: Callable[[], str],
    ) -> None:
        self.desk = AttendanceDesk(directory, random_hex)
        self.conductor = Conductor(random_hex)
        self.effects: Mapping[type, EffectHandler] = {
            AnswerHearing: self.desk.answer,
            EnterHearing: self.desk.enter,
            AnswerRoll: self.desk.answer_roll,
            LeaveHearing: self.desk.leave,
            AskToSpeak: floor.ask_to_speak,
            YieldFloor: floor.yield_floor,
            CastBallot: voting.cast,
            ConductHearing: self.conductor.by_keypad,
        }
        self.lookups: Mapping[type, LookupHandler] = {
            HearingLookup: looking.find,
            HearingDoorLookup: looking.find_door,
        }
        self.jobs: Mapping[str, Handler] = HearingJobs(
            self.desk, self.conductor, Telling(composer)
        ).handlers()
