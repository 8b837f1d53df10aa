"""All pages of the portal."""

from fastapi import APIRouter

from app.portal import appeals, callbacks, follow, front, own_ticket, policies

router = APIRouter(include_in_schema=False)
for part in (front, appeals, follow, own_ticket, policies, callbacks):
    router.include_router(part.router)
