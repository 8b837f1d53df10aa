"""The next thing to do with a ticket, as one code for the person who looks at it. Pure."""

from typing import Literal, Protocol

from app.tickets.states import TicketState

NextStep = Literal[
    "answer_offer",  # accept or decline what is offered to you
    "take",  # nobody has it: take it
    "respond",  # it is yours and nobody has responded yet (or again)
    "begin",  # call the caller back and begin
    "resolve",  # do it, and say what came of it
    "wait",  # it waits for somebody; it comes back by itself
    "ask_caller",  # the caller is being asked whether it is settled
    "watch",  # somebody else does it
    "nothing",  # it is closed
]


class Owned(Protocol):
    """What of a ticket decides."""

    @property
    def state(self) -> TicketState:
        """Its state."""

    @property
    def owner_id(self) -> int | None:
        """The person of the staff who owns it."""


def next_step(ticket: Owned, staff_id: int | None, *, is_offered: bool = False) -> NextStep:
    """What this person does next with the ticket; `is_offered` when it is on offer to them."""
    if ticket.state == "closed":
        return "nothing"
    if ticket.state == "resolved":
        return "ask_caller"
    if is_offered:
        return "answer_offer"
    if ticket.owner_id is None:
        return "take"
    if ticket.owner_id != staff_id:
        return "watch"
    match ticket.state:
        case "new" | "reopened":
            return "respond"
        case "acknowledged":
            return "begin"
        case "waiting":
            return "wait"
    return "resolve"
