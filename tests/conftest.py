"""Fixtures for all tests."""

import pytest

pytest_plugins = ["tests.fixtures.databases"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
