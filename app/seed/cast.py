"""The made-up county's people and places, read from `county.yaml`."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

PHONE_BLOCK, PHONES = "+861380013", 10_000


class Strict(BaseModel):
    """A part of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StaffMember(Strict):
    """Somebody who works at the hotline; each grant is (role, department)."""

    login: str
    name: str
    phone: str
    grants: list[tuple[str, str]]


class Matter(Strict):
    """What callers say about one category, and how often it comes up."""

    share: int
    words: list[str]


class County(Strict):
    """Everything the made-up quarter is made of."""

    villages: list[str]
    surnames: list[str]
    given: list[str]
    staff: list[StaffMember]
    appeals: dict[str, Matter]
    outcomes: list[str]
    notes: list[str]
    told: list[str]
    waits: list[str]
    handover_reasons: list[str]
    questions: list[str]
    unclear: list[str]
    clauses: list[str]
    last_words: dict[str, list[str]]
    merge_reason: str
    swap_reason: str
    ban_reason: str


@lru_cache(maxsize=1)
def county() -> County:
    """The county of the file."""
    source = YAML(typ="safe").load(Path(__file__).with_name("county.yaml"))
    return County.model_validate(source)
