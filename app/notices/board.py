"""The notices that are on, in memory: what callers hear is never looked up during a call.

Each worker reads the table within two seconds of a change, beside the calls. While the database is
away the last known notices are spoken on, each until its end.
"""

from collections.abc import Sequence
from datetime import datetime

from app.database import Database
from app.flows.context import Notice
from app.notices.queries import Standing, standing


class NoticeBoard:
    """What is on, as of a moment ago. One per worker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Sequence[Standing] = ()

    def on(self, at: datetime) -> Sequence[Standing]:
        """The notices that are on at an instant, urgent ones first."""
        return [notice for notice in self._known if notice.ends_at > at]

    def spoken(self, at: datetime) -> Sequence[Notice]:
        """The same, as a flow speaks them."""
        return [Notice(str(one.id), one.words, one.urgent) for one in self.on(at)]

    def refresh(self, at: datetime) -> None:
        """Read the table. Raises what the database raises when it is away."""
        with self._database.reading() as connection:
            self._known = standing(connection, at)
