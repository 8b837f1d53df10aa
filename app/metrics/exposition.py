"""What `/metrics` says: the counters of all workers together, and how things stand.

With one worker the counters are in memory. With several, each worker keeps its own in the folder
`PROMETHEUS_MULTIPROC_DIR`, and whichever answers the scrape adds them up.
"""

import os
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from app.metrics.workers import FOLDER


def expose(state: Collector) -> bytes:
    """Everything in Prometheus's text format; `state` is read anew."""
    now = CollectorRegistry()
    now.register(state)
    folder = os.environ.get(FOLDER)
    if folder is None:
        return generate_latest(REGISTRY) + generate_latest(now)
    _forget_the_dead(Path(folder))
    MultiProcessCollector(now, folder)
    ProcessCollector(registry=now)
    return generate_latest(now)


def _forget_the_dead(folder: Path) -> None:
    """Let go of what dead workers had open: what they counted stays."""
    for path in folder.glob("gauge_live*_*.db"):
        number = int(path.stem.rpartition("_")[2])
        if not Path(f"/proc/{number}").exists():
            mark_process_dead(number, str(folder))
