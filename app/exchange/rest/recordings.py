"""Recordings and their media (contract, section 4.4)."""

import io
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.exchange.call_recording import CallRecording
from app.exchange.errors import RestError, not_found
from app.exchange.recordings import Recording
from app.exchange.rest.filters import matches_dates
from app.exchange.rest.form import Form
from app.exchange.rest.gatekeeper import Gatekeeper
from app.exchange.rest.replies import API_VERSION, Json, date, listing, number
from app.exchange.rest.spoilt import spoilt

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

CURRENT = "Twilio.CURRENT"


class RecordingRoutes:
    """The routes of Recordings: of the account, of a call, of a conference; and the media."""

    def __init__(self, exchange: "Exchange", gate: Gatekeeper) -> None:
        self._exchange = exchange
        self._gate = gate

    def routes(self) -> list[Route]:
        """All routes; the media's come last, because their path is the shortest."""
        one = {"GET": self.fetch, "POST": self.update, "DELETE": self.delete}
        return [
            self._gate.route("/Recordings.json", {"GET": self.list}),
            self._gate.route("/Recordings/{sid}.json", {"GET": self.fetch, "DELETE": self.delete}),
            self._gate.route(
                "/Calls/{call}/Recordings.json", {"GET": self.list, "POST": self.start}
            ),
            self._gate.route("/Calls/{call}/Recordings/{sid}.json", one),
            self._gate.route("/Conferences/{conference}/Recordings.json", {"GET": self.list}),
            self._gate.route("/Conferences/{conference}/Recordings/{sid}.json", one),
            self._gate.route("/Recordings/{media}", {"GET": self.media}),
        ]

    async def list(self, request: Request, form: Form) -> Response:
        """Recordings, newest first; soft-deleted ones only when asked for."""
        call = request.path_params.get("call") or form.text("CallSid")
        conference = request.path_params.get("conference") or form.text("ConferenceSid")
        deleted = form.truth("IncludeSoftDeleted")
        chosen = [
            recording
            for recording in self._exchange.recordings.newest_first()
            if call in ("", recording.call_sid)
            and conference in ("", recording.conference_sid)
            and (deleted or recording.status != "absent")
            and matches_dates(form, "DateCreated", recording.date_created)
        ]
        return listing(request, "recordings", chosen, self.show)

    async def fetch(self, request: Request, _form: Form) -> Response:
        """One recording's description."""
        return JSONResponse(self.show(self._found(request)))

    async def start(self, request: Request, form: Form) -> Response:
        """Start recording a call in progress."""
        leg = self._exchange.calls.get(request.path_params["call"])
        if leg.status != "in-progress":
            raise RestError(400, 21220, "The call is not in progress: it cannot be recorded.")
        order = CallRecording(
            channels=2 if form.text("RecordingChannels") == "dual" else 1,
            track=form.text("RecordingTrack", "both"),
            trim=form.text("Trim", "do-not-trim") == "trim-silence",
            callback=form.callback("RecordingStatusCallback"),
        )
        recording = order.attach(self._exchange, leg, "StartCallRecordingAPI")
        return JSONResponse(self.show(recording), status_code=201)

    async def update(self, request: Request, form: Form) -> Response:
        """Pause, resume or stop a recording."""
        recording = self._exchange.recordings.update(
            self._found(request).sid, form.text("Status"), form.text("PauseBehavior", "silence")
        )
        return JSONResponse(self.show(recording))

    async def delete(self, request: Request, _form: Form) -> Response:
        """Delete the media; the description stays for a while."""
        self._exchange.recordings.delete(self._found(request).sid)
        return Response(status_code=204)

    async def media(self, request: Request, form: Form) -> Response:
        """The sound itself: WAV without extension or with .wav, MP3 with .mp3."""
        sid, _, extension = request.path_params["media"].partition(".")
        recording = self._exchange.recordings.get(sid)
        if recording.status != "completed" or extension not in ("", "wav", "mp3"):
            raise not_found(request.url.path)
        fault = self._exchange.faults.media_fault()
        if fault is not None:
            return spoilt(fault, recording.media, request.url.path)
        wanted = form.number("RequestedChannels", 0, 1, 2)
        if wanted == 2 and recording.channels < 2:
            raise RestError(400, 20001, "The recording has one channel: request it with 1.")
        audio = recording.media
        if wanted == 1 and recording.channels > 1:
            audio = _mono(audio)
        if extension == "mp3":
            return Response(_mp3(audio), media_type="audio/mpeg")
        return Response(audio, media_type="audio/x-wav")

    def _found(self, request: Request) -> Recording:
        sid = request.path_params["sid"]
        if sid == CURRENT:
            for recording in self._exchange.recordings.newest_first():
                owner = request.path_params.get("call")
                if recording.call_sid == owner and recording.status in ("in-progress", "paused"):
                    return recording
            raise not_found(request.url.path)
        return self._exchange.recordings.get(sid)

    def show(self, recording: Recording) -> Json:
        """A recording as the API shows it."""
        account = self._exchange.account_sid
        uri = f"/{API_VERSION}/Accounts/{account}/Recordings/{recording.sid}"
        return {
            "sid": recording.sid,
            "account_sid": account,
            "api_version": API_VERSION,
            "call_sid": recording.call_sid or None,
            "conference_sid": recording.conference_sid or None,
            "date_created": date(recording.date_created),
            "date_updated": date(recording.date_updated or recording.date_created),
            "start_time": date(recording.start_time),
            "duration": number(recording.duration),
            "price": None,
            "price_unit": "USD",
            "status": recording.status,
            "channels": recording.channels,
            "source": recording.source,
            "track": recording.track,
            "error_code": None,
            "encryption_details": None,
            "uri": f"{uri}.json",
            "media_url": self._exchange.recordings.url(recording),
            "subresource_uris": {},
        }


def _mono(audio: bytes) -> bytes:
    from pydub.audio_segment import AudioSegment

    mixed = io.BytesIO()
    AudioSegment.from_wav(io.BytesIO(audio)).set_channels(1).export(mixed, format="wav")
    return mixed.getvalue()


def _mp3(audio: bytes) -> bytes:
    """MP3 needs ffmpeg; without it the request is refused instead of lying about the type."""
    from pydub.audio_segment import AudioSegment

    encoded = io.BytesIO()
    try:
        AudioSegment.from_wav(io.BytesIO(audio)).export(encoded, format="mp3", bitrate="32k")
    except (FileNotFoundError, OSError) as error:
        raise RestError(501, 20500, "MP3 needs ffmpeg, which is not installed here.") from error
    return encoded.getvalue()
