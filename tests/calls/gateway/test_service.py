"""What the gateway lets out: by number, by cap, once, and never more than there is room for."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from app.calls.gateway.jobs import GatewayJobs
from app.calls.gateway.models import OutboundLeg
from app.calls.gateway.refusals import Refusal
from app.calls.gateway.service import DialWish, OutboundGateway
from app.calls.journal import is_away
from app.calls.telephony import CallOrder
from app.clock import SystemClock
from app.database import Database
from app.flows.directives import Dial, Language
from app.flows.directory import Caps, Dialling, Directory
from app.jobs.models import Job
from app.jobs.runner import Tools
from app.people.audit.models import AuditEntry
from sqlalchemy import select
from tests.people.roster.test_roster import employ

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FARMER, OTHER = "+8613800138000", "+8613800138001"
HOTLINE = "+867451012345"
PREMIUM = "+8616812345"


@dataclass
class Gateway:
    """A gateway with caps of its own, on a real database."""

    database: Database
    caps: dict[str, int] = field(default_factory=dict)
    at: datetime = NOON

    @property
    def service(self) -> OutboundGateway:
        dialling = Dialling(caps=Caps(**self.caps))
        directory = Directory.model_construct(dialling=dialling, departments={}, duty=NOBODY)
        return OutboundGateway(lambda: directory, HOTLINE)

    def do(self, act: Callable[..., Any], *args: Any) -> Any:
        with self.database.writing() as connection:
            return act(connection, *args)

    def ask(self, leg: str, to: str = FARMER, **more: Any) -> Refusal | None:
        order = CallOrder(to, leg, 20, 600, **{"purpose": "test"} | more)
        refusal: Refusal | None = self.do(self.service.reserve, order, self.at)
        return refusal

    def rules(self, *orders: tuple[str, str]) -> list[str]:
        """What becomes of calls: the rule that refuses each, or nothing."""
        asked = [self.ask(leg, to) for leg, to in orders]
        return [refusal.rule if refusal else "" for refusal in asked]

    def dial(self, *numbers: str, call: str = "CA1", purpose: str = "connect") -> tuple[str, ...]:
        dial = Dial(numbers, 20, 600, (), Language("zh-CN", "cmn-CN", "", ""))
        allowed: tuple[str, ...] = self.do(
            self.service.clear, DialWish(call, "1.0", purpose, dial), self.at
        )
        return allowed

    def audited_by_jobs(self) -> list[str]:
        """What is audited when each job of the gateway has run, and has run once more."""
        nobody_is_called: Any = None
        tools = Tools(self.database, nobody_is_called, SystemClock())
        handlers = GatewayJobs().handlers()
        with self.database.reading() as connection:
            jobs = connection.execute(select(Job.kind, Job.payload)).all()
        for job in [*jobs, *jobs]:
            if job.kind in handlers:
                handlers[job.kind](json.loads(job.payload), tools)
        with self.database.reading() as connection:
            return list(connection.execute(select(AuditEntry.act)).scalars())

    @property
    def legs(self) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(OutboundLeg.__table__).order_by("id")))


class _Nobody:
    """A directory's duty without telephones."""

    officers: tuple[str, ...] = ()
    mediators: tuple[str, ...] = ()
    head = director = None


NOBODY = _Nobody()


@pytest.fixture
def gateway(database: Database) -> Gateway:
    return Gateway(database)


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        (FARMER, ""),
        ("+867452345678", ""),
        (PREMIUM, "premium"),
        ("+864001234567", "premium"),
        ("+8613491234567", "satellite"),
        ("+88216123456", "satellite"),
        ("+8695588", "short"),
        ("+8612345", "short"),
        ("+861012345", "short"),
        ("+19001234567", "country"),
        ("+85291234567", "country"),
        ("+868001234567", "kind"),
        ("+8600123456789", "unassigned"),
        ("+869001092815", "unassigned"),
        ("13800138000", "malformed"),
        ("+8613800138000,168", "malformed"),
        ("", "malformed"),
        (HOTLINE, "ourselves"),
    ],
)
def test_what_a_number_must_be(sqlite_url: str, number: str, rule: str) -> None:
    gateway = Gateway(Database(sqlite_url))
    assert gateway.rules(("one", number)) == [rule]
    assert gateway.dial(number) == (() if rule else (number,))
    assert [leg.placed_at is None for leg in gateway.legs] == [bool(rule)] * 2


