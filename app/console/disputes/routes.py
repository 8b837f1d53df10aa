"""All pages of cases; the fixed addresses come before those of a number."""

from fastapi import APIRouter

from app.console.disputes import agreement, lists, minutes, opening, page, sittings, verbs

router = APIRouter(include_in_schema=False)
for part in (lists, opening, page, verbs, sittings, minutes, agreement):
    router.include_router(part.router)
