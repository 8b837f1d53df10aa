"""Who is rung in a browser, who has the caller, who is offered again: on both databases."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from app.calls.facts import CallEnded, CallOrigin
from app.calls.gateway.service import DialWish, OutboundGateway
from app.calls.models import Call
from app.database import Database, blind_index
from app.flows.context import PersonFound, PersonLookup
from app.flows.directives import Dial, Language
from app.flows.effects import OfferAgain, RingStaff
from app.jobs.models import Job
from app.jobs.runner import Tools
from app.people.presence import service as presence
from app.people.presence.address import client_of, staff_of
from app.people.presence.queries import GONE_AFTER, presence_of
from app.queueing import claims, service
from app.queueing.desk import Desk
from app.queueing.models import QueuedCaller, StaffRing
from app.softphone import store, talking
from app.softphone.answering import Answering
from app.softphone.errors import EngagedError
from app.softphone.jobs import SWEEP, SoftphoneJobs, anybody_in_vain
from app.softphone.models import SoftphoneLeg, SoftphoneTalk
from app.softphone.supervision import supervise
from app.softphone.transfers import ASKED_FOR, Transfers
from sqlalchemy import insert, select
from tests.fixtures.office import FixedClock
from tests.people.roster.test_roster import NOW, employ
from tests.queueing.test_queueing import DIRECTORY, FIRST, SECOND, call, do, found, numbers

IDS = (f"random-{number}" for number in range(1_000))
TRANSFERS = Transfers(lambda: DIRECTORY, lambda: next(IDS))
ANSWERING = Answering(TRANSFERS)


def at_browser(database: Database, login: str, state: str = "ready", after: float = 0) -> int:
    staff = employ(database, login)
    at = NOW + timedelta(seconds=after)
    with database.writing() as connection:
        presence.open_telephone(connection, staff, "page", at, at_desk=True)
        presence.say(connection, staff, state, at)  # type: ignore[arg-type]
    return staff


def calls_in(database: Database, *sids: str) -> None:
    """Citizens' calls are under way."""
    with database.writing() as connection:
        for sid in sids:
            caller = f"+861380013800{sid[-1]}"
            connection.execute(
                insert(Call).values(
                    sid=sid,
                    direction="inbound",
                    caller=caller,
                    caller_index=blind_index(caller),
                    called="+867451012345",
                    status="in-progress",
                    status_rank=3,
                    started_at=NOW,
                    language="zh-CN",
                    flow_version="",
                    node="",
                    step=0,
                    outcome="",
                )
            )


def rings(database: Database, staff: Sequence[int], after: float = 0) -> None:
    addresses = tuple(client_of(one) for one in staff)
    do(database, service.ring, RingStaff("desk", addresses, 15), call(1, after))


def answers(database: Database, staff: int) -> bool:
    origin = CallOrigin(f"CAleg{staff}", client_of(staff), "+867451012345", "outbound-dial", "CA1")
    with database.writing() as connection:
        has_caller = claims.accept(connection, origin, NOW)
        if has_caller:
            ANSWERING.accepted(connection, origin, NOW)
    return has_caller


def test_an_address_tells_whose_browser_it_is_and_nothing_else() -> None:
    assert staff_of(client_of(7)) == 7
    for other in ("client:staff_07", "client:boss", "+867451000101", "client:staff_", "staff_7"):
        assert staff_of(other) is None


def test_a_ready_browser_is_rung_before_the_telephones_of_the_directory(
    database: Database,
) -> None:
    li = at_browser(database, "li")
    at_browser(database, "wang", "away")
    assert numbers(found(database, call(1))) == [client_of(li), FIRST, SECOND]
    silent = GONE_AFTER.total_seconds()
    assert numbers(found(database, call(1, silent))) == [FIRST, SECOND]


def test_of_two_who_answer_at_once_exactly_one_has_the_caller(database: Database) -> None:
    staff = [at_browser(database, login) for login in ("li", "wang", "zhao")]
    calls_in(database, "CA1")
    rings(database, staff)
    start = Barrier(len(staff))

    def answer(one: int) -> bool:
        start.wait()
        return answers(database, one)

    with ThreadPoolExecutor(len(staff)) as threads:
        has_them = list(threads.map(answer, staff))
    assert has_them.count(True) == 1
    winner = staff[has_them.index(True)]
    with database.reading() as connection:
        (holder,) = connection.execute(select(QueuedCaller.answered_by)).scalars()
        legs = connection.execute(select(SoftphoneLeg.staff_id)).scalars().all()
    assert holder == winner
    assert legs == [winner]


def test_a_browser_that_is_gone_is_rung_no_more_and_its_caller_is_offered_again(
    database: Database,
) -> None:
    li = at_browser(database, "li")
    calls_in(database, "CA1")
    rings(database, [li])
    gone = GONE_AFTER.total_seconds()
    with database.reading() as connection:
        assert not anybody_in_vain(connection, NOW + timedelta(seconds=gone - 1))
        assert anybody_in_vain(connection, NOW + timedelta(seconds=gone))
    jobs = SoftphoneJobs(TRANSFERS)
    # Found at the latest one slot after the silence: well within the ten seconds.
    assert gone + SWEEP.seconds + 1 < 10
    tools = Tools(database, None, FixedClock(NOW + timedelta(seconds=gone + SWEEP.seconds)))  # type: ignore[arg-type]
    jobs.sweep({}, tools)
    with database.reading() as connection:
        assert connection.execute(select(StaffRing.result)).scalars().all() == ["no_answer"]
        kinds = connection.execute(select(Job.kind)).scalars().all()
    assert kinds == ["softphone.offer_again"]
    assert numbers(found(database, call(1, gone + 2))) == [FIRST, SECOND]


