"""A journal on a fresh database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from app.calls.journal import Journal
from app.calls.writes import CallSeen, StepWrite
from app.database import Database

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
async def journal(database: Database) -> AsyncIterator[Journal]:
    journal = Journal(database)
    journal.start()
    yield journal
    journal.close()


def step_write(sid: str = "CA1", step: int = 0, **changes: object) -> StepWrite:
    write = StepWrite(
        sid=sid,
        step=step,
        state='{"n":"main.menu","l":"zh-CN"}',
        node="main.menu",
        language="zh-CN",
        at=MORNING,
        happened_at_node="main.greeting",
        detail='{"given":"started"}',
        words=None,
        answer=f"<Response>{step}</Response>",
        flow_version="v1",
        seen=CallSeen(sid, "inbound", "+8613800138000", "+867451012345", MORNING)
        if step == 0
        else None,
    )
    for name, value in changes.items():
        setattr(write, name, value)
    return write
