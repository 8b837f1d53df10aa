"""Requests from the exchange to the service (contract, sections 1, 2, 5 and 6)."""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit

import httpx2

from app.exchange.errors import DebuggerError
from app.exchange.ledger import Ledger, Webhook
from app.exchange.signature import sign, signed_url

Parameters = tuple[tuple[str, str], ...]

MAX_REDIRECTS = 10
MAX_BODY_BYTES = 64 * 1024
MAX_MEDIA_BYTES = 40 * 1024 * 1024
HEADERS = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*", "Accept-Encoding": "gzip"}
TEXT_KINDS = frozenset({"text", "text-callback"})
POLICIES = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True, slots=True)
class Overrides:
    """Connection settings from a URL's fragment such as `#rc=2&rp=5xx,ct` (contract, section 5)."""

    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})
    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0

    @classmethod
    def parse(cls, fragment: str) -> "Overrides":
        """Read a fragment; what is unknown or out of range keeps its default."""
        given = dict(parse_qsl(fragment))
        policy = frozenset(given.get("rp", "ct").split(",")) & POLICIES
        return cls(
            retries=_in_range(given.get("rc"), 0, 5, 1),
            policy=policy or frozenset({"ct"}),
            connect_seconds=_in_range(given.get("ct"), 100, 10_000, 5_000) / 1000,
            read_seconds=_in_range(given.get("rt"), 100, 15_000, 15_000) / 1000,
            total_seconds=_in_range(given.get("tt"), 100, 15_000, 15_000) / 1000,
        )

    def retry_after(self, trouble: str) -> bool:
        """Whether trouble of this kind (`4xx 5xx ct rt`) is tried again."""
        return trouble in self.policy or "all" in self.policy


def _in_range(text: str | None, low: int, high: int, default: int) -> int:
    value = int(text) if text and text.isdecimal() else default
    return value if low <= value <= high else default


@cache
def _tls() -> ssl.SSLContext:
    # Loading the certificates takes 40 ms: once per process is enough.
    return httpx2.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Reply:
    """A usable answer; `url` is where it came from after redirects, without fragment."""

    url: str
    status: int
    content_type: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")


