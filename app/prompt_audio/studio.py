"""What the studio asks: who calls, which prompt has a number, what became of a recording."""

from sqlalchemy import Connection

from app.calls.facts import CallFacts
from app.flows.context import (
    NumberedPromptLookup,
    StudioDoor,
    StudioDoorLookup,
    TakeFound,
    TakeLookup,
)
from app.flows.effects import MissStudioPin, OpenStudio
from app.people.access.rights import Right
from app.people.pins.door import Answer, Claim, count_miss, judge, let_in
from app.prompt_audio.queries import prompt_numbered, take_of_recording

_STATES: dict[Answer, StudioDoor] = {
    "right": StudioDoor("open"),
    "wrong": StudioDoor("wrong"),
    "shut": StudioDoor("shut"),
}


def answer_at_the_door(
    connection: Connection, lookup: StudioDoorLookup, facts: CallFacts
) -> StudioDoor:
    """Whether somebody who calls in may record prompts."""
    claim = Claim(lookup.staff, facts.caller)
    return _STATES[judge(connection, claim, lookup.pin, Right.prompts_edit, facts.at)]


def open_studio(connection: Connection, effect: OpenStudio, facts: CallFacts) -> None:
    """Count a right PIN. Raises TooManyAttemptsError; taken again, the step finds the door shut."""
    let_in(connection, Claim(effect.staff, facts.caller), facts.at)


def miss_pin(connection: Connection, effect: MissStudioPin, facts: CallFacts) -> None:
    """Count a wrong PIN."""
    count_miss(connection, Claim(effect.staff, facts.caller), facts.at)


def find_prompt(
    connection: Connection, lookup: NumberedPromptLookup, _facts: CallFacts
) -> str | None:
    """The key of the prompt that has a number."""
    is_number = lookup.number.isascii() and lookup.number.isdigit() and len(lookup.number) < 8
    return prompt_numbered(connection, int(lookup.number)) if is_number else None


def find_take(connection: Connection, lookup: TakeLookup, _facts: CallFacts) -> TakeFound | None:
    """What became of a recording; nothing while it is unknown."""
    take = take_of_recording(connection, lookup.recording)
    return TakeFound(take.state, take.sha256, take.trouble) if take else None
