"""Random mediations, and that the judge of them is not blind."""

from pathlib import Path

import pytest
from app.bench.mediation.campaign import run_schedules
from app.bench.mediation.schedule import draw
from app.mediation import consequences, jobs, queries, watching
from app.mediation import floor as rules
from app.mediation.controls import service as controls

FLOWS = Path("ivr_flows")
SEED = 20261123
# Schedules of the seed in which it shows.
BLIND = {"record": [2], "end": [4], "stranger": [8]}


def test_no_random_schedule_breaks_a_rule(tmp_path: Path) -> None:
    tally = run_schedules(range(10), SEED, FLOWS, tmp_path)
    assert tally.played == 10
    assert tally.opened >= 3
    assert tally.faults == {}, f"hotline bench mediation --seed {SEED} --only <number>"


def test_a_private_word_may_be_had_with_somebody_who_is_put_aside(tmp_path: Path) -> None:
    tally = run_schedules([2390], 1, FLOWS, tmp_path)
    assert tally.opened == 1
    assert tally.faults == {}


def test_a_schedule_is_the_same_every_time() -> None:
    assert repr(draw(1, 7)) == repr(draw(1, 7))
    assert draw(1, 7).deeds == draw(1, 7).deeds
    assert draw(1, 7) != draw(2, 7)


def test_recording_those_who_refused_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rules, queries, controls):
        monkeypatch.setattr(module, "may_record", lambda _legs: True)
    tally = run_schedules(BLIND["record"], SEED, FLOWS, tmp_path)
    assert any("I7" in fault for faults in tally.faults.values() for fault in faults)


def test_a_conference_that_nobody_ends_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.MediationJobs, "end_floor", lambda *_: None)
    monkeypatch.setattr(watching.Watching, "look", lambda *_: None)
    tally = run_schedules(BLIND["end"], SEED, FLOWS, tmp_path)
    assert any("I8" in fault for faults in tally.faults.values() for fault in faults)


def test_a_stranger_whom_nobody_removes_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consequences, "remove_stranger", lambda *_: None)
    tally = run_schedules(BLIND["stranger"], SEED, FLOWS, tmp_path)
    assert any("stranger" in fault for faults in tally.faults.values() for fault in faults)
