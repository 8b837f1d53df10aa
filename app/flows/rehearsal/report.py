"""What came of rehearsing: each transcript in each language, and what they went through."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.flows.rehearsal.coverage import Coverage
from app.flows.rehearsal.performance import Failure
from app.flows.rehearsal.transcript import Scene


@dataclass(frozen=True, slots=True)
class Result:
    """How one transcript went in one language. `skipped` says why it was not played, if so."""

    scene: Scene
    language: str
    failure: Failure | None = None
    skipped: str = ""
    seconds: float = 0.0

    @property
    def place(self) -> str:
        """`file:line:column` of the transcript, or of what differs."""
        path = self.failure.difference.path if self.failure else ()
        line, column = self.scene.place(*path)
        return f"{self.scene.document.file}:{line}:{column}"

    def __str__(self) -> str:
        """One line: what `hotline flows check` prints of a mistake, for a call that differs."""
        sentence = self.failure.difference.sentence if self.failure else "It went as written."
        return f"{self.place}: {self.scene.title} [{self.language}]: {sentence}"


@dataclass(frozen=True, slots=True)
class Report:
    """The results in the order of the files, and the coverage (None: not measured)."""

    results: Sequence[Result]
    coverage: Coverage | None

    @property
    def failures(self) -> list[Result]:
        """The results of calls that went another way."""
        return [result for result in self.results if result.failure]

    @property
    def skipped(self) -> list[Result]:
        """What was not played."""
        return [result for result in self.results if result.skipped]

    @property
    def is_good(self) -> bool:
        """Whether every call went as written."""
        return not self.failures
