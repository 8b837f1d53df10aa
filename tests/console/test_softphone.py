"""The page of the telephone: who gets it, what it tells and shows, what its buttons do."""

from datetime import timedelta

import jwt
import pytest
from app.console.softphone.routes import policy_for, port_of
from app.database import blind_index
from app.people.access.rights import Role
from app.people.audit.models import AuditEntry
from app.people.presence.address import client_of
from app.people.presence.models import StaffPresence
from app.queueing.models import StaffRing
from app.settings import Settings
from app.softphone.models import SoftphoneLeg, SoftphoneTalk
from app.voice.access_tokens import access_token
from sqlalchemy import insert, select, update
from starlette.testclient import TestClient
from tests.console.cases import Cases, csrf_of, post
from tests.console.test_waiting import waits
from tests.fixtures.office import NOON, Office

HERE = "/console/softphone"
PAGE = "page-of-a-test"
CALLER = "+8613800138000"
MY_HANG_UP = select(SoftphoneLeg.hung_up_at).where(SoftphoneLeg.role == "agent")
MY_DISPOSITION = select(SoftphoneLeg.disposition).where(SoftphoneLeg.role == "agent")


@pytest.fixture
def cases(sqlite_office: Office) -> Cases:
    """Tickets to be opened."""
    return Cases(sqlite_office)


def opened(office: Office, role: Role = Role.agent) -> tuple[TestClient, int]:
    """Somebody whose telephone is open and ready."""
    staff = office.hire(role)
    client = office.client_of(staff)
    assert post(client, f"{HERE}/open", page=PAGE).status_code == 303
    assert post(client, f"{HERE}/state", state="ready").status_code == 303
    return client, staff


def beats(client: TestClient, page: str = PAGE) -> dict[str, object]:
    """What the page is told."""
    told: dict[str, object] = post(client, f"{HERE}/beat", page=page).json()
    return told


def in_talk(office: Office, staff: int, *, role: str = "agent") -> int:
    """Somebody talks with a citizen."""
    with office.database.writing() as connection:
        talk = connection.execute(
            insert(SoftphoneTalk)
            .values(
                direction="inbound", call_sid="CA1", citizen=CALLER, language="zh-CN",
                citizen_index=blind_index(CALLER), ticket="", room="", held=False, lost=False,
                began_at=NOON,
            )
            .returning(SoftphoneTalk.id)
        ).scalar_one()  # fmt: skip
    joins(office, talk, staff, role)
    return int(talk)


def joins(office: Office, talk: int, staff: int, role: str = "colleague") -> None:
    """Somebody of ours is in a talk."""
    with office.database.writing() as connection:
        connection.execute(
            insert(SoftphoneLeg).values(
                talk_id=talk, role=role, staff_id=staff, address=client_of(staff), token=f"t{staff}",
                call_sid=f"CA{staff}", state="on", mode="", target="", blind=False, asked_at=NOON,
                joined_at=NOON, trouble="", disposition="", note="",
            )
        )  # fmt: skip


def test_the_page_opens_a_telephone_that_beats_and_is_closed(office: Office) -> None:
    client, staff = opened(office)
    page = client.get(HERE)
    assert "接听" in page.text
    assert client_of(staff) in page.text
    assert beats(client)["mine"] is True
    assert beats(client, "another-page")["mine"] is False
    assert "我的电话" in client.get(f"{HERE}/chip").text
    assert post(client, f"{HERE}/close", page=PAGE).status_code == 303
    assert "未打开" in client.get(f"{HERE}/panel").text


def test_who_may_take_no_calls_has_no_telephone(sqlite_office: Office) -> None:
    for role in (Role.auditor, Role.ops, Role.admin):
        assert sqlite_office.client(role).get(HERE).status_code == 403


@pytest.mark.parametrize("state", ["ringing", "calling"])
def test_whoever_rings_is_shown_and_a_page_that_beats_learns_of_it(
    sqlite_office: Office, state: str
) -> None:
    office = sqlite_office
    client, staff = opened(office)
    before = beats(client)["seen"]
    waits(office, state=state)
    with office.database.writing() as connection:
        connection.execute(
            insert(StaffRing).values(
                caller_id=1, number_index=blind_index(client_of(staff)), rung_at=NOON,
                until=NOON + timedelta(minutes=1), result="",
            )
        )  # fmt: skip
    assert beats(client)["seen"] != before
    panel = client.get(f"{HERE}/panel").text
    assert "有来电" in panel
    assert "138 0013 8000" in panel
    assert "普通话" in panel


