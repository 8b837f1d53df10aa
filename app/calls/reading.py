"""Small works on behalf of a webhook: in a thread, and never longer than its budget."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.calls.breaker import Budget
from app.calls.journal import DatabaseAwayError, TooSlowError, is_away
from app.database import Database
from app.logs import in_this_context

T = TypeVar("T")


async def read_within(
    database: Database,
    query: Callable[[Connection], T],
    budget: Budget,
    threads: Executor | None = None,
) -> T:
    """The query's result. Raises DatabaseAwayError when it fails or the budget is used up.

    `threads` are those of all webhooks, unless some are kept for it.
    """

    def run() -> T:
        with database.reading() as connection:
            return query(connection)

    return await _within(run, budget, threads)


async def write_within(
    database: Database,
    work: Callable[[Connection], T],
    budget: Budget,
    threads: Executor | None = None,
) -> T:
    """The result of a transaction of its own. Raises DatabaseAwayError as `read_within` does.

    It may have been committed all the same when the budget is used up: the work must be idempotent.
    """

    def run() -> T:
        with database.writing() as connection:
            return work(connection)

    return await _within(run, budget, threads)


async def _within(run: Callable[[], T], budget: Budget, threads: Executor | None) -> T:
    try:
        return await asyncio.wait_for(
            asyncio.get_running_loop().run_in_executor(threads, in_this_context(run)), budget.left
        )
    except TimeoutError as error:
        raise TooSlowError("not answered in time") from error
    except PoolTimeoutError as error:
        raise TooSlowError("no connection was free in time") from error
    except Exception as error:
        if is_away(error):
            raise DatabaseAwayError(type(error).__name__) from error
        raise
