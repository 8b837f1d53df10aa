"""Which domain does what a step asks for: effects, lookups, hooks and jobs by their handlers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

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
    MediationLookup,
    NumberedPromptLookup,
    ReturnVisitLookup,
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
    EnterFloor,
    KeepTake,
    LeaveFloor,
    LeaveMediation,
    MissStudioPin,
    NoteCallBack,
    NotUnderstood,
    OpenStudio,
    OpenTicket,
    PassTicket,
    PolicyRead,
    RecordSatisfaction,
    RefuseCaller,
    TakePrompt,
    TakeTicket,
    TellStatus,
    TextArticle,
)
from app.insight.flow_numbers import jobs as flow_numbers
from app.insight.flow_numbers.service import expect as expect_counting
from app.jobs.purging import PURGE, PURGING, purge_old
from app.jobs.runner import Handler
from app.jobs.schedule import Every
from app.mediation.controls.keypad import Keypad
from app.mediation.controls.service import Controls
from app.mediation.jobs import MediationJobs
from app.mediation.queries import Finding, draft_text
from app.mediation.service import Mediation
from app.messages.after_calls import CallTexts
from app.messages.composing import Composer
from app.messages.facts import TextHandler
from app.messages.handlers import TextHandlers
from app.messages.jobs import MessageJobs
from app.messages.receiver import SPOOLED
from app.people.alerts.push import PushJobs
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
from app.tickets import jobs as ticket_jobs
from app.tickets import queries as ticket_queries
from app.tickets.callbacks.jobs import FOLLOW_UP, CallBackJobs
from app.tickets.callbacks.missed import MissedCalls
from app.tickets.callbacks.queries import PURPOSE as CALL_BACK
from app.tickets.callbacks.queries import whom_to_connect
from app.tickets.callbacks.service import CallBacks, note_call_back
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
    mediation: Mediation
    mediation_controls: Controls
    recurring: Sequence[Every] = ()
    texts: Sequence[TextHandler] = ()


def wire(
    directory: Callable[[], Directory],
    identities: Identities,
    composer: Composer,
    articles: Callable[[str], Articles],
    webhook_hosts: Collection[str] = (),
    recordings: Mapping[str, Handler] | None = None,
    prompts: Mapping[str, Handler] | None = None,
    push_subject: str = "mailto:hotline@localhost",
) -> Handlers:
    """All handlers, by the directory in force at each instant."""
    mediation = Mediation(directory, identities.random_id, identities.ticket_number, language_of)
    mediation_controls = Controls(mediation, draft_text)
    escalations = Escalations(directory, identities.random_id)
    call_texts = CallTexts(composer, directory, articles)
    visits = ReturnVisits(directory, composer, identities.random_id)
    outbound = Outbound({RETURN_VISIT: visits, CALL_BACK: CallBacks(), TEST_CALL: TestCalls()})
    missed = MissedCalls(directory, identities.ticket_number)
    handlers = TextHandlers(directory, composer, identities.ticket_number)
    texts = handlers.chain(WordByText(composer))
    calls = Wiring(
        effects={
            OpenTicket: call_texts.after(open_from_call(directory)),
            ConveneMediation: mediation.convene,
            AnswerInvitation: mediation.answer_invitation,
            LeaveMediation: mediation.leave,
            EnterFloor: mediation.enter_floor,
            LeaveFloor: mediation.leave_floor,
            AnswerPoll: mediation.answer_poll,
            ControlMediation: Keypad(mediation, mediation_controls).control,
            PolicyRead: record_reading,
            TextArticle: call_texts.article,
            NotUnderstood: record_unanswered,
            TakeTicket: escalations.take,
            PassTicket: escalations.pass_on,
            TellStatus: note_told,
            RecordSatisfaction: record_satisfaction,
            AddComment: add_comment,
            AnswerOutbound: outbound.answer,
            NoteCallBack: note_call_back,
            AnswerChallenge: answer_challenge,
            RefuseCaller: refuse_caller,
            ChooseLanguage: remember_language,
            OpenStudio: studio.open_studio,
            MissStudioPin: studio.miss_pin,
            TakePrompt: await_take,
            KeepTake: keep_take,
        },
        lookups={
            TicketLookup: ticket_queries.find_for_caller,
            MediationLookup: Finding(draft_text).find,
            EscalationLookup: escalation_queries.find,
            ReturnVisitLookup: what_to_tell,
            CallBackLookup: whom_to_connect,
            StudioDoorLookup: studio.answer_at_the_door,
            NumberedPromptLookup: studio.find_prompt,
            TakeLookup: studio.find_take,
        },
        language_of=language_of,
        invitations=(mediation.invitation, escalations.invitation, outbound.invitation),
        call_ended=(
            mediation.call_ended,
            escalations.call_ended,
            outbound.call_ended,
            tell_call_ended,
            expect_counting,
        ),
        conference=(mediation.conference_event,),
        recording=(attach_recording, expect_recording),
        settled_by=(SourceTakenError, AlreadyTakenError),
        spooled=SPOOLED,
    )
    jobs = {
        **MediationJobs(mediation).handlers(),
        **ClockJobs(directory, escalations).handlers(),
        **OutboundJobs(outbound).handlers(),
        **ClosingJobs(visits).handlers(),
        **CallBackJobs(missed).handlers(),
        **PushJobs(push_subject).handlers(),
        GENERATE: generate(directory),
        LOOK_AHEAD: look_ahead(directory),
        PURGE: purge_old,
        **MessageJobs(composer, texts).handlers(),
        **WebhookJobs(webhook_hosts).handlers(),
        **ticket_jobs.handlers(),
        **flow_numbers.handlers(),
        **(recordings or {}),
        **(prompts or {}),
    }
    recurring = (
        *ClockJobs.recurring,
        *ticket_jobs.RECURRING,
        GENERATING,
        LOOKING_AHEAD,
        PURGING,
        REMEMBER,
        SWEEP,
        FOLLOW_UP,
        flow_numbers.COUNTING,
    )
    if recordings:
        recurring += tuple(RECORDINGS_RECURRING)
    return Handlers(calls, jobs, mediation, mediation_controls, recurring, texts)
