"""What stands in SQL about a call: where it is, and what exists because of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app.calls.models import Call, CallEvent
from app.calls.screening.models import ChallengeAnswer
from app.calls.transcripts.events import told_in
from app.database import Base, Database
from app.flows.nodes.challenge import KEYS
from app.flows.rehearsal.transcript import written_name
from app.flows.rehearsal.turns import Happened
from app.flows.state import State
from app.mediation.queries import SessionView, session_of_call
from app.messages.models import Message
from app.rehearsal.county import Joined
from app.tickets.models import Ticket

_NODE = re.compile(r"/voice/step\?node=([A-Za-z0-9_.]+)")

# Effects whose rows are looked at; of the others the log of the call tells that they happened.
TOLD_BY_ROWS = (
    "open_ticket",
    "convene_mediation",
    "record_satisfaction",
    "text_article",
    "answer_challenge",
)

Row = Mapping[str, Any]


class Records:
    """The rows of one call, by an engine of its own: read even when the service's is away."""

    def __init__(self, county: Joined, sid: str) -> None:
        self._ledger = county.exchange.ledger
        self._database = Database(county.service.settings.database_url)
        self.sid = sid

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def node(self) -> str:
        """The node where the call is; with the database away, where its last answer leads."""
        answers = self._ledger.webhooks("/voice/", "voice", CallSid=self.sid)
        led_to = [name for answer in answers for name in _NODE.findall(answer.body)]
        row = self._call()
        written = str(row["node"]) if row else ""
        goes_on = bool(answers and _NODE.search(answers[-1].body))
        return led_to[-1] if goes_on or (not written and led_to) else written

    def language(self) -> str:
        """The language the call is in."""
        row = self._call()
        return str(row["language"]) if row else ""

    def fields(self, ticket: str) -> dict[str, str]:
        """The fields that a transcript may name; `ticket` is the one that was there before."""
        opened = [str(row["number"]) for row in self._rows(Ticket, call_sid=self.sid)]
        number = opened[-1] if opened else ticket
        fields = {"ticket_number": number} if number else {}
        row = self._call()
        state = State.from_json(row["state"]) if row and row["state"] else None
        key = state.variables.get("challenge_key") if state else None
        if key:
            fields |= {"key": key, "another_key": next(other for other in KEYS if other != key)}
        return fields

    def session(self) -> SessionView | None:
        """The mediation this call is a party of."""
        with self._database.reading() as connection:
            return session_of_call(connection, self.sid)

    def happened(self, ticket: str) -> tuple[Happened, ...]:
        """The effects of the call: those with rows of their own as these tell, others by name."""
        told = list(self._told(ticket))
        names = dict.fromkeys(self._effects())
        return (*told, *(Happened(name, {}) for name in names if name not in TOLD_BY_ROWS))

    def _told(self, ticket: str) -> Iterator[Happened]:
        for row in self._rows(Ticket, call_sid=self.sid):
            if row["kind"] != "callback":  # a task of ours, not an effect of the call
                fields = {name: row[name] for name in ("kind", "category", "language", "note")}
                yield Happened("open_ticket", fields)
        session = self.session()
        if session is not None:
            yield Happened("convene_mediation", {"department": session.department})
        for row in self._rows(Ticket, number=ticket):
            if row["satisfaction"]:
                yield Happened("record_satisfaction", {"word": row["satisfaction"]})
        for row in self._rows(Message):
            kind, _, about = row["key"].partition(f":{self.sid}:")
            if kind == "article":
                yield Happened("text_article", {"article": about})
        for row in self._rows(ChallengeAnswer, call_sid=self.sid):
            yield Happened("answer_challenge", {"passed": row["passed"]})

    def _effects(self) -> Iterator[str]:
        for row in self._rows(CallEvent, call_sid=self.sid):
            for effect in told_in(row["detail"]).get("effects", ()):
                yield written_name(effect)

    def _call(self) -> Row | None:
        return next(iter(self._rows(Call, sid=self.sid)), None)

    def _rows(self, table: type[Base], **where: Any) -> list[Row]:
        """Rows in the order they were written."""
        query = select(table.__table__).filter_by(**where).order_by(table.__table__.c["id"])
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]
