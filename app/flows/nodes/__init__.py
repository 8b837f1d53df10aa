"""The node types: one file each. To add one, write a file and name its class here."""

from app.flows.node import Node
from app.flows.nodes.appointment import AppointmentNode
from app.flows.nodes.ask import AskNode
from app.flows.nodes.branch import BranchNode
from app.flows.nodes.call_back import CallBackNode
from app.flows.nodes.challenge import ChallengeNode
from app.flows.nodes.connect import ConnectNode
from app.flows.nodes.emergency import EmergencyNode
from app.flows.nodes.end import EndNode
from app.flows.nodes.escalation import EscalationNode
from app.flows.nodes.go import GoNode
from app.flows.nodes.hearing import HearingNode
from app.flows.nodes.hearing_door import HearingDoorNode
from app.flows.nodes.hearing_notice import HearingNoticeNode
from app.flows.nodes.hours import HoursNode
from app.flows.nodes.incident import IncidentNode
from app.flows.nodes.language import LanguageNode
from app.flows.nodes.mediation import MediationNode
from app.flows.nodes.mediation_controls import MediationControlsNode
from app.flows.nodes.menu import MenuNode
from app.flows.nodes.moderate import ModerateNode
from app.flows.nodes.notices import NoticesNode
from app.flows.nodes.policy import PolicyNode
from app.flows.nodes.refuse import RefuseNode
from app.flows.nodes.return_visit import ReturnVisitNode
from app.flows.nodes.say import SayNode
from app.flows.nodes.set_ import SetNode
from app.flows.nodes.studio import StudioNode
from app.flows.nodes.ticket import TicketNode
from app.flows.nodes.ticket_status import TicketStatusNode
from app.flows.nodes.voicemail import VoicemailNode
from app.flows.nodes.vote import VoteNode

_CLASSES: tuple[type[Node], ...] = (
    SayNode,
    MenuNode,
    LanguageNode,
    NoticesNode,
    HoursNode,
    AskNode,
    PolicyNode,
    TicketNode,
    TicketStatusNode,
    ReturnVisitNode,
    CallBackNode,
    ChallengeNode,
    RefuseNode,
    MediationNode,
    AppointmentNode,
    HearingNoticeNode,
    HearingDoorNode,
    HearingNode,
    VoteNode,
    ModerateNode,
    MediationControlsNode,
    EscalationNode,
    ConnectNode,
    EmergencyNode,
    IncidentNode,
    VoicemailNode,
    StudioNode,
    BranchNode,
    SetNode,
    GoNode,
    EndNode,
)

NODE_TYPES: dict[str, type[Node]] = {node.key: node for node in _CLASSES}
