"""Fixtures of the ticket desk."""

import pytest
from app.database import Database
from tests.tickets.world import TicketDesk


@pytest.fixture
def tickets(database: Database) -> TicketDesk:
    """An empty ticket desk."""
    return TicketDesk(database)
