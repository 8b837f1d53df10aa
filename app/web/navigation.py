"""Where a visitor may go, in the order of the day's work."""

from dataclasses import dataclass

from app.people.access.rights import Right
from app.people.access.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the console's navigation. `shortcut` is typed after g: g d is the desk."""

    key: str
    path: str
    icon: str
    right: Right
    shortcut: str
    first: bool = False  # stands in the bar of a small screen


PLACES = (
    Place("desk", "/console/desk", "inbox", Right.tickets_view, "d", first=True),
    Place("tickets", "/console/tickets", "clipboard-list", Right.tickets_view, "t", first=True),
    Place("live", "/console/live", "phone-incoming", Right.calls_live, "l", first=True),
    Place("incidents", "/console/incidents", "urgent", Right.incidents_view, "i"),
    Place("disputes", "/console/disputes", "gavel", Right.disputes_view, "m"),
    Place("hearings", "/console/hearings", "users-group", Right.hearings_view, "h"),
    Place("calls", "/console/calls", "history", Right.calls_view, "c"),
    Place("search", "/console/search", "search", Right.tickets_view, "s", first=True),
    Place("flows", "/console/flows", "route", Right.flows_view, "f"),
    Place("roster", "/console/roster", "calendar-event", Right.roster_view, "r"),
    Place("departments", "/console/departments", "building-community", Right.departments_view, "o"),
    Place("staff", "/console/staff", "users", Right.staff_view, "u"),
    Place("notices", "/console/notices", "volume", Right.notices_switch, "n"),
    Place("prompts", "/console/flows/prompts", "microphone", Right.flows_view, "p"),
    Place("screening", "/console/screening", "ban", Right.bans_edit, "b"),
    Place("outbound", "/console/outbound", "phone-outgoing", Right.outbound_view, "w"),
    Place("systems", "/console/systems", "key", Right.api_tokens_edit, "k"),
    Place("audit", "/console/audit", "shield-check", Right.audit_view, "a"),
    Place("setup", "/console/setup", "settings", Right.site_setup, "e"),
)


def place_of(path: str) -> str:
    """The key of the place that a page belongs to, the innermost one; "" when there is none."""
    around = [place for place in PLACES if f"{path}/".startswith(f"{place.path}/")]
    return max(around, key=lambda place: len(place.path)).key if around else ""


def navigation(visitor: Visitor) -> tuple[Place, ...]:
    """The places this visitor may see."""
    return tuple(place for place in PLACES if visitor.may(place.right))
