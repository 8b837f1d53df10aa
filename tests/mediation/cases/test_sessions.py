"""Cases in the telephone sessions that they become: whose they are, what is read, who says yes."""

import pytest
from app.calls.facts import CallFacts
from app.flows.effects import AnswerInvitation, AnswerPoll
from app.mediation.cases.agreements import Draft, write_draft
from app.mediation.cases.errors import DisputeError
from app.mediation.cases.models import DisputeAssent, DisputeCase, DisputeParty
from app.mediation.controls.errors import ControlError
from app.mediation.controls.service import By
from app.mediation.floor import LONGEST_DRAFT
from app.mediation.models import MediationLeg, MediationSession
from app.mediation.states import LOST
from app.tickets.models import Ticket
from sqlalchemy import select, update
from tests.console.cases import Cases, post
from tests.fixtures.office import NOON
from tests.mediation.cases.dispute import AT, MINE, THEIRS, Dispute

MEDIATOR = "+8613900000009"


def draft(terms: str) -> Draft:
    return Draft(facts="", matters="", terms=terms, performance="", copies=3)


def leg_of(dispute: Dispute, number: str) -> MediationLeg:
    """The leg last rung at a number."""
    legs = [leg for leg in dispute.rows(MediationLeg) if leg.number == number]
    return max(legs, key=lambda leg: leg.position)


def agree(dispute: Dispute, *numbers: str) -> None:
    """Telephones are answered and their owners agree to everything."""
    mediation = dispute.office.service.handlers.mediation
    for number in numbers:
        leg = leg_of(dispute, number)
        call = CallFacts(f"CA{leg.id}", number, "zh-CN", AT)
        answer = AnswerInvitation(leg.session_id, leg.id, "consented", records=True)
        dispute.write(lambda c, leg=leg: mediation.invitation(c, leg.token, f"CA{leg.id}", AT))
        dispute.write(
            lambda c, call=call, answer=answer: mediation.answer_invitation(c, answer, call)
        )


@pytest.fixture
def session(dispute: Dispute) -> str:
    """The session of a case, open, with everybody there."""
    dispute.plan()
    dispute.summon()
    agree(dispute, MEDIATOR, MINE, THEIRS)
    (session,) = dispute.rows(MediationSession)
    controls = dispute.office.service.handlers.mediation_controls
    dispute.write(lambda c: controls.open_floor(c, session.id, By(), AT))
    return str(session.id)


def ask_yes(dispute: Dispute, session: str) -> None:
    controls = dispute.office.service.handlers.mediation_controls
    dispute.write(lambda c: controls.poll(c, session, "yes", By(), AT))


def say_yes(dispute: Dispute, number: str) -> None:
    leg = leg_of(dispute, number)
    call = CallFacts(f"CA{leg.id}", number, "zh-CN", AT)
    answer = AnswerPoll(leg.session_id, leg.id, "yes")
    mediation = dispute.office.service.handlers.mediation
    dispute.write(lambda c: mediation.answer_poll(c, answer, call))


def who_said_yes(dispute: Dispute) -> list[str]:
    names = {party.id: party.name for party in dispute.rows(DisputeParty)}
    return [names.get(one.party_id, "nobody") for one in dispute.rows(DisputeAssent)]


def test_who_is_rung_again_says_yes_as_the_party_they_are_and_once(
    dispute: Dispute, session: str
) -> None:
    service = dispute.office.service
    dispute.write(lambda c: write_draft(c, dispute.id, draft("退地"), 0, "staff:1", NOON))
    ask_yes(dispute, session)
    say_yes(dispute, MINE)
    for number in (MINE, THEIRS):
        leg = leg_of(dispute, number)
        with dispute.office.database.writing() as connection:
            found = service.handlers.mediation.locked(connection, session)
            service.handlers.mediation.then.lose(connection, found, found.leg(leg.id), "left", AT)
        dispute.write(
            lambda c, leg=leg: service.handlers.mediation_controls.redial(c, leg.id, By(), AT)
        )
        agree(dispute, number)
    ask_yes(dispute, session)
    say_yes(dispute, MINE)
    say_yes(dispute, THEIRS)
    assert who_said_yes(dispute) == ["张三", "李四"]


