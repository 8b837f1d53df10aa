"""Fixtures for all tests."""

import logging
import os

import pytest
import structlog

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.office"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's files take longest: begun first, no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: browsers, sockets and killed workers are waited for."""
    return (os.cpu_count() or 1) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much of the long stories is played."""
    parser.addoption("--reloads", default="6", help="reloads under load: 100 is the whole of it")


@pytest.fixture(autouse=True)
def fresh_logs() -> None:
    """No test sees the log settings of another."""
    structlog.reset_defaults()
    root = logging.getLogger()
    ours = structlog.stdlib.ProcessorFormatter
    root.handlers = [one for one in root.handlers if not isinstance(one.formatter, ours)]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
