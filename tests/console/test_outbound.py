"""The page of what went out: caps, counts, and what to do about what was refused or is unknown."""

from datetime import timedelta

import pytest
from app.calls.gateway.service import OutboundGateway
from app.calls.telephony import CallOrder
from tests.fixtures.office import NOON, Office

HERE = "/console/outbound"
FARMER, PREMIUM = "+8613800138000", "+8616812345"


@pytest.fixture
def dialled(office: Office) -> Office:
    """One call is unknown, one was refused, one is under way."""
    gateway: OutboundGateway = office.service.tools.gateway
    orders = [("one", FARMER), ("two", PREMIUM), ("three", "+8613800138001")]
    with office.database.writing() as connection:
        for leg, number in orders:
            order = CallOrder(number, leg, 20, 600, purpose="return_visit")
            gateway.reserve(connection, order, NOON)
        gateway.left_unknown(connection, "one")
        gateway.placed(connection, "three", "CA3")
    return office


def test_what_was_refused_or_is_unknown_says_what_to_do(dialled: Office) -> None:
    page = dialled.client("supervisor").get(HERE).text
    assert "收费服务号码一律不拨" in page
    assert "请核对号码" in page
    assert "不会自动重拨" in page
    assert "2 / 2000" in page
    assert "138****8000" in page
    assert FARMER not in page


def test_the_address_filters(dialled: Office) -> None:
    client = dialled.client("auditor")
    unknown = client.get(f"{HERE}?state=unknown").text
    assert "不会自动重拨" in unknown
    assert "收费服务号码" not in unknown
    yesterday = (NOON - timedelta(days=1)).date().isoformat()
    assert "没有外呼" in client.get(f"{HERE}?day={yesterday}").text
    assert "没有外呼" in client.get(f"{HERE}?purpose=nothing&day=no-day").text


def test_the_list_is_exported_as_it_is_filtered(dialled: Office) -> None:
    file = dialled.client("ops").get(f"{HERE}/export?format=csv&state=refused").text
    assert "收费服务号码一律不拨" in file
    assert "138****8000" not in file


@pytest.mark.parametrize("role", ["agent", "mediator"])
def test_it_is_for_those_who_watch_over_the_hotline(office: Office, role: str) -> None:
    assert office.client(role).get(HERE).status_code == 403


def test_a_line_that_is_not_tested_says_how_it_could_be(office: Office) -> None:
    assert "HOTLINE_CANARY_NUMBER" in office.client("admin").get(HERE).text
