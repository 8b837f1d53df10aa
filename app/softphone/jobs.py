"""What talks have done in the background; every handler may run twice."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import Connection, select

from app.calls.retry_law import AGAIN_SECONDS, insist, place_once
from app.database import blind_index
from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload, enqueue
from app.people.presence.address import client_of
from app.people.presence.queries import gone_lately
from app.queueing import store as queue
from app.queueing.models import QueuedCaller, StaffRing
from app.softphone import asking, store
from app.softphone.connecting import coached
from app.softphone.outgoing import citizens_call
from app.softphone.transfers import ASKED_FOR, Transfers

OFFER_AGAIN = "softphone.offer_again"


def rung_in_vain(connection: Connection, at: datetime) -> list[tuple[int, str]]:
    """Callers for whom a browser rings that is gone: their ids, and the browser's index."""
    gone = {blind_index(client_of(one)) for one in gone_lately(connection, at)}
    if not gone:
        return []
    query = (
        select(StaffRing.caller_id, StaffRing.number_index)
        .join(QueuedCaller, QueuedCaller.id == StaffRing.caller_id)
        .where(
            StaffRing.ended_at.is_(None),
            StaffRing.result == "",
            StaffRing.number_index.in_(gone),
            QueuedCaller.state == "ringing",
        )
    )
    return [(row.caller_id, row.number_index) for row in connection.execute(query)]


def anybody_in_vain(connection: Connection, at: datetime) -> bool:
    """Whether a browser is rung that is gone, or a colleague asked for too long."""
    late = store.late_colleagues(connection, at - ASKED_FOR)
    return bool(late or rung_in_vain(connection, at))


SWEEP = Every("softphone.sweep", 2, anybody_in_vain)


class SoftphoneJobs:
    """The handlers of the jobs of talks."""

    recurring = (SWEEP,)

    def __init__(self, transfers: Transfers) -> None:
        self._transfers = transfers

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {
            asking.MOVE: self.move,
            asking.HOLD: self.hold,
            asking.END: self.end,
            asking.HANG_UP: self.hang_up,
            asking.INVITE: self.invite,
            asking.ADJUST: self.adjust,
            SWEEP.kind: self.sweep,
            OFFER_AGAIN: self.offer_again,
        }

    def move(self, payload: Payload, tools: Tools) -> None:
        """Move the dialled leg of two that are bridged; the other follows by its own document."""
        with tools.database.reading() as connection:
            talk = store.talk(connection, payload["talk"])
            if talk is None or talk.ended_at is not None:
                return
            agents = [one for one in store.legs(connection, talk.id) if one.state == "on"]
            dialled = agents[0].call_sid if agents and talk.direction == "inbound" else ""
            if talk.direction == "outbound":
                dialled = citizens_call(connection, talk)
        if dialled:
            path = f"/voice/softphone/room?{urlencode({'talk': talk.id})}"
            insist(lambda: tools.telephony.move_call(dialled, path))

    def hold(self, payload: Payload, tools: Tools) -> None:
        """Let the citizen hear words, or the others, as the row says."""
        with tools.database.reading() as connection:
            talk = store.talk(connection, payload["talk"])
            citizen = citizens_call(connection, talk) if talk else ""
        if talk is None or talk.ended_at is not None or not citizen:
            return
        path = f"/voice/softphone/hold?{urlencode({'language': talk.language})}"
        insist(
            lambda: tools.telephony.hold_participant(talk.room, citizen, held=talk.held, path=path)
        )

    def end(self, payload: Payload, tools: Tools) -> None:
        """Let the citizen go on in their flow."""
        insist(lambda: tools.telephony.end_conference(payload["room"]))

    def hang_up(self, payload: Payload, tools: Tools) -> None:
        """End one of our legs."""
        insist(lambda: tools.telephony.hang_up(payload["call"]))

    def invite(self, payload: Payload, tools: Tools) -> None:
        """Ring a colleague."""
        if not place_once(self._transfers, payload["leg"], tools):
            raise RetryLater(AGAIN_SECONDS)

    def adjust(self, payload: Payload, tools: Tools) -> None:
        """Let a supervisor be heard as their leg says."""
        with tools.database.reading() as connection:
            leg = store.leg(connection, payload["leg"])
            talk = store.talk(connection, leg.talk_id) if leg else None
            if leg is None or talk is None or not leg.is_open:
                return
            whispers = coached(connection, talk) if leg.mode == "whisper" else ""
        insist(
            lambda: tools.telephony.adjust_participant(
                talk.room, leg.call_sid, muted=leg.mode == "listen", coaches=whispers, closes=False
            )
        )

    def sweep(self, _payload: Payload, tools: Tools) -> None:
        """A browser that is rung and gone rings no more; its caller is offered to others.

        So is the citizen of a transfer to whom nobody comes.
        """
        with tools.database.writing() as connection:
            at = tools.clock.now()
            self._transfers.give_up_late(connection, at)
            for caller_id, index in rung_in_vain(connection, at):
                caller = queue.load(connection, caller_id)
                if caller is None or caller.state != "ringing":
                    continue
                queue.end_rings(connection, caller_id, "no_answer", at, {index})
                if caller.claimed_index == index:
                    released = {"claimed_by": "", "claimed_index": "", "claim_until": None}
                    queue.change(connection, caller_id, **released)
                if not _is_rung(connection, caller_id):
                    key = f"{OFFER_AGAIN}:{caller_id}:{at.isoformat()}"
                    payload = {"call": caller.call_sid, "key": key}
                    enqueue(connection, OFFER_AGAIN, key, payload, at)

    def offer_again(self, payload: Payload, tools: Tools) -> None:
        """Interrupt the caller's ringing, unless somebody has them: the next one is rung."""
        with tools.database.reading() as connection:
            caller = queue.of_call(connection, payload["call"])
        if caller is not None and caller.state == "ringing":
            insist(lambda: tools.telephony.resume_call(payload["call"], payload["key"][-60:]))


def _is_rung(connection: Connection, caller_id: int) -> bool:
    query = select(StaffRing.id).where(
        StaffRing.caller_id == caller_id, StaffRing.ended_at.is_(None)
    )
    return connection.execute(query.limit(1)).first() is not None
