"""The one table that says what each role may do.

A right is had within a scope (departments and regions, see `scope.py`), except for those of
`COUNTY_WIDE`: they concern the whole hotline and need a grant for all of it.
"""

from collections.abc import Mapping
from enum import StrEnum


class Right(StrEnum):
    """Something that one may or may not do; every route declares one."""

    account = "account"  # the own profile, password and sessions
    tickets_view = "tickets.view"
    tickets_work = "tickets.work"  # write notes, change states, hand over what one has
    tickets_assign = "tickets.assign"  # give anybody's ticket to anybody
    tickets_unseal = "tickets.unseal"  # see the caller of somebody else's confidential ticket
    tickets_export = "tickets.export"
    calls_view = "calls.view"
    calls_export = "calls.export"
    calls_live = "calls.live"
    calls_take = "calls.take"  # take a caller who waits for a person
    calls_supervise = "calls.supervise"  # listen to a talk, whisper to whoever has it, join
    recordings_listen = "recordings.listen"
    recordings_redact = "recordings.redact"
    recordings_hold = "recordings.hold"
    incidents_view = "incidents.view"
    incidents_handle = "incidents.handle"  # take charge of an emergency, say how it ended
    incidents_drill = "incidents.drill"  # ring everybody in charge, as a drill
    mediations_lead = "mediations.lead"  # dispute cases: open, plan, conduct, settle
    disputes_view = "disputes.view"
    disputes_export = "disputes.export"
    hearings_view = "hearings.view"
    hearings_lead = "hearings.lead"  # plan a hearing and conduct it
    hearings_export = "hearings.export"
    roster_view = "roster.view"
    roster_edit = "roster.edit"
    departments_view = "departments.view"
    departments_edit = "departments.edit"
    staff_view = "staff.view"
    staff_edit = "staff.edit"
    audit_view = "audit.view"
    site_setup = "site.setup"
    bans_edit = "bans.edit"
    api_tokens_edit = "api_tokens.edit"
    flows_view = "flows.view"
    flows_words = "flows.words"  # read what callers said and no menu understood
    notices_switch = "notices.switch"  # what every caller hears for a while
    flows_edit = "flows.edit"  # write drafts of the menus
    flows_publish = "flows.publish"  # put a version of the menus in force, approve, roll back
    prompts_edit = "prompts.edit"  # what callers hear: upload, record, withdraw
    outbound_view = "outbound.view"  # what the hotline dials, and what it refuses to


class Role(StrEnum):
    """What somebody is to the hotline; a person may have several."""

    agent = "agent"
    mediator = "mediator"
    supervisor = "supervisor"
    ops = "ops"
    auditor = "auditor"
    admin = "admin"


COUNTY_WIDE = frozenset(
    {
        Right.hearings_view,
        Right.hearings_lead,
        Right.hearings_export,
        Right.audit_view,
        Right.site_setup,
        Right.incidents_drill,
        Right.bans_edit,
        Right.api_tokens_edit,
        Right.flows_words,
        Right.notices_switch,
        Right.flows_edit,
        Right.flows_publish,
        Right.prompts_edit,
        Right.outbound_view,
    }
)

# What an API token may be given: a system neither hears callers nor manages people.
FOR_SYSTEMS = frozenset(
    {
        Right.tickets_view,
        Right.tickets_work,
        Right.tickets_export,
        Right.calls_view,
        Right.calls_export,
        Right.calls_live,
        Right.roster_view,
        Right.departments_view,
        Right.flows_view,
    }
)

_EVERYBODY = frozenset(
    {Right.account, Right.roster_view, Right.departments_view, Right.incidents_view}
)
_CASEWORK = _EVERYBODY | {
    Right.tickets_view,
    Right.tickets_work,
    Right.calls_view,
    Right.calls_live,
    Right.calls_take,
    Right.recordings_listen,
    Right.incidents_handle,
}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.agent: _CASEWORK,
    Role.mediator: _CASEWORK
    | {
        Right.mediations_lead,
        Right.disputes_view,
        Right.hearings_view,
        Right.hearings_lead,
    },
    Role.supervisor: _CASEWORK
    | {
        Right.calls_supervise,
        Right.tickets_assign,
        Right.tickets_unseal,
        Right.tickets_export,
        Right.calls_export,
        Right.recordings_redact,
        Right.recordings_hold,
        Right.mediations_lead,
        Right.incidents_drill,
        Right.disputes_view,
        Right.disputes_export,
        Right.hearings_view,
        Right.hearings_lead,
        Right.hearings_export,
        Right.roster_edit,
        Right.staff_view,
        Right.flows_view,
        Right.flows_words,
        Right.notices_switch,
        Right.outbound_view,
    },
    # Keeps the menus, the roster and the ban list running; sees calls, but does not listen.
    Role.ops: _EVERYBODY
    | {
        Right.calls_view,
        Right.calls_live,
        Right.roster_edit,
        Right.departments_edit,
        Right.bans_edit,
        Right.flows_view,
        Right.flows_words,
        Right.notices_switch,
        Right.flows_edit,
        Right.flows_publish,
        Right.prompts_edit,
        Right.outbound_view,
    },
    # Reads everything, sealed callers and the audit included; changes nothing.
    Role.auditor: _EVERYBODY
    | {
        Right.tickets_view,
        Right.tickets_unseal,
        Right.tickets_export,
        Right.calls_view,
        Right.calls_export,
        Right.calls_live,
        Right.recordings_listen,
        Right.disputes_view,
        Right.disputes_export,
        Right.hearings_view,
        Right.hearings_export,
        Right.staff_view,
        Right.audit_view,
        Right.flows_view,
        Right.flows_words,
        Right.outbound_view,
    },
    # Manages people and settings; a sealed caller stays sealed, and recordings stay unheard.
    Role.admin: _EVERYBODY
    | {
        Right.tickets_view,
        Right.calls_view,
        Right.calls_live,
        Right.roster_edit,
        Right.departments_edit,
        Right.staff_view,
        Right.staff_edit,
        Right.audit_view,
        Right.site_setup,
        Right.bans_edit,
        Right.api_tokens_edit,
        Right.flows_view,
        Right.flows_words,
        Right.notices_switch,
        Right.flows_publish,
        Right.prompts_edit,
        Right.outbound_view,
    },
}
