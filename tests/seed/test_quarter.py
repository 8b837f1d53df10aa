"""The made-up quarter is plausible, and it leaves nothing to be sent or rung."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from app.calls.gateway.models import OutboundLeg
from app.calls.models import Call, CallEvent
from app.calls.outbound import queries as outbound
from app.calls.recordings.models import KeptRecording
from app.calls.recordings.provider import Provider
from app.calls.recordings.store import recordings_store
from app.calls.recordings.work import Policy, Workshop
from app.calls.screening.models import Ban
from app.calls.transcripts.sounds import sounds_of
from app.hearings.models import HearingMember
from app.jobs.models import Job
from app.main import Service, assemble
from app.messages.models import Message
from app.people.roster.models import DutySwap
from app.seed.cast import county
from app.seed.multiply import multiply
from app.seed.numbers import UnusedNumbers
from app.seed.plan import contacts, life, people
from app.seed.quarter import HEARD, PastClock, SeedError, seed_quarter
from app.tickets.attachments.models import TicketAttachment
from app.tickets.attachments.store import attachments_store
from app.tickets.clocks.escalation.models import Escalation
from app.tickets.closing import queries as closing
from app.tickets.closing.models import ReturnVisit
from app.tickets.handover.models import TicketOffer
from app.tickets.models import Ticket, TicketEvent
from app.tickets.numbers import fresh_number
from app.tickets.states import SETTLED
from sqlalchemy import func, select
from tests.stories.county import story_settings

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Service:
    return assemble(
        story_settings(database_url, "http://127.0.0.1:1", "http://127.0.0.1:1", tmp_path),
        identities=UnusedNumbers(fresh_number),
    )


def test_two_days_of_a_hotline(service: Service) -> None:
    told = seed_quarter(service, NOW, days=2, a_day=25)
    with service.database.reading() as connection:
        tickets = connection.execute(select(Ticket.__table__)).mappings().all()
        calls = connection.execute(select(Call.__table__)).mappings().all()
        waiting = connection.execute(
            select(Job.kind).where(Job.state == "waiting", Job.due_at <= NOW)
        ).all()
        answers = connection.execute(
            select(func.count()).where(CallEvent.answer.like("%<Response>%"))
        ).scalar_one()
    assert (told.calls, told.tickets) == (len(calls), len(tickets))
    assert waiting == []
    assert answers > len(calls)
    assert all(call["ended_at"] <= NOW + timedelta(hours=1) for call in calls)
    assert {call["outcome"] for call in calls} >= {"ticket", "policy"}
    states = Counter(ticket["state"] for ticket in tickets)
    assert states["closed"] > 0
    for ticket in tickets:
        assert (ticket["owner_id"] is None) == (ticket["acknowledged_at"] is None)
        if ticket["state"] in SETTLED and ticket["merged_into_id"] is None:
            assert ticket["resolved_at"] >= ticket["acknowledged_at"]
    service.database.close()


def test_no_page_of_the_demonstration_is_empty(service: Service) -> None:
    seed_quarter(service, NOW, days=6, a_day=40)
    with service.database.reading() as connection:
        events = set(connection.execute(select(TicketEvent.event).distinct()).scalars())
        purposes = set(connection.execute(select(Message.purpose).distinct()).scalars())
        words = set(connection.execute(select(Ticket.satisfaction).distinct()).scalars())
        sealed = connection.execute(select(Ticket.id).where(Ticket.confidential)).first()
        offers = select(TicketOffer.id).where(TicketOffer.state == "offered")
        found = [sealed, connection.execute(offers).first()]
        found += [
            connection.execute(select(table.id)).first() for table in (Ban, DutySwap, HearingMember)
        ]
        blob = connection.execute(select(TicketAttachment.blob)).scalars().first()
    assert {"merged", "took_in", "read", "accepted", "offered", "attached", "said"} <= events
    assert {"appeal", "status"} <= purposes
    assert {"satisfied", "not_satisfied"} <= words
    assert None not in found
    assert blob is not None
    assert attachments_store(service.settings).open(blob).startswith(b"\x89PNG")
    service.database.close()


def test_who_was_put_through_stands_as_such_among_the_outgoing(service: Service) -> None:
    seed_quarter(service, NOW, days=2, a_day=25)
    with service.database.reading() as connection:
        purposes = set(connection.execute(select(OutboundLeg.purpose)).scalars())
    assert "connect" in purposes
    assert "offline" not in purposes
    service.database.close()


def test_the_legs_of_a_call_go_to_those_whom_its_transcript_rings(service: Service) -> None:
    seed_quarter(service, NOW, days=2, a_day=25)
    with service.database.reading() as connection:
        answers = connection.execute(
            select(CallEvent.call_sid, CallEvent.answer).where(CallEvent.answer.is_not(None))
        ).all()
        legs = connection.execute(
            select(Call.parent_sid, Call.caller).where(Call.parent_sid.is_not(None))
        ).all()
    rung: dict[str, set[str]] = {}
    for sid, answer in answers:
        for sound in sounds_of(answer):
            rung.setdefault(sid, set()).update(sound.numbers)
    named = [leg for leg in legs if rung[leg.parent_sid]]
    assert len({leg.caller for leg in named}) > 1
    assert [leg for leg in named if leg.caller not in rung[leg.parent_sid]] == []
    service.database.close()


def test_the_latest_recordings_play_and_nobody_is_rung(service: Service) -> None:
    seed_quarter(service, NOW, days=2, a_day=55)
    workshop = Workshop(
        Provider("http://127.0.0.1:9", "AC1", "AC1", "nobody is asked"),
        recordings_store(service.settings),
        Policy(),
        service.database,
        PastClock(NOW + timedelta(minutes=2)),
    )
    while workshop.work_on_next():
        pass
    with service.database.reading() as connection:
        kept = connection.execute(
            select(KeptRecording.state, KeptRecording.silent, KeptRecording.seconds)
        ).all()
        still = connection.execute(select(Escalation.id).where(Escalation.state == "open")).first()
        ringing = connection.execute(
            select(Job.id).where(Job.state == "waiting", Job.kind.startswith("escalation."))
        ).first()
        to_be_rung = outbound.forgotten(connection, NOW + timedelta(hours=1))
        asked_soon = closing.due(connection, NOW + timedelta(hours=1))
        ways = set(
            connection.execute(
                select(ReturnVisit.way).where(ReturnVisit.id.in_(asked_soon))
            ).scalars()
        )
    assert len(kept) == HEARD
    assert {row.state for row in kept} == {"playable"}
    assert not any(row.silent for row in kept)
    assert all(row.seconds >= 6 for row in kept)
    assert (still, ringing) == (None, None)
    assert list(to_be_rung) == []
    assert "call" not in ways
    service.database.close()


def test_only_an_empty_database_is_filled(service: Service) -> None:
    seed_quarter(service, NOW, days=1, a_day=6)
    with pytest.raises(SeedError):
        seed_quarter(service, NOW, days=1, a_day=6)
    service.database.close()


def test_copies_are_older_and_complete(service: Service) -> None:
    seed_quarter(service, NOW, days=1, a_day=20)
    with service.database.writing() as connection:
        before = {table: connection.execute(select(func.count()).select_from(table)).scalar_one()
                  for table in (Call, CallEvent)}  # fmt: skip
        multiply(connection, 2, timedelta(days=1), service.identities)
    with service.database.writing() as connection:
        for table, count in before.items():
            after = connection.execute(select(func.count()).select_from(table)).scalar_one()
            assert after == 3 * count
        assert connection.execute(select(Ticket.words).order_by(Ticket.opened_at)).first()
        oldest = connection.execute(select(func.min(Call.started_at))).scalar_one()
        seed = connection.execute(select(func.max(Call.id))).scalar_one()
        fresh = dict(
            connection.execute(select(Call.__table__).where(Call.id == seed)).mappings().one()
        )
        fresh.pop("id")
        connection.execute(Call.__table__.insert().values(fresh | {"sid": "CAfresh"}))
    assert oldest is not None
    service.database.close()


def test_the_same_number_makes_the_same_history() -> None:
    def history(seed: int) -> list[object]:
        chance = Random(seed)
        callers = people(chance, county(), 50)
        return list(contacts(chance, county(), callers, NOW, 3, 20))

    assert history(7) == history(7)
    assert history(7) != history(8)


def test_most_matters_keep_the_promise() -> None:
    chance = Random(1)
    lives = [life(chance, age=20_000.0) for _ in range(2_000)]
    answered = sum((one.acknowledged or 1e9) <= 30 for one in lives) / len(lives)
    assert 0.92 < answered < 0.97
    for one in lives:
        assert one.acknowledged is not None
        assert one.started is not None
        assert one.acknowledged <= one.started
        assert one.resolved is None or one.resolved > one.started
