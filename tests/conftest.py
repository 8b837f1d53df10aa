"""Fixtures for all tests."""

import pytest
import structlog

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.office"]


@pytest.fixture(autouse=True)
def fresh_logs() -> None:
    """No test sees the log settings of another."""
    structlog.reset_defaults()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
