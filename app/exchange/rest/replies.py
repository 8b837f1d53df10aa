"""What the REST API answers: dates, pages of a list, errors."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse

from app.exchange.errors import RestError

API_VERSION = "2010-04-01"
PAGE_SIZE, LARGEST_PAGE = 50, 1_000

T = TypeVar("T")
Json = dict[str, Any]


def date(at: datetime | None) -> str | None:
    """A date as the 2010 API writes it (RFC 2822)."""
    return format_datetime(at) if at is not None else None


def number(value: int | float | None) -> str | None:
    """A number as the 2010 API writes most of them: a string."""
    return None if value is None else str(int(value))


def refusal(error: RestError) -> JSONResponse:
    """A refused request."""
    body = {
        "code": error.code,
        "message": error.message,
        "more_info": error.more_info,
        "status": error.status,
    }
    return JSONResponse(body, status_code=error.status)


def listing(
    request: Request, key: str, items: Sequence[T], show: Callable[[T], Json]
) -> JSONResponse:
    """One page of a list, in Twilio's envelope. `items` come in the order they are listed."""
    query = request.query_params
    size = min(LARGEST_PAGE, _whole(query.get("PageSize"), PAGE_SIZE) or PAGE_SIZE)
    page = _whole(query.get("Page"), 0)
    first = page * size
    chosen = items[first : first + size]

    def uri(number: int) -> str:
        kept = [(name, value) for name, value in query.multi_items() if name != "Page"]
        return f"{request.url.path}?{urlencode([*kept, ('Page', str(number))])}"

    return JSONResponse(
        {
            key: [show(item) for item in chosen],
            "page": page,
            "page_size": size,
            "start": first,
            "end": first + max(len(chosen) - 1, 0),
            "uri": uri(page),
            "first_page_uri": uri(0),
            "next_page_uri": uri(page + 1) if first + size < len(items) else None,
            "previous_page_uri": uri(page - 1) if page else None,
        }
    )


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default
