"""What else can be done with a ticket, besides the next step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.console.tickets.sight import Powers
from app.tickets.handover.queries import StandingOffer
from app.tickets.lists.rows import WholeTicket
from app.tickets.states import SETTLED, TicketState, may_follow


@dataclass(frozen=True, slots=True)
class Choice:
    """One verb as a button. A plain one is done at once; `near` stands beside the next step.

    `key` is the key of the keyboard that presses it.
    """

    path: str
    icon: str
    is_plain: bool = False
    near: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What decides which verbs there are."""

    ticket: WholeTicket
    powers: Powers
    offer: StandingOffer | None

    @property
    def is_open(self) -> bool:
        """Whether there is work to do on it."""
        return self.ticket.state not in SETTLED

    @property
    def is_merged(self) -> bool:
        """Whether it goes on as another ticket."""
        return self.ticket.merged_into_id is not None

    @property
    def is_worked(self) -> bool:
        """Whether the visitor works on it, and it stands by itself."""
        return self.powers.work and not self.is_merged


Test = Callable[[Case], bool]


def menu_of(ticket: WholeTicket, powers: Powers, offer: StandingOffer | None) -> Sequence[Choice]:
    """The verbs that a visitor has for a ticket now, the usual ones first."""
    case = Case(ticket, powers, offer)
    return [choice for choice, applies in _VERBS if applies(case)]


def _follows(to_state: TicketState) -> Test:
    return lambda case: case.is_worked and may_follow(case.ticket.state, to_state)


def _working(case: Case) -> bool:
    return case.is_worked and case.is_open


def _sees(case: Case) -> bool:
    return case.is_worked and not case.ticket.hidden


_VERBS: Sequence[tuple[Choice, Test]] = (
    (Choice("decline", "x", near=True), lambda case: case.powers.offered),
    (
        Choice("start", "player-play", is_plain=True, near=True),
        lambda case: case.is_worked and case.ticket.state in ("acknowledged", "reopened"),
    ),
    (
        Choice("resolve", "circle-check", near=True, key="r"),
        lambda case: _follows("resolved")(case) and case.ticket.state == "waiting",
    ),
    (Choice("wait", "clock-pause", near=True, key="w"), _follows("waiting")),
    (Choice("reopen", "rotate", near=True), _follows("reopened")),
    (
        Choice("handover", "arrows-exchange", near=True, key="h"),
        lambda case: _working(case) and case.powers.own and case.offer is None,
    ),
    (
        Choice("withdraw", "arrow-back-up", is_plain=True, near=True),
        lambda case: case.powers.own and case.offer is not None,
    ),
    (
        Choice("assign", "user-share", key="s"),
        lambda case: case.powers.assign and case.is_open and not case.is_merged,
    ),
    (Choice("category", "route"), _working),
    (Choice("priority", "flag"), lambda case: case.is_worked),
    (Choice("details", "edit"), _sees),
    (Choice("caller", "user"), _sees),
    (Choice("attach", "paperclip"), _sees),
    (Choice("link", "link"), lambda case: case.powers.work),
    (Choice("merge", "arrow-merge"), lambda case: case.is_worked),
    (Choice("unmerge", "arrow-back-up"), lambda case: case.powers.work and case.is_merged),
    (Choice("seal", "lock"), lambda case: case.powers.work and not case.ticket.confidential),
    (
        Choice("unseal", "lock-open"),
        lambda case: case.ticket.confidential and case.powers.work and not case.ticket.hidden,
    ),
    (Choice("reveal", "eye"), lambda case: case.ticket.hidden and case.powers.unseal),
)
