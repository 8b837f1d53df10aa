"""Small works on behalf of a webhook: in a thread, and never longer than its budget."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from app.calls.breaker import Budget
from app.calls.journal import DatabaseAwayError, is_away
from app.database import Database
from app.logs import in_this_context

T = TypeVar("T")


async def read_within(database: Database, query: Callable[[Connection], T], budget: Budget) -> T:
    """The query's result. Raises DatabaseAwayError when it fails or the budget is used up."""

    def run() -> T:
        with database.reading() as connection:
            return query(connection)

    return await _within(run, budget)


async def write_within(database: Database, work: Callable[[Connection], T], budget: Budget) -> T:
    """The result of a transaction of its own. Raises DatabaseAwayError as `read_within` does.

    It may have been committed all the same when the budget is used up: the work must be idempotent.
    """

    def run() -> T:
        with database.writing() as connection:
            return work(connection)

    return await _within(run, budget)


async def _within(run: Callable[[], T], budget: Budget) -> T:
    try:
        return await asyncio.wait_for(
            asyncio.get_running_loop().run_in_executor(None, in_this_context(run)), budget.left
        )
    except TimeoutError as error:
        raise DatabaseAwayError("the database has not answered in time") from error
    except Exception as error:
        if is_away(error):
            raise DatabaseAwayError(type(error).__name__) from error
        raise
