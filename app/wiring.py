"""Which domain does what a step asks for: effects, lookups, hooks and jobs by their handlers."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from app.calls.identities import Identities
from app.calls.wiring import Wiring
from app.flows.context import MediationLookup, TicketLookup
from app.flows.directory import Directory
from app.flows.effects import (
    AnswerInvitation,
    ConveneMediation,
    LeaveMediation,
    NotUnderstood,
    OpenTicket,
    PolicyRead,
)
from app.jobs.runner import Handler
from app.mediation import queries as mediation_queries
from app.mediation.jobs import MediationJobs
from app.mediation.service import Mediation
from app.policies.service import record_reading, record_unanswered
from app.tickets import queries as ticket_queries
from app.tickets.errors import SourceTakenError
from app.tickets.service import attach_recording, open_from_call
from app.webhooks.hooks import call_ended as tell_call_ended
from app.webhooks.jobs import WebhookJobs


@dataclass(frozen=True, slots=True)
class Handlers:
    """The domains as functions: for the webhooks, and for the background."""

    calls: Wiring
    jobs: Mapping[str, Handler]


def wire(
    directory: Callable[[], Directory],
    identities: Identities,
    webhook_hosts: Collection[str] = (),
) -> Handlers:
    """All handlers, by the directory in force at each instant."""
    mediation = Mediation(directory, identities.random_id, identities.ticket_number)
    calls = Wiring(
        effects={
            OpenTicket: open_from_call(directory),
            ConveneMediation: mediation.convene,
            AnswerInvitation: mediation.answer_invitation,
            LeaveMediation: mediation.leave,
            PolicyRead: record_reading,
            NotUnderstood: record_unanswered,
        },
        lookups={
            TicketLookup: ticket_queries.find_for_caller,
            MediationLookup: mediation_queries.find,
        },
        invitations=(mediation.invitation,),
        call_ended=(mediation.call_ended, tell_call_ended),
        conference=(mediation.conference_event,),
        recording=(attach_recording,),
        settled_by=(SourceTakenError,),
    )
    jobs = {**MediationJobs(mediation).handlers(), **WebhookJobs(webhook_hosts).handlers()}
    return Handlers(calls, jobs)
