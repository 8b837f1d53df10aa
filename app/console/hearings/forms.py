"""What the pages of hearings send, as wishes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Form, Request
from starlette.datastructures import FormData

from app.flows.hours import COUNTY_TIME
from app.flows.library import FlowLibrary
from app.hearings.errors import HearingError
from app.hearings.service import HearingWish, VoteWish
from app.hearings.states import QuorumKind

ITEM_MINUTES = 10  # of an item whose line says nothing
QUESTION, OPTIONS = "question:", "options:"  # followed by a language


@dataclass(frozen=True, slots=True)
class Planned:
    """A hearing as it was typed."""

    title: str = ""
    starts_at: str = ""
    quorum_kind: QuorumKind = "share"
    quorum: int = 50
    floor_minutes: int = 3
    items: str = ""

    def wish(self) -> HearingWish:
        """The wish. Raises HearingError where something is no time or no number."""
        try:
            starts_at = datetime.fromisoformat(self.starts_at).replace(tzinfo=COUNTY_TIME)
        except ValueError as error:
            raise HearingError("请选开始时间。", "Choose when the hearing begins.") from error
        return HearingWish(
            title=self.title.strip(),
            starts_at=starts_at,
            quorum_kind=self.quorum_kind,
            quorum=self.quorum,
            floor_seconds=self.floor_minutes * 60,
            items=_items(self.items),
        )


def read_planned(
    title: Annotated[str, Form(max_length=200)] = "",
    starts_at: Annotated[str, Form(max_length=32)] = "",
    quorum_kind: Annotated[QuorumKind, Form()] = "share",
    quorum: Annotated[int, Form(ge=0, le=1_000)] = 50,
    floor_minutes: Annotated[int, Form(ge=0, le=60)] = 3,
    items: Annotated[str, Form(max_length=8_000)] = "",
) -> Planned:
    """The dependency that reads it."""
    return Planned(title, starts_at, quorum_kind, quorum, floor_minutes, items)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its options as they were typed, by language."""

    question: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)

    def wish(self, library: FlowLibrary) -> VoteWish:
        """The wish: the hotline's own language first, those without a text left out."""
        default = library.default_language
        tags = [default, *(tag for tag in library.languages if tag != default)]
        question = {tag: self.question.get(tag, "").strip() for tag in tags}
        options = {tag: _lines(self.options.get(tag, "")) for tag in tags}
        if not question[default] or not options[default]:
            raise HearingError("请写表决的问题和选项。", "Write the question and its options.")
        return VoteWish(
            {tag: text for tag, text in question.items() if text},
            {tag: labels for tag, labels in options.items() if labels},
        )


async def read_asked(request: Request) -> Asked:
    """The dependency that reads it."""
    form: FormData = await request.form()
    found = Asked()
    for name, text in form.items():
        if name.startswith(QUESTION):
            found.question[name.removeprefix(QUESTION)] = str(text)
        elif name.startswith(OPTIONS):
            found.options[name.removeprefix(OPTIONS)] = str(text)
    return found


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _items(text: str) -> Sequence[tuple[str, int]]:
    """`Explanation of the plan | 15`: a line each, the minutes may be missing."""
    items: list[tuple[str, int]] = []
    for line in _lines(text):
        title, _, minutes = line.replace("｜", "|").rpartition("|")
        known = title.strip() and minutes.strip().isdigit()
        items.append((title.strip(), int(minutes)) if known else (line, ITEM_MINUTES))
    return items
