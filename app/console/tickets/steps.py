"""The next thing to do with a ticket, as the big button that does it."""

from dataclasses import dataclass

from app.tickets.lists.steps import NextStep


@dataclass(frozen=True, slots=True)
class Button:
    """A step as a button: its words, and the form below the ticket's address that it leads to.

    A plain one is done at once; another asks something first. Without a path there is nothing to
    do but look.
    """

    key: str
    path: str = ""
    is_plain: bool = False


LOOK = Button("look")
ASSIGN = Button("assign", "assign")
_BUTTONS: dict[NextStep, Button] = {
    "answer_offer": Button("accept", "accept", is_plain=True),
    "take": Button("acknowledge", "acknowledge", is_plain=True),
    "respond": Button("acknowledge", "acknowledge", is_plain=True),
    "begin": Button("contact", "contact"),
    "resolve": Button("resolve", "resolve"),
    "wait": Button("resume", "resume", is_plain=True),
}


def button_of(step: NextStep) -> Button:
    """The button of a step."""
    return _BUTTONS.get(step, LOOK)
