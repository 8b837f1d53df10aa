"""Fixtures for flows."""

from pathlib import Path

import pytest
from tests.flows.spoiling import Flows


@pytest.fixture
def flows(tmp_path: Path) -> Flows:
    """A copy of the shipped flows, to be spoilt."""
    return Flows(tmp_path / "flows")
