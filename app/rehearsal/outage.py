"""The database goes away and comes back."""

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from app.database import Database


class Outage:
    """Between `begin` and `end` no transaction can be begun: as if the server were stopped."""

    def __init__(self, database: Database) -> None:
        self._engines = database.engines
        self._lasts = False

    def begin(self) -> None:
        """It goes away."""
        if not self._lasts:
            for engine in self._engines:
                event.listen(engine, "begin", _refuse, insert=True)
            self._lasts = True

    def end(self) -> None:
        """It is back."""
        if self._lasts:
            for engine in self._engines:
                event.remove(engine, "begin", _refuse)
            self._lasts = False


def _refuse(_connection: Connection) -> None:
    raise OperationalError("BEGIN", {}, Exception("the database is away"))
