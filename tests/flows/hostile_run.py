"""Checks every hostile file and prints what became of it: run as a process of its own."""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from app.bench.flows.campaign import complaint, mutable, remembering
from app.bench.flows.witness import Witness
from app.flows.compiler import Parsing, examine_folder
from app.flows.files import read_folder
from app.flows.whole_check import check_whole
from tests.flows.folders import SHELF
from tests.flows.hostile import hostile_files
from tests.flows.spoiling import Flows


def peak() -> float:
    """The most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def witnessed(folder: Path, parsing: Parsing) -> str:
    """What a witness says of a folder that was accepted; empty when it keeps every promise."""
    library, _ = examine_folder(folder, SHELF, parsing=parsing)
    assert library is not None
    try:
        Witness(library, SHELF, Random(7)).calls(10)
    except Exception as broken:
        return f"accepted, but {type(broken).__name__}: {broken}"
    return ""


def main() -> None:
    verdicts = {}
    every = list(hostile_files())
    with tempfile.TemporaryDirectory() as scratch:
        flows = Flows(Path(scratch) / "flows")
        flows.become_small()
        folder = flows.folder
        files = mutable(read_folder(folder)[0])
        parsing = remembering(files, str(folder))
        for hostile in every:
            path = folder / hostile.file
            path.write_bytes(hostile.content)
            before, begun = peak(), time.process_time()
            errors, findings, failure = 0, [], ""
            try:
                report = check_whole(folder, SHELF, parsing=parsing)
                findings, errors = report.findings, report.count("error")
            except Exception as broken:
                failure = f"{type(broken).__name__}: {broken}"
            verdicts[hostile.name] = {
                "failure": failure,
                "refused": errors > 0,
                "complaints": [text for text in map(complaint, findings) if text][:3],
                "seconds": round(time.process_time() - begun, 3),
                "grown": round(peak() - before, 1),
            }
            if not failure and not errors:
                verdicts[hostile.name]["failure"] = witnessed(folder, parsing)
            path.write_bytes(files[hostile.file])
    json.dump(verdicts, sys.stdout)


if __name__ == "__main__":
    main()
