"""A sample of `hotline bench fraud`; races of caps on both databases are in tests/calls/gateway."""

from pathlib import Path

from app.bench.fraud.campaign import run_campaign
from app.bench.fraud.summary import summary
from tests.stories.county import FLOWS


def test_no_attempt_gets_out_that_must_not(tmp_path: Path) -> None:
    tally = run_campaign(f"sqlite:///{tmp_path / 'hotline.db'}", FLOWS, attempts=90, seed=7)
    assert tally.faults == []
    assert tally.rung > 0
    assert tally.forged > 0
    assert "**legs outside the allow-list** | **0**" in summary(tally)
