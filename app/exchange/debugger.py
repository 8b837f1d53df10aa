"""The list of things Twilio's debugger would show."""

from collections.abc import Callable
from datetime import datetime

from app.exchange.errors import DebuggerError, Notification
from app.exchange.sids import Sids


class Debugger:
    """Collects notifications; a healthy service leaves it empty."""

    def __init__(self, sids: Sids, now: Callable[[], datetime]) -> None:
        self._sids = sids
        self._now = now
        self.notifications: list[Notification] = []

    @property
    def codes(self) -> list[int]:
        """The codes of all notifications, in order."""
        return [notification.code for notification in self.notifications]

    def warn(self, code: int, message: str, url: str = "", call_sid: str = "") -> None:
        """Note something Twilio tolerates."""
        self._note("warning", DebuggerError(code, message, url), call_sid)

    def error(self, failure: DebuggerError, call_sid: str = "") -> None:
        """Note something Twilio refuses."""
        self._note("error", failure, call_sid)

    def _note(self, level: str, failure: DebuggerError, call_sid: str) -> None:
        sid, at = self._sids.new("NO"), self._now()
        self.notifications.append(
            Notification(sid, failure.code, level, failure.message, failure.url, call_sid, at)
        )
