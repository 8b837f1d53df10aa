"""The call log for other systems."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.api.schemas import CallLine, CallPage
from app.calls import queries
from app.calls.log.sight import sight_of
from app.web.access import ApiViewCalls
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(tags=["calls"])


@router.get("/calls")
def list_calls(
    request: Request,
    visitor: ApiViewCalls,
    after: Annotated[str, Query(description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CallPage:
    """Calls, the newest first. Who called is not told: tickets say so, to those who may see it.

    A token for a department is told of the calls about its tickets.
    """
    with site_of(request).database.reading() as connection:
        rows = queries.list_plain(connection, sight_of(visitor).reaches(), after, limit + 1)
    items = [CallLine.model_validate(dict(row)) for row in rows[:limit]]
    return CallPage(items=items, next=str(rows[limit - 1]["id"]) if len(rows) > limit else None)


@router.get("/calls/{sid}")
def read_call(request: Request, visitor: ApiViewCalls, sid: str) -> CallLine:
    """One call."""
    with site_of(request).database.reading() as connection:
        row = queries.find_plain(connection, sight_of(visitor).reaches(), sid)
    if row is None:
        raise ProblemError(404, "There is no such call.")
    return CallLine.model_validate(dict(row))
