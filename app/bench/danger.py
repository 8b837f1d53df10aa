"""People in danger: they press 9, none of the officers comes, and they answer by key."""

import asyncio
import time

from app.bench.loader import ACTION, Caller, Tally, unescaped

AT_ONCE = 4
PAUSE_SECONDS = 0.05
# What happens at each emergency step, in its order: the key, and what came of ringing.
STEPS: tuple[dict[str, str], ...] = (
    {"Digits": "9"},
    {"DialCallStatus": "no-answer"},
    {"Digits": "1"},
    {"Digits": "3"},
)


class PersonsInDanger:
    """Calls one after another, a few at once; only steps of the emergency are measured."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self.tally = Tally()
        self.without_database = 0

    async def call_for(self, seconds: float) -> None:
        """Be in danger for so long."""
        until = time.perf_counter() + seconds
        await asyncio.gather(*(self._call(number, until) for number in range(AT_ONCE)))

    async def _call(self, number: int, until: float) -> None:
        caller = Caller(self._port, self._token, number, "danger", phone=f"+86139000{number:05d}")
        async with caller.connected() as ask:
            while time.perf_counter() < until:
                answer = await ask("/voice/incoming", {})
                for happened in STEPS:
                    begin = time.perf_counter()
                    answer = await ask(_action_of(answer), happened)
                    self.tally.latencies.append(time.perf_counter() - begin)
                    self.tally.requests += 1
                    self.without_database += b"state=" in answer
                    await asyncio.sleep(PAUSE_SECONDS)
                caller.next_call()


def _action_of(answer: bytes) -> str:
    action = ACTION.search(answer)
    if action is None:
        raise RuntimeError(f"not an answer to somebody in danger: {answer[:200]!r}")
    return unescaped(action)
