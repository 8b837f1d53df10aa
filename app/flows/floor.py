"""How a leg of a mediation goes to the floor and comes back: the same for every party."""

from app.flows.context import MediationFound, MediationLookup
from app.flows.directives import JoinConference
from app.flows.effects import Effect, EnterFloor, LeaveFloor
from app.flows.node import Wait
from app.flows.scene import Scene

LONGEST_FLOOR = 10_800  # seconds
FLOOR = "floor"  # the phase in which a leg is there
CONFERENCE = "conference"  # the variable that says where


def standing(scene: Scene) -> MediationFound | None:
    """How the mediation of this leg stands, if it was looked up and found."""
    found = scene.context.found.get(MediationLookup(scene.variable("session")))
    return found if isinstance(found, MediationFound) else None


def go_to_floor(
    scene: Scene,
    found: MediationFound,
    prompt: str,
    effects: tuple[Effect, ...] = (),
    *,
    steps_out: bool = False,
) -> Wait:
    """Send this leg into the conference where it belongs, saying whether it is recorded.

    The mediator opens the floor and closes it; without one it neither starts nor goes on. The label
    is random: a leg that comes again must not meet its own that is just leaving. With `steps_out`
    the key `*` leads back.
    """
    is_mediator = scene.variable("role") == "mediator"
    joining = JoinConference(
        name=found.conference,
        label=scene.context.fresh_id,
        opens=is_mediator,
        closes=is_mediator and not found.talks_on,
        limit=LONGEST_FLOOR,
        muted=found.muted,
        steps_out=steps_out,
        coach=found.coach,
        recorded=found.recorded,
    )
    spoken = scene.say(prompt)
    if found.recorded:
        spoken += scene.say("mediation.recorded")
    session, leg = scene.variable("session"), scene.variable("leg")
    entering = EnterFloor(session, leg, found.conference)
    return Wait(
        (*spoken, joining),
        phase=FLOOR,
        effects=(*effects, entering),
        variables={CONFERENCE: found.conference},
    )


def come_back(scene: Scene, *, steps_out: bool = False) -> LeaveFloor:
    """What is to be noted when this leg has come out of its conference."""
    session, leg = scene.variable("session"), scene.variable("leg")
    return LeaveFloor(session, leg, scene.variable(CONFERENCE), steps_out)
