"""Sessions by appointment on real databases: told, moved, begun once, PINs that hold."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from app.calls.facts import CallEnded, CallFacts
from app.flows.effects import AnswerInvitation, LeaveSeat, TakeSeat
from app.jobs.models import Job
from app.mediation.cases import planning, service
from app.mediation.cases.agreements import Draft, write_draft
from app.mediation.cases.alerting import cases_of_alerts
from app.mediation.cases.door import make_pin
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.models import DisputeCase, DisputeSeat, DisputeSitting
from app.mediation.models import MediationLeg, MediationSession
from app.messages.models import Message
from app.people.alerts.models import Alert
from app.people.credentials.throttle import TooManyAttemptsError
from sqlalchemy import update
from tests.fixtures.office import NOON
from tests.mediation.cases.dispute import AT, MINE, THEIRS, Dispute

STRANGER = "+8613874599999"


def test_each_party_is_told_in_their_language_with_a_pin_of_their_own(dispute: Dispute) -> None:
    mine, theirs = dispute.plan()
    assert (mine.digits[0], theirs.digits[0]) == ("1", "2")
    assert (len(mine.digits), len(theirs.digits)) == (7, 7)
    assert dispute.texts(mine.digits) == [MINE]
    assert dispute.texts("the PIN " + theirs.digits) == [THEIRS]
    kept = [row.pin_hash for row in dispute.rows(DisputeSeat)]
    assert kept[0] is None
    assert all(hashed.startswith("$argon2") for hashed in kept[1:])
    dispute.does(planning.REMIND, AT - timedelta(hours=1))
    dispute.does(planning.REMIND, AT - timedelta(hours=1))
    assert len(dispute.texts("提醒您")) + len(dispute.texts("Reminder")) == 4
    assert all(row.ticket_id is None for row in dispute.rows(Message))


def test_a_moved_session_forgets_its_former_hour(dispute: Dispute) -> None:
    dispute.plan()
    (sitting,) = dispute.rows(DisputeSitting)
    later = AT + timedelta(days=1)
    plans = dispute.disputes.planning
    dispute.write(lambda c: plans.move(c, sitting.id, later, "staff:1", NOON))
    assert dispute.texts("密码不变") == [MINE]
    dispute.does(planning.REMIND, AT - timedelta(hours=1))
    dispute.does(planning.SUMMON, AT)
    assert dispute.rows(MediationSession) == []
    assert dispute.texts("提醒您") == []  # what was asked for the former hour does nothing
    dispute.does(planning.SUMMON, later)
    assert len(dispute.rows(MediationSession)) == 1


def test_a_cancelled_session_rings_nobody(dispute: Dispute) -> None:
    pins = dispute.plan()
    (sitting,) = dispute.rows(DisputeSitting)
    plans = dispute.disputes.planning
    dispute.write(lambda c: plans.cancel(c, sitting.id, "下大雨", "staff:1", NOON))
    assert dispute.texts("取消") == [MINE]
    assert dispute.texts("is cancelled") == [THEIRS]
    dispute.does(planning.SUMMON, AT)
    assert dispute.rows(MediationSession) == []
    assert dispute.door(pins[0].digits).state == "wrong"
    with pytest.raises(DisputeError):
        dispute.write(lambda c: plans.cancel(c, sitting.id, "again", "staff:1", NOON))


def test_two_workers_at_the_hour_begin_one_session(dispute: Dispute) -> None:
    dispute.plan()
    with ThreadPoolExecutor(2) as workers:
        outcomes = list(workers.map(lambda _: dispute.summon(), range(2)))
    assert "called" in outcomes
    assert len(dispute.rows(MediationSession)) == 1
    legs = dispute.rows(MediationLeg)
    assert sorted(leg.role for leg in legs) == ["mediator", "party", "party"]
    assert len([job for job in dispute.rows(Job) if job.kind == "mediation.invite"]) == 3
    (case,) = dispute.rows(DisputeCase)
    assert case.state == "in_session"


def test_the_mediator_hears_of_what_others_arrange_and_is_reminded(dispute: Dispute) -> None:
    mediator = dispute.office.hire("mediator", phone="+8613900000009")
    dispute.write(
        lambda c: c.execute(update(DisputeCase).values(mediator_id=mediator, opened_by="staff:1"))
    )
    dispute.plan()
    plans, later = dispute.disputes.planning, AT + timedelta(hours=1)
    (sitting,) = dispute.rows(DisputeSitting)
    mine = f"staff:{mediator}"
    dispute.write(lambda c: plans.move(c, sitting.id, AT + timedelta(hours=2), mine, NOON))
    dispute.write(lambda c: plans.move(c, sitting.id, later, "staff:1", NOON))
    for _ in range(2):
        dispute.write(lambda c: plans.remind(c, sitting.id, 2, "hour", NOON))
    dispute.write(lambda c: plans.cancel(c, sitting.id, "住院", "staff:1", NOON))
    told = [json.loads(alert.words)["zh-CN"] for alert in dispute.rows(Alert)]
    hours = ("约在 11-26 15:00", "改到 11-26 16:00", "11-26 16:00 开始", "原定 11-26 16:00，取消了")
    assert [hour in words for hour, words in zip(hours, told, strict=True)] == [True] * 4


def test_a_session_the_service_slept_through_is_missed_and_told(dispute: Dispute) -> None:
    dispute.plan()
    dispute.does(planning.SUMMON, AT + timedelta(minutes=16))
    assert dispute.rows(MediationSession) == []
    (alert,) = dispute.rows(Alert)
    assert "没能按时开始" in alert.words
    (sitting,) = dispute.rows(DisputeSitting)
    assert sitting.state == "missed"


def test_who_called_in_is_not_rung_and_who_hung_up_is(dispute: Dispute) -> None:
    mine, theirs = dispute.plan()
    early = AT - timedelta(minutes=5)
    seat = dispute.sits(mine.digits, "CAmine", early)
    gone = dispute.sits(theirs.digits, "CAtheirs", early, THEIRS)
    assert dispute.looks(seat, "CAmine").state == "waiting"
    assert dispute.looks(seat, "CAother") is None
    dispute.write(
        lambda c: dispute.disputes.summons.call_ended(c, CallEnded("CAtheirs", "completed", early))
    )
    assert dispute.looks(gone, "CAtheirs") is None
    assert dispute.summon() == "called"
    by_number = {leg.number: leg for leg in dispute.rows(MediationLeg)}
    assert (by_number[MINE].call_sid, by_number[MINE].state) == ("CAmine", "notice")
    assert (by_number[THEIRS].call_sid, by_number[THEIRS].state) == (None, "dialing")
    begun = dispute.looks(seat, "CAmine")
    assert (begun.state, begun.leg, begun.language) == ("begun", by_number[MINE].id, "zh-CN")
    # The other side calls in while it is rung: that call has the seat, the ringing ends.
    late = dispute.sits(theirs.digits, "CAlate", AT, THEIRS)
    found = dispute.looks(late, "CAlate")
    assert (found.state, found.language, found.role) == ("begun", "en-US", "party")
    states = {leg.state for leg in dispute.rows(MediationLeg) if leg.number == THEIRS}
    assert states == {"left", "notice"}


def test_who_leaves_the_waiting_is_rung(dispute: Dispute) -> None:
    mine, _ = dispute.plan()
    early = AT - timedelta(minutes=5)
    seat = dispute.sits(mine.digits, "CAmine", early)
    facts = CallFacts("CAmine", MINE, "zh-CN", early)
    dispute.write(lambda c: dispute.disputes.summons.leave_seat(c, LeaveSeat(seat), facts))
    dispute.summon()
    assert {leg.state for leg in dispute.rows(MediationLeg)} == {"dialing"}


def test_a_party_is_rung_in_their_own_language(dispute: Dispute) -> None:
    dispute.plan()
    dispute.summon()
    leg = next(one for one in dispute.rows(MediationLeg) if one.number == THEIRS)
    invited = dispute.write(lambda c: dispute.disputes.summons.invitation(c, leg.token, "CA9", AT))
    assert (invited.language, invited.variables["case"]) == ("en-US", dispute.number)
    assert invited.entry == "party"  # where 0 and 9 mean the same as everywhere
    chair = next(one for one in dispute.rows(MediationLeg) if one.role == "mediator")
    invited = dispute.write(
        lambda c: dispute.disputes.summons.invitation(c, chair.token, "CA8", AT)
    )
    assert invited.entry == "mediator"  # who goes on to the keys


def test_a_party_who_goes_elsewhere_while_asked_is_not_brought_back(dispute: Dispute) -> None:
    mine, _ = dispute.plan()
    dispute.sits(mine.digits, "CAmine", AT - timedelta(minutes=5))
    dispute.summon()
    answer = dispute.office.service.handlers.calls.effects[AnswerInvitation]
    facts, elsewhere = CallFacts("CAmine", MINE, "zh-CN", AT), AnswerInvitation("", "", "silent")
    dispute.write(lambda c: answer(c, elsewhere, facts))
    (session,) = dispute.rows(MediationSession)
    assert session.state == "inviting"  # the others are still rung, and the party may call in again
    dispute.does("mediation.expire", AT + timedelta(minutes=4))
    assert dispute.rows(MediationSession)[0].state == "failed"
    assert [job for job in dispute.rows(Job) if job.kind == "mediation.move"] == []


def test_who_begins_a_session_at_once_causes_its_calls(dispute: Dispute) -> None:
    dispute.plan()
    dispute.summon(actor="staff:7")
    payloads = [
        json.loads(job.payload) for job in dispute.rows(Job) if job.kind == "mediation.invite"
    ]
    assert {payload["actor"] for payload in payloads} == {"staff:7"}


def test_five_wrong_pins_shut_a_case_for_an_hour_whoever_calls(dispute: Dispute) -> None:
    mine, _ = dispute.plan()
    for guess in range(5):
        caller = f"+861387460000{guess}"
        assert dispute.door(f"100000{guess}", caller).state == "wrong"
    assert dispute.door(mine.digits, "+8613874700000").state == "shut"
    later = AT + timedelta(minutes=61)
    assert dispute.door(mine.digits, "+8613874700000", at=later).state == "open"


def test_an_unknown_case_is_answered_and_counted_like_a_known_one(dispute: Dispute) -> None:
    dispute.plan()
    for guess in range(5):
        assert dispute.door(f"100000{guess}", case="11111111").state == "wrong"
    assert dispute.door("1000009", case="11111111", caller=THEIRS).state == "shut"
    for guess in range(5):  # the tenth failure shuts this telephone, whatever it asks for
        dispute.door(f"100000{guess}", case=f"2222222{guess}")
    assert dispute.door("1000009", case="33333333").state == "shut"


def test_many_calls_at_once_have_no_more_tries_than_one(dispute: Dispute) -> None:
    mine, _ = dispute.plan()
    opened = dispute.door(mine.digits)
    for guess in range(5):
        dispute.door(f"100000{guess}", STRANGER)
    facts = CallFacts("CA2", MINE, "zh-CN", AT)
    effect = TakeSeat(dispute.number, opened.seat)
    with pytest.raises(TooManyAttemptsError):
        dispute.write(lambda c: dispute.disputes.summons.take_seat(c, effect, facts))


def test_a_fresh_pin_replaces_the_lost_one(dispute: Dispute) -> None:
    mine, _ = dispute.plan()
    seat = dispute.rows(DisputeSeat)[1]
    fresh = make_pin(1, dispute.office.service.identities.random_id)
    plans = dispute.disputes.planning
    assert dispute.write(lambda c: plans.renew_pin(c, seat.id, fresh, "staff:1", NOON))
    assert dispute.door(mine.digits).state == "wrong"
    assert dispute.door(fresh.digits).state == "open"
    assert dispute.texts(fresh.digits) == [MINE]
    for odd in ("", "x", "0" * 7, "9999999"):
        assert dispute.door(odd, f"+86138748000{len(odd)}").state == "wrong"


def test_follow_up_and_the_days_for_the_court_are_told_once(dispute: Dispute) -> None:
    day, follow_up = date(2026, 11, 24), date(2026, 12, 9)
    draft = Draft(facts="", matters="", terms="退地", performance="", copies=3)
    with pytest.raises(DisputeError):
        dispute.write(lambda c: service.take_effect(c, dispute.id, day, "staff:1", NOON))
    dispute.write(lambda c: write_draft(c, dispute.id, draft, 0, "staff:1", NOON))
    dispute.write(lambda c: service.settle(c, dispute.id, "退地", follow_up, "staff:1", NOON))
    wrong = day - timedelta(days=3)
    dispute.write(lambda c: service.take_effect(c, dispute.id, wrong, "staff:1", NOON))
    dispute.write(lambda c: service.take_effect(c, dispute.id, day, "staff:1", NOON))
    for _ in range(2):
        dispute.does(service.FOLLOW_UP, NOON + timedelta(days=40))
        dispute.does(service.COURT, NOON + timedelta(days=40))
    said = [alert.words for alert in dispute.rows(Alert)]
    assert len(said) == 2
    assert "今天该回访" in said[0]
    assert "12月24日" in said[1]
    with dispute.office.database.reading() as connection:
        keys = [alert.key for alert in dispute.rows(Alert)]
        linked = cases_of_alerts(connection, [*keys, "ticket:overdue:1"])
    assert linked == dict.fromkeys(keys, dispute.rows(DisputeCase)[0].number)
    assert dispute.texts("司法确认，双方") == [MINE]
    assert dispute.texts("a court confirm") == [THEIRS]
