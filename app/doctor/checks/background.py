"""What goes on behind the calls: jobs, the spool, recordings that were not obtained."""

from datetime import datetime

from app.calls.gateway.canary.queries import proof
from app.calls.gateway.queries import standing
from app.calls.recordings.models import State
from app.calls.recordings.queries import newest
from app.calls.spool import Spool
from app.doctor.patient import Patient
from app.doctor.verdict import Verdict, failure, not_applicable, ok, warning
from app.flows.hours import COUNTY_TIME
from app.jobs.queries import LATE, backlog

MOST_NAMED = 3


def jobs(patient: Patient) -> Verdict:
    """That somebody does the background work: deadlines, calls, texts, recordings."""
    with patient.database.reading() as connection:
        found = backlog(connection, patient.clock.now())
    late = {kind: jobs.late for kind, jobs in found.items() if jobs.late}
    if late:
        return failure(
            f"{sum(late.values())} jobs are due for over {LATE.seconds} s: {_named(late)}",
            "Start `hotline worker`, or set HOTLINE_RUN_JOBS=true for the service.",
        )
    failed = {kind: jobs.failed for kind, jobs in found.items() if jobs.failed}
    if failed:
        return warning(
            f"{sum(failed.values())} jobs were given up: {_named(failed)}",
            "Find `job.given_up` in the log: it says which, and what kept it from being done.",
        )
    return ok(f"{sum(jobs.due for jobs in found.values())} are due now, none is late")


def spool(patient: Patient) -> Verdict:
    """That nothing waits which was accepted while the database was away."""
    waiting, unreadable = Spool(patient.settings.spool_dir, "doctor").waiting()
    if unreadable:
        return failure(
            f"{unreadable} lines were set aside as unreadable",
            "See that HOTLINE_SECRET_KEY still has the key they were written with; keep the files "
            "`*.unreadable`.",
        )
    if waiting:
        return warning(
            f"{waiting} items wait to be replayed",
            "They are replayed within seconds once service and database are there: see the log "
            "for `replay.stuck` if they stay.",
        )
    return ok("empty")


def recordings(patient: Patient) -> Verdict:
    """That every recording the provider told of has come, or still may."""
    with patient.database.reading() as connection:
        failed = newest(connection, MOST_NAMED + 1, [State.failed])
    if not failed:
        return ok("none was given up")
    more = " and more" if len(failed) > MOST_NAMED else ""
    return warning(
        f"not obtained: {', '.join(kept.sid for kept in failed[:MOST_NAMED])}{more}",
        "Run `hotline recordings fetch SID` for each, while the provider still has it.",
    )


def line(patient: Patient) -> Verdict:
    """That callers come through: by the hotline's own call to itself."""
    if not patient.settings.canary_number:
        return not_applicable("no canary: HOTLINE_CANARY_NUMBER names no other number of ours")
    now = patient.clock.now()
    with patient.database.reading() as connection:
        known = proof(connection, now)
    if known.since is not None and known.is_silent(now):
        return failure(
            f"the canary has not come through since {_when(known.since)}: callers may not either",
            "See the checks of the account, the number and the signatures above, and the "
            "provider's debugger.",
        )
    if known.through_at is None:
        return warning(
            "the canary has not come through yet",
            "Wait ten minutes; see that `hotline worker` runs, or HOTLINE_RUN_JOBS is true.",
        )
    return ok(f"the canary came through at {_when(known.through_at)}")


def outbound(patient: Patient) -> Verdict:
    """That nobody else places calls from our account, and none is left unknown."""
    now = patient.clock.now()
    with patient.database.reading() as connection:
        found = standing(connection, now)
    if strangers := found.get("stranger", 0):
        return failure(
            f"{strangers} calls of the last day were placed from the account by somebody else",
            "Change the account's keys at the provider, and look at the page Outgoing.",
        )
    refused, unknown = found.get("refused", 0), found.get("unknown", 0)
    return ok(f"within a day {refused} legs were refused, {unknown} are unknown")


def _when(instant: datetime) -> str:
    return f"{instant.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M}"


def _named(counts: dict[str, int]) -> str:
    most = sorted(counts.items(), key=lambda one: -one[1])[:MOST_NAMED]
    return ", ".join(f"{kind} ({count})" for kind, count in most)
