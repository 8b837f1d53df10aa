"""Hostile files and mutants: refused with a place and a sentence, quickly, or really good."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from app.bench.flows.campaign import complaint, run_campaign
from app.flows.findings import FlowError
from app.policies.articles import load_articles
from tests.flows.folders import SHELF, SHIPPED
from tests.flows.hostile import hostile_files
from tests.flows.spoiling import Flows

ROOT = SHIPPED.parent
SLOWEST, LARGEST = 2.0, 100.0  # seconds of processor time, MB
FILES = {hostile.name: hostile for hostile in hostile_files()}


def test_there_are_hundreds_of_them() -> None:
    assert len(FILES) == len(list(hostile_files()))
    assert len(FILES) >= 400


@pytest.fixture(scope="module")
def verdicts() -> dict[str, dict[str, object]]:
    """What a process of its own makes of each file, so that its memory can be measured."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.flows.hostile_run"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    found: dict[str, dict[str, object]] = json.loads(run.stdout)
    return found


def test_none_breaks_the_check(verdicts: dict[str, dict[str, object]]) -> None:
    assert set(verdicts) == set(FILES)
    assert {name: v["failure"] for name, v in verdicts.items() if v["failure"]} == {}


def test_each_is_refused_with_a_place_a_sentence_and_a_known_rule(
    verdicts: dict[str, dict[str, object]],
) -> None:
    assert {name: v["complaints"] for name, v in verdicts.items() if v["complaints"]} == {}
    refused = [name for name, v in verdicts.items() if v["refused"]]
    assert len(refused) >= 200


def test_none_takes_long_or_much_memory(verdicts: dict[str, dict[str, object]]) -> None:
    assert {
        n: v["seconds"] for n, v in verdicts.items() if float(str(v["seconds"])) > SLOWEST
    } == {}
    assert max(float(str(v["grown"])) for v in verdicts.values()) < LARGEST


def test_hostile_policy_files_are_refused_with_a_place_too(tmp_path: Path) -> None:
    for hostile in hostile_files():
        if hostile.file == "main.yaml" and " in main.yaml" in hostile.name:
            (tmp_path / "policies.yaml").write_bytes(hostile.content)
            with pytest.raises(FlowError) as refusal:
                load_articles(tmp_path)
            assert [text for text in map(complaint, refusal.value.findings) if text] == []


def test_mutants_of_small_flows_are_refused_or_keep_every_promise(small: Flows) -> None:
    """Some hundreds; `hotline bench flows` checks ten thousand of the shipped ones."""
    tally = run_campaign(small.folder, SHELF, count=200, seed=20)
    assert tally.faults == []
    assert tally.refused > 50
    assert tally.accepted > 10


def test_the_witness_finds_what_the_proof_would_have_found(small: Flows) -> None:
    from random import Random

    from app.bench.flows.witness import BrokenPromiseError, Witness
    from app.flows.compiler import examine_folder

    small.change("person.yaml", "unanswered: by_hours", "unanswered: ring")
    library, _ = examine_folder(small.folder, SHELF)
    assert library is not None
    with pytest.raises(BrokenPromiseError, match="leads to no end"):
        Witness(library, SHELF, Random(1)).calls(300)
