"""The page of emergencies, and the banner on every page."""

from datetime import timedelta

import pytest
from app.incidents.models import Incident
from app.people.access.rights import Role
from app.people.audit.models import AuditEntry
from app.tickets.models import Ticket
from sqlalchemy import select
from tests.console.cases import post
from tests.fixtures.office import Office

HERE = "/console/incidents"


@pytest.fixture
def drill(office: Office) -> str:
    """A drill that somebody has begun; returns its number."""
    client = office.client(Role.supervisor)
    answer = post(client, f"{HERE}/drill", place="dam", people="4")
    assert answer.status_code == 303
    return str(answer.headers["location"]).rsplit("/", 1)[1]


def test_an_empty_page_says_what_to_do(office: Office) -> None:
    page = office.client(Role.agent).get(HERE).text
    assert "现在没有紧急情况" in page
    assert "开始演练" not in page
    assert "开始演练" in office.client(Role.supervisor).get(HERE).text


def test_a_drill_stands_on_every_page_until_somebody_takes_it(office: Office, drill: str) -> None:
    client = office.client(Role.agent)
    assert f"{HERE}/banner" in client.get("/console/desk").text
    banner = client.get(f"{HERE}/banner").text
    assert "演练" in banner
    assert "大坝和库区" in banner
    assert "没人接手" in client.get(HERE).text
    assert f'hx-get="{HERE}/{drill}/live"' in client.get(f"{HERE}/{drill}").text
    assert f'hx-get="{HERE}/live"' in client.get(HERE).text
    assert post(client, f"{HERE}/{drill}/take").status_code == 303
    assert "王芳负责" in client.get(f"{HERE}/live").text
    assert "王芳负责" in client.get(f"{HERE}/{drill}/live").text
    assert "incident-banner" not in client.get(f"{HERE}/banner").text
    page = client.get(f"{HERE}/{drill}").text
    assert "王芳负责" in page
    again = office.client(Role.agent)
    told = post(again, f"{HERE}/{drill}/take")
    assert told.status_code == 409
    assert "已经有人接手" in told.text


def test_it_is_closed_with_an_outcome(office: Office, drill: str) -> None:
    client = office.client(Role.supervisor)
    assert "请写明处置结果" in post(client, f"{HERE}/{drill}/close", outcome=" ").text
    ended = post(client, f"{HERE}/{drill}/close", outcome="演练完成，人员安全")
    assert ended.status_code == 303
    assert "演练完成，人员安全" in client.get(f"{HERE}/{drill}").text
    with office.database.reading() as connection:
        closed_at, state = connection.execute(
            select(Incident.closed_at, Ticket.state).join(Ticket, Ticket.id == Incident.ticket_id)
        ).one()
        acts = connection.execute(select(AuditEntry.act)).scalars().all()
    assert closed_at - office.clock.now() == timedelta(0)
    assert state == "closed"
    assert "incident.drill_started" in acts
    assert "现在没有紧急情况" in client.get(HERE).text
