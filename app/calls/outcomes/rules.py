"""What a call led to, from its events alone. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Outcome = Literal[
    "ticket",  # something was registered: an appeal, a message, an incident
    "mediation",  # a mediation was convened; it leaves a session or a ticket of its own
    "attended",  # the caller came as asked, to a mediation or a hearing that they are part of
    "person",  # the caller spoke with a person
    "answered",  # the caller said whether a ticket is settled, or heard how it stands
    "policy",  # a policy was read out
    "banned",  # a banned caller was told so
    "misdialled",  # hung up at once
    "unanswered",  # a person was rung, nobody answered, and no message was left
    "abandoned",  # the caller hung up before anything came of it
]

# These are followed up by calling back.
MISSED: frozenset[Outcome] = frozenset({"unanswered", "abandoned"})
SHORTEST_SECONDS = 2  # a shorter call is a slip of the finger

REGISTERED = frozenset({"OpenTicket", "KeepPlace"})
MEDIATED = frozenset({"ConveneMediation"})
CAME = frozenset({"TakeSeat", "AnswerInvitation", "EnterHearing", "AnswerHearing"})
ANSWERED = frozenset({"RecordSatisfaction", "AddComment", "TellStatus"})
READ = frozenset({"PolicyRead"})
REFUSED = frozenset({"RefuseCaller"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a call, as far as it matters here.

    `effects` are the names of what the step asked for. `reached` means that a person spoke with
    the caller, `rang` that a person's telephone was rung, `acted` that the caller pressed, spoke
    or recorded something.
    """

    effects: frozenset[str] = frozenset()
    reached: bool = False
    rang: bool = False
    acted: bool = False


def outcome_of(happenings: Iterable[Happening], seconds: int) -> Outcome:
    """What a call of so many seconds led to: the first of these that is true of it.

    Somebody who asked for a person, reached nobody and left no message was failed, whatever they
    heard or came for before.
    """
    happened = list(happenings)
    effects = frozenset[str]().union(*(each.effects for each in happened))
    acted = any(each.acted for each in happened)
    rang = any(each.rang for each in happened)
    ladder: tuple[tuple[Outcome, bool], ...] = (
        ("ticket", bool(effects & REGISTERED)),
        ("mediation", bool(effects & MEDIATED)),
        ("attended", bool(effects & CAME) and not rang),
        ("person", any(each.reached for each in happened)),
        ("unanswered", rang),
        ("answered", bool(effects & ANSWERED)),
        ("policy", bool(effects & READ)),
        ("banned", bool(effects & REFUSED)),
        ("misdialled", seconds < SHORTEST_SECONDS and not acted),
    )
    return next((outcome for outcome, is_true in ladder if is_true), "abandoned")
