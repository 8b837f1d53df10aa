import pytest
from tests.fixtures.office import Office
from tests.mediation.cases.dispute import Dispute, open_dispute


@pytest.fixture
def dispute(office: Office) -> Dispute:
    return open_dispute(office)
