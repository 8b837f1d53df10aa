"""The buttons of the page as verbs of the mediation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Form
from sqlalchemy import Connection

from app.flows.dialling import dialled
from app.mediation.controls.errors import ControlError
from app.mediation.controls.service import By, Controls
from app.mediation.states import Role
from app.mediation.summoning import Summoned

MINUTES = 30

Act = Callable[[Connection, datetime], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form asks for: a verb, perhaps of a leg, perhaps with a text."""

    verb: str
    leg: str = ""
    name: str = ""
    number: str = ""
    language: str = ""
    role: Role = "party"
    text: str = ""


def read_wanted(
    verb: Annotated[str, Form(max_length=32)],
    leg: Annotated[str, Form(max_length=32)] = "",
    name: Annotated[str, Form(max_length=64)] = "",
    number: Annotated[str, Form(max_length=32)] = "",
    language: Annotated[str, Form(max_length=16)] = "",
    role: Annotated[Literal["party", "department", "interpreter"], Form()] = "party",
    text: Annotated[str, Form(max_length=2_000)] = "",
) -> Wanted:
    """The dependency that reads it."""
    return Wanted(verb, leg, name.strip(), number.strip(), language, role, text)


def act_of(controls: Controls, session: str, wanted: Wanted, by: By) -> Act:
    """What carries it out. Raises ControlError for a button that is not there."""
    leg = wanted.leg
    party = Summoned(wanted.role, dialled(wanted.number), wanted.name, wanted.language)
    acts: dict[str, Act] = {
        "open": lambda c, at: controls.open_floor(c, session, by, at),
        "close": lambda c, at: controls.close_floor(c, session, by, at),
        "alone": lambda c, at: controls.speak_alone(c, leg, by, at),
        "hold": lambda c, at: controls.put_aside(c, leg, True, by, at),
        "unhold": lambda c, at: controls.put_aside(c, leg, False, by, at),
        "mute": lambda c, at: controls.mute(c, leg, True, by, at),
        "unmute": lambda c, at: controls.mute(c, leg, False, by, at),
        "mute_all": lambda c, at: controls.mute_all(c, session, True, by, at),
        "unmute_all": lambda c, at: controls.mute_all(c, session, False, by, at),
        "coach": lambda c, at: controls.coach(c, session, leg, by, at),
        "remove": lambda c, at: controls.remove(c, leg, by, at),
        "redial": lambda c, at: controls.redial(c, leg, by, at),
        "add": lambda c, at: controls.add(c, session, party, by, at),
        "add_department": lambda c, at: controls.add_department(c, session, wanted.name, by, at),
        "record": lambda c, at: controls.record(c, session, True, by, at),
        "stop_recording": lambda c, at: controls.record(c, session, False, by, at),
        "talk_on": lambda c, at: controls.let_talk_on(c, session, True, by, at),
        "talk_not_on": lambda c, at: controls.let_talk_on(c, session, False, by, at),
        "write_draft": lambda c, at: controls.write_draft(c, session, wanted.text, by, at),
        "read": lambda c, at: controls.poll(c, session, "read", by, at),
        "ask_yes": lambda c, at: controls.poll(c, session, "yes", by, at),
        "extend": lambda c, at: controls.extend(c, session, MINUTES, by, at),
        "end": lambda c, at: controls.end(c, session, by, at),
    }
    if wanted.verb not in acts:
        raise ControlError(
            "没有这个按钮：请刷新页面。", "There is no such button: reload the page."
        )
    return acts[wanted.verb]