def test_each_refusal_has_a_sentence_in_both_languages(sqlite_url: str) -> None:
    gateway = Gateway(Database(sqlite_url), {"number_per_hour": 1})
    gateway.ask("one")
    for refusal in (gateway.ask("two"), gateway.ask("three", PREMIUM), gateway.ask("one")):
        assert refusal is not None
        assert refusal.said("zh-CN")
        assert refusal.said("en-US")


@pytest.mark.parametrize(
    ("cap", "orders"),
    [
        ("number_per_hour", [{"to": FARMER}] * 3),
        ("number_per_day", [{"to": FARMER}] * 3),
        ("staff_per_hour", [{"to": f"+861380013800{n}", "actor": "staff:7"} for n in range(3)]),
        ("calls_per_hour", [{"to": f"+861380013800{n}"} for n in range(3)]),
        ("calls_per_day", [{"to": f"+861380013800{n}"} for n in range(3)]),
    ],
)
def test_a_cap_has_room_again_when_its_window_has_passed(
    gateway: Gateway, cap: str, orders: list[dict[str, str]]
) -> None:
    gateway.caps = {cap: 2}
    first, second, third = orders
    assert gateway.ask("one", **first) is None
    gateway.at += timedelta(minutes=5)
    assert gateway.ask("two", **second) is None
    refusal = gateway.ask("three", **third)
    window = timedelta(hours=1) if cap.endswith("hour") else timedelta(days=1)
    assert refusal == Refusal(cap, NOON + window)
    gateway.at = NOON + window - timedelta(seconds=1)
    assert gateway.ask("three", **third) is not None
    gateway.at = NOON + window
    assert gateway.ask("three", **third) is None


def test_minutes_are_booked_at_their_worst_and_settled_by_what_they_took(
    gateway: Gateway,
) -> None:
    """620 s are eleven minutes: a second call does not fit until the first is over."""
    gateway.caps = {"minutes_per_hour": 20}
    assert gateway.rules(("one", FARMER), ("two", OTHER)) == ["", "minutes_per_hour"]
    gateway.do(gateway.service.released, "one", "not placed")
    assert gateway.rules(("two", OTHER)) == [""]


def test_a_call_is_let_out_once_unless_it_certainly_never_rang(gateway: Gateway) -> None:
    assert gateway.rules(("one", FARMER), ("one", FARMER)) == ["", "twice"]
    gateway.do(gateway.service.left_unknown, "one")
    assert gateway.rules(("one", FARMER)) == ["twice"]
    gateway.do(gateway.service.placed, "one", "CA9")
    assert gateway.rules(("one", FARMER)) == ["twice"]
    gateway.ask("two")
    gateway.do(gateway.service.released, "two", "not placed")
    assert gateway.rules(("two", FARMER)) == [""]


def test_what_may_or_may_not_ring_stays_booked(gateway: Gateway) -> None:
    gateway.caps = {"number_per_hour": 1}
    gateway.ask("one")
    gateway.do(gateway.service.left_unknown, "one")
    assert gateway.rules(("two", FARMER)) == ["number_per_hour"]


def test_no_cap_refuses_an_emergency_and_each_is_audited(gateway: Gateway) -> None:
    gateway.caps = {"calls_per_hour": 1, "number_per_hour": 1}
    assert gateway.ask("one", purpose="emergency") is None
    assert gateway.ask("two", purpose="emergency") is None
    assert gateway.dial(FARMER, OTHER, purpose="emergency") == (FARMER, OTHER)
    over = [leg.over_cap for leg in gateway.legs]
    assert over == ["", "number_per_hour", "number_per_hour", "calls_per_hour"]
    assert gateway.audited_by_jobs() == ["outbound.emergency_over_cap"] * 3
    assert gateway.ask("three", PREMIUM, purpose="emergency") == Refusal("premium")


