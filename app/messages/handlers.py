"""What inbound texts lead to, one handler after the other: the first that claims a text has it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from app.flows.directory import Directory
from app.messages import queries, reading, service
from app.messages.composing import Composer
from app.messages.facts import InboundText, Reply, TextHandler
from app.messages.numbers import is_telephone
from app.tickets.changes import CALLER
from app.tickets.notes.service import LONGEST as LONGEST_NOTE
from app.tickets.notes.service import add_note
from app.tickets.routing import routing_of
from app.tickets.service import Appeal, open_ticket

THREAD = timedelta(minutes=10)  # so soon after the last text, the next one belongs to it
LONG_THREAD = timedelta(hours=24)  # when a number has opened too many, to this it is added
HOUR = timedelta(hours=1)
MOST_TICKETS_PER_HOUR = 5  # by one number


@dataclass(frozen=True, slots=True)
class TextHandlers:
    """The hotline's own handlers."""

    directory: Callable[[], Directory]
    composer: Composer
    fresh_number: Callable[[], str]

    def chain(self, *others: TextHandler) -> tuple[TextHandler, ...]:
        """All handlers in order; `others` come behind STOP and before everything else."""
        return (self.machines, self.commands, *others, self.states, self.appeals)

    def machines(self, _connection: Connection, text: InboundText) -> Reply | None:
        """A short code or a name is a machine: it is kept and never answered."""
        return None if is_telephone(text.sender) else Reply(purpose="machine")

    def commands(self, connection: Connection, text: InboundText) -> Reply | None:
        """STOP, START and HELP, in either language."""
        word = reading.command(text.body)
        if word == "stop":
            is_new = service.opt_out(connection, text.sender, text.at, "text")
            body = self._confirm(connection, text, "stop.done") if is_new else ""
            return Reply(body, "stop", owed=True)
        if word == "start":
            service.opt_in(connection, text.sender)
            return Reply(self._confirm(connection, text, "start.done"), "start", owed=True)
        return self._help(text) if word == "help" else None

    def states(self, connection: Connection, text: InboundText) -> Reply | None:
        """A ticket number: how it stands, for its own telephone; and what else was said is kept."""
        numbers = reading.valid_numbers(text.body)
        if not numbers and not self._is_a_wrong_number(text.body):
            return None
        beside = reading.said_beside(text.body)
        for number in numbers:
            ticket = queries.own_ticket(connection, number, text.sender)
            if ticket is not None and (ticket.takes_words or not beside):
                return self._state(connection, text, ticket, beside)
        if beside:
            return self._open(connection, text, "ticket.not_found_opened")
        body = self.composer.compose("ticket.not_found", text.language)
        return Reply(body, "status")

    def appeals(self, connection: Connection, text: InboundText) -> Reply | None:
        """Anything else is an appeal, or belongs to the one that was begun a moment ago."""
        if reading.letters(text.body) < reading.FEWEST_LETTERS and not text.media:
            return self._help(text)
        thread = queries.recent_thread(connection, text.sender, text.at - THREAD)
        if thread is None and self._too_many(connection, text):
            thread = queries.recent_thread(connection, text.sender, text.at - LONG_THREAD)
        if thread is not None and thread.takes_words:
            self._add(connection, text, thread.own_number)
            values = {"number": thread.number}
            body = self.composer.compose("ticket.added", text.language, **values)
            return Reply(body, queries.ADDED, thread.own_id)
        if reading.is_a_greeting(text.body) and not text.media:
            return self._help(text)
        return self._open(connection, text, "ticket.by_text")

    def _confirm(self, connection: Connection, text: InboundText, key: str) -> str:
        """In the language of the telephone's last ticket: TD and STOP are words of no language."""
        known = queries.language_of(connection, text.sender)
        return self.composer.compose(key, known or self.composer.default_language)

    def _help(self, text: InboundText) -> Reply:
        return Reply(self.composer.compose("help", text.language), "help", owed=True)

    def _is_a_wrong_number(self, body: str) -> bool:
        """Eight digits with a wrong check digit and nothing else: a slip of the finger."""
        return bool(reading.ticket_numbers(body)) and not reading.said_beside(body)

    def _state(
        self, connection: Connection, text: InboundText, ticket: queries.OwnTicket, beside: str
    ) -> Reply:
        key, purpose = "ticket.status", "status"
        if beside:
            self._add(connection, text, ticket.own_number)
            key, purpose = "ticket.status_added", queries.ADDED
        body = self.composer.compose(
            key,
            text.language,
            number=ticket.number,
            category=self.composer.category(ticket.category, text.language),
            state=self.composer.state(ticket.state, text.language),
        )
        return Reply(body, purpose, ticket.own_id)

    def _add(self, connection: Connection, text: InboundText, number: str) -> None:
        body = text.body if len(text.body) <= LONGEST_NOTE else text.body[: LONGEST_NOTE - 1] + "…"
        body = body or f"(图片 pictures: {text.media})"
        add_note(connection, number, body, CALLER, text.at, key=f"text:{text.sid}")

    def _open(self, connection: Connection, text: InboundText, answer: str) -> Reply:
        """Raises NumberTakenError: the text is then read again, with a fresh number."""
        category = self.directory().message_category
        routing = routing_of(self.directory(), category)
        appeal = Appeal(
            number=self.fresh_number(),
            source=f"sms:{text.sid}",
            kind="appeal",
            category=category,
            channel="sms",
            language=text.language,
            caller=text.sender,
            words=text.body,
            note=f"the text carried {text.media} pictures" if text.media else "",
        )
        opened = open_ticket(connection, appeal, routing, text.at)
        body = self.composer.compose(
            answer,
            text.language,
            number=opened.number,
            category=self.composer.category(category, text.language),
            respond=self.composer.duration(routing.respond, text.language),
            complete=self.composer.duration(routing.complete, text.language),
        )
        return Reply(body, queries.OPENED, opened.id)

    def _too_many(self, connection: Connection, text: InboundText) -> bool:
        opened = queries.opened_since(connection, text.sender, text.at - HOUR)
        return opened >= MOST_TICKETS_PER_HOUR
