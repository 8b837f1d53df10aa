"""What can go wrong, with Twilio's error codes (contract, section 4.7)."""

from dataclasses import dataclass
from datetime import datetime


class RestError(Exception):
    """A REST request is refused: `status` is the HTTP status, `code` Twilio's error code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    @property
    def more_info(self) -> str:
        """The page on which Twilio explains the code."""
        return f"https://www.twilio.com/docs/errors/{self.code}"


def not_found(what: str) -> RestError:
    """404 with code 20404: there is no such resource."""
    return RestError(404, 20404, f"The requested resource {what} was not found")


class DebuggerError(Exception):
    """TwiML cannot be had or played: `code` is what Twilio's debugger shows, `url` the culprit."""

    def __init__(self, code: int, message: str, url: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.url = url


@dataclass(frozen=True, slots=True)
class Notification:
    """One entry of the debugger; `level` is `error` or `warning`."""

    sid: str
    code: int
    level: str
    message: str
    url: str
    call_sid: str
    at: datetime
