"""What the page of notices sends, as a wish."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Form, Request
from starlette.datastructures import FormData

from app.flows.library import FlowLibrary
from app.notices.ending import EndChoice, end_of, evening, usual_end
from app.notices.service import NoticeError, NoticeWish

WORDS = "words:"  # followed by a language


@dataclass(frozen=True, slots=True)
class Ending:
    """Until when, as chosen on the page."""

    choice: EndChoice
    chosen: str

    def of(self, usual: datetime, at: datetime) -> datetime:
        """The instant. Raises NoticeError when nothing that is a time was chosen."""
        try:
            return end_of(self.choice, self.chosen, usual, at)
        except ValueError as error:
            raise NoticeError("请选结束时间。", "Choose when the notice ends.") from error


def read_ending(
    end: Annotated[EndChoice, Form()] = "usual",
    chosen: Annotated[str, Form(max_length=32)] = "",
) -> Ending:
    """The dependency that reads it."""
    return Ending(end, chosen)


@dataclass(frozen=True, slots=True)
class Written:
    """A free text as it was typed, by language."""

    words: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = False


async def read_written(request: Request) -> Written:
    """The dependency that reads it."""
    form: FormData = await request.form()
    words = {
        name.removeprefix(WORDS): str(text) for name, text in form.items() if name.startswith(WORDS)
    }
    return Written(words, "urgent" in form)


def ready_made(library: FlowLibrary, key: str, ending: Ending, at: datetime) -> NoticeWish:
    """A notice of `notices.yaml`. Raises NoticeError for one that is not there."""
    template = library.notices.get(key)
    if template is None:
        raise NoticeError(
            "没有这条预设通知：请刷新页面。", "There is no such notice: reload the page."
        )
    return NoticeWish(
        words=template.words,
        default_language=library.default_language,
        until=ending.of(usual_end(template, at), at),
        urgent=template.urgent,
        template=key,
    )


def free_text(library: FlowLibrary, typed: Written, ending: Ending, at: datetime) -> NoticeWish:
    """A notice in one's own words; languages that are not in the directory are left out."""
    words = {tag: text for tag, text in typed.words.items() if tag in library.languages}
    return NoticeWish(
        words=words,
        default_language=library.default_language,
        until=ending.of(evening(at), at),
        urgent=typed.urgent,
    )
