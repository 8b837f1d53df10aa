"""How plain values are written in a transcript: one thing, several, or one for each language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from app.flows.calendar import DayKind
from app.flows.hours import COUNTY_TIME

EVERY_LANGUAGE = ""  # the key of what holds in all of them
_KEYS = re.compile(r"(?:[0-9*#]|\{[a-z_]+\})+")
_KEY = re.compile(r"\{[a-z_]+\}|[0-9*#]")


def in_language(value: Mapping[str, str], language: str) -> str | None:
    """What holds in a language; None when nothing is written for it."""
    return value.get(language, value.get(EVERY_LANGUAGE))


def each_key(keys: str) -> list[str]:
    """The keys of `12{ticket_number}` one by one; a field stands for several."""
    return _KEY.findall(keys)


def _per_language(value: object) -> object:
    return {EVERY_LANGUAGE: value} if isinstance(value, str) else value


def _several(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _keys(value: dict[str, str]) -> dict[str, str]:
    if not all(_KEYS.fullmatch(keys) for keys in value.values()):
        raise ValueError('write the keys that are pressed, such as 2 or "#"')
    return value


_ONE: dict[str, Any] = {
    "anyOf": [
        {"type": ["string", "number"]},
        {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
    ]
}
_MANY: dict[str, Any] = {"anyOf": [*_ONE["anyOf"], {"type": "array", "items": _ONE}]}
_NAMES: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
}

PerLanguage = Annotated[dict[str, str], BeforeValidator(_per_language), WithJsonSchema(_ONE)]
Keys = Annotated[PerLanguage, AfterValidator(_keys)]
Heards = Annotated[list[PerLanguage], BeforeValidator(_several), WithJsonSchema(_MANY)]
Names = Annotated[list[str], BeforeValidator(_several), WithJsonSchema(_NAMES)]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a call begins, in county time. `kind` is what the calendar says of the day.

    None for a day that is written as a date: then the calendar of the flows is asked.
    """

    at: datetime
    kind: DayKind | None = None


def _moment(day: int, hour: int, minute: int = 0, kind: DayKind = "ordinary") -> Moment:
    month = 10 if kind == "holiday" else 11
    return Moment(datetime(2026, month, day, hour, minute, tzinfo=COUNTY_TIME), kind)


# 1 October is a public holiday in every year; the others are an ordinary Monday and a Sunday.
MOMENTS = {
    "working_hours": _moment(23, 9),
    "night": _moment(23, 2, 30),
    "weekend": _moment(22, 10),
    "holiday": _moment(1, 10, kind="holiday"),
}
WORKING_HOURS = MOMENTS["working_hours"]


def _when(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value in MOMENTS:
        return MOMENTS[value]
    try:
        return Moment(datetime.strptime(value, "%Y-%m-%d %H:%M").replace(tzinfo=COUNTY_TIME))
    except ValueError:
        known = ", ".join(MOMENTS)
        raise ValueError(f"write {known}, or a day and time as 2026-11-23 02:30") from None


When = Annotated[Moment, BeforeValidator(_when), WithJsonSchema({"type": "string"})]
