"""What the spool holds, as JSON: turns taken and callbacks received without the database."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args

from app.calls.facts import (
    CallFacts,
    CallOrigin,
    ConferenceEvent,
    RecordingEvent,
    StatusEvent,
)
from app.calls.spool import Item
from app.calls.writes import StepWrite
from app.flows.effects import Effect, OpenTicket

EFFECTS = {effect.__name__: effect for effect in get_args(Effect)}


def turn_item(origin: CallOrigin, write: StepWrite, effects: Sequence[Effect]) -> Item:
    """A turn that was taken without the database."""
    return {
        "kind": "turn",
        "origin": asdict(origin),
        "step": write.step,
        "state": write.state,
        "node": write.node,
        "language": write.language,
        "at": write.at.isoformat(),
        "happened_at_node": write.happened_at_node,
        "detail": write.detail,
        "words": write.words,
        "answer": write.answer,
        "flow_version": write.flow_version,
        "effects": [{"type": type(effect).__name__, **asdict(effect)} for effect in effects],
    }


def turn_of(item: Item) -> tuple[CallOrigin, StepWrite, list[Effect]]:
    """The inverse of `turn_item`."""
    origin = CallOrigin(**item["origin"])
    write = StepWrite(
        sid=origin.sid,
        step=item["step"],
        state=item["state"],
        node=item["node"],
        language=item["language"],
        at=datetime.fromisoformat(item["at"]),
        happened_at_node=item["happened_at_node"],
        detail=item["detail"],
        words=item["words"],
        answer=item["answer"],
        flow_version=item["flow_version"],
    )
    return origin, write, [_effect_of(told) for told in item["effects"]]


def _effect_of(told: dict[str, Any]) -> Effect:
    fields = {name: value for name, value in told.items() if name != "type"}
    effect: Effect = EFFECTS[told["type"]](**fields)
    return effect


def message_item(origin: CallOrigin, effect: OpenTicket, at: datetime) -> Item:
    """A message that was left with a safe document."""
    effects = [{"type": type(effect).__name__, **asdict(effect)}]
    return {
        "kind": "message",
        "origin": asdict(origin),
        "at": at.isoformat(),
        "effects": effects,
    }


def message_of(item: Item) -> tuple[CallOrigin, datetime, list[Effect]]:
    """The inverse of `message_item`."""
    effects = [_effect_of(told) for told in item["effects"]]
    return CallOrigin(**item["origin"]), datetime.fromisoformat(item["at"]), effects


def status_item(event: StatusEvent, at: datetime) -> Item:
    """A call's status that arrived without the database."""
    return {"kind": "status", "received": at.isoformat(), "event": asdict(event)}


def status_of(item: Item) -> StatusEvent:
    """The inverse of `status_item`."""
    fields = dict(item["event"])
    return StatusEvent(origin=CallOrigin(**fields.pop("origin")), **fields)


def acceptance_item(origin: CallOrigin, at: datetime) -> Item:
    """Somebody accepted a call while the database was away."""
    return {"kind": "accepted", "received": at.isoformat(), "origin": asdict(origin)}


def acceptance_of(item: Item) -> CallOrigin:
    """The inverse of `acceptance_item`."""
    return CallOrigin(**item["origin"])


def recording_item(event: RecordingEvent, at: datetime) -> Item:
    """A recording's status that arrived without the database."""
    return {"kind": "recording", "received": at.isoformat(), "event": asdict(event)}


def recording_of(item: Item) -> RecordingEvent:
    """The inverse of `recording_item`."""
    return RecordingEvent(**item["event"])


def conference_item(event: ConferenceEvent, at: datetime) -> Item:
    """A conference event that arrived without the database."""
    fields = asdict(event) | {"at": event.at.isoformat()}
    return {"kind": "conference", "received": at.isoformat(), "event": fields}


def conference_of(item: Item) -> ConferenceEvent:
    """The inverse of `conference_item`."""
    fields = dict(item["event"])
    return ConferenceEvent(**fields | {"at": datetime.fromisoformat(fields["at"])})


def facts_of_turn(origin: CallOrigin, write: StepWrite) -> CallFacts:
    """The facts that the turn's effects are told."""
    return CallFacts(origin.sid, origin.caller, write.language, write.at, write.flow_version)
