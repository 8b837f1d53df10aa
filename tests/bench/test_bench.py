"""The bench: its loader counts real answers, and refuses anything that is not one."""

import asyncio
from pathlib import Path

import pytest
from app import schema
from app.bench import servers
from app.bench.loader import Tally, load


def test_the_loader_counts_answers_of_the_bare_route() -> None:
    with servers.bare_route() as bare:
        tally = asyncio.run(load(bare.port, servers.TOKEN, 2, 0.2, run="test"))
        assert bare.cpu_seconds() > 0
    assert tally.requests == len(tally.latencies) > 10
    assert tally.rate > 50


def test_the_loader_walks_through_the_real_service_key_by_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bench.db"
    schema.upgrade(url)
    with servers.service("service", url, tmp_path) as service:
        tally = asyncio.run(load(service.port, servers.TOKEN, 2, 0.3, run="test"))
        with pytest.raises(RuntimeError, match="403"):
            asyncio.run(load(service.port, "another token", 1, 0.2, run="forged"))
        assert service.resident_megabytes() > 20
    assert tally.requests > 3


def test_percentiles_are_of_sorted_latencies() -> None:
    tally = Tally(requests=4, seconds=2.0, latencies=[0.004, 0.001, 0.003, 0.002])
    assert tally.rate == 2.0
    assert tally.percentile(0.5) == pytest.approx(3.0)
    assert tally.percentile(0.99) == pytest.approx(4.0)
