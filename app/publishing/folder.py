"""The folder of files: when it has changed, and is not being written this moment."""

from dataclasses import dataclass
from pathlib import Path

from app.flows.files import Files, Fingerprint, fingerprint, read_folder
from app.flows.findings import Finding


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder held at one instant, and why some of it could not be read."""

    files: Files
    findings: list[Finding]


class FlowFolder:
    """Looks at a folder again and again. A change counts once it has stood for two looks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: Fingerprint | None = None
        self._settled: Fingerprint | None = None

    def read(self) -> Reading:
        """All files as they are now."""
        if not self.path.is_dir():
            hint = "HOTLINE_FLOWS_DIR names the folder with the flow files."
            gone = Finding(str(self.path), 1, 1, "error", "missing", "There is no folder.", hint)
            return Reading({}, [gone])
        return Reading(*read_folder(self.path))

    def first(self) -> Reading:
        """All files at the start; if they stay so, the first look deals with them."""
        self._seen = fingerprint(self.path)
        return self.read()

    def changed(self) -> Reading | None:
        """What the folder holds, when it has changed and come to rest; None otherwise.

        It stays changed until `settle` says that it has been dealt with.
        """
        marks = fingerprint(self.path)
        came_to_rest, self._seen = marks == self._seen, marks
        if not came_to_rest or marks == self._settled:
            return None
        reading = self.read()
        return reading if fingerprint(self.path) == marks else None

    def is_settled(self) -> bool:
        """Whether all is as it was when it was dealt with."""
        return fingerprint(self.path) == self._settled

    @property
    def is_moving(self) -> bool:
        """Whether something has changed and has not been dealt with."""
        return self._seen != self._settled

    def settle(self) -> None:
        """What was read last has been dealt with."""
        self._settled = self._seen
