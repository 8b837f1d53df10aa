"""From a set of files to an edition that can be played, through every gate it has to pass."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from app.flows.calendar import Holidays
from app.flows.compiler import NO_HOLIDAYS, examine_files
from app.flows.context import Articles
from app.flows.files import Files
from app.flows.findings import Finding, FlowError
from app.flows.library import FlowLibrary
from app.policies.shelf import PolicyShelf, shelf_of

# Plays the transcripts of a set; a finding for each that did not go as it says.
Rehearsal = Callable[[FlowLibrary, Articles, Files], list[Finding]]
# Explores what callers can do; a finding for each way that leads nowhere.
Proof = Callable[[FlowLibrary, Articles], list[Finding]]


@dataclass(frozen=True, slots=True)
class Edition:
    """One version in memory: its library, and the shelf of its articles."""

    library: FlowLibrary
    shelf: PolicyShelf

    @property
    def version(self) -> str:
        """The version, a hash over all its files."""
        return self.library.version


@dataclass(frozen=True, slots=True)
class Examination:
    """What came of examining a set of files. `edition` is None when it cannot be played at all.

    `failed` are the transcripts that did not go as written; None when nobody played them.
    """

    edition: Edition | None
    findings: list[Finding] = field(default_factory=list)
    failed: list[Finding] | None = None

    @property
    def errors(self) -> list[Finding]:
        """Why the set must not be put in force; empty when it may."""
        told = [finding for finding in self.findings if finding.severity == "error"]
        return told + [finding for finding in self.failed or () if finding.severity == "error"]


@dataclass(frozen=True, slots=True)
class Gates:
    """What every set of files passes before it is put in force, from wherever it comes."""

    holidays: Holidays = NO_HOLIDAYS
    prove: Proof | None = None
    rehearse: Rehearsal | None = None

    def compile(self, files: Files, place: str = "") -> Edition:
        """The edition of a set of files. Raises FlowError when anything in it is an error."""
        examined = self.check(files, place)
        if examined.edition is None or examined.errors:
            raise FlowError(examined.errors)
        return examined.edition

    def check(self, files: Files, place: str = "") -> Examination:
        """Read and check a set of files; `place` is the folder that findings name."""
        return _checked(self, tuple(sorted(files.items())), place)

    def examine(self, files: Files, place: str = "") -> Examination:
        """Check, prove and rehearse a set of files."""
        checked = self.check(files, place)
        edition = checked.edition
        if edition is None or checked.errors:
            return checked
        proof = self.prove(edition.library, edition.shelf) if self.prove else []
        failed = self.rehearse(edition.library, edition.shelf, files) if self.rehearse else None
        return Examination(edition, sorted({*checked.findings, *proof}), failed)


_NO_POLICY = "There is no policy `"


@lru_cache(maxsize=2)  # whoever starts checks the same set twice: whether it may, and to serve it
def _checked(gates: Gates, named: tuple[tuple[str, bytes], ...], place: str) -> Examination:
    files = dict(named)
    try:
        shelf, unread = shelf_of(files, place), []
    except FlowError as error:
        shelf, unread = PolicyShelf({}), error.findings
    library, findings = examine_files(files, shelf, gates.holidays, place)
    if unread:  # without the articles nobody can tell which of them are missing
        findings = [one for one in findings if not one.sentence.startswith(_NO_POLICY)]
        return Examination(None, sorted(unread + findings))
    return Examination(Edition(library, shelf) if library else None, findings)
