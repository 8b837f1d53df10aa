"""Any order of answers, statuses, conference events, network troubles and repeated deliveries."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from app.calls.telephony import (
    CallOrder,
    OutcomeUnknownError,
    RefusedError,
    TelephonyError,
    TryAgainLaterError,
)
from app.database import Database
from app.jobs.models import Job
from app.jobs.runner import Tools
from app.mediation.controls.errors import ControlError
from app.mediation.floor import kind_wanted, may_record
from app.mediation.models import MediationSession
from app.mediation.states import ENDED, may_become
from app.mediation.store import load
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from tests.fixtures.databases import empty
from tests.mediation.world import CALLER, SESSION, Network, World

TROUBLES = (None, TryAgainLaterError("429"), RefusedError("21211"), OutcomeUnknownError("late"))
STATUSES = ("busy", "no-answer", "failed", "canceled", "completed")
CONFERENCE_EVENTS = (
    "participant-join",
    "participant-join",
    "participant-leave",
    "conference-start",
    "conference-end",
)
SESSION_VERBS = (
    ("open_floor",),
    ("open_floor",),
    ("close_floor",),
    ("record", True),
    ("record", False),
    ("let_talk_on", True),
    ("mute_all", True),
    ("poll", "yes"),
    ("extend", 30),
)
LEG_VERBS = (
    ("speak_alone",),
    ("put_aside", True),
    ("put_aside", False),
    ("mute", True),
    ("remove",),
    ("redial",),
)
SESSION_NEXT = {
    "": {"inviting"},
    "inviting": {"waiting", "open", "failed"},
    "waiting": {"inviting", "open", "failed"},
    "open": {"closed"},
}


class StrictNetwork(Network):
    """A network that will not ring anybody for a session that is over, nor anybody twice."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._rung: Counter[str] = Counter()

    def place_call(self, order: CallOrder) -> str:
        assert self._world.session().state not in ENDED
        assert self._rung[order.to] <= len(self._world.events("redial"))
        try:
            sid = super().place_call(order)
        except TryAgainLaterError:
            raise
        except Exception:
            self._rung[order.to] += 1
            raise
        self._rung[order.to] += 1
        return sid


