"""Where an inbound call begins: the menus, unless somebody is screened.

The switches are read every few seconds. While nothing is switched on, a call costs no read more.
With the database away nobody is screened: the hotline stays open.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.calls.screening.queries import Switches, Verdict, switches, verdict

FRESH_FOR = timedelta(seconds=5)


class Screening:
    """Knows whether calls are to be screened, as of a few seconds ago. One per worker."""

    def __init__(self) -> None:
        self._known: tuple[datetime, Switches] | None = None

    def must_look(self, at: datetime) -> bool:
        """Whether the database must be asked before a call begins."""
        if self._known is None:
            return True
        read_at, on = self._known
        return on.is_on or not read_at <= at < read_at + FRESH_FOR

    def entry(self, connection: Connection, caller: str, at: datetime) -> Verdict:
        """Where a call begins, by the name of the entry."""
        on = self._fresh(connection, at)
        return verdict(connection, caller, on, at) if on.is_on else "inbound"

    def _fresh(self, connection: Connection, at: datetime) -> Switches:
        if self._known is not None:
            read_at, on = self._known
            if read_at <= at < read_at + FRESH_FOR:
                return on
        on = switches(connection, at)
        self._known = (at, on)
        return on
