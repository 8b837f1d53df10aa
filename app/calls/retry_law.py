"""The retry law (L4): how a job asks the telephone network for something.

What was certainly not done is tried again; what may be done twice without harm is tried until it is
answered; a call that may or may not ring is never placed again. No call is placed that the outbound
gateway has not let out.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeVar, runtime_checkable

import structlog
from sqlalchemy import Connection

from app.calls.gateway.refusals import Refusal
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


@runtime_checkable
class Postponing(Protocol):
    """Who can wait until a cap has room again; for all others a refusal is for good."""

    def postpone(self, connection: Connection, leg: Any, until: datetime, at: datetime, /) -> None:
        """It was not placed, and may be asked for again at an instant."""


def place_once(
    dialling: Dialling[Leg_contra], leg: Leg_contra, tools: Tools, actor: str = ""
) -> bool:
    """Place a leg's call, if it is wanted and let out; False when it was certainly not placed.

    The mark is committed before the network is asked, so a worker that dies in between leaves a
    call whose outcome is unknown, not one that rings twice. `actor` is who caused the call, for
    whoever keeps legs without that.
    """
    gateway = tools.gateway
    with tools.database.writing() as connection:
        at = tools.clock.now()
        order = dialling.begin_dialling(connection, leg, at)
        if order is not None and actor:
            order = replace(order, actor=actor)
        refusal = gateway.reserve(connection, order, at) if order else None
    if order is None:
        return True
    if refusal is not None:
        with tools.database.writing() as connection:
            _refuse(dialling, connection, leg, refusal, tools.clock.now())
        return True
    try:
        call_sid = tools.telephony.place_call(order)
    except TryAgainLaterError:
        with tools.database.writing() as connection:
            gateway.released(connection, order.leg, "not placed")
            dialling.not_placed(connection, leg, tools.clock.now())
        return False
    except RefusedError as error:
        log.warning("call.refused", leg=leg, error=str(error))
        with tools.database.writing() as connection:
            gateway.released(connection, order.leg, "refused")
            dialling.undialable(connection, leg, tools.clock.now())
    except OutcomeUnknownError as error:
        log.warning("call.unknown", leg=leg, error=str(error))
        with tools.database.writing() as connection:
            gateway.left_unknown(connection, order.leg)
            dialling.outcome_unknown(connection, leg, tools.clock.now())
    else:
        with tools.database.writing() as connection:
            gateway.placed(connection, order.leg, call_sid)
            dialling.placed(connection, leg, call_sid, tools.clock.now())
    return True


def _refuse(
    dialling: Dialling[Leg_contra],
    connection: Connection,
    leg: Leg_contra,
    refusal: Refusal,
    at: datetime,
) -> None:
    if refusal.until is not None and isinstance(dialling, Postponing):
        dialling.postpone(connection, leg, refusal.until, at)
    else:
        dialling.undialable(connection, leg, at)


def insist(action: Callable[[], None]) -> None:
    """Do what may be done twice; raises `RetryLater` until the network has answered."""
    try:
        action()
    except (TryAgainLaterError, OutcomeUnknownError) as error:
        raise RetryLater(AGAIN_SECONDS) from error
    except RefusedError as error:
        log.warning("network.refused", error=str(error))
