"""The verbs of cases that need the directory, texts and telephone sessions, put together."""

from collections.abc import Callable
from dataclasses import dataclass

from app.calls.identities import Identities
from app.flows.directory import Directory
from app.mediation.cases.alerting import Alerting
from app.mediation.cases.jobs import DisputeJobs
from app.mediation.cases.planning import Planning
from app.mediation.cases.summons import Summons
from app.mediation.cases.telling import Telling
from app.mediation.service import Mediation
from app.messages.composing import Composer


@dataclass(frozen=True, slots=True)
class Disputes:
    """What pages, calls and the background work with."""

    planning: Planning
    summons: Summons
    jobs: DisputeJobs


def wire_disputes(
    directory: Callable[[], Directory],
    composer: Composer,
    identities: Identities,
    mediation: Mediation,
) -> Disputes:
    """All of it, by the directory in force at each instant."""
    telling = Telling(composer)
    alerting = Alerting(telling)
    planning = Planning(directory, telling, alerting)
    summons = Summons(
        mediation.summoning,
        identities.random_id,
        mediation.invitation,
    )
    return Disputes(planning, summons, DisputeJobs(planning, summons, alerting))