def test_whoever_was_rung_too_reads_who_answered(sqlite_office: Office) -> None:
    office = sqlite_office
    client, staff = opened(office)
    colleague = office.hire(Role.agent, name="覃文斌")
    waits(office, state="talking", answered_at=NOON, answered_by=colleague)
    before = beats(client)["seen"]
    with office.database.writing() as connection:
        connection.execute(
            insert(StaffRing).values(
                caller_id=1, number_index=blind_index(client_of(staff)), rung_at=NOON,
                until=NOON + timedelta(minutes=1), ended_at=NOON, result="no_answer",
            )
        )  # fmt: skip
    assert beats(client)["seen"] != before
    assert "刚才的来电由覃文斌接听了" in client.get(f"{HERE}/panel").text
    office.clock.at += timedelta(minutes=1)
    assert "接听了" not in client.get(f"{HERE}/panel").text


@pytest.mark.parametrize(
    ("blind", "said"),
    [(False, "覃文斌想先和您说"), (True, "覃文斌转给您")],
    ids=["warm", "blind"],
)
def test_a_colleague_who_is_asked_into_a_talk_reads_who_asks(
    sqlite_office: Office, blind: bool, said: str
) -> None:
    office = sqlite_office
    client, staff = opened(office)
    asks = office.hire(Role.agent, name="覃文斌")
    talk = in_talk(office, asks)
    joins(office, talk, staff)
    with office.database.writing() as connection:
        connection.execute(
            update(SoftphoneLeg)
            .where(SoftphoneLeg.staff_id == staff)
            .values(state="dialing", joined_at=None, blind=blind)
        )
    panel = client.get(f"{HERE}/panel").text
    assert said in panel
    assert "138 0013 8000" in panel


def test_whoever_talks_learns_which_colleagues_have_become_free(sqlite_office: Office) -> None:
    client, staff = opened(sqlite_office)
    in_talk(sqlite_office, staff)
    before = beats(client)["seen"]
    opened(sqlite_office)
    assert beats(client)["seen"] != before


def test_a_citizen_who_is_being_rung_is_not_in_a_call_yet(sqlite_office: Office) -> None:
    office = sqlite_office
    client, staff = opened(office)
    in_talk(office, staff)
    with office.database.writing() as connection:
        connection.execute(update(SoftphoneTalk).values(direction="outbound", call_sid=""))
    panel = client.get(f"{HERE}/panel").text
    assert "正在拨打" in panel
    assert "通话中" not in panel
    assert "请对方等候" not in panel


def test_the_caller_of_a_sealed_matter_has_neither_name_nor_number(cases: Cases) -> None:
    office = cases.office
    client, staff = opened(office)
    number = cases.opened("被打了", caller=CALLER, sealed=True)
    in_talk(office, staff)
    with office.database.writing() as connection:
        connection.execute(update(SoftphoneTalk).values(ticket=number))
    panel = client.get(f"{HERE}/panel").text
    assert "来电人保密" in panel
    assert "138" not in panel.split("</section>")[0].split("caller-card")[1]