class WebhookClient:
    """Sends signed requests and tells what came back, noting each in the ledger."""

    def __init__(
        self,
        auth_token: str,
        ledger: Ledger,
        working: Callable[[], AbstractContextManager[None]],
        new_token: Callable[[], str],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """`transport` takes requests elsewhere than to the network, a service in this process."""
        self._auth_token = auth_token
        self._new_token = new_token
        self._ledger = ledger
        self._working = working
        no_cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        self._http = httpx2.AsyncClient(
            cookies=no_cookies, headers=HEADERS, trust_env=False, verify=_tls(), transport=transport
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def fetch_media(self, url: str) -> Reply:
        """GET the audio of a `<Play>`, without call parameters (contract, section 3.2).

        Raises:
            DebuggerError: it cannot be had.
        """
        return await self.send(url, "GET", (), kind="media", limit=MAX_MEDIA_BYTES)

    async def send(
        self,
        url: str,
        method: str,
        parameters: Iterable[tuple[str, str]],
        *,
        cookies: httpx2.Cookies | None = None,
        kind: str = "voice",
        limit: int = MAX_BODY_BYTES,
    ) -> Reply:
        """Request `url` as Twilio does: signed, with redirects and retries.

        Raises:
            DebuggerError: with Twilio's code, when there is no usable answer.
        """
        target, fragment = urldefrag(url)
        if urlsplit(target).scheme not in ("http", "https") or not urlsplit(target).hostname:
            raise DebuggerError(11100, f"{url!r} is not an absolute http or https URL.", url)
        overrides = Overrides.parse(fragment)
        jar = httpx2.Cookies() if cookies is None else cookies
        token = self._new_token()
        sending = _Sending(tuple(parameters), method.upper(), jar, kind, limit, token, overrides)
        try:
            with self._working():
                async with asyncio.timeout(overrides.total_seconds):
                    return await self._with_retries(target, sending)
        except TimeoutError:
            why = f"No answer within {overrides.total_seconds:g} seconds."
            self._note_failure(token, why)
            raise DebuggerError(11200, why, target) from None

    def _note_failure(self, token: str, why: str) -> None:
        for request in reversed(self._ledger.requests):
            if request.token == token:
                request.error = request.error or why
                return

    async def _with_retries(self, url: str, sending: "_Sending") -> Reply:
        attempts_left = sending.overrides.retries
        while True:
            try:
                return await self._follow(url, sending)
            except _TransientError as failure:
                if attempts_left == 0 or not sending.overrides.retry_after(failure.trouble):
                    raise failure.reason from None
                attempts_left -= 1

    async def _follow(self, url: str, sending: "_Sending") -> Reply:
        method, parameters = sending.method, sending.parameters
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._once(url, method, parameters, sending)
            sending.cookies.extract_cookies(response)
            if not response.has_redirect_location:
                return _usable(url, response, sending.limit)
            url = urldefrag(urljoin(url, response.headers["location"])).url
            if response.status_code not in (307, 308):
                # A followed redirect is a bare GET: this is how a Gather's Digits get lost.
                method, parameters = "GET", ()
        raise DebuggerError(11215, f"More than {MAX_REDIRECTS} redirects.", url)

    async def _once(
        self, url: str, method: str, parameters: Parameters, sending: "_Sending"
    ) -> httpx2.Response:
        request = self._build(url, method, parameters, sending)
        entry = Webhook(self._ledger.now(), sending.kind, method, url, parameters, sending.token)
        self._ledger.requests.append(entry)
        try:
            response = await self._http.send(request, auth=None)
        except httpx2.HTTPError as error:
            entry.error = f"{type(error).__name__}: {error}"
            raise _transport_error(url, error) from error
        entry.status = response.status_code
        entry.content_type = response.headers.get("content-type", "")
        entry.body = response.text if sending.kind != "media" else ""
        return response

    def _build(
        self, url: str, method: str, parameters: Parameters, sending: "_Sending"
    ) -> httpx2.Request:
        body: bytes | None = None
        headers = {"I-Twilio-Idempotency-Token": sending.token}
        if method == "GET":
            separator = "&" if urlsplit(url).query else "?"
            url += separator + urlencode(parameters) if parameters else ""
        else:
            body = urlencode(parameters).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        form = () if method == "GET" else parameters
        signed = signed_url(url, keep_port=sending.kind in TEXT_KINDS)
        headers["X-Twilio-Signature"] = sign(self._auth_token, signed, form)
        settings = sending.overrides
        timeout = httpx2.Timeout(settings.read_seconds, connect=settings.connect_seconds)
        request = self._http.build_request(
            method, url, content=body, headers=headers, timeout=timeout
        )
        sending.cookies.set_cookie_header(request)
        return request


@dataclass(frozen=True, slots=True)
class _Sending:
    parameters: Parameters
    method: str
    cookies: httpx2.Cookies
    kind: str
    limit: int
    token: str
    overrides: Overrides


class _TransientError(Exception):
    """Trouble of a kind (`4xx 5xx ct rt`) that the retry policy may forgive."""

    def __init__(self, trouble: str, reason: DebuggerError) -> None:
        super().__init__(str(reason))
        self.trouble = trouble
        self.reason = reason


def _transport_error(url: str, error: httpx2.HTTPError) -> _TransientError:
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        code = 11210 if "name" in str(error).lower() and "resolution" in str(error) else 11205
        return _TransientError("ct", DebuggerError(code, f"Cannot connect: {error}.", url))
    if isinstance(error, httpx2.TimeoutException):
        return _TransientError("rt", DebuggerError(11200, "The answer took too long.", url))
    if isinstance(error, httpx2.ProtocolError):
        return _TransientError("rt", DebuggerError(11206, f"HTTP was violated: {error}.", url))
    return _TransientError("rt", DebuggerError(11200, f"Retrieval failed: {error}.", url))


def _usable(url: str, response: httpx2.Response, limit: int) -> Reply:
    if response.status_code >= 400:
        reason = DebuggerError(11200, f"Got HTTP {response.status_code}.", url)
        raise _TransientError("5xx" if response.status_code >= 500 else "4xx", reason)
    if len(response.content) > limit:
        raise DebuggerError(11750, f"The answer is larger than {limit} bytes.", url)
    content_type = response.headers.get("content-type", "")
    return Reply(url, response.status_code, content_type, response.content)