class Histories(RuleBasedStateMachine):
    """One mediation, to which anything may happen at any time."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        empty(database)
        self.world = World(database)
        self.network = StrictNetwork(self.world)
        self.world.network = self.network
        self.world.tools = Tools(database, self.network, self.world.clock)
        self.delivered: list[Callable[[], Any]] = []

    @initialize(troubles=st.lists(st.sampled_from(TROUBLES), max_size=4))
    def convene(self, troubles: list[Exception | None]) -> None:
        self.network.trouble = troubles
        self.deliver(self.world.convene)

    @rule(seconds=st.sampled_from([0, 1, 10, 35]))
    def time_passes(self, seconds: int) -> None:
        self.world.work(seconds)

    @precondition(lambda self: self.network.orders)
    @rule(data=st.data())
    def somebody_picks_up(self, data: st.DataObject) -> None:
        token = self.a_token(data)
        self.deliver(lambda: self.world.invited(token, f"CA{token}"))

    @precondition(lambda self: self.network.orders)
    @rule(data=st.data())
    def somebody_picks_up_and_consents(self, data: st.DataObject) -> None:
        token = self.a_token(data)
        self.deliver(lambda: self.world.invited(token, f"CA{token}"))
        self.deliver(lambda: self.world.answers(f"CA{token}", "consented"))

    @precondition(lambda self: self.network.orders)
    @rule(data=st.data(), answer=st.sampled_from(["consented", "refused", "machine", "silent"]))
    def somebody_answers(self, data: st.DataObject, answer: str) -> None:
        sid = f"CA{self.a_token(data)}"
        self.deliver(lambda: self.world.answers(sid, answer))

    @precondition(lambda self: self.network.orders)
    @rule(data=st.data(), status=st.sampled_from(STATUSES))
    def a_call_ends(self, data: st.DataObject, status: str) -> None:
        token = self.a_token(data)
        self.deliver(lambda: self.world.ends(f"CA{token}", status, token))

    @precondition(lambda self: self.network.orders)
    @rule(data=st.data())
    def a_thief_shows_a_token(self, data: st.DataObject) -> None:
        token = self.a_token(data)
        if self.bound_call(token) is None:
            return
        assert self.world.invited(token, "CAthief") is None
        self.deliver(lambda: self.world.answers("CAthief", "consented"))

    @rule()
    def all_who_are_rung_consent(self) -> None:
        self.world.work()
        for order in list(self.network.orders):
            token = order.leg
            self.deliver(lambda token=token: self.world.invited(token, f"CA{token}"))
            self.deliver(lambda token=token: self.world.answers(f"CA{token}", "consented"))

    @rule()
    def a_worker_dies_while_it_dials(self) -> None:
        leg = self.world.leg("mediator")
        at = self.world.clock.now()
        order = self.world.write(lambda c: self.world.mediation.begin_dialling(c, leg.id, at))
        if order is not None:
            with suppress(TelephonyError):
                self.network.place_call(order)

    # Seldom, for it ends most of what could happen.
    @rule(how=st.sampled_from(["gave_up", "ended", "completed"]), patience=st.integers(0, 3))
    def the_caller_goes(self, how: str, patience: int) -> None:
        if patience > 0:
            return
        if how == "completed":
            self.deliver(lambda: self.world.ends(CALLER, "completed"))
        else:
            self.deliver(lambda: self.world.leaves(CALLER, how))

    @rule(data=st.data(), event=st.sampled_from(CONFERENCE_EVENTS), sequence=st.integers(0, 9))
    def the_conference_tells(self, data: st.DataObject, event: str, sequence: int) -> None:
        calls = [CALLER, "CAstranger", *(f"CA{order.leg}" for order in self.network.orders)]
        sid = data.draw(st.sampled_from(calls)) if event.startswith("participant") else ""
        self.deliver(lambda: self.world.conference(event, sid, sequence))

    @precondition(lambda self: self.delivered)
    @rule(data=st.data())
    def something_is_delivered_again(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.delivered))()

    @rule(verb=st.sampled_from(SESSION_VERBS))
    def the_mediator_controls_the_session(self, verb: tuple[str, ...]) -> None:
        with suppress(ControlError, LookupError):
            self.world.controls_do(verb[0], SESSION, *verb[1:])

    @rule(data=st.data(), verb=st.sampled_from(LEG_VERBS))
    def the_mediator_controls_a_party(self, data: st.DataObject, verb: tuple[Any, ...]) -> None:
        legs = self.world.legs()
        if not legs:
            return
        leg = data.draw(st.sampled_from([leg.id for leg in legs]))
        with suppress(ControlError):
            self.world.controls_do(verb[0], leg, *verb[1:])

    @rule()
    def whoever_belongs_to_the_floor_goes_there(self) -> None:
        for leg in self.world.legs():
            found = self.world.found(leg.call_sid) if leg.call_sid else None
            if found is not None and found.conference:
                self.world.enters(leg.call_sid)

    @rule(steps_out=st.booleans())
    def everybody_comes_back(self, steps_out: bool) -> None:
        for leg in self.world.legs():
            if leg.state == "on_floor":
                self.world.comes_back(leg.call_sid, steps_out=steps_out)

    @invariant()
    def nobody_hears_anybody_without_everybodys_consent(self) -> None:
        session = next(iter(self.world.rows(select(MediationSession.__table__))), None)
        if session is None:
            return
        consented = {leg.role for leg in self.world.legs() if leg.consented_at is not None}
        on_floor = [leg for leg in self.world.legs() if leg.joined_at is not None]
        if session.opened_at is not None:
            assert consented >= {"caller", "mediator", "department"}
        else:
            assert not on_floor
            assert session.floor_at is None
        assert all(leg.consented_at is not None for leg in on_floor)

    @invariant()
    def a_floor_is_what_it_ought_to_be(self) -> None:
        with self.world.database.reading() as connection:
            session = load(connection, SESSION, lock=False)
        if session is not None:
            assert session.kind == kind_wanted(session.state, session.legs, session.wishes)
            assert session.kind is None or not session.kind.recorded or may_record(session.legs)

    def teardown(self) -> None:
        """When everybody has hung up and all is done, there is one outcome, once."""
        if not self.delivered:
            return
        self.network.trouble = []
        for order in self.network.orders:
            self.world.ends(f"CA{order.leg}", "completed", order.leg)
        self.world.ends(CALLER, "completed")
        self.world.work(300)
        self.check_outcome()
        self.check_histories()

    def check_outcome(self) -> None:
        session = self.world.session()
        assert session.state in ENDED
        assert session.closed_at is not None
        assert len(self.world.tickets()) == (0 if session.floor_at else 1)
        waiting = select(func.count()).select_from(Job).where(Job.state == "waiting")
        assert self.world.rows(waiting) == [(0,)]

    def check_histories(self) -> None:
        for event in self.world.events("session"):
            assert event.to_state in SESSION_NEXT[event.from_state]
        for event in self.world.events("leg"):
            assert not event.from_state or may_become(event.from_state, event.to_state)

    def a_token(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from([order.leg for order in self.network.orders]))

    def bound_call(self, token: str) -> str | None:
        return next(leg.call_sid for leg in self.world.legs() if leg.token == token)

    def deliver(self, webhook: Callable[[], Any]) -> None:
        self.delivered.append(webhook)
        webhook()


HISTORIES = {"sqlite": 40, "postgresql": 15}


def test_every_history_has_one_outcome(database: Database, request: pytest.FixtureRequest) -> None:
    run_state_machine_as_test(
        lambda: Histories(database),
        settings=settings(
            max_examples=HISTORIES[database.url.get_backend_name()],
            stateful_step_count=30,
            deadline=None,
            derandomize=True,  # the same histories in every run
            suppress_health_check=list(HealthCheck),
        ),
    )
