"""A REST request's form, read as Twilio reads it: repeated keys, lowercase booleans, numbers."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from app.exchange.callbacks import Subscription
from app.exchange.errors import RestError


class Form:
    """The parameters of a request, from its body or its query string."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    @classmethod
    def parse(cls, text: str) -> "Form":
        """The form of a URL-encoded text."""
        return cls(parse_qsl(text, keep_blank_values=True))

    def text(self, name: str, default: str = "") -> str:
        """One value."""
        values = self._values.get(name)
        return values[-1] if values else default

    def texts(self, name: str) -> list[str]:
        """All values of a repeated key."""
        return self._values.get(name, [])

    def has(self, name: str) -> bool:
        """Whether the key was sent at all."""
        return name in self._values

    def truth(self, name: str, default: bool = False) -> bool:
        """A boolean: anything but `true` is false."""
        return self.text(name).lower() == "true" if self.has(name) else default

    def choice(self, name: str) -> bool | None:
        """A boolean that may be left out."""
        return self.truth(name) if self.has(name) else None

    def number(self, name: str, default: int, lowest: int = 0, highest: int = 10**9) -> int:
        """A whole number within bounds. Raises RestError 400 with 20001 for anything else."""
        text = self.text(name)
        if not text:
            return default
        if not text.isdigit() or not lowest <= int(text) <= highest:
            raise RestError(400, 20001, f"{name} must be a number from {lowest} to {highest}.")
        return int(text)

    def callback(
        self,
        prefix: str = "StatusCallback",
        default: str = "completed",
        known: Mapping[str, str] | None = None,
    ) -> Subscription:
        """A callback of three parameters: its URL, its Method and its Event list.

        One event per repeated key, as Twilio wants it; several in one value are refused.
        """
        events = self.texts(f"{prefix}Event") or default.split()
        for event in events:
            if " " in event:
                raise RestError(400, 20001, f"{prefix}Event must be repeated, not joined.")
            if known is not None and event not in known:
                raise RestError(400, 20001, f"{prefix}Event {event} is not known.")
        method = self.text(f"{prefix}Method", "POST")
        return Subscription(self.text(prefix), method, frozenset(events))
