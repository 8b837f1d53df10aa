"""Fixtures for flows."""

from pathlib import Path

import pytest
from tests.flows.spoiling import Flows


@pytest.fixture
def small(flows: Flows) -> Flows:
    """A copy of which only one language and the ways of a caller are left: quick to prove."""
    flows.become_small()
    return flows


@pytest.fixture
def flows(tmp_path: Path) -> Flows:
    """A copy of the shipped flows, to be spoilt."""
    return Flows(tmp_path / "flows")
