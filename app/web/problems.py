"""What goes wrong, said in the form of the one who asked: a page, a toast, or problem+json."""

import json

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from app.blobs import BlobError
from app.people.access.visitor import ForbiddenError
from app.web.headers import security_headers
from app.web.pages import language_of, render
from app.web.site import site_of
from app.web.words import all_words

log = structlog.get_logger()

SAID = (400, 401, 403, 404, 409, 422, 429, 503)


class ProblemError(Exception):
    """A request that cannot be done; `detail` is a sentence in the reader's language."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def toast(text: str, kind: str = "") -> dict[str, str]:
    """The header by which an answer to htmx shows a short confirmation."""
    return {"HX-Trigger": json.dumps({"toast": {"text": text, "kind": kind}})}


def problem(request: Request, status: int, detail: str = "", **members: object) -> Response:
    """The answer to a request that failed."""
    words = all_words()
    code = status if status in SAID else (400 if status < 500 else 500)
    language = language_of(request)
    title = words.say(f"errors.title.{code}", language)
    text = detail or words.say(f"errors.text.{code}", language)
    if wants_json(request):
        body = {"type": "about:blank", "title": title, "status": status, "detail": text, **members}
        return JSONResponse(jsonable_encoder(body), status, media_type="application/problem+json")
    if request.headers.get("hx-request"):
        headers = toast(text, "late") | {"HX-Reswap": "none"}
        return Response(text, status, headers=headers, media_type="text/plain; charset=utf-8")
    is_console = request.url.path.startswith("/console")
    page = "errors/page.html" if is_console else "portal/error.html"
    return render(request, page, status=status, code=code, detail=detail, home="/console")


def wants_json(request: Request) -> bool:
    """Whether a program asks, not a person with a browser."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def install(app: FastAPI) -> None:
    """Make every failure of the application speak like this."""

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        standard = error.detail if isinstance(error.detail, str) and wants_json(request) else ""
        answer = problem(request, error.status_code, standard)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(ProblemError)
    async def _said(request: Request, error: ProblemError) -> Response:
        return problem(request, error.status, error.detail)

    @app.exception_handler(ForbiddenError)
    async def _forbidden(request: Request, _error: ForbiddenError) -> Response:
        return problem(request, 403)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        found = [{"loc": one["loc"], "msg": one["msg"]} for one in error.errors()]
        return problem(request, 422, errors=found)

    @app.exception_handler(DataError)
    @app.exception_handler(OverflowError)
    async def _unfit(request: Request, error: Exception) -> Response:
        """What no column holds: a key beyond all keys, a NUL, a text that is far too long."""
        log.warning("web.unfit", path=request.url.path, error=type(error).__name__)
        return problem(request, 422)

    @app.exception_handler(BlobError)
    async def _store_away(request: Request, error: BlobError) -> Response:
        log.error("web.store_failed", path=request.url.path, error=str(error))
        return problem(request, 503)

    @app.exception_handler(DBAPIError)
    @app.exception_handler(PoolTimeoutError)
    async def _away(request: Request, error: Exception) -> Response:
        log.error("web.database_failed", path=request.url.path, error=type(error).__name__)
        return problem(request, 503)

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> Response:
        log.exception("web.failed", path=request.url.path, error=type(error).__name__)
        answer = problem(request, 500)
        # This one is answered outside of all middleware.
        is_https = site_of(request).settings.base_url.startswith("https")
        answer.headers.update(security_headers(is_https=is_https))
        return answer