def test_whoever_has_answered_is_left_in_peace_by_the_sweep(database: Database) -> None:
    li = at_browser(database, "li")
    calls_in(database, "CA1")
    rings(database, [li])
    assert answers(database, li)
    with database.reading() as connection:
        assert not anybody_in_vain(connection, NOW + GONE_AFTER)


def in_talk(database: Database) -> int:
    li = at_browser(database, "li")
    calls_in(database, "CA1")
    rings(database, [li])
    assert answers(database, li)
    return li


def hears_end(database: Database, sid: str, after: float = 5) -> None:
    with database.writing() as connection:
        ANSWERING.call_ended(
            connection, CallEnded(sid, "completed", NOW + timedelta(seconds=after))
        )


def lookup(database: Database) -> PersonFound:
    with database.reading() as connection:
        return Desk(lambda: DIRECTORY).find(connection, PersonLookup("desk", "in_turn"), call(1, 6))


@pytest.mark.parametrize("put_down", [True, False])
def test_whoever_is_cut_off_gives_the_caller_back_and_who_puts_down_does_not(
    database: Database, put_down: bool
) -> None:
    li = in_talk(database)
    if put_down:
        with database.writing() as connection:
            talking.put_down(connection, li, NOW + timedelta(seconds=4))
    hears_end(database, f"CAleg{li}")
    hears_end(database, f"CAleg{li}")  # told twice, done once
    assert lookup(database).lost is not put_down
    with database.reading() as connection:
        told = presence_of(connection, li)
        (talk,) = connection.execute(select(SoftphoneTalk.lost)).scalars()
    assert told is not None
    assert told.state == "wrap_up"
    assert talk is not put_down
    if not put_down:
        do(database, service.offer_again, OfferAgain(), call(1, 6))
        again = lookup(database)
        assert (again.waited, numbers(again)) == (0, [FIRST, SECOND])


def test_of_two_pages_the_one_opened_last_is_the_telephone(database: Database) -> None:
    li = at_browser(database, "li")
    with database.writing() as connection:
        presence.open_telephone(connection, li, "another", NOW, at_desk=True)
        assert not presence.beat(connection, li, "page", NOW)
        assert presence.beat(connection, li, "another", NOW)
        presence.close_telephone(connection, li, "page", NOW)  # no telephone any more
        told = presence_of(connection, li)
    assert told is not None
    assert told.is_here(NOW)
    assert told.state == "ready"


def test_a_browser_neither_passes_a_cap_nor_is_anybody_s_but_ours(database: Database) -> None:
    gateway = OutboundGateway(lambda: DIRECTORY)
    language = Language("zh-CN", "cmn-CN", "Polly.Zhiyu", "cmn-Hans-CN")
    wanted = Dial(("client:staff_7", "client:boss", FIRST), 15, 60, (), language)
    wish = DialWish("CA1", "0.0", "connect", wanted)
    with database.writing() as connection:
        assert gateway.clear(connection, wish, NOW) == ("client:staff_7", FIRST)
        order = replace(wish, dial=replace(wanted, numbers=("sip:boss@example.org",)))
        assert gateway.clear(connection, order, NOW) == ()


def test_a_colleague_who_cannot_be_rung_keeps_nobody_waiting_for_ever(database: Database) -> None:
    li = in_talk(database)
    at = NOW + timedelta(seconds=5)
    with database.writing() as connection:
        TRANSFERS.transfer(connection, li, "department:agriculture", at, blind=True)
    hears_end(database, f"CAleg{li}", 7)
    with database.writing() as connection:  # the job that would ring was given up
        TRANSFERS.give_up_late(connection, at + ASKED_FOR)
        assert connection.execute(select(SoftphoneTalk.ended_at)).scalars().all() == [None]
        TRANSFERS.give_up_late(connection, at + ASKED_FOR + timedelta(seconds=1))
        kinds = set(connection.execute(select(Job.kind)).scalars())
        (talk,) = connection.execute(select(SoftphoneTalk.lost, SoftphoneTalk.room)).all()
    assert "softphone.end" in kinds
    assert talk.lost
    assert talk.room.startswith("talk-")


def test_nobody_is_in_two_talks_at_once(database: Database) -> None:
    boss = at_browser(database, "boss")
    talks = [talk_of(database, sid) for sid in ("CA7", "CA8")]
    start = Barrier(2)

    def listen(talk: int) -> bool:
        start.wait()
        try:
            with database.writing() as connection:
                supervise(connection, boss, talk, "listen", f"token-{talk}", NOW)
        except EngagedError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(listen, talks)) == [False, True]
    calls_in(database, "CA1")
    rings(database, [boss])
    assert answers(database, boss)  # before the browser has connected
    with database.reading() as connection:
        is_open = SoftphoneLeg.left_at.is_(None), SoftphoneLeg.staff_id == boss
        roles = connection.execute(select(SoftphoneLeg.role).where(*is_open)).scalars().all()
    assert roles == ["agent"]


def talk_of(database: Database, sid: str) -> int:
    """Somebody talks with a citizen in a conference."""
    calls_in(database, sid)
    with database.writing() as connection:
        return store.begin_talk(
            connection, direction="inbound", call_sid=sid, citizen="", citizen_index="",
            room=f"room-{sid}", began_at=NOW,
        )  # fmt: skip
