"""The filter of the list as its address says it, in days and words that stay true tomorrow.

`state=open`, `owner=me`, `due=late|soon|today|week`, `from` and `to` (days of the county), `q`
(words) stand beside the plain fields of `TicketFilter`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from app.flows.hours import COUNTY_TIME
from app.people.access.visitor import Visitor
from app.tickets.filters.filter import TicketFilter
from app.tickets.lists.queries import Order
from app.tickets.states import NEXT, SETTLED

FIELDS = (
    "q",
    "state",
    "department",
    "category",
    "priority",
    "owner",
    "channel",
    "kind",
    "due",
    "from",
    "to",
    "place",
    "sealed",
)
OPEN_STATES = tuple(state for state in NEXT if state not in SETTLED)
DUES = ("late", "soon", "today", "week")
SOON = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list shows: a filter, words to be found, and in which order.

    `values` are the fields as written, for the form and for addresses.
    """

    filter: TicketFilter
    words: str
    order: Order
    values: Mapping[str, str]

    def address(self, path: str, **changes: str) -> str:
        """The address of the same list with some fields changed; "" takes one away."""
        pairs = {name: value for name, value in (dict(self.values) | changes).items() if value}
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def is_own(self) -> bool:
        """Whether it shows one's own tickets, which one sees wherever they belong."""
        return self.values.get("owner") == "me"

    @property
    def is_open(self) -> bool:
        """Whether it shows open tickets only."""
        return _is_open(self.filter)

    @property
    def query(self) -> str:
        """The query part of its address."""
        return urlencode({name: value for name, value in self.values.items() if value})

    @property
    def active(self) -> Sequence[tuple[str, str]]:
        """The fields that narrow the list."""
        return [(name, self.values[name]) for name in FIELDS if self.values.get(name)]


def chosen_by(query: Iterable[tuple[str, str]], visitor: Visitor, now: datetime) -> Chosen:
    """The filter of an address, for whoever looks at it now. What makes no sense is left out."""
    values = {name: value.strip() for name, value in query if name in (*FIELDS, "order")}
    pairs = [(name, value) for name, value in values.items() if value]
    plain = TicketFilter.parse(_translated(pairs, visitor))
    within = _due_before(values.get("due", ""), now)
    first, last = _day(values.get("from", "")), _day(values.get("to", ""))
    chosen = replace(
        plain,
        due_before=within,
        opened_from=_midnight(first) if first else None,
        opened_before=_midnight(last + timedelta(days=1)) if last else None,
    )
    return Chosen(chosen, values.get("q", ""), _order(chosen, values.get("order", "")), values)


def _order(chosen: TicketFilter, wished: str) -> Order:
    """As wished; otherwise what is open stands by what is due first, all else by the newest."""
    if wished in ("due", "newest"):
        return "due" if wished == "due" else "newest"
    return "due" if chosen.due_before or _is_open(chosen) else "newest"


def _is_open(chosen: TicketFilter) -> bool:
    return bool(chosen.state) and set(chosen.state) <= set(OPEN_STATES)


def _translated(pairs: Iterable[tuple[str, str]], visitor: Visitor) -> Iterable[tuple[str, str]]:
    for name, value in pairs:
        if (name, value) == ("state", "open"):
            yield from (("state", state) for state in OPEN_STATES)
        elif (name, value) == ("owner", "me"):
            yield ("owner", str(visitor.staff_id or 0))
        elif name == "department" and value == "-":
            yield ("department", "")
        else:
            yield (name, value)


def _due_before(choice: str, now: datetime) -> datetime | None:
    today = now.astimezone(COUNTY_TIME).date()
    match choice:
        case "late":
            return now
        case "soon":
            return now + SOON
        case "today":
            return _midnight(today + timedelta(days=1))
        case "week":
            return now + timedelta(days=7)
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COUNTY_TIME)
