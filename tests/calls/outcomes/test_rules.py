"""What a call led to, by what happened in it."""

import pytest
from app.calls.outcomes.rules import MISSED, Happening, Outcome, outcome_of


def did(*effects: str, **more: bool) -> Happening:
    return Happening(frozenset(effects), **more)


PRESSED, RANG, REACHED = did(acted=True), did(rang=True), did(reached=True)
HEARD = did("PolicyRead", acted=True)

CASES: list[tuple[Outcome, list[Happening], int]] = [
    ("abandoned", [did(), PRESSED], 30),
    ("abandoned", [], 4),
    ("abandoned", [PRESSED], 1),  # somebody who presses a key means it
    ("abandoned", [did("NotUnderstood", acted=True)], 20),
    ("abandoned", [did("AnswerChallenge", acted=True)], 20),
    ("misdialled", [did()], 1),
    ("misdialled", [], 0),
    ("ticket", [PRESSED, did("OpenTicket", acted=True)], 60),
    ("ticket", [did("OpenTicket"), RANG, REACHED], 60),  # an emergency that was answered
    ("ticket", [RANG, did("OpenTicket", acted=True)], 60),  # a message was left
    ("ticket", [did("RefuseCaller"), did("OpenTicket")], 60),  # banned, and in an emergency
    ("person", [RANG, REACHED], 60),
    ("person", [HEARD, RANG, REACHED], 60),
    ("unanswered", [RANG], 45),
    ("unanswered", [HEARD, RANG], 45),
    ("unanswered", [did("TellStatus", acted=True), RANG], 45),
    ("mediation", [did("ConveneMediation", acted=True)], 200),
    ("attended", [PRESSED, did("TakeSeat", acted=True)], 40),  # early, told the hour, or waited
    ("attended", [did("TakeSeat", acted=True), did("LeaveSeat")], 40),
    ("attended", [did("TakeSeat", acted=True), did("AnswerInvitation", acted=True), REACHED], 900),
    ("attended", [PRESSED, did("EnterHearing", acted=True)], 30),  # left before the conference
    ("attended", [did("EnterHearing"), did("AnswerHearing", acted=True), REACHED], 900),
    ("attended", [HEARD, did("EnterHearing", acted=True)], 1),
    ("unanswered", [did("TakeSeat", acted=True), did("LeaveSeat", acted=True), RANG], 90),
    ("person", [did("TakeSeat", acted=True), did("LeaveSeat", acted=True), RANG, REACHED], 90),
    ("ticket", [did("TakeSeat", acted=True), did("OpenTicket", acted=True)], 90),
    ("abandoned", [did("MissSeatPin", acted=True)], 30),
    ("answered", [did("TellStatus", acted=True)], 30),
    ("answered", [did("RecordSatisfaction", acted=True)], 30),
    ("policy", [HEARD], 90),
    ("banned", [did("RefuseCaller")], 12),
    ("banned", [did("RefuseCaller")], 1),
]


@pytest.mark.parametrize(("outcome", "happened", "seconds"), CASES)
def test_the_outcome_of_a_call(outcome: Outcome, happened: list[Happening], seconds: int) -> None:
    assert outcome_of(happened, seconds) == outcome


def test_only_calls_that_led_to_nothing_are_followed_up() -> None:
    assert {"unanswered", "abandoned"} == MISSED
