"""The provider's own lists of our calls (contract, section 4.1): implements `CallLists`.

Calls that have not begun have no start to filter by: they are found by their creation.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from app.calls.telephony import MOST_LISTED, CallFound, RefusedError

UNDER_WAY = ("queued", "ringing", "in-progress")
LOOKED_AT = 50  # the newest calls to one number
NOT_THERE = 20404

Ask = Callable[[Callable[[], Any]], Any]


class ProviderCalls:
    """Reads calls by a client; `asking` makes every failure one of `TelephonyError`'s kinds."""

    def __init__(self, client: Any, own_numbers: frozenset[str], asking: Ask) -> None:
        self._client = client
        self._own_numbers = own_numbers
        self._asking = asking

    def find_call(self, call_sid: str) -> CallFound | None:
        """One call; None when the provider knows no such call."""
        try:
            return _found(self._asking(lambda: self._client.calls(call_sid).fetch()))
        except RefusedError as error:
            if error.code == NOT_THERE:
                return None
            raise

    def calls_to(self, number: str, since: datetime) -> list[CallFound]:
        """The calls we placed to a number since an instant, the newest first."""
        listed = self._asking(lambda: self._client.calls.list(to=number, limit=LOOKED_AT))
        begun = since.replace(microsecond=0)  # the provider counts whole seconds
        found = [_found(call) for call in listed]
        return [
            call for call in found if call.caller in self._own_numbers and call.created_at >= begun
        ]

    def calls_under_way(self) -> list[CallFound]:
        """All calls that are queued, ringing or in progress now."""
        found: dict[str, CallFound] = {}
        for status in UNDER_WAY:
            ask = partial(self._client.calls.list, status=status, limit=MOST_LISTED)
            listed = self._asking(ask)
            found |= {str(call.sid): _found(call) for call in listed}
        return list(found.values())

    def calls_begun(self, since: datetime, until: datetime) -> list[CallFound]:
        """All calls that were begun within a time, the newest first; at most `MOST_LISTED`."""
        listed = self._asking(
            lambda: self._client.calls.list(
                start_time_after=since, start_time_before=until, limit=MOST_LISTED
            )
        )
        return [_found(call) for call in listed]


def _found(call: Any) -> CallFound:
    created = call.date_created or call.start_time or datetime.fromtimestamp(0, UTC)
    return CallFound(
        sid=str(call.sid),
        direction=str(call.direction or ""),
        caller=str(call._from or ""),
        called=str(call.to or ""),
        status=str(call.status or ""),
        created_at=created,
        seconds=int(call.duration or 0),
        parent_sid=str(call.parent_call_sid or ""),
    )
