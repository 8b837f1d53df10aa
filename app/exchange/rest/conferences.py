"""Conferences and their participants (contract, section 4.2)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.exchange.conference import Conference, Entry, Participant
from app.exchange.conferences import ParticipantUpdate
from app.exchange.errors import RestError, not_found
from app.exchange.pages import Page
from app.exchange.rest.calls import machine_detection_of, order_of
from app.exchange.rest.filters import matches_dates
from app.exchange.rest.form import Form
from app.exchange.rest.gatekeeper import Gatekeeper
from app.exchange.rest.replies import API_VERSION, Json, date, listing

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

LONGEST_LABEL = 128


class ConferenceRoutes:
    """The routes of Conferences and Participants."""

    def __init__(self, exchange: "Exchange", gate: Gatekeeper) -> None:
        self._exchange = exchange
        self._gate = gate

    def routes(self) -> list[Route]:
        """All routes."""
        return [
            self._gate.route("/Conferences.json", {"GET": self.list}),
            self._gate.route("/Conferences/{sid}.json", {"GET": self.fetch, "POST": self.update}),
            self._gate.route(
                "/Conferences/{sid}/Participants.json",
                {"GET": self.participants, "POST": self.add},
            ),
            self._gate.route(
                "/Conferences/{sid}/Participants/{key}.json",
                {"GET": self.participant, "POST": self.change, "DELETE": self.remove},
            ),
        ]

    async def list(self, request: Request, form: Form) -> Response:
        """Conferences, newest first."""
        name, status = form.text("FriendlyName"), form.text("Status")
        chosen = [
            conference
            for conference in self._exchange.conferences.newest_first()
            if name in ("", conference.name)
            and status in ("", conference.status)
            and matches_dates(form, "DateCreated", conference.date_created)
            and matches_dates(form, "DateUpdated", conference.date_updated)
        ]
        return listing(request, "conferences", chosen, self.show)

    async def fetch(self, request: Request, _form: Form) -> Response:
        """One conference."""
        return JSONResponse(self.show(self._exchange.conferences.get(request.path_params["sid"])))

    async def update(self, request: Request, form: Form) -> Response:
        """End a conference, or announce something to it."""
        sid = request.path_params["sid"]
        conference = self._exchange.conferences.get(sid)
        if form.has("Status"):
            if form.text("Status") != "completed":
                raise RestError(400, 20001, "Status can only be set to completed.")
            conference = self._exchange.conferences.end(sid)
        if form.text("AnnounceUrl"):
            conference = self._exchange.conferences.announce(
                sid, form.text("AnnounceUrl"), form.text("AnnounceMethod", "POST")
            )
        return JSONResponse(self.show(conference))

    async def participants(self, request: Request, form: Form) -> Response:
        """Who is in a conference."""
        conference = self._conference(request)
        chosen = [
            participant
            for participant in conference.participants
            if form.choice("Muted") in (None, participant.muted)
            and form.choice("Hold") in (None, participant.hold)
            and form.choice("Coaching") in (None, participant.coaching)
        ]
        return listing(
            request, "participants", chosen, lambda item: self.show_participant(conference, item)
        )

    async def add(self, request: Request, form: Form) -> Response:
        """Call somebody into a conference."""
        order = replace(
            order_of(form), machine_detection=machine_detection_of(form, "AmdStatusCallback")
        )
        conference, participant = self._exchange.conferences.add_participant(
            request.path_params["sid"], order, _entry(form)
        )
        return JSONResponse(self.show_participant(conference, participant), status_code=201)

    async def participant(self, request: Request, _form: Form) -> Response:
        """One participant, by call SID or label."""
        found = self._exchange.conferences.participant(
            request.path_params["sid"], request.path_params["key"]
        )
        return JSONResponse(self.show_participant(*found))

    async def change(self, request: Request, form: Form) -> Response:
        """Mute, hold, coach, announce to a participant."""
        sid, key = request.path_params["sid"], request.path_params["key"]
        change = ParticipantUpdate(
            muted=form.choice("Muted"),
            hold=form.choice("Hold"),
            hold_url=form.text("HoldUrl"),
            hold_method=form.text("HoldMethod", "GET"),
            announce_url=form.text("AnnounceUrl"),
            announce_method=form.text("AnnounceMethod", "POST"),
            end_on_exit=form.choice("EndConferenceOnExit"),
            coaching=form.choice("Coaching"),
            call_sid_to_coach=form.text("CallSidToCoach"),
        )
        participant = self._exchange.conferences.update_participant(sid, key, change)
        conference, _ = self._exchange.conferences.participant(sid, key)
        return JSONResponse(self.show_participant(conference, participant))

    async def remove(self, request: Request, _form: Form) -> Response:
        """Make a participant leave."""
        self._exchange.conferences.remove_participant(
            request.path_params["sid"], request.path_params["key"]
        )
        return Response(status_code=204)

    def _conference(self, request: Request) -> Conference:
        """By SID, or by the name of an active one."""
        sid = request.path_params["sid"]
        conference = None if sid.startswith("CF") else self._exchange.conferences.active(sid)
        if conference is None and not sid.startswith("CF"):
            raise not_found(request.url.path)
        return conference or self._exchange.conferences.get(sid)

    def show(self, conference: Conference) -> Json:
        """A conference as the API shows it."""
        account = self._exchange.account_sid
        uri = f"/{API_VERSION}/Accounts/{account}/Conferences/{conference.sid}"
        return {
            "sid": conference.sid,
            "account_sid": account,
            "friendly_name": conference.name,
            "status": conference.status,
            "region": "us1",
            "api_version": API_VERSION,
            "date_created": date(conference.date_created),
            "date_updated": date(conference.date_updated),
            "reason_conference_ended": conference.reason_ended or None,
            "call_sid_ending_conference": conference.call_sid_ending or None,
            "uri": f"{uri}.json",
            "subresource_uris": {
                "participants": f"{uri}/Participants.json",
                "recordings": f"{uri}/Recordings.json",
            },
        }

    def show_participant(self, conference: Conference, participant: Participant) -> Json:
        """A participant as the API shows it."""
        account = self._exchange.account_sid
        uri = f"/{API_VERSION}/Accounts/{account}/Conferences/{conference.sid}"
        return {
            "account_sid": account,
            "call_sid": participant.leg.sid,
            "label": participant.label or None,
            "call_sid_to_coach": participant.call_sid_to_coach or None,
            "coaching": participant.coaching,
            "conference_sid": conference.sid,
            "date_created": date(participant.date_created),
            "date_updated": date(participant.date_updated or participant.date_created),
            "end_conference_on_exit": participant.end_on_exit,
            "muted": participant.muted,
            "hold": participant.hold,
            "start_conference_on_enter": participant.start_on_enter,
            "status": participant.status,
            "queue_time": str(participant.leg.queue_milliseconds),
            "uri": f"{uri}/Participants/{participant.leg.sid}.json",
        }


def _entry(form: Form) -> Entry:
    label = form.text("Label")
    if len(label) > LONGEST_LABEL:
        raise RestError(400, 20001, f"Label has more than {LONGEST_LABEL} characters.")
    wait = form.text("WaitUrl")
    return Entry(
        name="",
        label=label,
        muted=form.truth("Muted"),
        beep=form.text("Beep", "true"),
        start_on_enter=form.truth("StartConferenceOnEnter", True),
        end_on_exit=form.truth("EndConferenceOnExit"),
        wait=Page(wait, form.text("WaitMethod", "POST")) if wait else None,
        silent_wait=form.has("WaitUrl") and not wait,
        max_participants=form.number("MaxParticipants", 250, 2, 250),
        coach=form.text("CallSidToCoach"),
        record=form.text("ConferenceRecord") in ("true", "record-from-start"),
        trim=form.text("ConferenceTrim", "trim-silence") == "trim-silence",
        events=form.callback("ConferenceStatusCallback", "start end"),
        recording_callback=form.callback("ConferenceRecordingStatusCallback"),
    )
