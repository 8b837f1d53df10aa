"""A fast loader: callers on keep-alive connections, each playing calls key by key."""

import asyncio
import base64
import hmac
import html
import re
import time
from dataclasses import dataclass, field
from urllib.parse import quote_plus

ACTION = re.compile(rb'action="([^"]*)"')
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
STEPS_PER_CALL = 50

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


@dataclass(slots=True)
class Tally:
    """What a run of the loader has measured; latencies are in seconds."""

    requests: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

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

    def __init__(self, port: int, token: str, number: int, run: str) -> None:
        self._port = port
        self._key = token.encode()
        self._number = number
        self._run = run
        self._calls = 0
        self._form = b"&".join(
            f"{name}={quote_plus(value)}".encode() for name, value in FIELDS.items()
        )

    async def play(self, tally: Tally, until: float, pause: float) -> None:
        """Place calls until the loop's time `until`; `pause` seconds between two requests."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            path, steps = "/voice/incoming", 0
            while time.perf_counter() < until:
                begin = time.perf_counter()
                writer.write(self._request(path, steps))
                answer = await _answer(reader)
                tally.latencies.append(time.perf_counter() - begin)
                tally.requests += 1
                path, steps = self._next(answer, steps)
                if pause:
                    await asyncio.sleep(pause)
        finally:
            writer.close()

    def _next(self, answer: bytes, steps: int) -> tuple[str, int]:
        action = ACTION.search(answer)
        if action is None or b"<Response" not in answer:
            raise RuntimeError(f"not an answer to a caller: {answer[:200]!r}")
        if steps >= STEPS_PER_CALL:
            self._calls += 1
            return "/voice/incoming", 0
        return html.unescape(action.group(1).decode()), steps + 1

    def _request(self, path: str, steps: int) -> bytes:
        sid = f"CA{self._run}{self._number:04d}{self._calls:08d}"
        changing = {"CallSid": sid} | ({"Digits": "*"} if steps else {})
        body = self._form + b"".join(
            f"&{name}={quote_plus(value)}".encode() for name, value in changing.items()
        )
        url = f"http://127.0.0.1:{self._port}{path}"
        fields = FIELDS | changing
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        signature = base64.b64encode(hmac.digest(self._key, signed.encode(), "sha1")).decode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"X-Twilio-Signature: {signature}\r\nUser-Agent: TwilioProxy/1.1\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    if not head.startswith(b"HTTP/1.1 200") or length is None:
        raise RuntimeError(f"the service answered {head.splitlines()[0]!r}")
    return await reader.readexactly(int(length.group(1)))


async def load(
    port: int, token: str, connections: int, seconds: float, *, run: str, rate: float = 0.0
) -> Tally:
    """Load a server for some seconds; `rate` caps the requests per second, 0 means saturation.

    Raises RuntimeError when a caller gets anything but TwiML.
    """
    tally = Tally()
    pause = connections / rate if rate else 0.0
    begin = time.perf_counter()
    callers = [Caller(port, token, number, run) for number in range(connections)]
    await asyncio.gather(*(caller.play(tally, begin + seconds, pause) for caller in callers))
    tally.seconds = time.perf_counter() - begin
    return tally
