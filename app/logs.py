"""Structured logs: one JSON object per line on standard error, no personal data."""

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger


def configure_logs(level: str) -> None:
    """Log to standard error at `level`: JSON for machines, coloured lines on a terminal."""
    to_terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_messages,
            structlog.dev.ConsoleRenderer() if to_terminal else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def without_messages(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write the exception of an event as the places it passed and its kind, without its message.

    Messages of libraries quote what they were given: a name, a telephone, an appeal.
    """
    told = event.pop("exc_info", None)
    error = told if isinstance(told, BaseException) else sys.exc_info()[1] if told else None
    if error is not None:
        event["exception"] = "".join(_told(error))
    return event


def _told(error: BaseException) -> list[str]:
    """The causes first, as Python itself writes them."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    earlier = _told(before) if before is not None else []
    return [*earlier, *traceback.format_tb(error.__traceback__), f"{type(error).__qualname__}\n"]
