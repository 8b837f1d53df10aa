"""Requests to the provider's recordings, and to nothing else.

No address is ever taken from a request: it is the configured base, the account and the SID. The
name is resolved once and that very address connected to, so that no second answer of a name server
(rebinding) leads elsewhere. A timer cuts the line when time is up, however slowly bytes drip.
"""

import base64
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from app.calls.recordings.trouble import RecordingError, Trouble

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
REDIRECTS = 3
_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Resolver = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Provider:
    """Where and as whom recordings are fetched. `private`: its name may lead into our own net."""

    base_url: str
    account_sid: str
    user: str
    password: str = field(repr=False)
    private: bool = False
    resolver: Resolver = resolve

    def address(self, sid: str, extension: str, query: str = "") -> str:
        """The URL of a recording. Raises ValueError for what cannot be a SID."""
        if not _SID.fullmatch(sid):
            raise ValueError("this is not a recording's SID")
        account = quote(self.account_sid, safe="")
        path = f"/2010-04-01/Accounts/{account}/Recordings/{sid}{extension}"
        return f"{self.base_url.rstrip('/')}{path}{query}"

    @contextmanager
    def request(self, method: str, url: str, seconds: float) -> Iterator[HTTPResponse]:
        """The answer to a request, its body still unread, all within so many seconds.

        Redirects are followed on the same host only. Raises RecordingError.
        """
        base = urlsplit(self.base_url)
        with _Line(seconds) as line:
            for _ in range(REDIRECTS + 1):
                place = urlsplit(url)
                if _origin(place) != _origin(base):
                    raise RecordingError(Trouble.redirected)
                answer = line.ask(method, place, self._connect_to(place), self._headers(place))
                if answer.status not in (301, 302, 303, 307, 308):
                    with line.translating():
                        yield answer
                    return
                url = urljoin(url, answer.headers.get("Location", ""))
                line.hang_up()
            raise RecordingError(Trouble.redirected)

    def _headers(self, place: SplitResult) -> dict[str, str]:
        credentials = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {
            "Host": place.netloc.rpartition("@")[2],
            "Authorization": f"Basic {credentials}",
            "Accept": "audio/x-wav, audio/wav, application/json;q=0.1",
            "Accept-Encoding": "identity",
            "User-Agent": "huixiang",
            "Connection": "close",
        }

    def _connect_to(self, place: SplitResult) -> tuple[str, int]:
        host, port = _origin(place)[1:]
        try:
            addresses = self.resolver(host, port)
        except OSError as error:
            raise RecordingError(Trouble.unavailable) from error
        if not addresses:
            raise RecordingError(Trouble.unavailable)
        if not (self.private or _is_private_name(host)):
            for address in addresses:
                if not ipaddress.ip_address(address).is_global:
                    raise RecordingError(Trouble.forbidden_address)
        return addresses[0], port


class _Line:
    """One connection at a time, cut when its time is up."""

    def __init__(self, seconds: float) -> None:
        self._socket: socket.socket | None = None
        self._answer: HTTPResponse | None = None
        self._cut = False
        self._timer = Timer(seconds, self._cut_off)
        self._timer.daemon = True

    def __enter__(self) -> "_Line":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self.hang_up()

    def ask(
        self, method: str, place: SplitResult, address: tuple[str, int], headers: dict[str, str]
    ) -> HTTPResponse:
        """Send a request; returns its answer as soon as the headers are there."""
        target = place.path + (f"?{place.query}" if place.query else "")
        with self.translating():
            connection = HTTPConnection(*address, timeout=READ_SECONDS)
            connection.sock = self._connect(place, address)
            connection.request(method, target, headers=headers)
            self._answer = connection.getresponse()
            return self._answer

    @contextmanager
    def translating(self) -> Iterator[None]:
        """Failures of the network, as what they mean for a recording."""
        try:
            yield
        except RecordingError:
            raise
        except (OSError, HTTPException, ValueError) as error:
            trouble = Trouble.too_slow if self._cut else Trouble.unavailable
            raise RecordingError(trouble) from error
        if self._cut:
            raise RecordingError(Trouble.too_slow)

    def hang_up(self) -> None:
        """Close the connection, if there is one."""
        if self._answer is not None:
            self._answer.close()
        if self._socket is not None:
            self._socket.close()
        self._answer = self._socket = None

    def _connect(self, place: SplitResult, address: tuple[str, int]) -> socket.socket:
        plain = self._socket = socket.create_connection(address, CONNECT_SECONDS)
        plain.settimeout(READ_SECONDS)
        if place.scheme == "https":
            self._socket = _tls().wrap_socket(plain, server_hostname=place.hostname)
        return self._socket

    def _cut_off(self) -> None:
        self._cut = True
        line = self._socket
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                line.close()


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _origin(place: SplitResult) -> tuple[str, str, int]:
    port = place.port or (443 if place.scheme == "https" else 80)
    return place.scheme, place.hostname or "", port


def _is_private_name(host: str) -> bool:
    """Whether the configured name says itself that it is inside: `localhost`, `10.0.0.7`."""
    if host == "localhost":
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