def test_what_is_being_read_is_not_changed_until_everybody_has_answered(
    dispute: Dispute, session: str
) -> None:
    dispute.write(lambda c: write_draft(c, dispute.id, draft("退地"), 0, "staff:1", NOON))
    ask_yes(dispute, session)
    say_yes(dispute, MINE)
    with pytest.raises(DisputeError, match="being read"):
        dispute.write(lambda c: write_draft(c, dispute.id, draft("不退"), 1, "staff:1", NOON))
    say_yes(dispute, THEIRS)
    dispute.write(lambda c: write_draft(c, dispute.id, draft("退一半"), 1, "staff:1", NOON))


def test_an_agreement_nobody_could_listen_to_is_not_read(dispute: Dispute, session: str) -> None:
    long = draft("退" * (LONGEST_DRAFT + 1))
    dispute.write(lambda c: write_draft(c, dispute.id, long, 0, "staff:1", NOON))
    with pytest.raises(ControlError, match="too long"):
        ask_yes(dispute, session)
    supervisor = dispute.office.client("supervisor")
    page = supervisor.get(f"/console/floor/{session}").text
    assert "协议太长" in page
    assert "请当事人按键表态" not in page


def test_a_party_who_was_busy_may_still_call_in(dispute: Dispute) -> None:
    _, theirs = dispute.plan()
    dispute.summon()
    agree(dispute, MEDIATOR)
    mediation = dispute.office.service.handlers.mediation
    for number in (MINE, THEIRS):
        leg = leg_of(dispute, number)
        with dispute.office.database.writing() as connection:
            found = mediation.locked(connection, leg.session_id)
            mediation.then.lose(connection, found, found.leg(leg.id), "busy", AT)
    dispute.sits(theirs.digits, "CAlate", AT, THEIRS)
    assert leg_of(dispute, THEIRS).state == "notice"
    (session,) = dispute.rows(MediationSession)
    assert session.state == "inviting"
    dispute.does("mediation.expire", AT.replace(minute=AT.minute + 4))
    assert dispute.rows(MediationSession)[0].state == "failed"
    assert leg_of(dispute, MINE).state in LOST


def test_behind_the_seal_of_a_case_only_its_mediator_leads(dispute: Dispute, session: str) -> None:
    office = dispute.office
    (case,) = dispute.rows(DisputeCase)
    here = f"/console/floor/{session}"
    other = office.client("supervisor")
    page = other.get(here).text
    assert "张三" in page
    assert f"/console/disputes/{case.number}" in page
    number = Cases(office).opened("邻居威胁我", sealed=True)
    with office.database.writing() as connection:
        ticket = connection.execute(select(Ticket.id).where(Ticket.number == number)).scalar_one()
        connection.execute(update(DisputeCase).values(ticket_id=ticket))
    for client in (other, office.client("mediator")):
        for path in (here, f"{here}/board"):
            refused = client.get(path)
            assert refused.status_code == 403
            assert "张三" not in refused.text
        assert session not in client.get("/console/floor").text
        assert post(client, here, verb="end").status_code == 403
    mediator = office.client_of(case.mediator_id)
    assert "张三" in mediator.get(here).text
    assert session in mediator.get("/console/floor").text


def test_who_mediates_a_case_of_another_department_leads_its_session(
    dispute: Dispute, session: str
) -> None:
    office = dispute.office
    lent, other = office.hire("mediator", "water"), office.hire("mediator", "water")
    client, stranger = office.client_of(lent), office.client_of(other)
    here = f"/console/floor/{session}"
    assert client.get(here).status_code == 403
    with office.database.writing() as connection:
        connection.execute(update(DisputeCase).values(mediator_id=lent))
    assert stranger.get(here).status_code == 403
    assert "张三" in client.get(here).text