def test_hold_transfer_and_write_up_are_buttons_with_words_when_they_fail(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    client, staff = opened(office)
    headers = {"hx-request": "true", "X-CSRF-Token": csrf_of(client)}
    answer = client.post(f"{HERE}/hold", data={"held": "yes"}, headers=headers)
    assert (answer.status_code, answer.text) == (409, "这通电话已经结束。")
    in_talk(office, staff)
    answer = client.post(f"{HERE}/hold", data={"held": "yes"}, headers=headers)
    assert (answer.status_code, answer.headers["hx-trigger"]) == (204, "phone-changed")
    assert "对方在等候" in client.get(f"{HERE}/panel").text
    answer = client.post(
        f"{HERE}/transfer", data={"target": "staff:nobody", "how": "warm"}, headers=headers
    )
    assert answer.status_code in (204, 409)
    assert post(client, f"{HERE}/transfer", target="evil", how="warm").status_code == 422
    post(client, f"{HERE}/hang-up")
    with office.database.writing() as connection:
        assert connection.execute(MY_HANG_UP).scalars().all() == [NOON]
        connection.execute(
            update(SoftphoneLeg).where(SoftphoneLeg.role == "agent").values(
                state="left", left_at=NOON
            )
        )  # fmt: skip
    assert "这通电话怎么样" in client.get(f"{HERE}/panel").text
    post(client, f"{HERE}/write-up", disposition="answered", then="ready", note="问补贴")
    with office.database.reading() as connection:
        assert connection.execute(MY_DISPOSITION).scalars().all() == ["answered"]
        assert connection.execute(select(StaffPresence.state)).scalars().all() == ["ready"]


def test_a_ticket_is_dialled_only_with_an_open_telephone_and_by_the_way_out(cases: Cases) -> None:
    office = cases.office
    number = cases.opened("问补贴", caller=CALLER)
    client = office.client(Role.agent)
    csrf = {"X-CSRF-Token": csrf_of(client), "hx-request": "true"}
    answer = client.post(f"{HERE}/dial/{number}", headers=csrf)
    assert (answer.status_code, "没有打开" in answer.text) == (409, True)
    client, _ = opened(office)
    csrf = {"X-CSRF-Token": csrf_of(client), "hx-request": "true"}
    abroad = cases.opened("问签证", caller="+14155550100")
    answer = client.post(f"{HERE}/dial/{abroad}", headers=csrf)
    assert (answer.status_code, "directory.yaml" in answer.text) == (409, True)
    assert client.post(f"{HERE}/dial/{number}", headers=csrf).status_code == 204
    token = beats(client)["connect"]
    with office.database.reading() as connection:
        assert connection.execute(select(SoftphoneLeg.token)).scalars().all() == [token]
    answer = client.post(f"{HERE}/dial/{number}", headers=csrf)
    assert (answer.status_code, "正在通话" in answer.text) == (409, True)
    office.clock.at += timedelta(seconds=31)  # nothing came of it: it is asked for no more
    assert beats(client)["connect"] == ""


def test_only_supervisors_come_into_a_talk_and_each_time_is_audited(sqlite_office: Office) -> None:
    office = sqlite_office
    agent, staff = opened(office)
    talk = in_talk(office, staff)
    assert post(agent, f"{HERE}/supervise", talk=str(talk), mode="listen").status_code == 403
    supervisor, _ = opened(office, Role.supervisor)
    assert "旁听" in supervisor.get(f"{HERE}/panel").text
    answer = post(supervisor, f"{HERE}/supervise", talk=str(talk), mode="whisper")
    assert answer.status_code == 303
    assert beats(supervisor)["connect"] == ""  # not before the talk is in its conference
    with office.database.writing() as connection:
        connection.execute(
            update(SoftphoneLeg).where(SoftphoneLeg.role == "agent").values(in_room_at=NOON)
        )
        acts = connection.execute(select(AuditEntry.act, AuditEntry.target)).all()
    assert beats(supervisor)["connect"]
    assert ("talk.whisper", f"talk:{talk}") in [tuple(row) for row in acts]


def test_whoever_supervises_learns_that_a_talk_has_passed_to_a_colleague(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    _, agent = opened(office)
    talk = in_talk(office, agent)
    supervisor, _ = opened(office, Role.supervisor)
    alone = beats(supervisor)["seen"]
    colleague, staff = opened(office)
    joins(office, talk, staff)
    together = beats(supervisor)["seen"]
    assert together != alone
    with office.database.writing() as connection:
        connection.execute(update(SoftphoneTalk).where(SoftphoneTalk.id == talk).values(held=True))
    assert "三方通话" in colleague.get(f"{HERE}/panel").text  # for the colleague as for the agent
    with office.database.writing() as connection:
        connection.execute(
            update(SoftphoneLeg).where(SoftphoneLeg.role == "agent").values(
                state="left", left_at=NOON
            )
        )  # fmt: skip
    assert beats(supervisor)["seen"] not in (alone, together)


def settings(**more: object) -> Settings:
    known = {
        "twilio_account_sid": "AC1", "twilio_auth_token": "a token", "phone_number": "+86745100",
        "secret_key": "test secret key 0123456789",
    }  # fmt: skip
    return Settings(**known | more)  # type: ignore[arg-type]


def test_the_access_token_is_signed_by_the_api_key_for_one_of_the_staff() -> None:
    secret = "the secret of an API key, of 32 bytes"
    known = settings(
        twilio_api_key_sid="SK1", twilio_api_key_secret=secret, twilio_application_sid="AP1"
    )
    token = jwt.decode(access_token(known, 7), secret, algorithms=["HS256"])
    assert (token["iss"], token["sub"]) == ("SK1", "AC1")
    assert token["grants"] == {
        "identity": "staff_7",
        "voice": {"incoming": {"allow": True}, "outgoing": {"application_sid": "AP1"}},
    }
    with pytest.raises(ValueError, match="API key"):
        access_token(settings(), 7)


def test_the_page_speaks_to_twilio_or_to_the_exchange_and_to_nobody_else() -> None:
    exchange = settings(twilio_api_base_url="http://127.0.0.1:9000")
    assert port_of(exchange) == "exchange"
    assert "connect-src 'self' ws://127.0.0.1:9000;" in policy_for("exchange", exchange)
    assert port_of(settings()) == "none"
    assert port_of(settings(twilio_api_base_url="https://nottwilio.com")) == "exchange"
    known = settings(
        twilio_api_key_sid="SK1", twilio_api_key_secret="x", twilio_application_sid="AP1"
    )
    assert port_of(known) == "twilio"
    policy = policy_for("twilio", known)
    assert "script-src 'self';" in policy
    assert "wss://*.twilio.com" in policy
