"""Structured logs: one line per event on standard error, no personal data.

What libraries log by the standard library goes the same way, without the messages of exceptions:
they quote what they were given.
"""

import logging
import sys
import traceback
from collections.abc import Callable
from contextvars import copy_context
from enum import StrEnum
from typing import ParamSpec, TypeVar

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

P = ParamSpec("P")
T = TypeVar("T")


class LogFormat(StrEnum):
    """How a line looks; `auto` is text on a terminal and JSON everywhere else."""

    auto = "auto"
    json = "json"
    text = "text"


def configure_logs(level: str, form: LogFormat = LogFormat.auto) -> None:
    """Log to standard error at `level`: JSON for machines, coloured lines for people."""
    number = logging.getLevelNamesMapping()[level.upper()]
    _Level.number = number
    as_text = form is LogFormat.text or (form is LogFormat.auto and sys.stderr.isatty())
    told: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_messages,
    ]
    written: Processor = (
        structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*told, written],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    _write_libraries(told, written, max(number, logging.WARNING))


def _write_libraries(told: list[Processor], written: Processor, level: int) -> None:
    """Let what libraries log become lines of the same form."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=told,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, written],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [
        *(one for one in root.handlers if not isinstance(one.formatter, type(formatter))),
        handler,
    ]
    root.setLevel(level)


class _Level:
    """The level in force."""

    number = logging.INFO


def writes_debug() -> bool:
    """Whether lines for debugging are written: asked where even not writing one would cost."""
    return _Level.number <= logging.DEBUG


def in_this_context(work: Callable[P, T]) -> Callable[P, T]:
    """The same work, whose log lines carry what is bound now, in whatever thread it is done."""
    context = copy_context()

    def run(*arguments: P.args, **named: P.kwargs) -> T:
        return context.run(work, *arguments, **named)

    return run


def without_messages(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write the exception of an event as the places it passed and its kind, without its message.

    Messages of libraries quote what they were given: a name, a telephone, an appeal.
    """
    told = event.pop("exc_info", None)
    if isinstance(told, tuple):  # as the standard library hands it on
        told = told[1]
    error = told if isinstance(told, BaseException) else sys.exc_info()[1] if told else None
    if error is not None:
        event["exception"] = "".join(_told(error))
    return event


def _told(error: BaseException) -> list[str]:
    """The causes first, as Python itself writes them."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    earlier = _told(before) if before is not None else []
    return [*earlier, *traceback.format_tb(error.__traceback__), f"{type(error).__qualname__}\n"]
