"""What is answered to those who have not signed in, or not from our own pages."""

from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from app.people.sessions.queries import Pending
from app.web.access import PendingError, SignInNeededError
from app.web.csrf import SAFE_METHODS, ForgedRequestError
from app.web.onward import local_path
from app.web.pages import language_of
from app.web.problems import problem, wants_json
from app.web.words import all_words

SIGN_IN = "/console/sign-in"
STEPS = {
    Pending.code: "/console/sign-in/code",
    Pending.password: "/console/sign-in/password",
    Pending.enrol: "/console/sign-in/totp",
}


def install(app: FastAPI) -> None:
    """Make the application answer so."""

    @app.exception_handler(SignInNeededError)
    async def _sign_in(request: Request, _error: SignInNeededError) -> Response:
        return _elsewhere(request, _with_next(request, SIGN_IN))

    @app.exception_handler(PendingError)
    async def _step(request: Request, error: PendingError) -> Response:
        return _elsewhere(
            request, f"{STEPS[error.pending]}?{urlencode({'next': _wanted(request)})}"
        )

    @app.exception_handler(ForgedRequestError)
    async def _forged(request: Request, _error: ForgedRequestError) -> Response:
        return problem(request, 403, all_words().say("people.forged", language_of(request)))


def _elsewhere(request: Request, address: str) -> Response:
    if wants_json(request):
        answer = problem(request, 401)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


def _with_next(request: Request, address: str) -> str:
    return f"{address}?{urlencode({'next': _wanted(request)})}"


def _wanted(request: Request) -> str:
    """Where to go after signing in: the page that was asked for, or the one that asked."""
    if request.headers.get("hx-request"):
        current = urlsplit(request.headers.get("hx-current-url", ""))
        return local_path(f"{current.path}?{current.query}" if current.query else current.path)
    if request.method not in SAFE_METHODS:
        return "/console"
    url = request.url
    return local_path(f"{url.path}?{url.query}" if url.query else url.path)
