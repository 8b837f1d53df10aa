"""The campaign: many mutants of a folder, each checked within its limits, each promise tested."""

import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from app.bench.flows.mutants import Mutant, mutant
from app.bench.flows.witness import Witness
from app.flows.compiler import READ_ELSEWHERE, Parsing, examine_folder
from app.flows.context import Articles
from app.flows.files import Files, placed, read_folder
from app.flows.findings import Finding, FlowError
from app.flows.rules import rules
from app.flows.source import Document, parse
from app.flows.whole_check import check_whole

SLOWEST, LARGEST = 2.0, 100.0  # seconds of processor time and MB for one folder
CALLS = 30  # random calls to each accepted mutant


@dataclass
class Tally:
    """What became of the mutants. `faults` are those that broke a promise; there must be none."""

    mutants: int = 0
    refused: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    warned: int = 0
    slowest: float = 0.0
    seconds: list[float] = field(default_factory=list)
    grown: float = 0.0  # MB of peak memory more than before
    faults: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Mutants without an error."""
        return self.mutants - self.refused


def run_campaign(
    folder: Path,
    articles: Articles,
    count: int,
    seed: int,
    report: Callable[[Tally], None] = lambda _tally: None,
) -> Tally:
    """Check `count` mutants of a folder's files; the same seed makes the same mutants."""
    random = Random(seed)  # noqa: S311 - chance, not secrets
    tally = Tally()
    before = _peak()
    with tempfile.TemporaryDirectory(prefix="hotline-mutants-") as scratch:
        copy = Path(scratch) / "flows"
        shutil.copytree(folder, copy)
        files = mutable(read_folder(copy)[0])
        values = {name: parse(content, name).value for name, content in files.items()}
        parsing = remembering(files, str(copy))
        while tally.mutants < count:
            made = mutant(random, files)
            if _means_the_same(made, values[made.file]):
                continue
            (copy / made.file).write_bytes(made.content)
            _judge(copy, articles, made, tally, random.getrandbits(32), parsing)
            (copy / made.file).write_bytes(files[made.file])
            tally.grown = _peak() - before
            report(tally)
    if tally.grown > LARGEST:
        tally.faults.append(f"the campaign took {tally.grown:.0f} MB")
    return tally


def _means_the_same(made: Mutant, original: object) -> bool:
    """Whether only blanks and comments have changed: that is no mutant."""
    try:
        return bool(parse(made.content, made.file).value == original)
    except FlowError:
        return False


def _judge(
    copy: Path,
    articles: Articles,
    made: Mutant,
    tally: Tally,
    seed: int,
    parsing: Parsing,
) -> None:
    tally.mutants += 1
    begun = time.process_time()
    try:
        found = check_whole(copy, articles, parsing=parsing).findings
    except Exception as error:
        _fault(tally, made, f"{type(error).__name__}: {error}")
        return
    seconds = time.process_time() - begun
    tally.seconds.append(seconds)
    tally.slowest = max(tally.slowest, seconds)
    if seconds > SLOWEST:
        _fault(tally, made, f"took {seconds:.1f} s")
    for told in filter(None, map(complaint, found)):
        _fault(tally, made, told)
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        tally.refused += 1
        tally.by_rule.update({finding.rule for finding in errors})
        return
    tally.warned += bool(found)
    library, _ = examine_folder(copy, articles, parsing=parsing)
    try:
        assert library is not None
        Witness(library, articles, Random(seed)).calls(CALLS)  # noqa: S311
    except Exception as error:
        _fault(tally, made, f"accepted, but {type(error).__name__}: {error}")


def complaint(finding: Finding) -> str:
    """What a finding lacks: every refusal has a place, a sentence and a rule."""
    if finding.line < 1 or finding.column < 1 or not finding.file:
        return f"no place: {finding}"
    if not finding.sentence.endswith((".", "!", "?")):
        return f"no sentence: {finding}"
    return "" if finding.rule in rules() else f"no rule: {finding}"


def _fault(tally: Tally, made: Mutant, what: str) -> None:
    tally.faults.append(f"{made.file} ({made.how}): {what}"[:500])


def mutable(files: Files) -> dict[str, bytes]:
    """The files that flows are made of: neither articles nor transcripts."""
    return {name: data for name, data in files.items() if not name.startswith(READ_ELSEWHERE)}


def remembering(files: Files, place: str) -> Parsing:
    """Parses as ever, but those files only once that are as they were."""
    named = {placed(place, name): data for name, data in files.items()}
    known = {name: parse(data, name) for name, data in named.items()}

    def parsing(data: bytes, name: str) -> Document:
        return known[name] if named.get(name) == data else parse(data, name)

    return parsing


def _peak() -> float:
    """The most memory this process ever had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
