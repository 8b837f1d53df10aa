"""The retry law (L4): how a job asks the telephone network for something.

What was certainly not done is tried again; what may be done twice without harm is tried until it is
answered; a call that may or may not ring is never placed again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from app.calls.telephony import (
    CallOrder,
    OutcomeUnknownError,
    RefusedError,
    TryAgainLaterError,
)
from app.jobs.runner import RetryLater, Tools

log = structlog.get_logger()

AGAIN_SECONDS = 2.0

Leg_contra = TypeVar("Leg_contra", contravariant=True)


class Dialling(Protocol[Leg_contra]):
    """Who keeps what becomes of calls that are placed, each by its leg."""

    def begin_dialling(
        self, connection: Connection, leg: Leg_contra, at: datetime, /
    ) -> CallOrder | None:
        """The call to be placed, now marked as placed; None when none is to be placed."""

    def not_placed(self, connection: Connection, leg: Leg_contra, at: datetime, /) -> None:
        """It was certainly not placed."""

    def placed(
        self, connection: Connection, leg: Leg_contra, call_sid: str, at: datetime, /
    ) -> None:
        """It was placed; its webhooks may have been here first."""

    def undialable(self, connection: Connection, leg: Leg_contra, at: datetime, /) -> None:
        """The network refused it for good."""

    def outcome_unknown(self, connection: Connection, leg: Leg_contra, at: datetime, /) -> None:
        """Nobody knows whether it was placed: its webhooks may tell."""


def place_once(dialling: Dialling[Leg_contra], leg: Leg_contra, tools: Tools) -> bool:
    """Place a leg's call, if it is still wanted; False when it was certainly not placed.

    The mark is committed before the network is asked, so a worker that dies in between leaves a
    call whose outcome is unknown, not one that rings twice.
    """
    with tools.database.writing() as connection:
        order = dialling.begin_dialling(connection, leg, tools.clock.now())
    if order is None:
        return True
    try:
        call_sid = tools.telephony.place_call(order)
    except TryAgainLaterError:
        with tools.database.writing() as connection:
            dialling.not_placed(connection, leg, tools.clock.now())
        return False
    except RefusedError as error:
        log.warning("call.refused", leg=leg, error=str(error))
        with tools.database.writing() as connection:
            dialling.undialable(connection, leg, tools.clock.now())
    except OutcomeUnknownError as error:
        log.warning("call.unknown", leg=leg, error=str(error))
        with tools.database.writing() as connection:
            dialling.outcome_unknown(connection, leg, tools.clock.now())
    else:
        with tools.database.writing() as connection:
            dialling.placed(connection, leg, call_sid, tools.clock.now())
    return True


def insist(action: Callable[[], None]) -> None:
    """Do what may be done twice; raises `RetryLater` until the network has answered."""
    try:
        action()
    except (TryAgainLaterError, OutcomeUnknownError) as error:
        raise RetryLater(AGAIN_SECONDS) from error
    except RefusedError as error:
        log.warning("network.refused", error=str(error))
