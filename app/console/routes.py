"""All pages of the console."""

from fastapi import APIRouter

from app.console import shell

router = APIRouter(include_in_schema=False)
router.include_router(shell.router)
