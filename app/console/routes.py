"""All pages of the console."""

from fastapi import APIRouter

from app.console import alerts, departments, desk, screening, search, shell, systems
from app.console.calls import routes as calls
from app.console.prompts import routes as prompts
from app.console.roster import routes as roster
from app.console.setup import routes as setup
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
router.include_router(search.router)
router.include_router(roster.router)
router.include_router(setup.router)
router.include_router(prompts.router)
for people in (sign_in, account, staff, audit):
    router.include_router(people.router)
