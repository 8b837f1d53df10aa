"""What a telephone went through, line by line."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `what` is a verb such as `heard`, `pressed`, `said`, `tone`, `ended`.

    `speaker` is the number of the other party who was heard, empty for the exchange's voice.
    """

    what: str
    text: str
    language: str
    at: datetime
    speaker: str = ""

    def show(self, begin: datetime) -> str:
        """The line for people, with seconds since `begin`."""
        seconds = (self.at - begin).total_seconds()
        who = f" ({self.speaker})" if self.speaker else ""
        tag = f" [{self.language}]" if self.language else ""
        return f"{seconds:8.1f} s  {self.what:<9}{self.text}{who}{tag}"


def show(lines: list[Line]) -> str:
    """All lines for people."""
    if not lines:
        return "      (nothing was heard)"
    return "\n".join(line.show(lines[0].at) for line in lines)
