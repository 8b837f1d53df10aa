"""The controls by the keys of a telephone: what the mediator's flow asks for becomes a verb."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from app.calls.facts import CallFacts
from app.flows.dialling import dialled
from app.flows.effects import Control, ControlMediation
from app.mediation import store
from app.mediation.controls.errors import ControlError
from app.mediation.controls.service import By, Controls
from app.mediation.service import FloorChangedError, Mediation
from app.mediation.summoning import Summoned

log = structlog.get_logger()

Act = Callable[[Connection, datetime], None]

EXTENSION_MINUTES = 30


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
            self._act(effect, session.id, by)(connection, call.at)
        except ControlError as error:
            told: store.Detail = {"verb": effect.verb, "why": str(error)}
            store.note(connection, session.id, call.at, "refused", detail=told)
        if effect.conference:
            after = self._mediation.locked(connection, session.id)
            if after is None or after.floor != effect.conference:
                raise FloorChangedError(effect.verb)

    def _act(self, effect: ControlMediation, here: str, by: By) -> Act:
        """The verb of the effect, on the session `here`."""
        controls, target, floor = self._controls, effect.target, effect.conference
        acts: dict[Control, Act] = {
            "open": lambda c, at: controls.open_floor(c, here, by, at, floor),
            "close": lambda c, at: controls.close_floor(c, here, by, at),
            "alone": lambda c, at: controls.speak_alone(c, target, by, at, floor),
            "hold": lambda c, at: controls.put_aside(c, target, True, by, at),
            "unhold": lambda c, at: controls.put_aside(c, target, False, by, at),
            "mute": lambda c, at: controls.mute(c, target, True, by, at),
            "unmute": lambda c, at: controls.mute(c, target, False, by, at),
            "mute_all": lambda c, at: controls.mute_all(c, here, True, by, at),
            "unmute_all": lambda c, at: controls.mute_all(c, here, False, by, at),
            "add_department": lambda c, at: controls.add_department(c, here, target, by, at),
            "add_interpreter": lambda c, at: controls.add(
                c, here, Summoned("interpreter", dialled(target)), by, at
            ),
            "add_party": lambda c, at: controls.add(
                c, here, Summoned("party", dialled(target)), by, at
            ),
            "remove": lambda c, at: controls.remove(c, target, by, at),
            "redial": lambda c, at: controls.redial(c, target, by, at),
            "record": lambda c, at: controls.record(c, here, True, by, at),
            "stop_recording": lambda c, at: controls.record(c, here, False, by, at),
            "talk_on": lambda c, at: controls.let_talk_on(c, here, True, by, at),
            "talk_not_on": lambda c, at: controls.let_talk_on(c, here, False, by, at),
            "read": lambda c, at: controls.poll(c, here, "read", by, at),
            "ask_yes": lambda c, at: controls.poll(c, here, "yes", by, at),
            "extend": lambda c, at: controls.extend(c, here, EXTENSION_MINUTES, by, at),
            "end": lambda c, at: controls.end(c, here, by, at),
        }
        return acts[effect.verb]
