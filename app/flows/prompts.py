"""Prompts per language: texts by key, with fields from a fixed list instead of a template language.

A field is written `{ticket_number:digits}`: its name, and how it is spoken.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

FIELDS = {
    "ticket_number": ("digits", "the number of the ticket just opened or looked up"),
    "department": ("text", "the department chosen, by its name in the caller's language"),
    "category": ("text", "the subject of the ticket, in the caller's language"),
    "ticket_state": ("text", "how a ticket stands, in plain words"),
    "place": ("text", "where a ticket or an emergency is"),
    "name": ("text", "who is in charge of an emergency, or who a party of a mediation is"),
    "minutes": ("text", "how many minutes a deadline is away or over, or a wait may take"),
    "position": ("text", "the caller's place among those who wait"),
    "caller": ("text", "who calls, and from where, as far as staff may be told"),
    "title": ("text", "the title of a policy article"),
    "count": ("text", "a number of people, votes or seconds"),
    "needed": ("text", "how many representatives a hearing needs to vote"),
    "waiting": ("text", "how many wait for the floor of a hearing"),
    "source": ("text", "the document a policy article rests on"),
    "key": ("digits", "a key to press"),
    "language": ("text", "a language by its own name"),
    "day": ("text", "a day as people say it: today, tomorrow, or a date"),
    "last_day": ("text", "the last day of a holiday"),
    "time": ("text", "a time of day"),
    "number": ("text", "the number of a party or department, to be chosen by key"),
    "state": ("text", "how a party of a mediation stands, in plain words"),
    "there": ("text", "how many parties of a mediation have agreed to take part"),
    "yes": ("text", "how many parties agreed to the draft of an agreement"),
    "no": ("text", "how many parties did not"),
    "prompt_number": ("digits", "the number of a prompt that is to be recorded"),
}
FORMATS = ("digits", "text")
LONGEST_NAME = 100  # letters of an unknown field that are compared with those that are known
_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a prompt: its name and how its value is spoken."""

    name: str
    spoken: str


Template = tuple[str | Field, ...]


def parse_prompt(text: str, fields: Mapping[str, tuple[str, str]] = FIELDS) -> Template:
    """Split a prompt into texts and fields. Raises ValueError with a sentence on a bad field.

    `fields` are those that may be written, each with how it is spoken and what it means.
    """
    parts: list[str | Field] = []
    end = 0
    for match in _FIELD.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        parts.append(_field(match.group(1), fields))
        end = match.end()
    if end < len(text):
        parts.append(text[end:])
    spoken = [part for part in parts if isinstance(part, str)]
    if any("{" in part or "}" in part for part in spoken):
        raise ValueError("a brace is not closed; fields look like {ticket_number:digits}")
    if any("｛" in part or "｝" in part for part in spoken):
        raise ValueError("the braces of a field are `{` and `}`, not the full-width `｛` and `｝`")
    return tuple(parts)


def _field(written: str, fields: Mapping[str, tuple[str, str]]) -> Field:
    name, _, spoken = written.partition(":")
    if name not in fields:
        near = get_close_matches(name[:LONGEST_NAME], fields, n=1)
        hint = f"did you mean `{near[0]}`" if near else f"known are {', '.join(fields)}"
        raise ValueError(f"unknown field `{name}`; {hint}")
    spoken = spoken or fields[name][0]
    if spoken not in FORMATS:
        raise ValueError(f"unknown format `{spoken}`; known are {', '.join(FORMATS)}")
    return Field(name, spoken)


def fill(template: Template, values: Mapping[str, str]) -> str:
    """The prompt with its fields spoken; a value that is not known is left out."""
    return "".join(
        part if isinstance(part, str) else _speak(values.get(part.name, ""), part.spoken)
        for part in template
    )


def _speak(value: str, spoken: str) -> str:
    # Speech engines read `1234` as a number and `1 2 3 4` digit by digit (contract, section 3.1).
    return " ".join(value) if spoken == "digits" else value
