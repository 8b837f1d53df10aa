"""The API's own description, and a page that people can read."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response

from app.api.schemas import Problem
from app.web.access import Public
from app.web.pages import render
from app.webhooks.events import EVENTS

router = APIRouter(include_in_schema=False)

DESCRIPTION = """\
Tickets, calls and webhooks of the migrants' hotline, for the county's other systems.

**Who you are.** Send `Authorization: Bearer <token>`. An administrator makes tokens on the \
console; each has rights, and a department and region in which it has them.

**Errors** are `application/problem+json` (RFC 9457). **Lists** are paged by `after`; a page's \
`next` is the `after` of the next. **Requests that make something** carry an `Idempotency-Key`.

**Webhooks** are posts of JSON with the header `Hotline-Signature: t=<seconds>,v1=<hex>`, where \
`v1` is HMAC-SHA256 with the webhook's secret over `<seconds>.<raw body>`. Refuse what is older \
than five minutes. Answer 2xx within five seconds; otherwise it is sent again, ever later, for a \
day, with the same `Hotline-Delivery`. 410 ends the webhook. Events may come twice and in any \
order; they hold nothing personal: read the ticket for more."""


def schema_of(request: Request) -> dict[str, Any]:
    """The OpenAPI document of `/api/v1`, made once."""
    kept: dict[str, Any] | None = getattr(request.app.state, "api_schema", None)
    if kept is None:
        kept = get_openapi(
            title="Huixiang 回响",
            version="1",
            description=DESCRIPTION,
            routes=request.app.routes,
            tags=[{"name": name} for name in ("tickets", "calls", "directory", "webhooks")],
        )
        _complete(kept)
        request.app.state.api_schema = kept
    return kept


def _complete(document: dict[str, Any]) -> None:
    """Add what FastAPI cannot know: the token, the form of errors, the events."""
    parts = document["components"]
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    parts["schemas"]["Problem"] = Problem.model_json_schema()
    document["security"] = [{"token": []}]
    error = {
        "description": "What went wrong.",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["4XX"] = error
    document["x-events"] = dict(EVENTS)


@router.get("/api/v1/openapi.json")
def openapi(request: Request, _anybody: Public) -> Response:
    """The OpenAPI document."""
    return JSONResponse(schema_of(request))


@router.get("/api/v1")
def read(request: Request, _anybody: Public) -> Response:
    """The API as a page."""
    document = schema_of(request)
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api/page.html", document=document, operations=operations, events=EVENTS)
