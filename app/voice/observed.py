"""What is noted of every webhook: its call in each line of the log, its count and its time."""

import time
from collections.abc import Mapping
from contextvars import Token
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

import structlog
from prometheus_client import Counter, Histogram
from structlog.contextvars import bind_contextvars, reset_contextvars

from app.logs import writes_debug
from app.metrics import counters

log = structlog.get_logger()

# The SIDs by which a line of the log is found again, and what they are called in it.
_TOLD = {"CallSid": "call", "MessageSid": "text", "ConferenceSid": "conference"}


class Observed:
    """One webhook, from its request to its answer.

    From `of` to the end, whatever is logged on its behalf carries the SID of its call.
    """

    def __init__(self, route: str) -> None:
        self.status = 500
        self._route = route
        self._node = ""
        self._bound: Mapping[str, Token[Any]] = {}

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        return self

    def of(self, form: Mapping[str, str], node: str) -> None:
        """Whose webhook it is, once that is certain."""
        self._node = node[:128]
        sids = {name: form[field][:64] for field, name in _TOLD.items() if field in form}
        self._bound = bind_contextvars(**sids)

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        seconds = time.perf_counter() - self._began
        _count(self._route, self.status).inc()
        _time(self._route).observe(seconds)
        if writes_debug():
            log.debug(
                "voice.webhook",
                route=self._route,
                node=self._node,
                status=self.status,
                ms=round(seconds * 1_000, 1),
            )
        reset_contextvars(**self._bound)


# Looking a label up costs more than counting, and there are few: routes are ours.
@lru_cache(maxsize=256)
def _count(route: str, status: int) -> Counter:
    if status < 400:
        return counters.WEBHOOKS.labels(route, "answered")
    return counters.WEBHOOKS.labels(route, "refused" if status < 500 else "failed")


@lru_cache(maxsize=64)
def _time(route: str) -> Histogram:
    return counters.WEBHOOK_SECONDS.labels(route)
