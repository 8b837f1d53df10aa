"""Shares the schedules of a campaign among processes."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from app.bench.mediation.campaign import BATCH, Tally, run_schedules

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the scratch folder below it is private and deleted


def play_all(
    numbers: range,
    seed: int,
    flows: Path,
    workers: int,
    report: Callable[[Tally, Tally], None],
) -> Tally:
    """Play the schedules of these numbers; `report` is told all so far, and the news."""
    scratch = IN_MEMORY if IN_MEMORY.is_dir() else None
    batches = [numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH)]
    whole = Tally()
    if workers == 1:
        for batch in batches:
            _add(whole, run_schedules(batch, seed, flows, scratch), report)
        return whole
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        played = [pool.submit(run_schedules, batch, seed, flows, scratch) for batch in batches]
        for done in as_completed(played):
            _add(whole, done.result(), report)
    return whole


def _add(whole: Tally, played: Tally, report: Callable[[Tally, Tally], None]) -> None:
    whole.add(played)
    report(whole, played)
