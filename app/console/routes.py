"""All pages of the console."""

from app.console import alerts, departments, desk, screening, search, shell, systems
from app.console.calls import routes as calls
from app.console.disputes import routes as disputes
from app.console.floor import routes as floor
from app.console.flow_graph import routes as flow_graph
from app.console.flow_numbers import routes as flow_numbers
from app.console.flows import drafts as flow_drafts
from app.console.flows import preview as flow_preview
from app.console.flows import versions as flow_versions
from app.console.hearings import routes as hearings
from app.console.incidents import routes as incidents
from app.console.notices import routes as notices
from app.console.outbound import routes as outbound
from app.console.prompts import routes as prompts
from app.console.roster import routes as roster
from app.console.setup import routes as setup
from app.console.softphone import routes as softphone
from app.console.tickets import routes as tickets
from app.people.account import routes as account
from app.people.audit import routes as audit
from app.people.sign_in import routes as sign_in
from app.people.staff import routes as staff
from app.web.joining import joined

# A flow may have any name: `/console/flows/{flow}` comes after what is literal below it.
PAGES = (
    shell, alerts, departments, screening, systems, desk, tickets, calls, softphone, incidents,
    disputes, hearings, flow_versions, flow_drafts, flow_preview, prompts, search, flow_numbers,
    flow_graph, roster, notices, floor, setup, outbound, sign_in, account, staff, audit,
)  # fmt: skip

router = joined(*(page.router for page in PAGES), in_schema=False)
