"""Which domain does what a step asks for: effects, lookups, hooks and jobs by their handlers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from app.calls.facts import CANARY
from app.calls.gateway.canary.jobs import CanaryJobs
from app.calls.gateway.canary.service import Canaries
from app.calls.gateway.jobs import GatewayJobs
from app.calls.gateway.reconciler.jobs import Reconciler
from app.calls.gateway.settling import bind_answered
from app.calls.gateway.settling import call_ended as settle_leg
from app.calls.identities import Identities
from app.calls.outbound.jobs import REMEMBER, OutboundJobs
from app.calls.outbound.service import Outbound
from app.calls.outbound.test_calls import PURPOSE as TEST_CALL
from app.calls.outbound.test_calls import TestCalls
from app.calls.recordings.jobs import RECURRING as RECORDINGS_RECURRING
from app.calls.recordings.service import expect as expect_recording
from app.calls.screening.service import answer_challenge, refuse_caller
from app.calls.wiring import Wiring
from app.flows.context import (
    Articles,
    CallBackLookup,
    EscalationLookup,
    IncidentLookup,
    MediationLookup,
    NumberedPromptLookup,
    OwnIncidentLookup,
    PersonLookup,
    ReturnVisitLookup,
    SeatDoorLookup,
    SeatLookup,
    StudioDoorLookup,
    TakeLookup,
    TicketLookup,
)
from app.flows.directory import Directory
from app.flows.effects import (
    AddComment,
    AnswerChallenge,
    AnswerInvitation,
    AnswerOutbound,
    AnswerPoll,
    ChooseLanguage,
    ControlMediation,
    ConveneMediation,
    DescribeIncident,
    EndRinging,
    EnterFloor,
    HoldCaller,
    KeepPlace,
    KeepTake,
    LeaveFloor,
    LeaveMediation,
    LeaveQueue,
    LeaveSeat,
    MissSeatPin,
    MissStudioPin,
    NoteCallBack,
    NotUnderstood,
    OfferAgain,
    OpenStudio,
    OpenTicket,
    PassIncident,
    PassTicket,
    PolicyRead,
    RecordSatisfaction,
    RefuseCaller,
    ReportIncident,
    RingStaff,
    TakeIncident,
    TakePrompt,
    TakeSeat,
    TakeTicket,
    TellStatus,
    TextArticle,
    WaitOn,
)
from app.hearings.wiring import HearingWiring
from app.incidents import queries as incident_queries
from app.incidents.jobs import END_WITH_TICKETS, IncidentJobs
from app.incidents.service import AlreadyInChargeError, Incidents, is_looked_for
from app.insight.flow_numbers import jobs as flow_numbers
from app.insight.flow_numbers.service import expect as expect_counting
from app.jobs.purging import PURGE, PURGING, purge_old
from app.jobs.runner import Handler
from app.jobs.schedule import Every
from app.mediation.cases.queries import text_to_read
from app.mediation.cases.service import note_yes
from app.mediation.cases.wiring import Disputes, wire_disputes
from app.mediation.controls.keypad import Keypad
from app.mediation.controls.service import Controls
from app.mediation.jobs import MediationJobs
from app.mediation.queries import Finding
from app.mediation.service import Mediation
from app.messages.after_calls import CallTexts
from app.messages.composing import Composer
from app.messages.facts import TextHandler
from app.messages.handlers import TextHandlers
from app.messages.jobs import MessageJobs
from app.messages.receiver import SPOOLED
from app.people.roster.service import (
    GENERATE,
    GENERATING,
    LOOK_AHEAD,
    LOOKING_AHEAD,
    generate,
    look_ahead,
)
from app.policies.service import record_reading, record_unanswered
from app.prompt_audio import studio
from app.prompt_audio.service import await_take, keep_take
from app.queueing import claims
from app.queueing import service as queueing
from app.queueing.desk import Desk
from app.queueing.jobs import SERVE, QueueJobs
from app.queueing.kept_places import KeptPlaces
from app.queueing.voicemail import telling_of_voicemail
from app.softphone.answering import Answering
from app.softphone.calling_back import noting_talks, whom_to_connect
from app.softphone.jobs import SoftphoneJobs
from app.softphone.transfers import Transfers
from app.tickets import jobs as ticket_jobs
from app.tickets import queries as ticket_queries
from app.tickets.callbacks.jobs import FOLLOW_UP, CallBackJobs
from app.tickets.callbacks.missed import MissedCalls
from app.tickets.callbacks.queries import KEPT_PLACE
from app.tickets.callbacks.queries import PURPOSE as CALL_BACK
from app.tickets.callbacks.service import CallBacks
from app.tickets.clocks.escalation import queries as escalation_queries
from app.tickets.clocks.escalation.service import Escalations
from app.tickets.clocks.escalation.taking import AlreadyTakenError
from app.tickets.clocks.jobs import ClockJobs
from app.tickets.closing.answers import (
    WordByText,
    add_comment,
    note_told,
    record_satisfaction,
)
from app.tickets.closing.asking import ReturnVisits
from app.tickets.closing.jobs import SWEEP, ClosingJobs
from app.tickets.closing.queries import PURPOSE as RETURN_VISIT
from app.tickets.closing.queries import what_to_tell
from app.tickets.errors import SourceTakenError
from app.tickets.households.queries import language_of
from app.tickets.households.service import remember_language
from app.tickets.service import attach_recording, open_from_call
from app.webhooks.hooks import call_ended as tell_call_ended
from app.webhooks.jobs import WebhookJobs


@dataclass(frozen=True, slots=True)
class Handlers:
    """The domains as functions: for the webhooks, and for the background."""

    calls: Wiring
    jobs: Mapping[str, Handler]
    disputes: Disputes
    mediation: Mediation
    mediation_controls: Controls
    transfers: Transfers
    recurring: Sequence[Every] = ()
    texts: Sequence[TextHandler] = ()


def wire(
    directory: Callable[[], Directory],
    identities: Identities,
    composer: Composer,
    articles: Callable[[str], Articles],
    webhook_hosts: Collection[str] = (),
    recordings: Mapping[str, Handler] | None = None,
    others: Mapping[str, Handler] | None = None,
    canary: CanaryJobs | None = None,
) -> Handlers:
    """All handlers, by the directory in force at each instant.

    `recordings` and `others` are those that know more of the settings. Without a `canary` nobody
    rings the hotline to see whether it can be reached.
    """
    canary = canary or CanaryJobs("", "", identities.random_id)
    mediation = Mediation(
        directory, identities.random_id, identities.ticket_number, language_of, note_yes
    )
    mediation_controls = Controls(mediation, text_to_read)
    disputes = wire_disputes(directory, composer, identities, mediation)
    escalations = Escalations(directory, identities.random_id, is_looked_for)
    incidents = Incidents(directory, identities.random_id)
    hearings = HearingWiring(directory, composer, identities.random_id)
    transfers = Transfers(directory, identities.random_id)
    answering = Answering(transfers)
    call_texts = CallTexts(composer, directory, articles)
    visits = ReturnVisits(directory, composer, identities.random_id)
    kept_places = KeptPlaces(directory, identities.random_id)
    outbound = Outbound(
        {
            RETURN_VISIT: visits,
            CALL_BACK: CallBacks(),
            CANARY: Canaries(),
            KEPT_PLACE: kept_places,
            TEST_CALL: TestCalls(),
        }
    )
    missed = MissedCalls(directory, identities.ticket_number)
    handlers = TextHandlers(directory, composer, identities.ticket_number)
    texts = handlers.chain(WordByText(composer))
    calls = Wiring(
        effects={
            OpenTicket: call_texts.after(
                telling_of_voicemail(directory, open_from_call(directory))
            ),
            ConveneMediation: mediation.convene,
            AnswerInvitation: mediation.answer_invitation,
            LeaveMediation: mediation.leave,
            EnterFloor: mediation.enter_floor,
            LeaveFloor: mediation.leave_floor,
            AnswerPoll: mediation.answer_poll,
            ControlMediation: Keypad(mediation, mediation_controls).control,
            **hearings.effects,
            PolicyRead: record_reading,
            TextArticle: call_texts.article,
            NotUnderstood: record_unanswered,
            TakeTicket: escalations.take,
            PassTicket: escalations.pass_on,
            ReportIncident: incidents.report,
            DescribeIncident: incidents.describe,
            TakeIncident: incidents.take,
            PassIncident: incidents.pass_on,
            TellStatus: note_told,
            RecordSatisfaction: record_satisfaction,
            AddComment: add_comment,
            AnswerOutbound: outbound.answer,
            NoteCallBack: noting_talks(kept_places.note),
            AnswerChallenge: answer_challenge,
            RefuseCaller: refuse_caller,
            ChooseLanguage: remember_language,
            OpenStudio: studio.open_studio,
            MissStudioPin: studio.miss_pin,
            TakePrompt: await_take,
            KeepTake: keep_take,
            RingStaff: queueing.ring,
            EndRinging: queueing.end_ringing,
            HoldCaller: queueing.hold,
            WaitOn: queueing.wait_on,
            OfferAgain: queueing.offer_again,
            KeepPlace: kept_places.keep,
            LeaveQueue: queueing.leave,
            TakeSeat: disputes.summons.take_seat,
            MissSeatPin: disputes.summons.miss_pin,
            LeaveSeat: disputes.summons.leave_seat,
        },
        lookups={
            TicketLookup: ticket_queries.find_for_caller,
            MediationLookup: Finding(text_to_read).find,
            **hearings.lookups,
            EscalationLookup: escalation_queries.find,
            IncidentLookup: incident_queries.find,
            OwnIncidentLookup: incident_queries.is_in_charge,
            ReturnVisitLookup: what_to_tell,
            CallBackLookup: whom_to_connect,
            StudioDoorLookup: studio.answer_at_the_door,
            NumberedPromptLookup: studio.find_prompt,
            TakeLookup: studio.find_take,
            PersonLookup: Desk(directory).find,
            SeatDoorLookup: disputes.summons.at_the_door,
            SeatLookup: disputes.summons.find_seat,
        },
        language_of=language_of,
        # The gateway binds a call to its leg and leaves it to the others to say what it was for.
        invitations=(
            bind_answered,
            disputes.summons.invitation,
            escalations.invitation,
            incidents.ringing.invitation,
            hearings.desk.invitation,
            outbound.invitation,
        ),
        acceptance=(claims.accept,),
        call_ended=(
            queueing.call_ended,
            answering.call_ended,
            mediation.call_ended,
            disputes.summons.call_ended,
            hearings.desk.call_ended,
            escalations.call_ended,
            incidents.call_ended,
            outbound.call_ended,
            settle_leg,
            tell_call_ended,
            expect_counting,
        ),
        conference=(
            mediation.conference_event,
            hearings.desk.conference_event,
            answering.conference_event,
        ),
        recording=(attach_recording, expect_recording),
        accepted=(incidents.accepted, answering.accepted),
        settled_by=(SourceTakenError, AlreadyTakenError, AlreadyInChargeError),
        spooled=SPOOLED,
    )
    jobs = {
        **MediationJobs(mediation).handlers(),
        **disputes.jobs.handlers(),
        **hearings.jobs,
        **ClockJobs(directory, escalations).handlers(),
        **IncidentJobs(incidents).handlers(),
        **OutboundJobs(outbound).handlers(),
        **GatewayJobs().handlers(),
        **Reconciler(calls, canary.number).handlers(),
        **canary.handlers(),
        **ClosingJobs(visits).handlers(),
        **CallBackJobs(missed).handlers(),
        **QueueJobs(kept_places).handlers(),
        **SoftphoneJobs(transfers).handlers(),
        GENERATE: generate(directory),
        LOOK_AHEAD: look_ahead(directory),
        PURGE: purge_old,
        **MessageJobs(composer, texts).handlers(),
        **WebhookJobs(webhook_hosts).handlers(),
        **ticket_jobs.handlers(),
        **flow_numbers.handlers(),
        **(recordings or {}),
        **(others or {}),
    }
    recurring = (
        *ClockJobs.recurring,
        *ticket_jobs.RECURRING,
        GENERATING,
        LOOKING_AHEAD,
        PURGING,
        REMEMBER,
        *Reconciler.recurring,
        *canary.recurring,
        END_WITH_TICKETS,
        SWEEP,
        FOLLOW_UP,
        SERVE,
        *SoftphoneJobs.recurring,
        flow_numbers.COUNTING,
    )
    if recordings:
        recurring += tuple(RECORDINGS_RECURRING)
    return Handlers(
        calls, jobs, disputes, mediation, mediation_controls, transfers, recurring, texts
    )
