"""The canary proves the line every five minutes, and is missed within ten when it cannot."""

from app.calls.gateway.canary.queries import Proof, proof
from app.calls.models import Call
from app.exchange.faults import FaultPlan
from app.people.alerts.models import Alert
from app.tickets.models import Ticket
from tests.stories.conftest import Teller
from tests.stories.county import HOTLINE, County
from tests.stories.desk import employ

ROUND = 300  # seconds between two canaries


def line(county: County) -> Proof:
    """How the line stands now."""
    with county.service.database.reading() as connection:
        return proof(connection, county.clock.now())


def alarms(county: County) -> list[str]:
    """The alarms that were raised."""
    return [alert["kind"] for alert in county.rows(Alert)]


def test_a_line_that_works_is_proved_and_nobody_is_told(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        employ(county, "ops", role="ops")
        await county.quiet(3 * ROUND + 60)
        now = county.clock.now()
        assert line(county).through_at is not None
        assert not line(county).is_silent(now)
        assert alarms(county) == []
        # It came to the menus as any caller does, and is a caller nowhere.
        assert {row["direction"] for row in county.rows(Call)} == {"canary"}
        assert county.rows(Ticket) == []
        assert set(county.exchange.ledger.rung()) == {HOTLINE}

    tell_briefly(story, canary=True)


def test_callbacks_that_stop_are_noticed_although_all_calls_are_settled(
    tell_briefly: Teller,
) -> None:
    async def story(county: County) -> None:
        employ(county, "ops", role="ops")
        await county.quiet(ROUND + 60)
        assert alarms(county) == []
        county.exchange.faults = FaultPlan(drop=1.0)
        await county.quiet(2 * ROUND)
        assert alarms(county) == ["canary.silent"]
        assert all(row["ended_at"] for row in county.rows(Call)[:4])
        county.exchange.faults = FaultPlan()
        await county.quiet(2 * ROUND)
        assert not line(county).is_silent(county.clock.now())
        assert alarms(county) == ["canary.silent"]

    tell_briefly(story, canary=True)


def test_one_mishap_of_the_provider_alarms_nobody(tell_briefly: Teller) -> None:
    """Its answer is lost once: the next canary is sent sooner, and proves the line."""

    async def story(county: County) -> None:
        employ(county, "ops", role="ops")
        await county.quiet(ROUND - 10)
        county.exchange.faults = FaultPlan(rest_server_error=1.0)
        await county.quiet(30)
        county.exchange.faults = FaultPlan()
        await county.quiet(4 * 60)
        assert line(county).missing == ()
        await county.quiet(ROUND)
        assert alarms(county) == []

    tell_briefly(story, canary=True)


def test_a_number_that_leads_elsewhere_is_noticed(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        employ(county, "ops", role="ops")
        county.exchange.numbers[HOTLINE].settings.voice_url = f"{county.base_url}/elsewhere"
        county.exchange.numbers[HOTLINE].settings.voice_fallback_url = ""
        await county.quiet(3 * ROUND + 60)
        assert alarms(county) == ["canary.silent"]

    tell_briefly(story, canary=True)


def test_a_revoked_token_is_noticed(tell_briefly: Teller) -> None:
    async def story(county: County) -> None:
        employ(county, "ops", role="ops")
        county.exchange.auth_token = "another token"
        await county.quiet(3 * ROUND + 60)
        assert alarms(county) == ["canary.silent"]

    tell_briefly(story, canary=True)
