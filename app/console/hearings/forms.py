"""What the pages of hearings send, as wishes; and how what stands would have been typed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Self

from fastapi import Depends, Form, Request
from starlette.datastructures import FormData

from app.flows.hours import COUNTY_TIME
from app.flows.library import FlowLibrary
from app.hearings.errors import HearingError
from app.hearings.pasted import as_pasted
from app.hearings.queries import Board
from app.hearings.service import HearingWish, MemberWish, VoteWish
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
    people: str = ""

    @classmethod
    def of(cls, board: Board, language: str) -> Self:
        """A hearing as it stands, its list with roles in a language."""
        session = board.session
        seats = [MemberWish(one.name, one.phone, one.role, one.language) for one in board.seats]
        return cls(
            title=session.title,
            starts_at=f"{session.starts_at.astimezone(COUNTY_TIME):%Y-%m-%dT%H:%M}",
            quorum_kind=session.quorum_kind,
            quorum=session.quorum,
            floor_minutes=session.floor_seconds // 60,
            items="\n".join(f"{item.title} | {item.minutes}" for item in board.items),
            people=as_pasted(seats, language),
        )

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
    people: Annotated[str, Form(max_length=20_000)] = "",
) -> Planned:
    """The dependency that reads it."""
    return Planned(
        title, starts_at, quorum_kind, quorum, floor_minutes, _plain(items), _plain(people)
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its options as they were typed, by language."""

    question: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, question: Mapping[str, str], options: Mapping[str, Sequence[str]]) -> Self:
        """A question as it stands."""
        return cls(dict(question), {tag: "\n".join(labels) for tag, labels in options.items()})

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
            found.question[name.removeprefix(QUESTION)] = _plain(str(text))
        elif name.startswith(OPTIONS):
            found.options[name.removeprefix(OPTIONS)] = _plain(str(text))
    return found


UNASKED = Asked(
    options={
        "zh-CN": "同意\n反对\n弃权",
        "en-US": "Agree\nDisagree\nAbstain",
        "yue-HK": "同意\n反對\n棄權",
    }
)
PlannedOf = Annotated[Planned, Depends(read_planned)]
AskedOf = Annotated[Asked, Depends(read_asked)]
Seen = Annotated[str, Form(max_length=64)]  # the mark of what a form was filled in with


def mark_of(standing: Planned | Asked) -> str:
    """The mark of a form: another one as soon as anything of it is another."""
    return hashlib.sha256(repr(standing).encode()).hexdigest()


class ChangedMeanwhileError(HearingError):
    """Somebody else changed what a form was filled in with."""

    def __init__(self) -> None:
        super().__init__(
            "刚才有人改过。您写的还在下面，没有保存；请看一眼现在的内容，再保存就以您写的为准。",
            "Somebody has just changed this. What you wrote is below and is not saved: look at "
            "what stands now; save again and yours is kept.",
        )


def _plain(text: str) -> str:
    """What browsers send, with line ends as they are kept here."""
    return "\n".join(text.splitlines())


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
