"""Texts as they are sent: in the receiver's language, fields filled, behind the signature."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from app.flows.library import FlowLibrary
from app.flows.locale import Locale
from app.flows.text_length import LONGEST_BODY, MOST_SEGMENTS, segments, shortened
from app.flows.written import written_in


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes texts from the files in force. `number` is the hotline's own, in E.164."""

    library: Callable[[], FlowLibrary]
    number: str

    def compose(self, key: str, language: str, **values: str) -> str:
        """A text by its key in `texts/<language>.yaml`, signed.

        Without a translation it is in the default language. Raises KeyError for an unknown key.
        """
        texts = self.library().texts
        body, tag = texts.text(key, language, {"phone": as_dialled(self.number), **values})
        return self.signature(tag) + body

    def article(self, language: str, title: str, body: str, source: str) -> str:
        """A policy article, its body cut to the room there is."""
        rest = self.compose("policy.article", language, title=title, body="", source=source)
        low, high = 0, min(len(body), LONGEST_BODY - len(rest))
        while low < high:
            middle = (low + high + 1) // 2
            fits = segments(rest + body[:middle] + "…") <= MOST_SEGMENTS
            low, high = (middle, high) if fits else (low, middle - 1)
        cut = body if low == len(body) else f"{body[:low]}…"
        return self.compose("policy.article", language, title=title, body=cut, source=source)

    def signature(self, language: str) -> str:
        """What every text begins with, and a space where it does not end in a wide bracket."""
        sign = self.library().texts.text("signature", language, {})[0]
        return sign if sign.endswith("】") else f"{sign} "

    def signed(self, body: str) -> str:
        """The text behind the signature, unless it begins with one; short enough to be sent."""
        signatures = [self.signature(tag) for tag in self.library().directory.languages]
        if not body.startswith(tuple(signatures)):
            body = self.signature(self.written_in(body)) + body
        return shortened(body)

    def category(self, key: str, language: str) -> str:
        """A category's name; for one that the directory no longer has, that of `other` matters."""
        directory = self.library().directory
        known = key if key in directory.categories else directory.message_category
        return directory.category_name(known, language)

    def state(self, state: str, language: str) -> str:
        """How a ticket stands, in the words that callers hear."""
        return self.library().prompts.text(f"status.state.{state}", language, {})[0]

    def duration(self, span: timedelta, language: str) -> str:
        """A promise as people say it: minutes up to two hours, then hours."""
        minutes = round(span.total_seconds() / 60)
        key, count = ("minutes", minutes) if minutes < 120 else ("hours", round(minutes / 60))
        return self.library().texts.text(key, language, {"count": str(count)})[0]

    def locales(self) -> list[Locale]:
        """What belongs to each language of the hotline."""
        directory = self.library().directory
        return [directory.locale(tag) for tag in directory.languages]

    def written_in(self, body: str) -> str:
        """The language a text seems to be in, by its script; the default one when it may be."""
        return written_in(body, self.default_language, self.library().directory.scripts)

    @property
    def default_language(self) -> str:
        """The hotline's own language."""
        return self.library().default_language


@lru_cache(maxsize=64)
def as_dialled(number: str) -> str:
    """A number as people of its own country dial it, without spaces."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(character for character in national if character.isdigit())