def test_a_dial_is_answered_the_same_however_often_it_is_asked(gateway: Gateway) -> None:
    gateway.caps = {"calls_per_hour": 2}
    numbers = (FARMER, PREMIUM, FARMER, OTHER, "+8613800138002")
    assert gateway.dial(*numbers) == (FARMER, OTHER)
    assert gateway.dial(*numbers) == (FARMER, OTHER)
    assert gateway.dial(FARMER, call="CA2") == ()
    # Only one can talk; the other telephone books no more than the whisper.
    assert [leg.booked_seconds for leg in gateway.legs if leg.state == "reserved"] == [620, 80]


def test_a_step_that_is_taken_anew_keeps_only_what_it_rings(gateway: Gateway) -> None:
    gateway.caps = {"calls_per_hour": 1}
    assert gateway.dial(FARMER) == (FARMER,)
    assert gateway.dial(OTHER) == (OTHER,)
    assert [leg.state for leg in gateway.legs] == ["released", "reserved"]
    assert gateway.dial(FARMER) == (FARMER,)
    assert [leg.state for leg in gateway.legs] == ["reserved", "released"]
    assert gateway.dial(OTHER, call="CA2") == ()


def test_our_own_people_are_believed_in_numbers_that_nobody_has_assigned(
    gateway: Gateway,
) -> None:
    unassigned = "+869001092815"
    assert gateway.rules(("one", unassigned)) == ["unassigned"]
    employ(gateway.database, "li", unassigned)
    assert gateway.rules(("two", unassigned)) == [""]
    assert gateway.dial(unassigned) == (unassigned,)
    employ(gateway.database, "wang", PREMIUM)
    assert gateway.rules(("three", PREMIUM)) == ["premium"]


def test_a_dial_is_on_the_account_of_who_was_rung_first(gateway: Gateway) -> None:
    gateway.caps = {"staff_per_hour": 2}
    gateway.ask("one", actor="staff:7")
    gateway.do(gateway.service.placed, "one", "CA1")
    assert gateway.dial(OTHER) == (OTHER,)
    refusal = gateway.ask("two", OTHER, actor="staff:7")
    assert refusal is not None
    assert refusal.rule == "staff_per_hour"
    assert gateway.ask("three", OTHER, actor="staff:8") is None


@pytest.mark.parametrize("cap", ["number_per_hour", "staff_per_day", "calls_per_day"])
def test_many_at_once_do_not_pass_a_cap(gateway: Gateway, cap: str) -> None:
    gateway.caps = {cap: 3}

    def ask(number: int) -> bool:
        to = FARMER if cap == "number_per_hour" else f"+86138001380{number:02}"
        while True:
            try:
                return gateway.ask(f"leg-{number}", to, actor="staff:7") is None
            except Exception as error:
                if not is_away(error):
                    raise

    with ThreadPoolExecutor(5) as threads:
        let_out = list(threads.map(ask, range(24)))
    assert sum(let_out) == 3


@pytest.mark.parametrize("seconds", [0, -1, 14_401])
def test_no_call_goes_without_a_limit(seconds: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        CallOrder(FARMER, "one", 20, seconds, purpose="test")


def test_a_preview_books_and_tells_nothing(gateway: Gateway) -> None:
    gateway.caps = {"number_per_hour": 1}
    look = gateway.service.preview
    assert gateway.do(look, FARMER, "staff:7", NOON) is None
    assert gateway.do(look, PREMIUM, "staff:7", NOON) == Refusal("premium")
    gateway.ask("one")
    assert gateway.do(look, FARMER, "staff:7", NOON).is_cap
    assert len(gateway.legs) == 1


def test_the_site_says_which_countries_and_kinds(sqlite_url: str) -> None:
    gateway = Gateway(Database(sqlite_url))
    wide = replace_dialling(gateway, Dialling(prefixes=("+86", "+852"), kinds=("mobile",)))
    orders = [CallOrder(to, to, 20, 60) for to in ("+85261234567", "+867452345678", "+14155550123")]
    refused = [gateway.do(wide.reserve, order, NOON) for order in orders]
    assert [refusal and refusal.rule for refusal in refused] == [None, "kind", "country"]


def replace_dialling(gateway: Gateway, dialling: Dialling) -> OutboundGateway:
    directory = gateway.service._directory
    assert directory is not None
    changed = directory().model_copy(update={"dialling": dialling})
    return OutboundGateway(lambda: changed, HOTLINE)
