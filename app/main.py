"""Builds the FastAPI application from settings: the one place where the parts meet."""

import structlog

log = structlog.get_logger()
