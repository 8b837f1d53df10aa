"""All pages of tickets; the fixed addresses come before those of a number."""

from fastapi import APIRouter

from app.console.tickets import (
    bulk,
    callers,
    exporting,
    files,
    links,
    lists,
    matters,
    notes,
    opening,
    owners,
    page,
    readings,
    saved,
    sealing,
    states,
)

router = APIRouter(include_in_schema=False)
for part in (
    lists,
    exporting,
    saved,
    bulk,
    opening,
    page,
    states,
    owners,
    matters,
    links,
    notes,
    readings,
    files,
    callers,
    sealing,
):
    router.include_router(part.router)
