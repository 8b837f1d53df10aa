"""Things of a department that paths name: a person, a ticket with a file, a call, a recording."""

import json
from collections.abc import Callable, Mapping
from itertools import count

from app.calls.recordings import store
from app.calls.recordings.models import KeptRecording, RecordingNote
from app.main import Service
from app.mediation.cases.agreements import Draft, write_draft
from app.mediation.cases.models import DisputeSitting
from app.mediation.cases.parties import Party, add_party
from app.mediation.cases.service import Matter, open_case
from app.people.access.rights import Role
from app.people.staff.service import Profile, change_profile
from app.tickets.attachments.files import read_upload
from app.tickets.attachments.service import attach
from app.tickets.attachments.store import attachments_store
from app.tickets.routing import Routing
from app.tickets.service import Appeal, open_ticket
from sqlalchemy import insert
from tests.fixtures.callbook import CallBook
from tests.people.people import MORNING, OPERATOR, take_on
from tests.tickets.attachments.photos import png

_numbers = count(1)

Keys = Mapping[str, str]
Maker = Callable[[Service, str, str], Keys]


def a_person(service: Service, department: str, secret: str) -> Keys:
    """A colleague; their login is a secret of the administration, their name is not."""
    login = f"{secret}.{next(_numbers)}".lower()
    person = take_on(service.database, login, (Role.agent, department, "*"))
    with service.database.writing() as connection:
        change_profile(connection, person, Profile("Colleague"), by=OPERATOR, at=MORNING)
    return {"staff_id": str(person.id)}


def a_ticket(service: Service, department: str, secret: str, call_sid: str = "") -> Keys:
    """A ticket with a file."""
    number = f"20261123-{next(_numbers):04}-0"
    appeal = Appeal(
        number=number, source=f"test:{number}", kind="appeal", category="farming",
        channel="console", language="zh-CN", caller="+8613800138000", call_sid=call_sid,
        caller_name=secret, subject=secret, words=secret,
    )  # fmt: skip
    upload = read_upload(f"{secret}.png", png())
    attachments_store(service.settings).put(upload.blob, upload.data)
    with service.database.writing() as connection:
        open_ticket(connection, appeal, Routing(department=department), MORNING)
        file_id = attach(connection, number, upload, "caller", MORNING)
    return {"number": number, "file_id": str(file_id)}


def a_call(service: Service, department: str, secret: str) -> Keys:
    """A call in which a secret was said, with a ticket of the department."""
    sid = f"CA{next(_numbers):032}"
    book = CallBook(service.database, MORNING)
    book.call(sid)
    book.event(sid, "step:1", told={"given": "spoke"}, words=secret, node="appeal.record")
    a_ticket(service, department, secret, sid)
    return {"sid": sid}


def a_recording(service: Service, department: str, secret: str) -> Keys:
    """A playable recording of such a call, with a note at a place."""
    sid, call = f"RE{next(_numbers):032}", a_call(service, department, secret)["sid"]
    drawn = {"seconds": 20, "channels": [[1, 2]], "silences": [], "redactions": [], "s": secret}
    peaks = store.player(sid, 1, store.PEAKS)
    store.recordings_store(service.settings).put(peaks, json.dumps(drawn).encode())
    kept = insert(KeptRecording).values(
        sid=sid, call_sid=call, source="RecordVerb", told_seconds=20, told_channels=1,
        told_at=MORNING, state="playable", sha256="0" * 64, size=320_044, seconds=20.0, channels=1,
        rate_hz=8000, encoding="pcm_s16", trim_start=0.0, trim_end=20.0, rendition=1,
        played_rendition=1,
    )  # fmt: skip
    with service.database.writing() as connection:
        recording_id = connection.execute(kept.returning(KeptRecording.id)).scalar_one()
        note = {"recording_id": recording_id, "seconds": 1.0, "text": secret, "actor": "staff:1"}
        connection.execute(insert(RecordingNote).values(at=MORNING, **note))
    return {"sid": sid}


def a_dispute(service: Service, department: str, secret: str) -> Keys:
    """A case of the department with a planned session and an agreement."""
    number = f"{next(_numbers):08}"
    matter = Matter(
        number=number, source=f"test:{number}", kind="farming", department=department,
        subject=secret, first_call_at=MORNING,
    )  # fmt: skip
    draft = Draft(facts=secret, matters="", terms=secret, performance="", copies=3)
    with service.database.writing() as connection:
        case_id, _ = open_case(connection, matter, "staff:1", MORNING)
        party = Party(role="applicant", name=secret, phone="", language="zh-CN")
        party_id = add_party(connection, case_id, party, "staff:1", MORNING)
        write_draft(connection, case_id, draft, 0, "staff:1", MORNING)
        connection.execute(
            insert(DisputeSitting).values(
                case_id=case_id, position=1, mode="appointment", state="planned",
                planned_at=MORNING, made_by="staff:1", made_at=MORNING,
            )
        )  # fmt: skip
    return {"number": number, "party": str(party_id), "position": "1", "seat": "1"}


# What the keys of some paths name: the beginning of the path, the parameters, how one is made.
OBJECTS: tuple[tuple[str, frozenset[str], Maker], ...] = (
    ("/console/staff", frozenset({"staff_id"}), a_person),
    ("/console/tickets", frozenset({"number", "file_id"}), a_ticket),
    ("/api/v1/tickets", frozenset({"number"}), a_ticket),
    ("/console/disputes", frozenset({"number"}), a_dispute),
    ("/console/calls", frozenset({"sid"}), a_call),
    ("/api/v1/calls", frozenset({"sid"}), a_call),
    ("/console/recordings", frozenset({"sid"}), a_recording),
)


def maker_of(path: str, parameters: set[str]) -> Maker | None:
    """How the thing is made that a path names; None when it names nothing of a department."""
    for beginning, known, make in OBJECTS:
        if path.startswith(beginning) and parameters & known:
            return make
    return None
