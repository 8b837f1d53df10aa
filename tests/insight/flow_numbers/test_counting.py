"""What one call adds to the numbers: calls through the shipped flows, as the journal keeps them."""

import json
from datetime import UTC, date, datetime, timedelta

from app.calls.turn import describe
from app.flows import engine
from app.flows.inputs import DialEnded, Input, Pressed, Silent, Spoke, Started
from app.insight.flow_numbers.counting import EndedCall, FlowStep, Tally, tally_of
from tests.flows.folders import context, shipped

LIBRARY = shipped()
EVENING = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # half past midnight in the county
DAY = date(2026, 11, 24)


def call_of(
    *given: Input, outcome: str = "abandoned", entry: str = "inbound"
) -> tuple[EndedCall, list[FlowStep]]:
    """A call in which something is given every ten seconds, hung up ten seconds after the last."""
    state, steps = engine.begin(LIBRARY, entry), []
    for number, one in enumerate((Started(), *given)):
        taken = engine.step(LIBRARY, state, one, context())
        told = json.loads(describe(one, taken))
        steps.append(
            FlowStep(
                state.node, EVENING + timedelta(seconds=10 * number), told["given"],
                told.get("rule", ""), tuple(told.get("via", ())), told.get("keys", ""),
                told.get("bridged", False),
            )
        )  # fmt: skip
        state = taken.state
    ended = EVENING + timedelta(seconds=10 * len(steps))
    return EndedCall(
        "CA1", "v1", entry == "inbound", EVENING, ended, state.node, state.ended, outcome
    ), steps


def counted(tally: Tally, node: str) -> dict[str, int]:
    """What is not zero at a node."""
    measures = tally.by_node()[DAY, "v1", node]
    return {measure: count for measure, count in measures.items() if count}


def went(tally: Tally) -> dict[tuple[str, str, str], int]:
    return {key[2:]: count for key, count in tally.ways.items()}


def test_a_caller_who_finds_no_way_and_hangs_up() -> None:
    tally = tally_of(*call_of(Silent(), Pressed("7"), Spoke("医保报销", 0.4)))
    assert counted(tally, "main.menu") == {
        "visits": 1, "callers": 1, "seconds": 40, "silences": 1, "wrongs": 1, "not_understood": 1,
        "hang_ups": 1, "lost": 1,
    }  # fmt: skip
    assert went(tally) == {
        ("main.warnings", "main.greeting", ""): 1,
        ("main.greeting", "main.news", ""): 1,
        ("main.news", "main.menu", ""): 1,
    }
    assert dict(tally.journeys) == {(DAY, "v1", "acted", "abandoned"): 1}


def test_nodes_that_are_only_passed_are_visited_too() -> None:
    tally = tally_of(*call_of(Pressed("5"), Pressed("2"), Pressed("*"), Pressed("1")))
    ways = went(tally)
    assert ways["main.menu", "main.more", "5"] == 1
    assert ways["main.more", "main.warnings", "2"] == 1
    assert ways["main.warnings", "main.greeting", ""] == 2
    assert ways["main.news", "main.menu", ""] == 2
    assert counted(tally, "main.menu")["visits"] == 2
    assert counted(tally, "main.menu")["callers"] == 1
    assert counted(tally, "main.menu")["repeats"] == 1
    assert counted(tally, "main") == {"callers": 1}
    assert counted(tally, "main.news") == {"visits": 2, "callers": 1}


def test_the_rules_of_every_node_are_told_from_its_own_ways() -> None:
    nobody, talk = DialEnded("no-answer", bridged=False), DialEnded("completed", bridged=True)
    assert ("main.menu", "person.ring", "person") in went(tally_of(*call_of(Pressed("0"))))
    assert ("main.menu", "emergency.start", "emergency") in went(tally_of(*call_of(Spoke("着火"))))
    assert ("main.menu", "person.ring", "silence") in went(tally_of(*call_of(Silent(), Silent())))
    assert ("main.menu", "person.ring", "wrong") in went(tally_of(*call_of(*[Pressed("7")] * 3)))
    rung = went(tally_of(*call_of(Pressed("0"), nobody)))
    assert ("person.ring", "person.by_hours", "unanswered") in rung
    talked = tally_of(*call_of(Pressed("0"), talk, outcome="person"))
    assert ("person.ring", "main.farewell", "talked") in went(talked)
    assert counted(talked, "main.farewell") == {
        "visits": 1, "callers": 1, "seconds": 10, "ends": 1
    }  # fmt: skip
    assert dict(talked.journeys) == {(DAY, "v1", "chose", "person"): 1}


def test_a_number_that_was_typed_is_nowhere_in_the_numbers() -> None:
    tally = tally_of(*call_of(Pressed("3"), Pressed("12345674"), outcome="answered"))
    assert "12345674" not in repr(tally)


def test_a_call_that_we_placed_has_no_place_in_the_funnel() -> None:
    tally = tally_of(*call_of(entry="escalation", outcome=""))
    assert tally.journeys == {}
    assert counted(tally, "escalation.answer")["visits"] == 1


def test_a_call_without_a_step_adds_nothing() -> None:
    call, _ = call_of()
    assert tally_of(call, []) == Tally()
