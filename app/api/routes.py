"""All of the API."""

from fastapi import APIRouter

from app.api import calls, directory, openapi, tickets, webhooks

router = APIRouter()
for part in (tickets, calls, directory, webhooks):
    router.include_router(part.router, prefix="/api/v1")
router.include_router(openapi.router)
