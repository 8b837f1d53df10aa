"""The pages of calls, in the order their addresses are looked up."""

from fastapi import APIRouter

from app.console.calls import call, live, log, waiting

router = APIRouter(include_in_schema=False)
for part in (live, waiting, log, call):
    router.include_router(part.router)
