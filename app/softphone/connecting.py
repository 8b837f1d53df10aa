"""What the calls of our own legs do: the documents of browsers and colleagues, as directives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from app.calls.facts import CallOrigin
from app.calls.gateway.service import OutboundGateway
from app.flows.directives import Directive, HangUp, JoinConference
from app.flows.library import FlowLibrary
from app.people.presence.address import staff_of
from app.softphone import store
from app.softphone.outgoing import TALK_SECONDS, citizens_call, ring
from app.softphone.store import Leg, Talk
from app.softphone.talking import CONNECTS_WITHIN
from app.tickets.links.service import link_call
from app.tickets.models import Ticket

OVER: tuple[Directive, ...] = (HangUp(),)


class Connecting:
    """Answers for the calls of legs. Nothing a browser says is believed but whose it is."""

    def __init__(self, gateway: OutboundGateway, library: Callable[[], FlowLibrary]) -> None:
        self._gateway = gateway
        self._library = library

    def browser(
        self, connection: Connection, origin: CallOrigin, token: str, at: datetime
    ) -> tuple[Directive, ...]:
        """A browser connects: to ring a citizen, or to come into a talk as a supervisor.

        The token is used once, by the browser of the one for whom it was made.
        """
        leg = store.leg_of_token(connection, token)
        talk = store.talk(connection, leg.talk_id, lock=True) if leg else None
        if leg is None or talk is None or leg.staff_id != staff_of(origin.caller):
            return OVER
        if leg.state == "asked" and talk.ended_at is None and at - leg.asked_at <= CONNECTS_WITHIN:
            values = {"call_sid": origin.sid, "address": origin.caller, "joined_at": at}
            store.change_leg(connection, leg.id, state="on", **values)
        elif leg.call_sid != origin.sid:
            return OVER
        leg = replace(leg, call_sid=origin.sid)
        if leg.role == "supervisor":
            return (self._join(connection, talk, leg),)
        ticket = select(Ticket.id).where(Ticket.number == talk.ticket)
        ticket_id = connection.execute(ticket).scalar_one_or_none()
        if ticket_id is not None:
            link_call(connection, ticket_id, origin.sid, "callback", at)
        language = self._library().language(talk.language)
        return ring(connection, self._gateway, talk, leg, language, at)

    def room(
        self, connection: Connection, origin: CallOrigin, talk_id: int
    ) -> tuple[Directive, ...]:
        """A leg that was moved, or whose `<Dial>` ended because the other was: the conference."""
        talk = store.talk(connection, talk_id)
        if talk is None or not talk.room or talk.ended_at is not None:
            return OVER
        leg = store.leg_of_call(connection, origin.sid)
        if leg is not None and leg.talk_id == talk.id and leg.in_room_at is None:
            return (self._join(connection, talk, leg),)
        if leg is None and origin.sid == citizens_call(connection, talk):
            store.change_talk(connection, talk.id, call_sid=origin.sid)
            return (self._citizen(talk),)
        return OVER

    def after(self, connection: Connection, origin: CallOrigin) -> tuple[Directive, ...]:
        """The `<Dial>` of a leg of ours has ended: the talk was moved, or is over."""
        leg = store.leg_of_call(connection, origin.sid)
        return OVER if leg is None else self.room(connection, origin, leg.talk_id)

    def colleague(self, connection: Connection, leg_id: int) -> tuple[Directive, ...]:
        """A colleague who has accepted: into the conference."""
        leg = store.leg(connection, leg_id)
        talk = store.talk(connection, leg.talk_id) if leg else None
        if leg is None or talk is None or talk.ended_at is not None:
            return OVER
        return (self._join(connection, talk, leg),)

    def _join(self, connection: Connection, talk: Talk, leg: Leg) -> JoinConference:
        return JoinConference(
            name=talk.room,
            label=store.label_of(leg),
            opens=True,
            closes=False,
            limit=TALK_SECONDS,
            muted=leg.mode == "listen",
            coach=coached(connection, talk) if leg.mode == "whisper" else "",
        )

    def _citizen(self, talk: Talk) -> JoinConference:
        prompt = self._library().utterance("queue.on_hold", talk.language)
        return JoinConference(
            name=talk.room,
            label="citizen",
            opens=True,
            closes=True,
            limit=TALK_SECONDS,
            waiting=(prompt,),
        )


def coached(connection: Connection, talk: Talk) -> str:
    """The call of the colleague whom a supervisor whispers to: whoever of ours is in the room."""
    there = [
        one.call_sid
        for one in store.legs(connection, talk.id)
        if one.is_open and one.role != "supervisor" and one.in_room_at is not None
    ]
    return there[-1] if there else ""
