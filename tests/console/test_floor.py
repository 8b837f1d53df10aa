"""The page from which a mediation is led."""

import pytest
from app.calls.facts import CallFacts
from app.flows.effects import AnswerInvitation, EnterFloor
from app.mediation import live
from app.mediation.models import MediationLeg
from app.mediation.queries import draft_text
from app.mediation.store import load
from app.mediation.summoning import Summoned
from sqlalchemy import update
from tests.console.cases import post
from tests.fixtures.callbook import CallBook
from tests.fixtures.office import NOON, Office

SESSION = "c" * 32
HERE = f"/console/floor/{SESSION}"
MEDIATOR, WANG, LI = "+867451000201", "+8613800138001", "+8613800138002"


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    """What is done here in SQL is tried on both databases beside the domain."""
    return sqlite_office


@pytest.fixture
def session(office: Office) -> str:
    """A session in which the mediator and Wang wait, and Li is rung."""
    mediation = office.service.handlers.mediation
    summoned = [
        Summoned("mediator", MEDIATOR),
        Summoned("party", WANG, "王某", "zh-CN"),
        Summoned("party", LI, "李某", "en-US"),
    ]
    with office.database.writing() as connection:
        mediation.summoning.summon(connection, SESSION, summoned, NOON, "agriculture")
    for number in (MEDIATOR, WANG):
        agree(office, number)
    return SESSION


def legs(office: Office) -> dict[str, str]:
    with office.database.reading() as connection:
        found = load(connection, SESSION, lock=False)
    assert found is not None
    return {leg.number: leg.id for leg in found.legs}


def agree(office: Office, number: str) -> None:
    """A telephone is answered and its owner agrees to everything."""
    mediation = office.service.handlers.mediation
    with office.database.writing() as connection:
        found = load(connection, SESSION)
        assert found is not None
        leg = next(leg for leg in found.legs if leg.number == number)
        mediation.invitation(connection, leg.token, f"CA{number}", NOON)
        call = CallFacts(f"CA{number}", number, "zh-CN", NOON)
        answer = AnswerInvitation(SESSION, leg.id, "consented", records=True)
        mediation.answer_invitation(connection, answer, call)


def enter(office: Office, *numbers: str) -> None:
    """Telephones are sent to the floor."""
    mediation = office.service.handlers.mediation
    with office.database.writing() as connection:
        for number in numbers:
            found = load(connection, SESSION)
            assert found is not None
            effect = EnterFloor(SESSION, "", found.floor)
            call = CallFacts(f"CA{number}", number, "zh-CN", NOON)
            mediation.enter_floor(connection, effect, call)


def leave(office: Office) -> None:
    """All have hung up."""
    with office.database.writing() as connection:
        connection.execute(update(MediationLeg).values(state="left"))


def test_without_mediations_the_page_says_what_to_expect(office: Office) -> None:
    page = office.client("mediator").get("/console/floor").text
    assert "现在没有调解" in page
    assert "来电人选择三方调解" in page


def test_who_is_where_and_what_may_be_done(office: Office, session: str) -> None:
    mediator = office.client("mediator")
    assert f"/console/floor/{session}" in mediator.get("/console/floor").text
    page = mediator.get(HERE).text
    for words in ("王某", "李某", "等候中", "正在呼叫", "开放通话", "同意录音"):
        assert words in page
    assert post(mediator, HERE, verb="open").status_code == 303
    enter(office, MEDIATOR, WANG)
    page = mediator.get(f"{HERE}/board").text
    assert "通话中" in page
    assert "关闭通话" in page


