"""Checks of hours and the calendar: departments that exist, offices that open at all."""

from collections.abc import Iterator, Mapping

from app.flows.directory import Directory
from app.flows.findings import Finding
from app.flows.source import Document


def check_times(directory: Directory, documents: Mapping[str, Document]) -> Iterator[Finding]:
    """All findings about working time."""
    yield from _closures(directory, documents.get("calendar.yaml"))
    yield from _never_open(directory, documents["directory.yaml"])


def _closures(directory: Directory, document: Document | None) -> Iterator[Finding]:
    if document is None:
        return
    for year, overlay in directory.calendar.overlay.items():
        for index, closure in enumerate(overlay.closures):
            for position, department in enumerate(closure.departments):
                if department and department not in directory.departments:
                    yield document.finding(
                        ("years", year, "closures", index, "departments", position),
                        "unknown-name",
                        f"There is no department `{department}`.",
                        "Use its key in directory.yaml, or '' for the hotline's own desk.",
                    )


def _never_open(directory: Directory, document: Document) -> Iterator[Finding]:
    for key, category in directory.categories.items():
        hours = directory.working_time(category.department).hours
        if category.clock == "working" and not any(entry.days for entry in hours):
            yield document.finding(
                ("categories", key, "clock"),
                "never-open",
                f"The clock of `{key}` never runs: `{category.department}` has no opening hours.",
                "Give the department `hours`, or use the clock round_the_clock.",
            )
