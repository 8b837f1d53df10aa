"""Probes: is the process alive, can it do its work, and what has it done."""

import asyncio
import hmac

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from app.database import Database
from app.metrics.exposition import expose
from app.publishing.live import LiveLibrary
from app.web.access import Public

router = APIRouter(tags=["probes"], include_in_schema=False)


@router.get("/healthz")
async def alive(_anybody: Public) -> dict[str, str]:
    """The process answers. True also without the database: callers can still be served."""
    return {"status": "alive"}


@router.get("/readyz")
async def ready(request: Request, _anybody: Public) -> JSONResponse:
    """Database reachable, migrations complete; 503 names what is missing.

    A refused change of the flows is told, and is no reason to take a worker away: callers hear the
    last good version.
    """
    database: Database = request.app.state.database
    library: LiveLibrary = request.app.state.library
    loop = asyncio.get_running_loop()
    checks = {
        "database": await loop.run_in_executor(None, _database_ready, database),
        "flows_in_force": library.current.version,
    }
    ok = checks["database"] == "ready"
    if library.findings:
        checks["flows_refused"] = str(library.findings[0])
    return JSONResponse(checks, status_code=200 if ok else 503)


def _database_ready(database: Database) -> str:
    from app import schema  # alembic is slow to import, and nobody asks before the start

    try:
        return "ready" if schema.is_current(database) else "run `hotline db upgrade`"
    except Exception as error:
        return f"not reachable ({type(error).__name__})"


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, _anybody: Public) -> Response:
    """Prometheus metrics: numbers only, and only for whoever has the token when one is set."""
    if not _has_token(request):
        return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    return Response(expose(request.app.state.standing), media_type=CONTENT_TYPE_LATEST)


def _has_token(request: Request) -> bool:
    token: str = request.app.state.site.settings.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "")
    return not token or hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
