"""A fast loader: callers on keep-alive connections, each playing calls key by key."""

import asyncio
import base64
import hmac
import html
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote_plus

ACTION = re.compile(rb'action="([^"]*)"')
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
STEPS_PER_CALL = 50
BUSY_SECONDS = 5.0  # of the gather of whoever is told to wait (app/voice/fallback.py)

# The fields of a real webhook (contract, sections 1 and 12a), without those that change.
FIELDS = {
    "AccountSid": "AC" + "0" * 31 + "1",
    "ApiVersion": "2010-04-01",
    "CallStatus": "in-progress",
    "Direction": "inbound",
    "From": "+8613800138000",
    "To": "+867451012345",
    "Caller": "+8613800138000",
    "Called": "+867451012345",
    **{
        f"{side}{part}": "CN" if part == "Country" else ""
        for side in ("From", "To", "Caller", "Called")
        for part in ("City", "State", "Zip", "Country")
    },
}


Ask = Callable[[str, Mapping[str, str]], Awaitable[bytes]]


@dataclass(slots=True)
class Tally:
    """What a run of the loader has measured; latencies are in seconds."""

    requests: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    told_to_wait: int = 0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency, in milliseconds, that this share of requests did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000


class Caller:
    """One connection on which one call follows another."""

    def __init__(
        self,
        port: int,
        token: str,
        number: int,
        run: str,
        phone: str = "",
        *,
        is_patient: bool = False,
    ) -> None:
        """Who `is_patient` waits when told to; the bare route never tells them."""
        self._port = port
        self._is_patient = is_patient
        self._key = token.encode()
        self._number = number
        self._run = run
        self._calls = 0
        self._fields = FIELDS | ({"From": phone, "Caller": phone} if phone else {})
        self._form = b"&".join(
            f"{name}={quote_plus(value)}".encode() for name, value in self._fields.items()
        )

    async def play(self, tally: Tally, until: float, pause: float) -> None:
        """Place calls until the loop's time `until`; `pause` seconds between two requests."""
        path, steps = "/voice/incoming", 0
        while time.perf_counter() < until:
            async with self.connected() as ask:
                path, steps, is_told_to_wait = await self._served(
                    ask, tally, until, pause, path, steps
                )
            if is_told_to_wait:  # the network asks again after the gather's time
                tally.told_to_wait += 1
                await asyncio.sleep(min(BUSY_SECONDS, max(0.0, until - time.perf_counter())))

    async def _served(
        self, ask: Ask, tally: Tally, until: float, pause: float, path: str, steps: int
    ) -> tuple[str, int, bool]:
        """Go on from a path until the time is over, or until told to wait."""
        is_told_to_wait = False
        while not is_told_to_wait and time.perf_counter() < until:
            begin = time.perf_counter()
            answer = await ask(path, {"Digits": "*"} if steps else {})
            tally.latencies.append(time.perf_counter() - begin)
            tally.requests += 1
            was, (path, steps) = path, self._next(answer, steps)
            is_told_to_wait = self._is_patient and path == was
            if pause:
                await asyncio.sleep(pause)
        return path, steps, is_told_to_wait

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Ask]:
        """The connection, as a function that posts what happened to a path of the service."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)

        async def ask(path: str, happened: Mapping[str, str]) -> bytes:
            writer.write(self._request(path, happened))
            return await _answer(reader)

        try:
            yield ask
        finally:
            writer.close()

    def next_call(self) -> None:
        """What is asked from now on is of another call."""
        self._calls += 1

    def _next(self, answer: bytes, steps: int) -> tuple[str, int]:
        action = ACTION.search(answer)
        if action is None or b"<Response" not in answer:
            raise RuntimeError(f"not an answer to a caller: {answer[:200]!r}")
        if steps >= STEPS_PER_CALL:
            self.next_call()
            return "/voice/incoming", 0
        path = unescaped(action)
        return path, 0 if path == "/voice/incoming" else steps + 1

    def _request(self, path: str, happened: Mapping[str, str]) -> bytes:
        sid = f"CA{self._run}{self._number:04d}{self._calls:08d}"
        changing = {"CallSid": sid, **happened}
        body = self._form + b"".join(
            f"&{name}={quote_plus(value)}".encode() for name, value in changing.items()
        )
        url = f"http://127.0.0.1:{self._port}{path}"
        fields = self._fields | changing
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        signature = base64.b64encode(hmac.digest(self._key, signed.encode(), "sha1")).decode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"X-Twilio-Signature: {signature}\r\nUser-Agent: TwilioProxy/1.1\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def unescaped(action: re.Match[bytes]) -> str:
    """The address that a document's action names."""
    return html.unescape(action.group(1).decode())


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    if not head.startswith(b"HTTP/1.1 200") or length is None:
        raise RuntimeError(f"the service answered {head.splitlines()[0]!r}")
    return await reader.readexactly(int(length.group(1)))


async def load(
    port: int,
    token: str,
    connections: int,
    seconds: float,
    *,
    run: str,
    rate: float = 0.0,
    one_number_in: int = 1,
    patient: bool = False,
) -> Tally:
    """Load a server for some seconds; `rate` caps the requests per second, 0 means saturation.

    Of so many callers as `one_number_in` one calls from the number that all share by default.
    `patient` ones wait when they are told to.

    Raises RuntimeError when a caller gets anything but TwiML.
    """
    tally = Tally()
    pause = connections / rate if rate else 0.0
    begin = time.perf_counter()
    phones = ["" if number % one_number_in == 0 else f"+86137{number:08d}"
              for number in range(connections)]  # fmt: skip
    callers = [
        Caller(port, token, number, run, phone, is_patient=patient)
        for number, phone in enumerate(phones)
    ]
    await asyncio.gather(*(caller.play(tally, begin + seconds, pause) for caller in callers))
    tally.seconds = time.perf_counter() - begin
    return tally
