"""Date filters of lists: `StartTime`, `StartTime<` and `StartTime>` (contract, section 4)."""

from datetime import UTC, datetime

from app.exchange.errors import RestError
from app.exchange.rest.form import Form


def matches_dates(form: Form, name: str, at: datetime | None) -> bool:
    """Whether an instant satisfies the filters of this name; `<` and `>` include the bound."""
    exact, latest, earliest = (form.text(name + mark) for mark in ("", "<", ">"))
    if not (exact or latest or earliest):
        return True
    if at is None:
        return False
    return (
        (not exact or at.date() == _instant(name, exact).date())
        and (not latest or at <= _instant(name, latest))
        and (not earliest or at >= _instant(name, earliest))
    )


def _instant(name: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise RestError(400, 20001, f"{name} is not a date: {text}") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
