"""What members of a hearing are told by text: the hour with a PIN, a reminder, and changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from app.flows.hours import COUNTY_TIME
from app.hearings import asking, store
from app.hearings.states import Member
from app.hearings.store import Session
from app.messages.composing import Composer
from app.messages.numbers import can_be_texted
from app.messages.service import send_text

Text = Literal["invited", "reminder", "moved", "released", "cancelled"]
OF_AN_HOUR: frozenset[Text] = frozenset({"reminder", "moved"})  # not sent when it is moved again

REMINDER_BEFORE = timedelta(hours=1)
LONGEST_TOLD = 30  # characters of a title: the hour and the PIN are what matters


def ask_to_invite(connection: Connection, session: Session, member_id: int, at: datetime) -> None:
    """Have a member told of the hour now, and reminded of it when that is a while ahead."""
    _ask(connection, session, "invited", member_id, at)
    _ask_to_remind(connection, session, member_id, at)


def ask_to_move(connection: Connection, session: Session, at: datetime) -> None:
    """Have everybody told of the new hour, and reminded of that."""
    for member in session.members:
        _ask(connection, session, "moved", member.id, at)
        _ask_to_remind(connection, session, member.id, at)


def _ask_to_remind(connection: Connection, session: Session, member_id: int, at: datetime) -> None:
    ahead = session.starts_at - REMINDER_BEFORE - at
    if ahead > REMINDER_BEFORE:
        _ask(connection, session, "reminder", member_id, at, ahead.total_seconds())


def ask_to_cancel(connection: Connection, session: Session, at: datetime) -> None:
    """Have everybody told that a hearing that was planned is not going to be."""
    for member in session.members:
        _ask(connection, session, "cancelled", member.id, at)


def _ask(
    connection: Connection,
    session: Session,
    text: Text,
    member_id: int,
    at: datetime,
    after_seconds: float = 0,
) -> None:
    payload = {
        "hearing": session.id, "member": member_id, "text": text, "moves": session.moves,
    }  # fmt: skip
    subject = f"{text}:{member_id}:{session.moves}"
    asking.ask(connection, "tell", subject, payload, at, after_seconds)


@dataclass(frozen=True, slots=True)
class Telling:
    """Texts to members, in their languages. They stand on no page: a PIN is its member's alone."""

    composer: Composer

    def tell(
        self, connection: Connection, session: Session, member: Member, text: Text, at: datetime
    ) -> bool:
        """Text a member, once for each hour; returns whether it was asked for now.

        Landlines get none, nor does a number that wants none; nobody is invited to or reminded of a
        hearing that has begun.
        """
        number = store.phone_of(connection, member.id)
        is_due = text == "cancelled" or session.state == "planned"
        if not is_due or not can_be_texted(number):
            return False
        body = self._body(connection, session, member, text)
        key = f"hearing.{text}:{member.id}:{session.moves}"
        return send_text(connection, to=number, body=body, key=key, at=at)

    def _body(self, connection: Connection, session: Session, member: Member, text: Text) -> str:
        local = session.starts_at.astimezone(COUNTY_TIME)
        dates = self.composer.library().locale(member.language).dates
        title = session.title
        return self.composer.compose(
            f"hearing.{text}",
            member.language,
            title=title if len(title) <= LONGEST_TOLD else f"{title[: LONGEST_TOLD - 1]}…",
            day=dates.say_date(local.date()),
            time=dates.say_time(local),
            pin=store.pin_of(connection, member.id) if text == "invited" else "",
        )
