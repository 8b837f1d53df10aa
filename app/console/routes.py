"""All pages of the console."""

from fastapi import APIRouter

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

router = APIRouter(include_in_schema=False)
router.include_router(shell.router)
for page in (alerts, departments, screening, systems):
    router.include_router(page.router)
router.include_router(desk.router)
router.include_router(tickets.router)
router.include_router(calls.router)
router.include_router(softphone.router)
router.include_router(incidents.router)
router.include_router(disputes.router)
router.include_router(hearings.router)
# Their literal paths stand before any `/console/flows/{flow}`.
for flows in (flow_versions, flow_drafts, flow_preview, prompts):
    router.include_router(flows.router)
router.include_router(search.router)
# A flow may have any name: the page of a flow comes after those that have a name of their own.
router.include_router(flow_numbers.router)
router.include_router(flow_graph.router)
router.include_router(roster.router)
router.include_router(notices.router)
router.include_router(floor.router)
router.include_router(setup.router)
router.include_router(outbound.router)
for people in (sign_in, account, staff, audit):
    router.include_router(people.router)