def test_the_buttons_do_what_they_say_and_leave_their_names(office: Office, session: str) -> None:
    mediator = office.client("mediator")
    wang = legs(office)[WANG]
    assert post(mediator, HERE, verb="open").status_code == 303
    for verb, more in (
        ("mute", {"leg": wang}), ("unmute", {"leg": wang}), ("hold", {"leg": wang}),
        ("unhold", {"leg": wang}), ("alone", {"leg": wang}), ("open", {}), ("record", {}),
        ("stop_recording", {}), ("mute_all", {}), ("unmute_all", {}), ("talk_on", {}),
        ("talk_not_on", {}), ("extend", {}), ("add_department", {"name": "water"}),
        ("add", {"role": "interpreter", "number": "13800138009", "language": "en-US"}),
        ("write_draft", {"text": "第一条，以田埂为界。"}), ("ask_yes", {}), ("close", {}),
        ("end", {}),
    ):  # fmt: skip
        answer = post(mediator, HERE, verb=verb, **more)
        assert answer.status_code == 303, (verb, answer.text)
    with office.database.reading() as connection:
        board = live.board(connection, session, draft_text)
    assert board is not None
    assert board.session.state == "closed"
    assert {one.by_staff_id for one in board.happenings if one.kind == "end"} != {None}
    assert [leg.number for leg in board.session.legs][-1] == "+8613800138009"


def test_a_mediation_that_is_over_still_tells_who_was_there_and_what_was_read(
    office: Office, session: str
) -> None:
    mediator = office.client("mediator")
    for verb in ("open", "write_draft", "end"):
        post(mediator, HERE, verb=verb, text="第一条，以田埂为界。")
    leave(office)
    page = mediator.get(HERE).text
    for words in ("已结束", "调解员", "王某", "第一条，以田埂为界。", 'href="/console/floor"'):
        assert words in page
    assert "加人" not in page


def test_the_whole_timeline_is_a_click_away(office: Office, session: str) -> None:
    mediator = office.client("mediator")
    post(mediator, HERE, verb="open")
    assert "看全部经过" not in mediator.get(HERE).text
    for number in range(8):
        post(mediator, HERE, verb="mute_all" if number % 2 else "unmute_all")
        post(mediator, HERE, verb="extend")
    page = mediator.get(HERE).text
    assert ("看全部经过" in page, "要求开放通话" in page) == (True, False)
    for path in (f"{HERE}?timeline=all", f"{HERE}/board?timeline=all"):
        page = mediator.get(path).text
        assert ("只看最近" in page, "要求开放通话" in page) == (True, True)
    assert f"{HERE}/board?timeline=all" in mediator.get(f"{HERE}?timeline=all").text


def test_what_cannot_be_done_is_refused_in_words(office: Office, session: str) -> None:
    mediator = office.client("mediator")
    refused = post(mediator, HERE, verb="ask_yes")
    assert refused.status_code == 409
    assert "通话还没有开始" in refused.text
    assert post(mediator, HERE, verb="dance").status_code == 409
    premium = post(mediator, HERE, verb="add", number="+881612345678")
    assert "不在允许拨打的范围内" in premium.text
    engaged = post(mediator, HERE, verb="add", number=LI, role="interpreter")
    assert "已经在线上" in engaged.text
    assert post(mediator, HERE, verb="mute", leg="0" * 32).status_code == 404
    assert post(mediator, f"/console/floor/{'d' * 32}", verb="open").status_code == 404


def test_only_who_leads_mediations_sees_them(office: Office, session: str) -> None:
    agent = office.client("agent")
    assert agent.get(HERE).status_code == 403
    assert post(agent, HERE, verb="end").status_code == 403
    elsewhere = office.client("mediator", department="water")
    assert elsewhere.get(HERE).status_code == 403
    assert session not in elsewhere.get("/console/floor").text


def test_the_telephone_of_a_sealed_caller_is_seen_by_those_who_see_through_the_seal(
    office: Office, session: str
) -> None:
    book = CallBook(office.database, NOON)
    call = book.call(f"CA{WANG}", status="in-progress", caller=WANG)
    supervisor, mediator = office.client("supervisor"), office.client("mediator")
    assert "138 0013 8001" in mediator.get(HERE).text
    book.ticket("12345674", call, confidential=True)
    assert "138 0013 8001" not in mediator.get(HERE).text
    assert "已保密" in mediator.get(HERE).text
    assert "138 0013 8001" in supervisor.get(HERE).text
