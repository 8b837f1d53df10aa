"""The flows, and the days they know."""

from app.doctor.patient import Patient
from app.doctor.verdict import Verdict, failure, not_applicable, ok, warning
from app.flows.findings import FlowError
from app.flows.hours import COUNTY_TIME
from app.people.roster.calendar import LATE_MONTH


def flows(patient: Patient) -> Verdict:
    """That the menus, prompts and policies of this folder can be played."""
    try:
        library = patient.library
    except FlowError as error:
        more = f" (and {len(error.findings) - 1} more)" if len(error.findings) > 1 else ""
        return failure(
            f"{error.findings[0]}{more}",
            "Mend what `hotline flows check` names; until then the last good version is in force.",
        )
    return ok(f"version {library.version} of {patient.settings.flows_dir}")


def calendar(patient: Patient) -> Verdict:
    """That the public holidays and make-up workdays of this year and the next are known."""
    try:
        known = patient.library.directory.calendar
    except FlowError:
        return not_applicable("the flows cannot be read")
    today = patient.clock.now().astimezone(COUNTY_TIME).date()
    remedy = (
        "Update the library `holidays`, or enter the official notice in calendar.yaml with "
        "`published: true`."
    )
    if not known.is_published(today.year):
        return failure(f"the make-up workdays of {today.year} are not known", remedy)
    if known.is_published(today.year + 1):
        return ok(f"{today.year} and {today.year + 1} are known")
    said = f"{today.year} is known, {today.year + 1} is not"
    if today.month >= LATE_MONTH:
        return warning(said, remedy)
    return ok(f"{said}: its notice comes in November as a rule")
