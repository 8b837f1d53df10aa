"""The controls by the keys of a telephone: what the mediator's flow asks for becomes a verb."""

from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy import Connection

from app.calls.facts import CallFacts
from app.flows.effects import ControlMediation
from app.mediation import store
from app.mediation.controls.errors import ControlError
from app.mediation.controls.service import By, Controls
from app.mediation.service import Mediation, Summoned
from app.mediation.states import PollKind, Role

log = structlog.get_logger()

EXTENSION_MINUTES = 30
HOME_COUNTRY = "CN"  # of numbers that are typed without a country


class FloorChangedError(Exception):
    """The floor is not what the mediator was told: the step is to be taken again."""


class Keypad:
    """Carries out what mediators ask for by key."""

    def __init__(self, mediation: Mediation, controls: Controls) -> None:
        self._mediation = mediation
        self._controls = controls

    def control(self, connection: Connection, effect: ControlMediation, call: CallFacts) -> None:
        """The handler of the effect. Which session it is, the call tells, not its flow.

        Raises FloorChangedError when the floor cannot be opened after all.
        """
        session_id = store.session_of_call(connection, call.sid)
        session = self._mediation.locked(connection, session_id)
        leg = session.leg_of_call(call.sid) if session else None
        if session is None or leg is None or leg.role != "mediator":
            log.warning("mediation.control_of_another", call=call.sid, verb=effect.verb)
            return
        by = By(leg_id=leg.id)
        try:
            self._verb(effect, session.id)(connection, by=by, at=call.at)
        except ControlError as error:
            told: store.Detail = {"verb": effect.verb, "why": str(error)}
            store.note(connection, session.id, call.at, "refused", detail=told)
        if effect.conference:
            after = self._mediation.locked(connection, session.id)
            if after is None or after.floor != effect.conference:
                raise FloorChangedError(effect.verb)

    def _verb(self, effect: ControlMediation, session: str) -> Callable[..., None]:
        controls, target = self._controls, effect.target
        match effect.verb:
            case "open":
                return partial(
                    controls.open_floor, session_id=session, conference=effect.conference
                )
            case "alone":
                return partial(
                    controls.speak_alone, leg_id=target, conference=effect.conference
                )
            case "close":
                return partial(controls.close_floor, session_id=session)
            case "end":
                return partial(controls.end, session_id=session)
            case "hold" | "unhold":
                wanted = effect.verb == "hold"
                return partial(controls.put_aside, leg_id=target, wanted=wanted)
            case "mute" | "unmute":
                return partial(controls.mute, leg_id=target, wanted=effect.verb == "mute")
            case "mute_all" | "unmute_all":
                wanted = effect.verb == "mute_all"
                return partial(controls.mute_all, session_id=session, wanted=wanted)
            case "remove":
                return partial(controls.remove, leg_id=target)
            case "redial":
                return partial(controls.redial, leg_id=target)
            case "record" | "stop_recording":
                wanted = effect.verb == "record"
                return partial(controls.record, session_id=session, wanted=wanted)
            case "talk_on" | "talk_not_on":
                wanted = effect.verb == "talk_on"
                return partial(controls.let_talk_on, session_id=session, wanted=wanted)
            case "read" | "ask_yes":
                kind: PollKind = "read" if effect.verb == "read" else "yes"
                return partial(controls.poll, session_id=session, kind=kind)
            case "extend":
                return partial(
                    controls.extend, session_id=session, minutes=EXTENSION_MINUTES
                )
            case "add_department":
                return partial(
                    controls.add_department, session_id=session, department=target
                )
        role: Role = "interpreter" if effect.verb == "add_interpreter" else "party"
        party = Summoned(role, dialled(target))
        return partial(controls.add, session_id=session, party=party)


def dialled(keys: str) -> str:
    """What somebody typed as a telephone number, in E.164; unchanged where it is none."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(keys, HOME_COUNTRY)
    except phonenumbers.NumberParseException:
        return keys
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
